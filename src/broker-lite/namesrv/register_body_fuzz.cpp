#include "broker-lite/namesrv/register_body.h"
#include "protocol/command.h"
#include "protocol/compression.h"

// Any bytes as the body of a registration; and packed, so that the fuzzer need not find out zlib.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rocketmq;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const namesrv::RegisterBodyLimits limits{.inflated_bytes_max = 1 << 20};
  (void)namesrv::decode_register_body(bytes, protocol::our_version, limits);
  const auto packed = protocol::compress(protocol::Compression::zlib, bytes, 1);
  if (packed) (void)namesrv::decode_register_body(*packed, protocol::our_version, limits);
  return 0;
}
