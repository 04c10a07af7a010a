#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "client/route_table.h"
#include "net/loop.h"

namespace rocketmq::client {

// Where messages are looked for next: every topic at every broker that has it. Each look begins one
// further than the last, so that none is looked at less than the others.
class PopTurns {
 public:
  // `routes`: of what is subscribed to. Any queue of each place.
  std::vector<MessageQueue> next(const std::vector<RoutePtr>& routes) {
    std::vector<MessageQueue> places;
    for (const RoutePtr& route : routes) {
      for (const MessageQueue& queue : route->subscribe_queues) {
        const MessageQueue any{queue.topic, queue.broker_name, -1};
        if (places.empty() || places.back() != any) places.push_back(any);
      }
    }
    if (places.empty()) return places;
    const std::size_t first = turn_++ % places.size();
    std::rotate(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(first), places.end());
    return places;
  }

 private:
  std::size_t turn_ = 0;
};

}  // namespace rocketmq::client
