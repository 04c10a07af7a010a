#include "protocol/signature.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <cassert>
#include <vector>

#include "protocol/base64.h"

namespace rocketmq::protocol {
namespace {

constexpr std::string_view signature_field = "Signature";
constexpr std::size_t sha1_size = 20;

const unsigned char* as_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

void Signer::Free::operator()(evp_mac_ctx_st* context) const { EVP_MAC_CTX_free(context); }

Signer::Signer(std::string secret_key) : secret_key_(std::move(secret_key)) {
  EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  context_.reset(EVP_MAC_CTX_new(mac));
  EVP_MAC_free(mac);
  assert(context_);
}

Signer::~Signer() { OPENSSL_cleanse(secret_key_.data(), secret_key_.size()); }

std::string Signer::sign(std::span<const SignedField> fields, std::string_view body) {
  // The key is set anew for every signature: early OpenSSL 3.0 does not restart without one.
  char digest_name[] = "SHA1";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_name, 0),
      OSSL_PARAM_construct_end()};
  [[maybe_unused]] const int started =
      EVP_MAC_init(context_.get(), as_bytes(secret_key_), secret_key_.size(), parameters);
  assert(started == 1);

  std::vector<SignedField> sorted(fields.begin(), fields.end());
  std::sort(sorted.begin(), sorted.end(),
            [](const SignedField& a, const SignedField& b) { return a.name < b.name; });
  for (const SignedField& field : sorted) {
    if (field.name == signature_field) continue;
    EVP_MAC_update(context_.get(), as_bytes(field.value), field.value.size());
  }
  EVP_MAC_update(context_.get(), as_bytes(body), body.size());

  unsigned char digest[sha1_size];
  std::size_t size = 0;
  EVP_MAC_final(context_.get(), digest, &size, sizeof digest);
  assert(size == sha1_size);
  return to_base64({reinterpret_cast<const char*>(digest), size});
}

bool Signer::verify(std::span<const SignedField> fields, std::string_view body,
                    std::string_view signature) {
  const std::string expected = sign(fields, body);
  return expected.size() == signature.size() &&
         CRYPTO_memcmp(expected.data(), signature.data(), expected.size()) == 0;
}

}  // namespace rocketmq::protocol
