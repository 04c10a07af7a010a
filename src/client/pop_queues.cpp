#include "client/pop_queues.h"

#include <algorithm>
#include <utility>

namespace rocketmq::client {
namespace {

constexpr std::int32_t reconsume_times_max = 16;  // Java: getMaxReconsumeTimes

PopDispatchOptions dispatch_options(const PushConsumerOptions& options) {
  return {
      .batch_size = options.on_messages ? static_cast<std::size_t>(options.consume_batch_size) : 1,
      .reconsume_times_max =
          options.reconsume_times_max >= 0 ? options.reconsume_times_max : reconsume_times_max};
}

PopLoopOptions loop_options(const PushConsumerOptions& options) {
  return {.batch_size = options.pop_batch_size,
          .invisible = options.pop_invisible_time,
          .poll_timeout = options.poll_timeout,
          .unacknowledged_max = options.pop_unacknowledged_max,
          .init_mode = options.start_at == StartAt::earliest ? protocol::pop_init_mode::min
                                                             : protocol::pop_init_mode::max};
}

}  // namespace

PopQueues::PopQueues(Client::Core& core, const PushConsumerOptions& options,
                     const std::string& group, ListenerCalls& calls,
                     PopDispatcher::ToDeadLetters to_dead_letters)
    : core_(core),
      pops_(core, group, options.message_bytes_max),
      dispatcher_(core.loop(), dispatch_options(options), calls, pops_, std::move(to_dead_letters),
                  core.log()),
      shared_{.core = core,
              .options = loop_options(options),
              .pops = pops_,
              .dispatcher = dispatcher_} {}

void PopQueues::add(const MessageQueue& queue, const protocol::SubscriptionData& subscription,
                    bool is_paused) {
  loops_.emplace(queue, std::make_unique<PopLoop>(shared_, subscription, queue, is_paused));
}

std::set<MessageQueue> PopQueues::of_topic(const std::string& topic) const {
  std::set<MessageQueue> queues;
  for (const auto& [queue, loop] : loops_) {
    if (queue.topic == topic) queues.insert(queue);
  }
  return queues;
}

void PopQueues::apply_pauses(const std::function<bool(const std::string& topic)>& is_paused) {
  for (const auto& [queue, loop] : loops_) {
    const bool pauses = is_paused(queue.topic);
    if (loop->queue().is_paused != pauses) loop->queue().set_paused(pauses);
  }
}

void PopQueues::stop() {
  for (const auto& [queue, loop] : loops_) loop->stop();
}

std::size_t PopQueues::unacknowledged() const {
  std::size_t count = 0;
  for (const auto& [queue, loop] : loops_) count += loop->queue().unacknowledged;
  return count;
}

void PopQueues::add_queues_to(PushConsumerStatistics& statistics) const {
  for (const auto& [queue, loop] : loops_) {
    MessageQueue shown = queue;
    shown.topic = core_.plain_name(queue.topic);
    statistics.queues.push_back(shown);
    statistics.held.push_back({.queue = std::move(shown),
                               .messages = loop->queue().unacknowledged,
                               .next_offset = -1,
                               .safe_offset = -1,
                               .paused = loop->queue().is_paused});
  }
}

}  // namespace rocketmq::client
