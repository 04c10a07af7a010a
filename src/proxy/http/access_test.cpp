#include "proxy/http/access.h"

#include <gtest/gtest.h>

#include "protocol/base64.h"
#include "protocol/str.h"
#include "proxy/http/jwt_vectors.h"

namespace rocketmq::gateway {
namespace {

bool lets_in(const Access& access, const std::string& authorization,
             const std::string& peer = "127.0.0.1:5") {
  net::HttpRequest request{.peer = peer};
  if (!authorization.empty()) request.headers.push_back({"authorization", authorization});
  return access.user(request, 0).has_value();
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

TEST(Access, tells_who_it_is) {
  const auto jwt =
      std::make_shared<const Jwt>(net::JwsKey::secret(vectors::secret).value(), "", "");
  const Access access({{"bob", "secret"}}, {"token-1"}, false, jwt);
  const auto user = [&](std::string authorization, std::int64_t now_ms) {
    net::HttpRequest request{.peer = "127.0.0.1:5"};
    request.headers.push_back({"Authorization", std::move(authorization)});
    return access.user(request, now_ms).value_or("");
  };
  EXPECT_EQ(user(basic("bob:secret"), 0), "bob");
  EXPECT_EQ(user("Bearer token-1", 0), "token-1");
  EXPECT_EQ(user(str("Bearer ", vectors::hs256), 1'500'000), "alice");
  EXPECT_EQ(user(str("Bearer ", vectors::hs256), 3'000'000), "");
  EXPECT_EQ(user("Bearer token-2", 0), "");
  EXPECT_FALSE(Access({}, {}, false, jwt).is_everybodys());
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
