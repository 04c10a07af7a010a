#include "net/jws_key.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include <algorithm>
#include <utility>

#include "protocol/str.h"

namespace rocketmq::net {
namespace {

constexpr std::size_t secret_bytes_min = 32;
constexpr int rsa_bits_min = 2048;

const unsigned char* as_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

bool has_rsa_signed(evp_pkey_st* key, std::string_view text, std::string_view signature) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  if (EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1) return false;
  const bool is_right = EVP_DigestVerify(context.get(), as_bytes(signature), signature.size(),
                                         as_bytes(text), text.size()) == 1;
  ERR_clear_error();  // what a wrong one leaves behind is nobody else's
  return is_right;
}

bool has_secret_signed(std::string_view secret, std::string_view text, std::string_view signature) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), as_bytes(text), text.size(),
       digest, &size);
  return size > 0 && size == signature.size() && CRYPTO_memcmp(digest, signature.data(), size) == 0;
}

}  // namespace

void JwsKey::Free::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

JwsKey::JwsKey() = default;
JwsKey::JwsKey(JwsKey&&) noexcept = default;
JwsKey& JwsKey::operator=(JwsKey&&) noexcept = default;
JwsKey::~JwsKey() { OPENSSL_cleanse(secret_.data(), secret_.size()); }

Result<JwsKey> JwsKey::secret(std::string bytes) {
  if (bytes.size() < secret_bytes_min) {
    return Error{Errc::invalid_argument, str("the secret has ", bytes.size(), " bytes, and needs ",
                                             secret_bytes_min, " or more")};
  }
  JwsKey key;
  key.secret_ = std::move(bytes);
  return key;
}

Result<JwsKey> JwsKey::rsa_public_keys(const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  JwsKey key;
  while (evp_pkey_st* const read = PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr)) {
    key.public_keys_.emplace_back(read);
    if (EVP_PKEY_base_id(read) != EVP_PKEY_RSA || EVP_PKEY_bits(read) < rsa_bits_min) {
      return Error{Errc::invalid_argument,
                   str("a key is none of RSA with ", rsa_bits_min, " bits or more")};
    }
  }
  ERR_clear_error();  // that there is no more is no error
  if (key.public_keys_.empty()) {
    return Error{Errc::invalid_argument, "there is no public key: -----BEGIN PUBLIC KEY-----"};
  }
  return key;
}

bool JwsKey::has_signed(std::string_view text, std::string_view signature) const {
  if (!secret_.empty()) return has_secret_signed(secret_, text, signature);
  return std::ranges::any_of(public_keys_, [&](const PublicKey& key) {
    return has_rsa_signed(key.get(), text, signature);
  });
}

}  // namespace rocketmq::net
