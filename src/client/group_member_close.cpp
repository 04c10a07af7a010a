#include <algorithm>
#include <utility>

#include "client/group_member.h"

// How a push consumer leaves its group.

namespace rocketmq::client {

using namespace std::chrono_literals;

namespace {

// What close() keeps of its time for storing offsets and leaving, and takes at the least.
constexpr net::Duration farewell_max = 1s;
constexpr net::Duration farewell_min = 500ms;

}  // namespace

net::Task<Result<CloseReport>> GroupMember::close(net::Duration deadline, ListenerCall* caller) {
  if (caller != nullptr) calls().waits_in_listener(*caller);
  if (is_closing_) {
    co_await closed_.wait();
    co_return report_;
  }
  is_closing_ = true;
  net::Loop& loop = core_.loop();
  const net::TimePoint end = loop.now() + deadline;
  const auto time_left = [&loop, end] { return std::max(end - loop.now(), farewell_min); };

  stop_pulling();
  const net::Duration farewell = std::min(farewell_max, deadline / 4);
  const auto in_time = co_await net::with_timeout(loop, deadline - farewell, drained());
  calls().stop();
  report_.unfinished_messages = unfinished();
  if (!in_time) {
    core_.log().warn(str("group ", group_, " is left with ", report_.unfinished_messages,
                         " messages not consumed in time"));
  }
  if (locks_) co_await net::sleep_for(loop, std::min(unsettled_for(), time_left()));
  report_.uncommitted = (co_await offsets_->save_all(give_up_queues(), time_left())).failed;
  if (locks_) co_await locks_->unlock_all(time_left());
  is_in_group_ = false;
  co_await rebalancer_.leave(time_left());
  closed_.set();
  co_return report_;
}

net::Task<Result<void>> GroupMember::drained() {
  static_cast<void>(co_await dispatcher_->drained());
  co_return co_await popped_.settled();
}

net::Duration GroupMember::unsettled_for() const {
  net::Duration longest{};
  for (const Loops* const loops : {&held_, &leaving_}) {
    for (const auto& [queue, loop] : *loops) longest = std::max(longest, loop->unsettled_for());
  }
  return longest;
}

CloseReport GroupMember::close_at_once() {
  if (!std::exchange(is_closing_, true)) {
    stop_pulling();
    report_.unfinished_messages = unfinished();
  }
  calls().stop();
  for (const QueueOffset& each : give_up_queues()) offsets_->save_soon(each.queue, each.offset);
  if (locks_) locks_->unlock_all_at_once();
  is_in_group_ = false;
  rebalancer_.leave_at_once();
  closed_.set();
  return report_;
}

void GroupMember::stop_pulling() {
  rebalancer_.stop();
  popped_.stop();
  for (const auto& [queue, loop] : held_) loop->stop();
}

std::vector<QueueOffset> GroupMember::give_up_queues() {
  saving_.cancel();
  std::vector<QueueOffset> offsets;
  for (const Loops* const loops : {&held_, &leaving_}) {
    for (const auto& [queue, loop] : *loops) {
      const auto& held = loop->held();
      if (held == nullptr || held->is_over) continue;
      held->end();
      offsets.push_back({queue, held->in_hand.safe_offset()});
    }
  }
  return offsets;
}

std::size_t GroupMember::unfinished() const {
  std::size_t count = popped_.unacknowledged();
  for (const Loops* const loops : {&held_, &leaving_}) {
    for (const auto& [queue, loop] : *loops) {
      if (const auto& held = loop->held()) count += held->in_hand.size();
    }
  }
  return count;
}

}  // namespace rocketmq::client
