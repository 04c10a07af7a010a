#include "client/push_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rocketmq::client {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

PushConsumerOptions usable() {
  PushConsumerOptions options;
  options.group = "billing";
  options.subscriptions = {{"orders", tags("created || paid")}, {"refunds", {}}};
  options.on_message = [](const MessageView&) { return Consumed::ok; };
  return options;
}

void expect_refused(const PushConsumerOptions& options, const char* reason) {
  const auto checked = check_options(options);
  ASSERT_FALSE(checked) << reason;
  EXPECT_EQ(checked.error().code, Errc::invalid_argument);
  EXPECT_THAT(checked.error().message, HasSubstr(reason));
}

TEST(CheckOptions, accepts_usable_ones) { EXPECT_TRUE(check_options(usable())); }

TEST(CheckOptions, refuses_what_cannot_work_and_says_which) {
  PushConsumerOptions options = usable();
  options.group = "with blank";
  expect_refused(options, "group");
  options = usable();
  options.on_message = nullptr;
  expect_refused(options, "on_message");
  options = usable();
  options.subscriptions.clear();
  expect_refused(options, "subscription");
  options = usable();
  options.subscriptions[0].topic = "";
  expect_refused(options, "topic");
  options = usable();
  options.subscriptions[1].topic = "orders";
  expect_refused(options, "orders is subscribed to twice");
  options = usable();
  options.threads = 0;
  expect_refused(options, "threads");
  options = usable();
  options.pull_batch_size = 1025;
  expect_refused(options, "pull_batch_size");
  options = usable();
  options.poll_timeout = std::chrono::milliseconds(0);
  expect_refused(options, "poll_timeout");
  options = usable();
  options.reconsume_times_max = -2;
  expect_refused(options, "reconsume_times_max");
  options = usable();
  options.on_message_in_order = options.on_message;
  expect_refused(options, "not one of");
  options = usable();
  options.consume_batch_size = 2;
  expect_refused(options, "consume_batch_size");
  options = usable();
  options.pull_interval = std::chrono::milliseconds(65536);
  expect_refused(options, "pull_interval");
  options = usable();
  options.allocation.allocate = nullptr;
  expect_refused(options, "allocation");
  options = usable();
  options.queue_messages_max = 0;
  expect_refused(options, "limit");
}

TEST(SubscriptionsOf, are_those_of_the_user_and_the_groups_own_retries) {
  const auto subscriptions = subscriptions_of(usable(), 17).value();
  ASSERT_THAT(subscriptions, SizeIs(3));
  EXPECT_EQ(subscriptions[0].topic, "orders");
  EXPECT_THAT(subscriptions[0].tags_set, SizeIs(2));
  EXPECT_EQ(subscriptions[1].topic, "refunds");
  EXPECT_EQ(subscriptions[1].sub_string, "*");
  EXPECT_EQ(subscriptions[2].topic, "%RETRY%billing");
  EXPECT_EQ(subscriptions[2].sub_string, "*");
  EXPECT_EQ(subscriptions[2].sub_version, 17);
}

TEST(SubscriptionsOf, have_no_retries_where_nothing_is_given_back) {
  PushConsumerOptions options = usable();
  options.model = MessageModel::broadcasting;
  EXPECT_THAT(subscriptions_of(options, 17).value(), SizeIs(2));
}

TEST(SubscriptionsOf, leave_sql_to_the_broker) {
  PushConsumerOptions options = usable();
  options.subscriptions[0].filter = sql("amount > 100");
  const auto subscriptions = subscriptions_of(options, 17).value();
  EXPECT_EQ(subscriptions[0].expression_type, "SQL92");
  EXPECT_EQ(subscriptions[0].sub_string, "amount > 100");
  EXPECT_THAT(subscriptions[0].tags_set, IsEmpty());
}

TEST(SubscriptionsOf, fail_on_a_filter_that_names_no_tag) {
  PushConsumerOptions options = usable();
  options.subscriptions[0].filter = tags("||");
  EXPECT_FALSE(subscriptions_of(options, 17));
}

}  // namespace
}  // namespace rocketmq::client
