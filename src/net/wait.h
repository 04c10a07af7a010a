#pragma once

#include <cassert>
#include <coroutine>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "net/loop.h"
#include "net/task.h"

// What a coroutine can wait for, beside calls: time, events, another task within a time.

namespace rocketmq::net {

// co_await sleep_for(loop, 1s);
class [[nodiscard]] sleep_for {
 public:
  sleep_for(Loop& loop, Duration delay) : loop_(loop), delay_(delay) {}
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> caller) {
    timer_ = loop_.after(delay_, [caller] { caller.resume(); });
  }
  void await_resume() const {}

 private:
  Loop& loop_;
  const Duration delay_;
  std::unique_ptr<Timer> timer_;
};

// Something that happens, and then has happened until reset(). Any number may wait; set() resumes
// them before it returns, in the order they came. One destroyed while it waits is forgotten. The
// event outlives its waiters, or is set before it dies.
class Event {
 public:
  class [[nodiscard]] Waiter {
   public:
    explicit Waiter(Event& event) : event_(event) {}
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    ~Waiter() { unlink(); }

    bool await_ready() const { return event_.is_set_; }
    void await_suspend(std::coroutine_handle<> caller);
    void await_resume() const {}

   private:
    friend class Event;
    void unlink();

    Event& event_;
    Event* listed_in_ = nullptr;  // not once set() has taken the list
    std::coroutine_handle<> caller_;
    Waiter** linked_at_ = nullptr;  // the pointer that points at this one
    Waiter* next_ = nullptr;
  };

  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  bool is_set() const { return is_set_; }
  void set();  // may end with the event destroyed by one it resumed
  void reset() { is_set_ = false; }
  Waiter wait() { return Waiter(*this); }  // co_await event.wait();

 private:
  Waiter* first_ = nullptr;
  Waiter** end_ = &first_;  // where the next waiter is linked: thousands may wait
  bool is_set_ = false;
};

// A value that one coroutine waits for and somebody else gives, once.
template <class T>
class OneShot {
 public:
  void set(T value) {
    assert(!value_);
    value_.emplace(std::move(value));
    event_.set();
  }
  bool is_set() const { return value_.has_value(); }

  Task<T> take() {  // co_await one_shot.take();
    co_await event_.wait();
    co_return *std::move(value_);
  }

 private:
  std::optional<T> value_;
  Event event_;
};

namespace detail {
template <class T>
class [[nodiscard]] TimeoutAwaiter {
 public:
  TimeoutAwaiter(Loop& loop, Duration timeout, Task<Result<T>> task)
      : loop_(loop), timeout_(timeout), task_(std::move(task)) {}
  TimeoutAwaiter(const TimeoutAwaiter&) = delete;
  TimeoutAwaiter& operator=(const TimeoutAwaiter&) = delete;

  bool await_ready() {
    task_.start();
    return task_.done();
  }
  void await_suspend(std::coroutine_handle<> caller) {
    task_.when_done(caller);
    timer_ = loop_.after(timeout_, [this, caller] {
      task_.cancel();
      caller.resume();
    });
  }
  Result<T> await_resume() {
    timer_.reset();
    if (task_.is_empty()) return Error{Errc::timeout, "not done in time", Outcome::unknown};
    return task_.take();
  }

 private:
  Loop& loop_;
  const Duration timeout_;
  Task<Result<T>> task_;
  std::unique_ptr<Timer> timer_;
};
}  // namespace detail

// co_await with_timeout(loop, 3s, task): the task's result, or Errc::timeout once that time is
// over; the task is cancelled then.
template <class T>
detail::TimeoutAwaiter<T> with_timeout(Loop& loop, Duration timeout, Task<Result<T>> task) {
  return detail::TimeoutAwaiter<T>(loop, timeout, std::move(task));
}

}  // namespace rocketmq::net
