// How a producer ends.
#include <algorithm>
#include <chrono>

#include "client/producer_impl.h"
#include "client/requests.h"
#include "client/trace.h"
#include "client/transactions.h"
#include "protocol/str.h"

namespace rocketmq {
namespace {

using namespace std::chrono_literals;

// For callbacks that are still running at the end of close(): not bounded by its deadline alone, so
// that a send that was failed at the last moment is still told.
constexpr auto callback_grace = 1s;
constexpr net::Duration leave_timeout = 1s;
constexpr std::chrono::milliseconds deadline_max = 24h;

}  // namespace

net::Task<Result<std::size_t>> Producer::Impl::shut_down(net::Duration deadline) {
  is_closed_ = true;
  const net::TimePoint end = core_->loop().now() + deadline;
  if (transactions_ != nullptr) transactions_->close();
  room_->close();
  start_queued();
  sender_->flush();
  co_await requests_->drain(deadline);
  co_await sender_->drain(end - core_->loop().now());
  start_queued();
  const std::size_t unfinished = requests_->fail_all() + sender_->fail_all();
  co_await core_->groups().remove_producer(wire_group_, leave_timeout);
  co_return unfinished;
}

std::size_t Producer::Impl::shut_down_at_once() {
  if (transactions_ != nullptr) transactions_->close();
  room_->close();
  start_queued();
  core_->tasks().start(core_->groups().remove_producer(wire_group_, leave_timeout));
  return requests_->fail_all() + sender_->fail_all();
}

Result<void> Producer::Impl::close(std::chrono::milliseconds deadline) {
  if (core_->is_forked()) return Client::Core::forked_error();
  is_closed_ = true;
  deadline = std::clamp(deadline, 0ms, deadline_max);
  if (is_closing_.exchange(true)) return wait_until_closed(deadline);
  const auto end = std::chrono::steady_clock::now() + deadline;
  std::size_t unfinished = 0;
  if (core_->loop().in_loop_thread()) {
    // A callback on the loop thread: nobody can wait there.
    unfinished = shut_down_at_once();
  } else {
    unfinished =
        core_->wait<std::size_t>([this, deadline] { return shut_down(deadline); }).value_or(0);
    const std::int64_t own = client::Send::running_here() == pending_.get() ? 1 : 0;
    pending_->wait_until_ended(own,
                               std::max(end, std::chrono::steady_clock::now() + callback_grace));
  }
  if (tracer_ != nullptr) {
    const auto left = end - std::chrono::steady_clock::now();
    tracer_->close(std::max(std::chrono::duration_cast<std::chrono::milliseconds>(left), 0ms));
  }
  closed_.set_value();
  if (unfinished == 0) return {};
  return Error{Errc::timeout,
               str(unfinished, " sends were unfinished when the producer was closed"),
               Outcome::unknown};
}

// Somebody else is closing it. Who cannot wait, or whom that one waits for, goes on at once.
Result<void> Producer::Impl::wait_until_closed(std::chrono::milliseconds deadline) {
  if (core_->loop().in_loop_thread() || client::Send::running_here() == pending_.get()) return {};
  if (when_closed_.wait_for(deadline) == std::future_status::ready) return {};
  return Error{Errc::timeout, "another thread is still closing the producer", Outcome::unknown};
}

}  // namespace rocketmq
