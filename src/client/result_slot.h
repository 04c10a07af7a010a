#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace rocketmq::client {

// A value that one thread waits for and another gives, once: a promise and its future in one, on
// the stack of who waits, without memory of its own. A std::promise makes a system call to tell
// even a thread that does not sleep.
template <class T>
class ResultSlot {
 public:
  void set(T&& value) {
    const std::lock_guard lock(mutex_);
    value_.emplace(std::move(value));
    is_set_.store(true, std::memory_order_relaxed);
    changed_.notify_one();  // with the lock: who waits may destroy this as soon as it has it
  }

  // Then take() does not wait, or only for set() to return.
  bool is_set() const { return is_set_.load(std::memory_order_relaxed); }

  T take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return value_.has_value(); });
    return *std::move(value_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<T> value_;
  std::atomic<bool> is_set_ = false;
};

}  // namespace rocketmq::client
