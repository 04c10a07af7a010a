#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "broker-lite/namesrv/route_registry.h"

namespace rocketmq::namesrv {

// The bodies of answers with a topic's route, kept until a route changes: clients ask for the same
// ones every 30 seconds. Bounded by the topics there are.
class RouteAnswers {
 public:
  explicit RouteAnswers(const RouteRegistry& routes) : routes_(routes) {}

  // nullptr where it was not kept, or routes have changed since. Valid until the next call.
  const std::string* find(std::string_view topic, bool is_standard_json);
  void keep(std::string_view topic, bool is_standard_json, std::string body);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  using Bodies = std::array<std::string, 2>;  // fastjson's, standard JSON

  const RouteRegistry& routes_;
  std::uint64_t revision_ = 0;
  std::unordered_map<std::string, Bodies, Hash, std::equal_to<>> bodies_;
};

}  // namespace rocketmq::namesrv
