#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace rocketmq::broker {

// Takes a view, so that a lookup by a name from a request allocates nothing.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

// A table by name. Elements stay where they are until they are erased.
template <class Value>
using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

}  // namespace rocketmq::broker
