#include <cstddef>
#include <cstdlib>
#include <map>

#include "protocol/properties.h"

using namespace rocketmq::protocol;

// Walking and searching agree on every name; an erased name is gone and takes nothing along.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  std::map<std::string, std::string, std::less<>> all;
  for (const auto& [name, value] : PropertyRange(text)) all[std::string(name)] = value;
  for (const auto& [name, value] : all) {
    if (find_property(text, name) != value) std::abort();
  }
  if (!all.empty()) {
    std::string less = text;
    erase_property(less, all.begin()->first);
    all.erase(all.begin());
    for (const auto& [name, value] : all) {
      if (find_property(less, name) != value) std::abort();
    }
    std::size_t count = 0;
    for (const auto& [name, value] : PropertyRange(less)) count += all.contains(name) ? 1 : 1000000;
    if (count >= 1000000) std::abort();
  }
  (void)tags_code(text);
  (void)java_hash(text);
  return 0;
}
