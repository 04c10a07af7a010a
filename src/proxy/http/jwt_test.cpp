#include "proxy/http/jwt.h"

#include <gmock/gmock.h>

#include <string>

#include "proxy/http/jwt_vectors.h"
#include "proxy/http/problem.h"

namespace rocketmq::gateway {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t good_time = 1'500'000;

Jwt by_secret(std::string issuer = "", std::string audience = "") {
  return {net::JwsKey::secret(vectors::secret).value(), std::move(issuer), std::move(audience)};
}
Jwt by_public_key() { return {net::JwsKey::rsa_public_keys(vectors::public_key).value(), "", ""}; }

// Whose it is, or why not.
std::string said(const Jwt& jwt, std::string_view token, std::int64_t now_ms = good_time) {
  const auto user = jwt.user(token, now_ms);
  if (user) return *user;
  EXPECT_EQ(user.error().code, Slug::unauthorized);
  return user.error().message;
}

TEST(Jwt, knows_whose_a_token_is) {
  EXPECT_EQ(said(by_secret(), vectors::hs256), "alice");
  EXPECT_EQ(said(by_public_key(), vectors::rs256), "alice");
  const std::string both = std::string(vectors::public_key) + vectors::public_key;
  EXPECT_EQ(said({net::JwsKey::rsa_public_keys(both).value(), "", ""}, vectors::rs256), "alice");
}

TEST(Jwt, takes_nothing_that_others_have_signed) {
  EXPECT_THAT(said(by_secret(), vectors::wrong_secret), HasSubstr("signature"));
  EXPECT_THAT(said(by_public_key(), vectors::pss), HasSubstr("signature"));
  std::string changed = vectors::hs256;
  const std::size_t claims = changed.find('.') + 1;
  changed[claims + 10] = changed[claims + 10] == 'A' ? 'B' : 'A';
  EXPECT_THAT(said(by_secret(), changed), HasSubstr("signature"));
  const std::string hs256 = vectors::hs256;
  EXPECT_THAT(said(by_secret(), hs256.substr(0, hs256.rfind('.') + 1)), HasSubstr("signature"));
}

TEST(Jwt, is_not_talked_into_another_algorithm) {
  for (const char* token : {vectors::none, vectors::hs512, vectors::rs256}) {
    EXPECT_THAT(said(by_secret(), token), HasSubstr("not signed by HS256"));
  }
  for (const char* token : {vectors::none, vectors::confused, vectors::says_hs_signed_rs}) {
    EXPECT_THAT(said(by_public_key(), token), HasSubstr("not signed by RS256"));
  }
  EXPECT_THAT(said(by_secret(), vectors::crit), HasSubstr("crit"));
}

TEST(Jwt, holds_for_its_time) {
  EXPECT_THAT(said(by_secret(), vectors::hs256, 969'000), HasSubstr("not good yet"));
  EXPECT_EQ(said(by_secret(), vectors::hs256, 970'000), "alice");
  EXPECT_EQ(said(by_secret(), vectors::hs256, 2'029'999), "alice");
  EXPECT_THAT(said(by_secret(), vectors::hs256, 2'030'000), HasSubstr("expired"));
  EXPECT_EQ(said(by_secret(), vectors::no_nbf, 0), "alice");
  EXPECT_THAT(said(by_secret(), vectors::no_exp), HasSubstr("no exp"));
  EXPECT_THAT(said(by_secret(), vectors::exp_text), HasSubstr("no exp"));
}

TEST(Jwt, is_of_an_issuer_for_an_audience) {
  const Jwt jwt = by_secret("https://id.example", "mq");
  EXPECT_EQ(said(jwt, vectors::hs256), "alice");
  EXPECT_EQ(said(jwt, vectors::aud_text), "alice");
  EXPECT_THAT(said(jwt, vectors::aud_other), HasSubstr("audience"));
  EXPECT_THAT(said(jwt, vectors::iss_other), HasSubstr("issuer"));
  EXPECT_THAT(said(jwt, vectors::no_iss), HasSubstr("issuer"));
}

TEST(Jwt, is_somebodys) {
  EXPECT_THAT(said(by_secret(), vectors::no_sub), HasSubstr("sub"));
  EXPECT_THAT(said(by_secret(), vectors::empty_sub), HasSubstr("sub"));
}

TEST(Jwt, takes_no_nonsense) {
  for (const char* token : {"", ".", "..", "a.b.c", "e30.e30.", "e30.e30.e30.e30", "t-1"}) {
    EXPECT_FALSE(by_secret().user(token, good_time)) << token;
    EXPECT_FALSE(by_public_key().user(token, good_time)) << token;
  }
}

TEST(JwsKey, is_long_enough) {
  EXPECT_FALSE(net::JwsKey::secret(std::string(31, 'x')));
  EXPECT_FALSE(net::JwsKey::rsa_public_keys(vectors::small_key));
  EXPECT_FALSE(net::JwsKey::rsa_public_keys(vectors::elliptic_key));
  EXPECT_FALSE(net::JwsKey::rsa_public_keys(std::string(vectors::public_key) + vectors::small_key));
  EXPECT_FALSE(net::JwsKey::rsa_public_keys("nonsense"));
}

}  // namespace
}  // namespace rocketmq::gateway
