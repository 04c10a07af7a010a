#include <cstdint>

#include "broker-lite/filter/sql_filter.h"

// The first byte says where the input is cut: an expression, and the properties of a message.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rocketmq::broker;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::size_t cut = bytes.size() * data[0] / 255;
  const auto filter = SqlFilter::compile(bytes.substr(0, cut), SqlLimits());
  if (filter) (void)filter->matches(bytes.substr(cut));
  return 0;
}
