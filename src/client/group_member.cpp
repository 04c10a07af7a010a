#include "client/group_member.h"

#include <algorithm>
#include <utility>

#include "protocol/requests/message.h"

namespace rocketmq::client {

using namespace std::chrono_literals;

namespace {

constexpr net::Duration send_back_timeout = 5s;  // Java: consumerSendMessageBack
// What close() keeps of its time for storing offsets and leaving, and takes at the least.
constexpr net::Duration farewell_max = 1s;
constexpr net::Duration farewell_min = 500ms;

PullOptions pull_options(const PushConsumerOptions& options) {
  PullOptions pull;
  pull.group = options.group;
  pull.start_at = options.start_at;
  pull.batch_size = options.pull_batch_size;
  pull.poll_timeout = options.poll_timeout;
  pull.message_bytes_max = options.message_bytes_max;
  pull.limits = {.messages_max = options.queue_messages_max,
                 .bytes_max = options.queue_bytes_max,
                 .offset_span_max = options.queue_offset_span_max};
  return pull;
}

}  // namespace

GroupMember::GroupMember(Client::Core& core, const PushConsumerOptions& options,
                         std::vector<protocol::SubscriptionData> subscriptions,
                         Dispatcher::RunOnThreads run_on_threads)
    : core_(core),
      group_(options.group),
      start_at_(options.start_at),
      reconsume_times_max_(options.reconsume_times_max < 0 ? 16 : options.reconsume_times_max),
      pull_options_(pull_options(options)),
      offsets_(core, options.group),
      dispatcher_(
          core.loop(), {.threads = options.threads}, options.on_message, std::move(run_on_threads),
          [this](MessageView message, std::int32_t level) {
            return send_back(std::move(message), level);
          },
          core.log()),
      rebalancer_(core, options.group,
                  std::make_unique<SharedQueues>(core, options.group, options.allocation), *this) {
  for (protocol::SubscriptionData& each : subscriptions) rebalancer_.subscribe(std::move(each));
}

GroupMember::~GroupMember() {
  if (is_in_group_) close_at_once();
}

Result<void> GroupMember::join() {
  if (auto joined = rebalancer_.join(*this); !joined) return joined;
  is_in_group_ = true;
  saving_ = save_again_and_again();
  saving_.start();
  return {};
}

net::Task<Result<void>> GroupMember::consuming(net::Duration timeout) {
  co_return co_await net::with_timeout(core_.loop(), timeout, wait_until_consuming());
}

net::Task<Result<void>> GroupMember::wait_until_consuming() {
  co_await consuming_.wait();
  co_return Result<void>{};
}

void GroupMember::set_if_consuming() {
  const bool has_unstarted = std::any_of(
      held_.begin(), held_.end(), [](const auto& each) { return each.second->held() == nullptr; });
  if (rebalancer_.had_a_round() && !has_unstarted) consuming_.set();
}

protocol::ConsumerData GroupMember::heartbeat_data() const {
  protocol::ConsumerData data;
  data.group_name = group_;
  data.consume_from_where = start_at_ == StartAt::earliest
                                ? protocol::ConsumeFromWhere::first_offset
                                : protocol::ConsumeFromWhere::last_offset;
  data.subscription_data_set = rebalancer_.subscription_data();
  return data;
}

// ---- which queues are ours

std::set<AssignedQueue> GroupMember::held_queues(const std::string& topic) const {
  std::set<AssignedQueue> queues;
  for (const auto& [queue, loop] : held_) {
    if (queue.topic == topic) queues.insert({queue, ConsumeMode::pull});
  }
  return queues;
}

net::Task<bool> GroupMember::take_round(QueueRound round) {
  for (const AssignedQueue& each : round.added) add(each.queue);
  co_await drop(std::move(round.dropped));
  co_return true;
}

void GroupMember::add(const MessageQueue& queue) {
  held_.emplace(queue, std::make_unique<PullLoop>(
                           core_, pull_options_, rebalancer_.subscriptions().at(queue.topic),
                           offsets_, dispatcher_, queue, [this] { set_if_consuming(); }));
}

net::Task<> GroupMember::drop(std::vector<AssignedQueue> queues) {
  std::vector<QueueOffset> offsets;
  for (const auto& [queue, mode] : queues) {
    const auto found = held_.find(queue);
    if (const auto& held = found->second->held()) {
      held->is_over.store(true, std::memory_order_release);
      offsets.push_back({queue, held->in_hand.safe_offset()});
    }
    held_.erase(found);
  }
  co_await offsets_.save_all(std::move(offsets), core_.options().request_timeout);
}

// ---- how far they are consumed

net::Task<> GroupMember::save_again_and_again() {
  for (;;) {
    co_await net::sleep_for(core_.loop(), core_.options().offset_commit_interval);
    for (const auto& [queue, loop] : held_) {
      if (const auto& held = loop->held()) offsets_.save_soon(queue, held->in_hand.safe_offset());
    }
  }
}

net::Task<Result<void>> GroupMember::send_back(MessageView message, std::int32_t level) {
  const MessageQueue& queue = message.queue();
  const auto sent =
      co_await core_.call(queue.broker_name,
                          protocol::ConsumerSendMsgBack{.offset = message.commit_log_offset(),
                                                        .group = group_,
                                                        .delay_level = level,
                                                        .origin_msg_id = message.message_id(),
                                                        .origin_topic = message.topic(),
                                                        .unit_mode = false,
                                                        .max_reconsume_times = reconsume_times_max_,
                                                        .broker_name = queue.broker_name},
                          {}, send_back_timeout);
  if (!sent) co_return sent.error();
  co_return Result<void>{};
}

// ---- leaving

net::Task<Result<CloseReport>> GroupMember::close(net::Duration deadline,
                                                  Dispatcher::ListenerCall* caller) {
  if (caller != nullptr) dispatcher_.waits_in_listener(*caller);
  if (is_closing_) {
    co_await closed_.wait();
    co_return report_;
  }
  is_closing_ = true;
  net::Loop& loop = core_.loop();
  const net::TimePoint end = loop.now() + deadline;
  const auto time_left = [&loop, end] { return std::max(end - loop.now(), farewell_min); };

  stop_pulling();
  const net::Duration farewell = std::min(farewell_max, deadline / 4);
  const auto drained = co_await net::with_timeout(loop, deadline - farewell, dispatcher_.drained());
  dispatcher_.stop();
  report_.unfinished_messages = unfinished();
  if (!drained) {
    core_.log().warn(str("group ", group_, " is left with ", report_.unfinished_messages,
                         " messages not consumed in time"));
  }
  report_.uncommitted = (co_await offsets_.save_all(give_up_queues(), time_left())).failed;
  is_in_group_ = false;
  co_await rebalancer_.leave(time_left());
  closed_.set();
  co_return report_;
}

CloseReport GroupMember::close_at_once() {
  if (!std::exchange(is_closing_, true)) {
    stop_pulling();
    report_.unfinished_messages = unfinished();
  }
  dispatcher_.stop();
  for (const QueueOffset& each : give_up_queues()) offsets_.save_soon(each.queue, each.offset);
  is_in_group_ = false;
  rebalancer_.leave_at_once();
  closed_.set();
  return report_;
}

void GroupMember::stop_pulling() {
  rebalancer_.stop();
  for (const auto& [queue, loop] : held_) loop->stop();
}

std::vector<QueueOffset> GroupMember::give_up_queues() {
  saving_.cancel();
  std::vector<QueueOffset> offsets;
  for (const auto& [queue, loop] : held_) {
    const auto& held = loop->held();
    if (held == nullptr || held->is_over) continue;
    held->is_over.store(true, std::memory_order_release);
    offsets.push_back({queue, held->in_hand.safe_offset()});
  }
  return offsets;
}

std::size_t GroupMember::unfinished() const {
  std::size_t count = 0;
  for (const auto& [queue, loop] : held_) {
    if (const auto& held = loop->held()) count += held->in_hand.size();
  }
  return count;
}

PushConsumerStatistics GroupMember::statistics() const {
  PushConsumerStatistics statistics;
  statistics.consumed = dispatcher_.consumed();
  statistics.given_back = dispatcher_.given_back();
  if (is_closing_) return statistics;
  for (const auto& [queue, loop] : held_) statistics.queues.push_back(queue);
  return statistics;
}

}  // namespace rocketmq::client
