#include <cstdint>
#include <cstdlib>
#include <string>

#include "protocol/java_properties.h"

// Whatever the text: what was read can be written and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rocketmq::protocol;
  const JavaProperties read = parse_java_properties({reinterpret_cast<const char*>(data), size});
  std::string written;
  for (const JavaProperty& property : read) {
    append_java_property(written, property.name, property.value);
  }
  if (parse_java_properties(written) != read) std::abort();
  return 0;
}
