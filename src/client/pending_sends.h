#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>

namespace rocketmq::client {

// How many sends of one producer are not finished, and how many bytes wait for an answer. Any
// thread. Kept by every send, so it lives until the last callback has returned.
class PendingSends {
 public:
  PendingSends(std::size_t sends_max, std::size_t bytes_max)
      : sends_max_(static_cast<std::int64_t>(sends_max)), bytes_max_(bytes_max) {}

  // Counts one more; every begin() is followed by one end(). False: that is more than the limit.
  bool begin() { return sends_.fetch_add(1) < sends_max_; }
  // Its callback has returned.
  void end() {
    const std::int64_t left = sends_.fetch_sub(1) - 1;
    if (left <= waits_for_.load()) tell();
  }

  // False: no room, and nothing is held.
  bool hold_bytes(std::size_t bytes) {
    if (bytes_.fetch_add(bytes) + bytes <= bytes_max_) return true;
    release_bytes(bytes);
    return false;
  }
  void release_bytes(std::size_t bytes) { bytes_.fetch_sub(bytes); }

  std::int64_t count() const { return sends_.load(); }
  std::size_t bytes() const { return bytes_.load(); }

  // Waits until no more than `except` sends are unfinished; false when that takes too long. Once.
  bool wait_until_ended(std::int64_t except, std::chrono::steady_clock::time_point deadline) {
    waits_for_.store(except);
    if (sends_.load() <= except) return true;
    return ended_.get_future().wait_until(deadline) == std::future_status::ready;
  }

 private:
  void tell() {
    if (!is_told_.exchange(true)) ended_.set_value();
  }

  const std::int64_t sends_max_;
  const std::size_t bytes_max_;
  std::atomic<std::int64_t> sends_ = 0;
  std::atomic<std::size_t> bytes_ = 0;
  std::atomic<std::int64_t> waits_for_ = -1;  // nobody waits
  std::atomic<bool> is_told_ = false;
  std::promise<void> ended_;
};

}  // namespace rocketmq::client
