#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace rocketmq::proxy {

// What was noted last under so many names; the oldest make room.
template <class Value>
class Recent {
 public:
  explicit Recent(std::size_t names_max) : names_max_(names_max) {}

  // nullptr: nothing, or it was long ago.
  const Value* find(std::string_view name) const {
    const auto found = table_.find(name);
    return found == table_.end() ? nullptr : &found->second;
  }

  // What is noted under that name, to be changed; Value() where there is nothing.
  Value& at(std::string_view name) {
    if (const auto found = table_.find(name); found != table_.end()) return found->second;
    if (table_.size() >= names_max_) {
      table_.erase(in_order_.front());
      in_order_.pop_front();
    }
    in_order_.emplace_back(name);
    return table_[std::string(name)];
  }

  std::size_t size() const { return table_.size(); }

 private:
  const std::size_t names_max_;
  std::map<std::string, Value, std::less<>> table_;
  std::deque<std::string> in_order_;
};

}  // namespace rocketmq::proxy
