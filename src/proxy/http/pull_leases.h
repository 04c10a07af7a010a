#pragma once

#include <rocketmq/message.h>
#include <rocketmq/result.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "client/core.h"
#include "net/task.h"
#include "proxy/http/gateway.h"
#include "proxy/http/lease_member.h"
#include "proxy/http/receipt.h"
#include "proxy/http/wanted.h"

namespace rocketmq::gateway {

// Receiving from brokers without POP (4.x): the gateway is a member of each group that somebody
// receives for, as long as somebody does, and lends out what it pulls. Belongs to the loop.
class PullLeases {
 public:
  using Messages = std::vector<MessageView>;
  using milliseconds = std::chrono::milliseconds;

  // Both outlive it.
  PullLeases(Client::Core& core, const LeaseOptions& options);

  // Whether a topic is received by these leases: where any broker that has it knows no POP. The
  // brokers are asked, and what they say holds for a while.
  net::Task<bool> serve(std::string group, std::string topic);

  // Messages, whose checkpoints stand for their loans, or none in time. The first receiver of a
  // group makes the gateway its member, and `start_at` good. Errors: throttled, conflict,
  // bad_request, and those of brokers.
  net::Task<Result<Messages>> receive(Wanted wanted, std::function<bool()> is_gone);

  // Of receipts whose checkpoint is a loan. Errors: Slug::receipt_expired, and those of a request.
  net::Task<Result<void>> ack(Receipt receipt);
  net::Task<Result<Receipt>> change_invisible(Receipt receipt, milliseconds invisible);
  net::Task<Result<void>> nack(Receipt receipt, milliseconds delay);
  net::Task<Result<void>> bury(Receipt receipt);

  // Leaves all groups, and says how far they are: what is lent comes to somebody again.
  void close();

 private:
  using MemberPtr = std::shared_ptr<LeaseMember>;

  net::Task<Result<MemberPtr>> member_to_receive(Wanted wanted);
  MemberPtr find(const std::string& group) const;  // nullptr: none
  Result<void> check_time(milliseconds time) const;
  std::size_t topic_count() const;
  net::Task<> look_after_all();
  net::Task<> leave(std::string group);

  Client::Core& core_;
  const LeaseOptions& options_;
  std::map<std::string, net::TimePoint> has_pop_;  // topics, and until when we believe it
  std::map<std::string, MemberPtr> members_;       // by group
  std::set<std::string> leaving_;                  // groups
  net::TaskSet tasks_;
};

}  // namespace rocketmq::gateway
