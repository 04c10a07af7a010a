#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <utility>

#include "client/block_pool.h"

namespace rocketmq::client {

enum class Admission { admitted, too_many_sends, too_many_bytes };

// What one producer has under way, and what became of the rest. Any thread. Kept by every send, so
// it lives until the last callback has returned.
//
// Three counts: sends that are unfinished, which close() waits for, refused ones among them, for
// they have callbacks too; sends that were admitted, which alone decide whether one more is; and
// bytes that wait for an answer.
class PendingSends {
 public:
  // `on_room` is called when there may be room while somebody waits; on any thread.
  PendingSends(std::size_t sends_max, std::size_t bytes_max, std::function<void()> on_room = {})
      : sends_max_(static_cast<std::int64_t>(sends_max)),
        bytes_max_(bytes_max),
        on_room_(std::move(on_room)) {}

  // One more is unfinished; every begin() is followed by one end().
  void begin() { unfinished_.fetch_add(1); }
  // Its callback has returned.
  void end() {
    const std::int64_t left = unfinished_.fetch_sub(1) - 1;
    if (left <= waits_for_.load()) tell();
  }

  // Nothing is held unless it is admitted. Every admission is followed by one release_bytes(), when
  // there is an answer, and by one release(), as its callback begins: that may send the next.
  Admission admit(std::size_t bytes) {
    if (admitted_.fetch_add(1) >= sends_max_) {
      release();
      return Admission::too_many_sends;
    }
    if (bytes_.fetch_add(bytes) + bytes > bytes_max_) {
      release_bytes(bytes);
      release();
      return Admission::too_many_bytes;
    }
    return Admission::admitted;
  }
  void release() {
    admitted_.fetch_sub(1);
    if (waiting_.load() > 0) on_room_();
  }
  void release_bytes(std::size_t bytes) {
    bytes_.fetch_sub(bytes);
    if (waiting_.load() > 0) on_room_();
  }

  // Around a wait for room. Who comes while others wait waits behind them.
  void begin_waiting() { waiting_.fetch_add(1); }
  void end_waiting() { waiting_.fetch_sub(1); }
  bool somebody_waits() const { return waiting_.load() > 0; }

  std::size_t admitted() const { return static_cast<std::size_t>(admitted_.load()); }
  std::size_t bytes() const { return bytes_.load(); }

  // Waits until no more than `except` sends are unfinished; false when that takes too long. Once.
  bool wait_until_ended(std::int64_t except, std::chrono::steady_clock::time_point deadline) {
    waits_for_.store(except);
    if (unfinished_.load() <= except) return true;
    return ended_.get_future().wait_until(deadline) == std::future_status::ready;
  }

  BlockPool blocks;  // that the messages lie in

  // For statistics.
  std::atomic<std::uint64_t> sent = 0;
  std::atomic<std::uint64_t> failed = 0;
  std::atomic<std::uint64_t> retried = 0;

 private:
  void tell() {
    if (!is_told_.exchange(true)) ended_.set_value();
  }

  const std::int64_t sends_max_;
  const std::size_t bytes_max_;
  const std::function<void()> on_room_;
  std::atomic<std::int64_t> unfinished_ = 0;
  std::atomic<std::int64_t> admitted_ = 0;
  std::atomic<std::size_t> bytes_ = 0;
  std::atomic<int> waiting_ = 0;
  std::atomic<std::int64_t> waits_for_ = -1;  // nobody waits
  std::atomic<bool> is_told_ = false;
  std::promise<void> ended_;
};

}  // namespace rocketmq::client
