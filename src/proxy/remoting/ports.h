#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace rocketmq::proxy {

// A broker as its cluster knows it.
struct BrokerId {
  std::string name;
  std::int64_t id = 0;  // 0: the master
  auto operator<=>(const BrokerId&) const = default;
};

// Which port stands for which broker. An assignment stays for ever, over restarts by to_text():
// clients and firewalls know it.
class Ports {
 public:
  // Free ports are taken from `first` on; `count`: no more than so many.
  Ports(std::uint16_t first, std::uint16_t count) : first_(first), count_(count) {}

  // Takes over what to_text() gave. Errors: invalid_argument, when it is something else.
  Result<void> load(std::string_view text);
  std::string to_text() const;  // JSON: {"broker-a:0":8181}

  // Empty: all are taken.
  std::optional<std::uint16_t> find_or_assign(const BrokerId& broker);
  // Whose it is, or nullptr.
  const BrokerId* broker_at(std::uint16_t port) const;
  const std::map<BrokerId, std::uint16_t>& all() const { return by_broker_; }

 private:
  std::uint16_t first_;
  std::uint16_t count_;
  std::map<BrokerId, std::uint16_t> by_broker_;
  std::map<std::uint16_t, BrokerId> by_port_;
};

}  // namespace rocketmq::proxy
