#include "client/pull_loop.h"

#include <algorithm>
#include <utility>

#include "client/pull_recovery.h"

namespace rocketmq::client {
namespace {

constexpr std::int32_t answer_bytes_max = 256 * 1024;  // Java: pullBatchSizeInBytes
// A broker stores a pull's offset when the pull comes, but takes pulls and other requests by
// threads of their own: for so long one may overtake the other.
constexpr net::Duration overtaking_max = std::chrono::seconds(1);

std::int64_t milliseconds(net::Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

}  // namespace

PullLoop::PullLoop(const Shared& shared, const protocol::SubscriptionData& subscription,
                   MessageQueue queue)
    : core_(shared.core),
      shared_(shared),
      options_(shared.options),
      subscription_(subscription),
      queue_(std::move(queue)),
      shown_queue_{shared.core.plain_name(queue_.topic), queue_.broker_name, queue_.queue_id} {}

void PullLoop::begin() {
  suspend();
  begin_at_.reset();
  run_anew();
}

void PullLoop::begin_at(std::int64_t offset) {
  suspend();
  begin_at_ = offset;
  run_anew();
}

void PullLoop::suspend() {
  running_.cancel();
  if (held_ == nullptr) return;
  held_->end();
  previous_ = std::exchange(held_, nullptr);
}

void PullLoop::pull_anew() {
  if (!running_.is_empty()) run_anew();
}

void PullLoop::run_anew() {
  running_ = run();
  running_.start();
}

net::Task<> PullLoop::run() {
  if (held_ == nullptr) co_await find_start();
  co_await pull_again_and_again();
}

net::Task<> PullLoop::find_start() {
  while (previous_ != nullptr && previous_->is_busy) co_await previous_->idle.wait();
  for (;;) {
    Result<std::int64_t> offset = 0;
    if (begin_at_) {
      const auto saved =
          co_await shared_.offsets.save(queue_, *begin_at_, core_.options().request_timeout);
      offset = saved ? Result<std::int64_t>(*begin_at_) : Result<std::int64_t>(saved.error());
    } else {
      offset = co_await shared_.offsets.start_offset(queue_, options_.start_at);
    }
    if (offset) {
      begin_at_.reset();
      held_ = std::make_shared<HeldQueue>(queue_, *offset, options_.limits);
      shared_.on_started(*held_);
      co_return;
    }
    co_await recover(offset.error());
  }
}

net::Task<> PullLoop::pull_again_and_again() {
  for (;;) {
    while (!held_->can_be_pulled(core_.loop().now())) {
      held_->changed.reset();
      co_await held_->changed.wait();
    }
    const std::int64_t asked_for = held_->in_hand.next_offset();
    const net::TimePoint asked_at = core_.loop().now();
    const Result<PullAnswer> answer = co_await pull();
    if (!answer) {
      co_await recover(answer.error());
      continue;
    }
    failures_ = 0;
    broker_id_ = answer->header.suggest_which_broker_id;
    held_->answered_at = core_.loop().now();
    co_await take(*answer);

    // Normally a broker with nothing to give takes its time over saying so.
    const bool came_at_once = core_.loop().now() - asked_at < options_.error_delay;
    net::Duration pause = options_.interval;
    if (held_->in_hand.next_offset() == asked_for && came_at_once) {
      pause = std::max(pause, options_.idle_delay);
    }
    if (pause > net::Duration::zero()) co_await net::sleep_for(core_.loop(), pause);
  }
}

net::Task<> PullLoop::take(const PullAnswer& answer) {
  const std::int64_t next = answer.header.next_begin_offset;
  if (next < 0) {
    co_await recover({Errc::bad_message, str("the broker answered with offset ", next)});
  } else if (answer.code == static_cast<int>(ResponseCode::pull_offset_moved)) {
    co_await move_to(next);
  } else if (answer.code == static_cast<int>(ResponseCode::success)) {
    TakenMessages taken =
        take_messages(answer, shown_queue_, subscription_, options_.message_bytes_max,
                      core_.name_space(), held_->in_hand);
    if (!taken.messages.empty()) shared_.sink.deliver(held_, std::move(taken.messages));
    if (!taken.result) co_await recover(taken.result.error());
  } else {
    held_->in_hand.advance_to(next);
  }
}

net::Task<Result<PullAnswer>> PullLoop::pull() {
  const auto broker = core_.routes().table().address_to_read(queue_.broker_name, broker_id_, false);
  if (!broker) {
    co_return Error{Errc::not_connected,
                    str("broker ", queue_.broker_name, " has no known address")};
  }
  const std::int64_t safe_offset = held_->in_hand.safe_offset();
  protocol::PullMessage request{.consumer_group = options_.group,
                                .topic = queue_.topic,
                                .queue_id = queue_.queue_id,
                                .queue_offset = held_->in_hand.next_offset(),
                                .max_msg_nums = options_.batch_size,
                                .sys_flag = protocol::pull_flag::suspend,
                                .suspend_timeout_millis = milliseconds(options_.poll_timeout),
                                .sub_version = subscription_.sub_version,
                                .expression_type = subscription_.expression_type,
                                .max_msg_bytes = answer_bytes_max,
                                .broker_name = queue_.broker_name};
  // Every pull of a master stores the offset as well. A slave would keep it to itself.
  if (shared_.commits_with_pulls && broker->broker_id == master_id && safe_offset > 0) {
    request.sys_flag |= protocol::pull_flag::commit_offset;
    request.commit_offset = safe_offset;
    settled_at_ = core_.loop().now() + overtaking_max;
  }
  auto answer = co_await core_.pool().call(broker->address, request, {},
                                           options_.poll_timeout + options_.answer_margin);
  if (answer) settled_at_ = {};
  co_return answer;
}

net::Duration PullLoop::unsettled_for() const {
  return std::max(settled_at_ - core_.loop().now(), net::Duration::zero());
}

net::Task<> PullLoop::recover(Error error) {
  const PullRecovery recovery = recovery_from(error, options_);
  if (recovery.needs_route) {
    // The broker may have died with what we last stored there.
    shared_.offsets.doubt(queue_);
    broker_id_ = master_id;
    core_.routes().doubt(queue_.topic);
  }
  // Said once, not every second for as long as a broker is down.
  const LogLevel level = failures_++ == 0 ? LogLevel::warning : LogLevel::debug;
  if (core_.log().takes(level)) {
    core_.log().write(level, str("pulling ", to_string(queue_), ": ", to_string(error)));
  }
  if (recovery.needs_heartbeat) co_await core_.groups().heartbeat();
  co_await net::sleep_for(core_.loop(), core_.jittered(recovery.delay));
}

net::Task<> PullLoop::move_to(std::int64_t offset) {
  core_.log().warn(str("the broker moves ", to_string(queue_), " from offset ",
                       held_->in_hand.next_offset(), " to ", offset));
  held_->in_hand.move_to(offset);
  const auto saved = co_await shared_.offsets.save(queue_, held_->in_hand.safe_offset(),
                                                   core_.options().request_timeout);
  if (!saved) core_.log().warn(str("storing an offset: ", to_string(saved.error())));
}

}  // namespace rocketmq::client
