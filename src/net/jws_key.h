#pragma once

#include <rocketmq/result.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct evp_pkey_st;

namespace rocketmq::net {

// By which the signature of a token is checked (JWS, RFC 7515). It is for one algorithm, whatever a
// token says of itself: a public key never serves as a secret.
class JwsKey {
 public:
  // HS256. Errors: invalid_argument, for less than the 32 bytes that RFC 7518 asks for.
  static Result<JwsKey> secret(std::string bytes);
  // RS256, by any of the public keys in the text, which is PEM: the old and the new one, while an
  // issuer changes it. Errors: invalid_argument, for what is no RSA key of 2048 bits or more.
  static Result<JwsKey> rsa_public_keys(const std::string& pem);

  JwsKey(JwsKey&&) noexcept;
  JwsKey& operator=(JwsKey&&) noexcept;
  ~JwsKey();

  std::string_view algorithm() const { return secret_.empty() ? "RS256" : "HS256"; }
  bool has_signed(std::string_view text, std::string_view signature) const;

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const;
  };
  using PublicKey = std::unique_ptr<evp_pkey_st, Free>;

  JwsKey();

  std::string secret_;
  std::vector<PublicKey> public_keys_;
};

}  // namespace rocketmq::net
