#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

struct evp_mac_ctx_st;

namespace rocketmq::protocol {

// One header field of a request, as text.
struct SignedField {
  std::string_view name;
  std::string_view value;
};

// Signs requests with one user's secret key: Base64 of HMAC-SHA1 over the values of the header
// fields, in the order of their names, then the body. Java: AclUtils.combineRequestContent and
// AclSigner. "Signature" itself is left out; AccessKey must be among the fields. Nothing may be
// added to the request after signing: the server signs all it received. One owner; not for several
// threads.
class Signer {
 public:
  explicit Signer(std::string secret_key);
  ~Signer();
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;

  std::string sign(std::span<const SignedField> fields, std::string_view body);

  // Compares in constant time.
  bool verify(std::span<const SignedField> fields, std::string_view body,
              std::string_view signature);

 private:
  struct Free {
    void operator()(evp_mac_ctx_st* context) const;
  };

  std::string secret_key_;
  std::unique_ptr<evp_mac_ctx_st, Free> context_;
};

}  // namespace rocketmq::protocol
