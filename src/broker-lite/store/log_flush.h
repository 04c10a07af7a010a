#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

namespace rocketmq::broker {

// How far the log is on disk, who waits for it, and when to sync next: group commit. One sync at a
// time; whatever was written while it ran is the next one's share. Decides only.
class LogFlush {
 public:
  using Flushed = std::function<void(Result<void>)>;

  // Everything before `flushed` is on disk.
  void start_at(std::int64_t flushed) { flushed_ = flushed; }

  std::int64_t flushed() const { return flushed_; }
  bool is_syncing() const { return syncing_to_.has_value(); }
  bool has_waiters() const { return !waiters_.empty(); }

  // Calls back at once where it is known already. Ends come in rising order.
  void wait_for(std::int64_t end, Flushed flushed);

  // Sync [flushed(), committed) and call finish() with the result.
  void begin(std::int64_t committed) { syncing_to_ = committed; }
  // Tells those who waited for it; all of them, and for ever, when it failed.
  void finish(const Result<void>& result);

  // Nothing will be flushed any more.
  void fail(const Error& error);

 private:
  struct Waiter {
    std::int64_t end;
    Flushed flushed;
  };

  std::int64_t flushed_ = 0;
  std::optional<std::int64_t> syncing_to_;
  std::deque<Waiter> waiters_;  // by end
  Error failure_;
};

}  // namespace rocketmq::broker
