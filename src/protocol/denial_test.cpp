#include "protocol/denial.h"

#include <gmock/gmock.h>

namespace rocketmq::protocol {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The remarks are those of stock 5.5.0 and 4.9.7.

TEST(Denial, of_a_request_that_was_not_signed) {
  EXPECT_THAT(advice_on_denial("username cannot be null."), HasSubstr("credentials"));
  EXPECT_THAT(advice_on_denial("org.apache.rocketmq.acl.common.AclException: No accessKey is "
                               "configured, org.apache.rocketmq.acl.plain.PlainPermissionManager"),
              HasSubstr("credentials"));
}

TEST(Denial, of_a_wrong_secret) {
  EXPECT_THAT(advice_on_denial("check signature failed."), HasSubstr("secret_key"));
  EXPECT_THAT(advice_on_denial("AclException: Check signature failed for accessKey=program"),
              HasSubstr("secret_key"));
}

TEST(Denial, of_somebody_nobody_knows) {
  EXPECT_THAT(advice_on_denial("User:nobody is not found."), HasSubstr("access_key"));
  EXPECT_THAT(advice_on_denial("AclException: No acl config for nobody"), HasSubstr("access_key"));
}

TEST(Denial, of_a_user_who_is_disabled) {
  EXPECT_THAT(advice_on_denial("User:program is disabled."), HasSubstr("update_user"));
}

TEST(Denial, of_a_right_that_was_not_given) {
  EXPECT_THAT(advice_on_denial("User:program has no permission to access Topic:t from 127.0.0.1, "
                               "no matched policies."),
              HasSubstr("update_acl"));
  EXPECT_THAT(advice_on_denial("AclException: No default permission for t"),
              HasSubstr("plain_acl"));
  EXPECT_THAT(advice_on_denial("Need admin permission for request code=17, but accessKey=p is not"),
              HasSubstr("plain_acl"));
}

TEST(Denial, is_not_what_other_refusals_are) {
  EXPECT_THAT(advice_on_denial("the broker's sending message is forbidden"), IsEmpty());
  EXPECT_THAT(advice_on_denial(""), IsEmpty());
  EXPECT_TRUE(is_denial({ResponseCode::no_permission, "broker a: check signature failed."}));
  EXPECT_TRUE(is_denial({ResponseCode::system_error, "AclException: No accessKey is configured"}));
  EXPECT_FALSE(is_denial({ResponseCode::no_permission, "the topic is not writable"}));
  EXPECT_FALSE(is_denial({ResponseCode::topic_not_exist, "check signature failed."}));
}

}  // namespace
}  // namespace rocketmq::protocol
