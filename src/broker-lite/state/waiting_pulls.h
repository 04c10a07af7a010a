#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <vector>

#include "broker-lite/state/message_filter.h"
#include "broker-lite/state/text_map.h"
#include "broker-lite/store/message_store.h"
#include "net/loop.h"
#include "net/responder.h"
#include "protocol/kept.h"
#include "protocol/requests/pull.h"

namespace rocketmq::broker {

// A pull that found nothing and waits for a message.
struct WaitingPull {
  protocol::Kept<protocol::PullMessage> request;
  net::Responder responder;
  MessageFilter filter;
  net::TimePoint deadline{};
};

// Long polls, parked until a message they want arrives or their time is over. A message costs what
// waits at its queue, however many wait elsewhere. Java: PullRequestHoldService.
class WaitingPulls {
 public:
  explicit WaitingPulls(std::size_t waiting_max) : waiting_max_(waiting_max) {}

  bool is_full() const { return deadlines_.size() >= waiting_max_; }
  std::size_t size() const { return deadlines_.size(); }

  void add(WaitingPull pull);  // not while is_full()

  // Each of these moves pulls to the back of `taken`; they wait no longer.
  void take_wanting(const Arrival& arrival, std::vector<WaitingPull>& taken);
  void take_expired(net::TimePoint now, std::vector<WaitingPull>& taken);
  void take_all(std::vector<WaitingPull>& taken);

  // Forgets those whose client has gone.
  void drop_closed();

  // The next one to expire; TimePoint::max() when none waits.
  net::TimePoint next_deadline() const {
    return deadlines_.empty() ? net::TimePoint::max() : deadlines_.begin()->first;
  }

 private:
  struct Waiter;
  using Waiters = std::list<Waiter>;
  using Deadlines = std::multimap<net::TimePoint, Waiters::iterator>;
  using Queues = std::map<std::int32_t, Waiters>;  // of one topic, by queue id
  struct Waiter {
    WaitingPull pull;
    Deadlines::iterator deadline;
  };

  Waiters::iterator take(Waiters& waiters, Waiters::iterator waiter,
                         std::vector<WaitingPull>& taken);
  void take_at_deadline(Deadlines::iterator deadline, std::vector<WaitingPull>& taken);
  void forget_if_empty(TextMap<Queues>::iterator topic, Queues::iterator queue);

  const std::size_t waiting_max_;
  TextMap<Queues> topics_;
  Deadlines deadlines_;
};

}  // namespace rocketmq::broker
