#include <cstddef>
#include <cstdlib>

#include "protocol/compression.h"

using namespace rocketmq::protocol;

// The first byte chooses the type. No output passes the limit, and what was packed comes back.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  const Compression type = static_cast<Compression>(data[0] % 3);
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  constexpr std::size_t limit = 1 << 16;
  const auto plain = decompress(type, bytes, limit);
  if (plain && plain->size() > limit) std::abort();

  const auto packed = compress(type, bytes, 1);
  if (!packed || decompress(type, *packed, bytes.size()).value() != bytes) std::abort();
  return 0;
}
