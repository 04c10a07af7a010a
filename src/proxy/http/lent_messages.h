#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/loop.h"
#include "proxy/http/receipt.h"

namespace rocketmq::gateway {

// A message that a socket was handed, and has neither acknowledged nor given back.
struct Lent {
  Receipt receipt;  // as its broker knows it by now
  std::string subscription;
  std::chrono::milliseconds invisible{};
  net::TimePoint ends;         // then others may have it
  net::TimePoint renew_until;  // so long its time is made longer again and again; past: never
};

// All of a socket, by the receipt that its peer knows.
class LentMessages {
 public:
  void add(std::string receipt, Lent lent);
  // Whoever takes it sees to it; nothing: its time is over, or it never was here.
  std::optional<Lent> take(const std::string& receipt);
  std::vector<Lent> take_all();
  std::vector<Lent> take_expired(net::TimePoint now);

  // Those to be made longer now, each given once until renewed() or until it expires.
  std::vector<std::pair<std::string, Lent>> due(net::TimePoint now);
  void renewed(const std::string& receipt, Receipt current, net::TimePoint now);

  std::size_t size() const { return lent_.size(); }

 private:
  struct Entry {
    Lent lent;
    bool is_being_renewed = false;
  };
  std::map<std::string, Entry, std::less<>> lent_;
};

}  // namespace rocketmq::gateway
