#pragma once

#include <rocketmq/message.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "net/loop.h"
#include "proxy/http/held_message.h"
#include "proxy/http/ready_messages.h"

namespace rocketmq::gateway {

// What a gateway has in hand of one topic for one group, of brokers without POP, and lends out.
// Decides and waits for nothing: how far the group is says the ProcessQueue of each queue.
//
//   add ─▶ ready ──lend──▶ lent ──take──▶ whoever took it sees to it
//            ▲              │ its time is over, or delay: it has failed once more
//            └── waiting ◀──┘
class LeaseTable {
 public:
  using LoanId = std::uint64_t;  // never used twice in one table
  struct Loan {
    LoanId id = 0;
    MessageView message;
  };

  // Who has failed more often is not lent any more.
  explicit LeaseTable(std::int32_t reconsume_times_max)
      : reconsume_times_max_(reconsume_times_max) {}

  // How it lends from now on; it begins with the oldest first. Nothing is lent now.
  void set_in_order(bool is_in_order);
  bool is_in_order() const { return is_in_order_; }

  void add(HeldMessage message);

  // Up to so many that are ready.
  std::vector<Loan> lend(std::size_t count_max, net::TimePoint now, net::Duration time);
  bool is_lent(LoanId id, net::TimePoint now) const { return find(id, now) != lent_.end(); }
  // Lent from now on for `time`, under another id. Nothing, here and below: it is not lent (any
  // more) under that one.
  std::optional<LoanId> extend(LoanId id, net::TimePoint now, net::Duration time);
  // Its queue has room for more beside it.
  bool can_keep(LoanId id) const;
  // Not lent any more, and ready again then.
  bool delay(LoanId id, net::TimePoint now, net::Duration time);
  std::optional<HeldMessage> take(LoanId id, net::TimePoint now);
  // What was taken, and could not be seen to: ready again then.
  void put_back(HeldMessage message, net::TimePoint ready_at);

  // Makes ready what is due, and gives out what has failed too often.
  std::vector<HeldMessage> pass(net::TimePoint now);
  std::optional<net::TimePoint> next_due() const;
  // Of queues that are not ours any more.
  void forget_lost();

  std::size_t lent_count() const { return lent_.size(); }
  bool has_ready() const { return !ready_->is_empty(); }

 private:
  struct Lent {
    HeldMessage held;
    net::TimePoint ends;
  };
  using LentById = std::map<LoanId, Lent>;

  LentById::const_iterator find(LoanId id, net::TimePoint now) const;
  LoanId add_lent(HeldMessage message, net::TimePoint ends);
  HeldMessage remove_lent(LentById::const_iterator loan);

  const std::int32_t reconsume_times_max_;
  LoanId last_id_ = 0;
  bool is_in_order_ = false;
  std::unique_ptr<ReadyMessages> ready_ = ready_oldest_first();
  LentById lent_;
  std::set<std::pair<net::TimePoint, LoanId>> ends_;  // of what is lent
  std::multimap<net::TimePoint, HeldMessage> waiting_;
};

}  // namespace rocketmq::gateway
