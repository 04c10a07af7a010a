#pragma once

#include <rocketmq/result.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "net/loop.h"
#include "proxy/remoting/kept_command.h"

namespace rocketmq::proxy {

// The last heartbeat of a client: what a broker hears that the client gets to do with later.
class Heartbeat {
 public:
  // Takes over a heartbeat. Errors: what is wrong with its body.
  Result<void> set(SharedCommand command, net::TimePoint now);
  void forget();

  const SharedCommand& command() const { return command_; }  // nullptr: none came, or forgotten
  bool has_consumers() const { return has_consumers_; }
  const std::set<std::string>& producer_groups() const { return producer_groups_; }
  // Of all its groups of consumers, and of one.
  std::set<std::string> topics() const;
  std::set<std::string> topics_of(std::string_view group) const;

  // A client that sees one address as several brokers sends the same heartbeat once for each: those
  // that come within `interval` of the one that went to all get the same answer. That one, if
  // there is an answer already.
  bool is_repeated(const protocol::Command& command, net::TimePoint now,
                   net::Duration interval) const;
  void answered(KeptCommand answer) { answer_.emplace(std::move(answer)); }
  const KeptCommand* answer() const { return answer_ ? &*answer_ : nullptr; }

 private:
  SharedCommand command_;
  net::TimePoint came_at_{};
  bool has_consumers_ = false;
  std::set<std::string> producer_groups_;
  std::map<std::string, std::set<std::string>, std::less<>> topics_;  // by group
  std::optional<KeptCommand> answer_;
};

// The one answer to a heartbeat that went to several brokers: who says that the subscription is new
// to it is heard; else the first good one; nullptr when all refuse.
const protocol::Command* best_heartbeat_answer(const std::vector<KeptCommand>& answers);

}  // namespace rocketmq::proxy
