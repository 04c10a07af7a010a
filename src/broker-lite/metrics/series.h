#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "broker-lite/state/text_map.h"

namespace rocketmq::broker {

// What one metric counts, by the names of what it counts for. So many names; the others are counted
// together, under one name of no topic or group: names come from clients, and each costs memory
// here and in whatever stores the metrics.
template <class Value>
class Series {
 public:
  static constexpr std::string_view others = "__other__";

  explicit Series(std::size_t names_max) : names_max_(names_max) {}

  Value& at(std::string_view name) {
    if (const auto found = table_.find(name); found != table_.end()) return found->second;
    if (table_.size() >= names_max_) name = others;
    return table_[std::string(name)];
  }
  // Those that are gone are forgotten, and make room for others.
  template <class IsGone>
  void forget(IsGone is_gone) {
    std::erase_if(table_, [&](const auto& entry) {
      return entry.first != others && is_gone(std::string_view(entry.first));
    });
  }
  auto begin() const { return table_.begin(); }
  auto end() const { return table_.end(); }
  bool empty() const { return table_.empty(); }

 private:
  const std::size_t names_max_;
  TextMap<Value> table_;
};

}  // namespace rocketmq::broker
