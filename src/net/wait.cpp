#include "net/wait.h"

namespace rocketmq::net {

void Event::Waiter::await_suspend(std::coroutine_handle<> caller) {
  caller_ = caller;
  listed_in_ = &event_;
  linked_at_ = event_.end_;
  *linked_at_ = this;
  event_.end_ = &next_;
}

void Event::Waiter::unlink() {
  if (linked_at_ == nullptr) return;
  *linked_at_ = next_;
  if (next_ != nullptr) {
    next_->linked_at_ = linked_at_;
  } else if (listed_in_ != nullptr) {
    listed_in_->end_ = linked_at_;
  }
  linked_at_ = nullptr;
  next_ = nullptr;
}

void Event::set() {
  is_set_ = true;
  // The list moves to the stack: one that is resumed may destroy the event, or wait again.
  Waiter* first = std::exchange(first_, nullptr);
  end_ = &first_;
  for (Waiter* one = first; one != nullptr; one = one->next_) one->listed_in_ = nullptr;
  if (first != nullptr) first->linked_at_ = &first;
  while (first != nullptr) {
    const std::coroutine_handle<> caller = first->caller_;
    first->unlink();
    caller.resume();
  }
}

}  // namespace rocketmq::net
