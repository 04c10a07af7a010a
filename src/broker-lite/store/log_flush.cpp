#include "broker-lite/store/log_flush.h"

#include <cassert>
#include <utility>

namespace rocketmq::broker {

void LogFlush::wait_for(std::int64_t end, Flushed flushed) {
  if (end <= flushed_) return flushed({});
  if (failure_.code) return flushed(failure_);
  assert(waiters_.empty() || waiters_.back().end <= end);
  waiters_.push_back({end, std::move(flushed)});
}

void LogFlush::finish(const Result<void>& result) {
  assert(syncing_to_);
  const std::int64_t end = *std::exchange(syncing_to_, std::nullopt);
  if (!result) return fail(result.error());
  flushed_ = end;
  while (!waiters_.empty() && waiters_.front().end <= flushed_) {
    const Flushed flushed = std::move(waiters_.front().flushed);
    waiters_.pop_front();
    flushed({});
  }
}

void LogFlush::fail(const Error& error) {
  failure_ = error;
  while (!waiters_.empty()) {
    const Flushed flushed = std::move(waiters_.front().flushed);
    waiters_.pop_front();
    flushed(failure_);
  }
}

}  // namespace rocketmq::broker
