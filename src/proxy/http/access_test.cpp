#include "proxy/http/access.h"

#include <gtest/gtest.h>

#include "protocol/base64.h"
#include "protocol/str.h"

namespace rocketmq::gateway {
namespace {

bool lets_in(const Access& access, const std::string& authorization,
             const std::string& peer = "127.0.0.1:5") {
  net::HttpRequest request{.peer = peer};
  if (!authorization.empty()) request.headers.push_back({"authorization", authorization});
  return access.refusal(request).empty();
}
std::string basic(std::string_view credentials) {
  return str("Basic ", protocol::to_base64(credentials));
}

const Access guarded({{"alice", "secret:1"}}, {"token-1", "token-2"}, false);

TEST(Access, is_everybodys_where_nobody_is_named) {
  EXPECT_TRUE(lets_in(Access({}, {}, false), ""));
  EXPECT_FALSE(lets_in(guarded, ""));
}

TEST(Access, is_given_for_a_secret) {
  EXPECT_TRUE(lets_in(guarded, basic("alice:secret:1")));
  EXPECT_TRUE(lets_in(guarded, "basic " + protocol::to_base64("alice:secret:1")));
  for (const char* wrong : {"alice:secret", "alice:", "alice", "bob:secret:1", ":secret:1",
                            "alice:secret:11", "alice:secret:1secret:1"}) {
    EXPECT_FALSE(lets_in(guarded, basic(wrong))) << wrong;
  }
  EXPECT_FALSE(lets_in(guarded, "Basic %%%"));
}

TEST(Access, is_given_for_a_token) {
  EXPECT_TRUE(lets_in(guarded, "Bearer token-1"));
  EXPECT_TRUE(lets_in(guarded, "bearer token-2", "10.0.0.9:5"));
  for (const char* wrong :
       {"Bearer token", "Bearer ", "Bearer", "Bearer token-11", "Digest token-1"}) {
    EXPECT_FALSE(lets_in(guarded, wrong)) << wrong;
  }
}

TEST(Access, takes_no_secret_in_clear_from_elsewhere) {
  EXPECT_FALSE(lets_in(guarded, basic("alice:secret:1"), "10.0.0.9:5"));
  EXPECT_TRUE(lets_in(guarded, basic("alice:secret:1"), "[::1]:5"));
  const Access over_tls({{"alice", "secret:1"}}, {}, true);
  EXPECT_TRUE(lets_in(over_tls, basic("alice:secret:1"), "10.0.0.9:5"));
  EXPECT_FALSE(guarded.takes_secrets_from("10.0.0.9:5"));
  EXPECT_TRUE(over_tls.takes_secrets_from("10.0.0.9:5"));
}

}  // namespace
}  // namespace rocketmq::gateway
