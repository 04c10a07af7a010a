#include "proxy/remoting/ports.h"

#include "protocol/json_body.h"
#include "protocol/str.h"

namespace rocketmq::proxy {

Result<void> Ports::load(std::string_view text) {
  using Saved = std::map<std::string, std::int32_t>;
  const auto saved = protocol::from_json<Saved>(text, "ports of brokers");
  if (!saved) return Error{Errc::invalid_argument, saved.error().message};
  for (const auto& [key, port] : *saved) {
    const std::size_t colon = key.rfind(':');
    BrokerId broker{key.substr(0, colon), 0};
    const bool is_good = colon != key.npos && port > 0 && port <= 65535 &&
                         protocol::from_text(std::string_view(key).substr(colon + 1), broker.id);
    if (!is_good || by_port_.contains(static_cast<std::uint16_t>(port))) {
      return Error{Errc::invalid_argument,
                   str("ports of brokers: ", key, " cannot have port ", port)};
    }
    by_port_.emplace(static_cast<std::uint16_t>(port), broker);
    by_broker_.emplace(std::move(broker), static_cast<std::uint16_t>(port));
  }
  return {};
}

std::string Ports::to_text() const {
  std::map<std::string, std::int32_t> saved;
  for (const auto& [broker, port] : by_broker_)
    saved.emplace(str(broker.name, ':', broker.id), port);
  return protocol::to_json(saved);
}

std::optional<std::uint16_t> Ports::find_or_assign(const BrokerId& broker) {
  if (const auto found = by_broker_.find(broker); found != by_broker_.end()) return found->second;
  for (std::uint32_t port = first_; port < std::uint32_t{first_} + count_ && port <= 65535;
       ++port) {
    const auto candidate = static_cast<std::uint16_t>(port);
    if (by_port_.contains(candidate)) continue;
    by_port_.emplace(candidate, broker);
    by_broker_.emplace(broker, candidate);
    return candidate;
  }
  return std::nullopt;
}

const BrokerId* Ports::broker_at(std::uint16_t port) const {
  const auto found = by_port_.find(port);
  return found == by_port_.end() ? nullptr : &found->second;
}

}  // namespace rocketmq::proxy
