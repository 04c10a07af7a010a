#include "client/pull_loop.h"

#include <utility>

#include "client/pull_recovery.h"

namespace rocketmq::client {
namespace {

constexpr std::int32_t answer_bytes_max = 256 * 1024;  // Java: pullBatchSizeInBytes

std::int64_t milliseconds(net::Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

}  // namespace

PullLoop::PullLoop(Client::Core& core, const PullOptions& options,
                   const protocol::SubscriptionData& subscription, OffsetStore& offsets,
                   Dispatcher& dispatcher, MessageQueue queue, std::function<void()> on_started)
    : core_(core),
      options_(options),
      subscription_(subscription),
      offsets_(offsets),
      dispatcher_(dispatcher),
      queue_(std::move(queue)),
      on_started_(std::move(on_started)) {
  running_ = run();
  running_.start();
}

net::Task<> PullLoop::run() {
  co_await find_start();
  ProcessQueue& in_hand = held_->in_hand;
  for (;;) {
    while (in_hand.is_full()) {
      held_->has_room.reset();
      co_await held_->has_room.wait();
    }
    const std::int64_t asked_for = in_hand.next_offset();
    const net::TimePoint asked_at = core_.loop().now();
    const Result<PullAnswer> answer = co_await pull();
    if (!answer) {
      co_await recover(answer.error());
      continue;
    }
    failures_ = 0;
    broker_id_ = answer->header.suggest_which_broker_id;

    const std::int64_t next = answer->header.next_begin_offset;
    if (next < 0) {
      co_await recover({Errc::bad_message, str("the broker answered with offset ", next)});
    } else if (answer->code == static_cast<int>(ResponseCode::pull_offset_moved)) {
      co_await move_to(next);
    } else if (answer->code == static_cast<int>(ResponseCode::success)) {
      if (auto taken = take_messages(*answer); !taken) co_await recover(taken.error());
    } else {
      in_hand.advance_to(next);
    }
    // Normally a broker with nothing to give takes its time over saying so.
    const bool came_at_once = core_.loop().now() - asked_at < options_.error_delay;
    if (in_hand.next_offset() == asked_for && came_at_once) {
      co_await net::sleep_for(core_.loop(), options_.idle_delay);
    }
  }
}

net::Task<> PullLoop::find_start() {
  for (;;) {
    const auto offset = co_await offsets_.start_offset(queue_, options_.start_at);
    if (offset) {
      held_ = std::make_shared<HeldQueue>(queue_, *offset, options_.limits);
      on_started_();
      co_return;
    }
    co_await recover(offset.error());
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
  if (broker->broker_id == master_id && safe_offset > 0) {
    request.sys_flag |= protocol::pull_flag::commit_offset;
    request.commit_offset = safe_offset;
  }
  co_return co_await core_.pool().call(broker->address, request, {},
                                       options_.poll_timeout + options_.answer_margin);
}

net::Task<> PullLoop::recover(Error error) {
  const PullRecovery recovery = recovery_from(error, options_);
  if (recovery.needs_route) {
    // The broker may have died with what we last stored there.
    offsets_.doubt(queue_);
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

Result<void> PullLoop::take_messages(const PullAnswer& answer) {
  TakenMessages taken = client::take_messages(answer, queue_, subscription_,
                                              options_.message_bytes_max, held_->in_hand);
  if (!taken.messages.empty()) dispatcher_.deliver(held_, taken.messages);
  return std::move(taken.result);
}

net::Task<> PullLoop::move_to(std::int64_t offset) {
  core_.log().warn(str("the broker moves ", to_string(queue_), " from offset ",
                       held_->in_hand.next_offset(), " to ", offset));
  held_->in_hand.move_to(offset);
  const auto saved =
      co_await offsets_.save(queue_, held_->in_hand.safe_offset(), core_.options().request_timeout);
  if (!saved) core_.log().warn(str("storing an offset: ", to_string(saved.error())));
}

}  // namespace rocketmq::client
