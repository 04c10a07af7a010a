#pragma once

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
  const std::string& current() const {
    assert(!empty());
    return addresses_[current_];
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
