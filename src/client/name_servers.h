#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rocketmq::client {

// Which name server to ask: one chosen at random, for as long as it can be reached, then the next
// one round. Java: NettyRemotingClient.getAndCreateNameserverChannel.
class NameServers {
 public:
  // `start` is any number; a random one spreads clients over the servers.
  NameServers(std::vector<std::string> addresses, std::size_t start)
      : addresses_(std::move(addresses)), current_(addresses_.empty() ? 0 : start % size()) {}

  std::size_t size() const { return addresses_.size(); }
  bool empty() const { return addresses_.empty(); }
  const std::vector<std::string>& all() const { return addresses_; }
  const std::string& current() const {
    assert(!empty());
    return addresses_[current_];
  }

  // Another list; gives those of the old one that are not in it. The current one stays if it is.
  std::vector<std::string> replace(std::vector<std::string> addresses, std::size_t start) {
    const std::string was = empty() ? std::string() : current();
    std::swap(addresses_, addresses);
    const auto same = std::ranges::find(addresses_, was);
    current_ = same != addresses_.end() ? static_cast<std::size_t>(same - addresses_.begin())
               : empty()                ? 0
                                        : start % size();
    std::erase_if(addresses, [this](const std::string& old) {
      return std::ranges::find(addresses_, old) != addresses_.end();
    });
    return addresses;
  }

  // Moves on, unless somebody else who was there at the same time already has.
  void failed(std::string_view address) {
    if (!empty() && address == current()) current_ = (current_ + 1) % size();
  }

 private:
  std::vector<std::string> addresses_;
  std::size_t current_;
};

}  // namespace rocketmq::client
