#include "client/room_queue.h"

#include <utility>

namespace rocketmq::client {

Result<void> RoomQueue::wait(PendingSends& pending, std::size_t bytes, net::TimePoint deadline) {
  const std::shared_ptr<Waiter> waiter(new Waiter{pending, bytes, {}, nullptr});
  auto end = waiter->end.get_future();
  pending.begin_waiting();
  loop_.post([self = shared_from_this(), waiter, deadline] { self->add(waiter, deadline); });
  auto result = end.get();
  pending.end_waiting();
  return result;
}

void RoomQueue::add(std::shared_ptr<Waiter> waiter, net::TimePoint deadline) {
  waiters_.push_back(waiter);
  if (is_closed_) return close();
  waiter->timer = loop_.after(deadline - loop_.now(), [this, who = waiter.get()] {
    std::erase_if(waiters_, [who](const auto& late) {
      if (late.get() != who) return false;
      late->end.set_value(Error{Errc::overloaded, "waited for room longer than the send timeout"});
      return true;
    });
  });
  serve();
}

void RoomQueue::room_was_made() {
  if (is_posted_.exchange(true)) return;
  loop_.post([self = shared_from_this()] {
    self->is_posted_ = false;
    self->serve();
  });
}

void RoomQueue::serve() {
  while (!waiters_.empty()) {
    const std::shared_ptr<Waiter> first = waiters_.front();
    if (first->pending.admit(first->bytes) != Admission::admitted) return;
    waiters_.pop_front();
    first->timer.reset();
    first->end.set_value({});
  }
}

void RoomQueue::close() {
  is_closed_ = true;
  for (const std::shared_ptr<Waiter>& waiter : std::exchange(waiters_, {})) {
    waiter->timer.reset();
    waiter->end.set_value(Error{Errc::client_closed, "the producer was closed"});
  }
}

}  // namespace rocketmq::client
