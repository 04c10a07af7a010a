#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>

namespace rocketmq::client {

// What one producer has under way. Any thread. Kept by every send, so it lives until the last
// callback has returned.
//
// Three counts: sends that are unfinished, which close() waits for, refused ones among them, for
// they have callbacks too; sends that were admitted, which alone decide whether one more is; and
// bytes that wait for an answer.
class PendingSends {
 public:
  PendingSends(std::size_t sends_max, std::size_t bytes_max)
      : sends_max_(static_cast<std::int64_t>(sends_max)), bytes_max_(bytes_max) {}

  // One more is unfinished; every begin() is followed by one end().
  void begin() { unfinished_.fetch_add(1); }
  // Its callback has returned.
  void end() {
    const std::int64_t left = unfinished_.fetch_sub(1) - 1;
    if (left <= waits_for_.load()) tell();
  }

  // False: that would be more than the limit, and nothing is held. Every admission is followed by
  // one release(), as its callback begins: that may send the next.
  bool admit() {
    if (admitted_.fetch_add(1) < sends_max_) return true;
    release();
    return false;
  }
  void release() { admitted_.fetch_sub(1); }

  // False: no room, and nothing is held.
  bool hold_bytes(std::size_t bytes) {
    if (bytes_.fetch_add(bytes) + bytes <= bytes_max_) return true;
    release_bytes(bytes);
    return false;
  }
  void release_bytes(std::size_t bytes) { bytes_.fetch_sub(bytes); }

  // Waits until no more than `except` sends are unfinished; false when that takes too long. Once.
  bool wait_until_ended(std::int64_t except, std::chrono::steady_clock::time_point deadline) {
    waits_for_.store(except);
    if (unfinished_.load() <= except) return true;
    return ended_.get_future().wait_until(deadline) == std::future_status::ready;
  }

 private:
  void tell() {
    if (!is_told_.exchange(true)) ended_.set_value();
  }

  const std::int64_t sends_max_;
  const std::size_t bytes_max_;
  std::atomic<std::int64_t> unfinished_ = 0;
  std::atomic<std::int64_t> admitted_ = 0;
  std::atomic<std::size_t> bytes_ = 0;
  std::atomic<std::int64_t> waits_for_ = -1;  // nobody waits
  std::atomic<bool> is_told_ = false;
  std::promise<void> ended_;
};

}  // namespace rocketmq::client
