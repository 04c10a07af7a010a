#include "protocol/consistent_hash.h"

#include <openssl/evp.h>

#include <cassert>

#include "protocol/bytes.h"

namespace rocketmq::protocol {

std::uint32_t consistent_hash(std::string_view name) {
  unsigned char digest[EVP_MAX_MD_SIZE]{};
  [[maybe_unused]] const int done =
      EVP_Digest(name.data(), name.size(), digest, nullptr, EVP_md5(), nullptr);
  assert(done == 1);
  return load_big<std::uint32_t>(reinterpret_cast<const char*>(digest));
}

}  // namespace rocketmq::protocol
