#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <vector>

#include "broker-lite/state/message_filter.h"
#include "broker-lite/state/text_map.h"
#include "broker-lite/store/message_store.h"
#include "net/loop.h"
#include "net/responder.h"
#include "protocol/kept.h"
#include "protocol/requests/pop.h"

namespace rocketmq::broker {

// A pop that found nothing and waits for a message.
struct WaitingPop {
  protocol::Kept<protocol::PopMessage> request;
  net::Responder responder;
  MessageFilter filter;
  net::TimePoint deadline{};
};

struct WaitingPopsLimits {
  std::size_t all_max = 100'000;
  std::size_t each_max = 1024;  // of a topic, group and queue
};

// Pops, parked until a message they may have arrives or their time is over. Of a group the one that
// waits longest is woken: a message is for one of them. Java: PopLongPollingService.
class WaitingPops {
 public:
  explicit WaitingPops(WaitingPopsLimits limits) : limits_(limits) {}

  bool is_full_for(const protocol::PopMessage& request) const;
  std::size_t size_for(std::string_view topic, std::string_view group, std::int32_t queue_id) const;

  void add(WaitingPop pop);        // not while it is_full_for() it
  void add_again(WaitingPop pop);  // one that was woken in vain: before those that came later

  // Each of these moves pops to the back of `taken`; they wait no longer.
  // One of each group that reads the topic, or whose retry topic it is.
  void take_wanting(const Arrival& arrival, std::vector<WaitingPop>& taken);
  // One of the group's.
  void take_first(std::string_view topic, std::string_view group, std::int32_t queue_id,
                  std::vector<WaitingPop>& taken);
  void take_ordered(std::vector<WaitingPop>& taken);
  void take_expired(net::TimePoint now, std::vector<WaitingPop>& taken);
  void take_all(std::vector<WaitingPop>& taken);
  void drop_closed();

  // The next one to expire; TimePoint::max() when none waits.
  net::TimePoint next_deadline() const {
    return deadlines_.empty() ? net::TimePoint::max() : deadlines_.begin()->first;
  }

 private:
  struct Waiter;
  using Waiters = std::list<Waiter>;
  using Queues = std::map<std::int32_t, std::list<Waiters::iterator>>;  // by queue id; -1: any
  using Groups = std::map<std::string, Queues, std::less<>>;
  using Deadlines = std::multimap<net::TimePoint, Waiters::iterator>;
  struct Waiter {
    WaitingPop pop;
    Deadlines::iterator deadline;
    std::list<Waiters::iterator>::iterator place;  // in its group's queue
  };

  void insert(WaitingPop pop, bool first);
  void take(Waiters::iterator waiter, std::vector<WaitingPop>& taken);
  bool take_one(Queues& queues, std::int32_t queue_id, const Arrival* arrival,
                std::vector<WaitingPop>& taken);

  const WaitingPopsLimits limits_;
  Waiters waiters_;
  TextMap<Groups> topics_;
  // Where a group's retry topics belong to.
  struct Origin {
    std::string topic;
    std::string group;
    std::size_t count = 0;
  };
  TextMap<Origin> retry_topics_;
  Deadlines deadlines_;
};

}  // namespace rocketmq::broker
