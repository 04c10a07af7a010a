#include "client/group_member.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "client/assigned_queues.h"
#include "client/delay_level.h"
#include "client/local_offset_store.h"
#include "client/ordered_dispatch.h"
#include "client/subscription_check.h"
#include "client/tag_filter.h"
#include "protocol/pop_info.h"

namespace rocketmq::client {

using namespace std::chrono_literals;

namespace {

// Java: DefaultMQPushConsumerImpl.getMaxReconsumeTimes, ConsumeMessageOrderlyService.
std::int32_t reconsume_times_max(const PushConsumerOptions& options) {
  if (options.reconsume_times_max >= 0) return options.reconsume_times_max;
  return options.on_message_in_order ? std::numeric_limits<std::int32_t>::max() : 16;
}

PullOptions pull_options(const PushConsumerOptions& options) {
  PullOptions pull;
  pull.group = options.group;
  pull.start_at = options.start_at;
  pull.batch_size = options.pull_batch_size;
  pull.poll_timeout = options.poll_timeout;
  pull.interval = options.pull_interval;
  pull.message_bytes_max = options.message_bytes_max;
  pull.limits = {.messages_max = options.queue_messages_max,
                 .bytes_max = options.queue_bytes_max,
                 .offset_span_max = options.on_message_in_order
                                        ? std::numeric_limits<std::int64_t>::max()
                                        : options.queue_offset_span_max};
  return pull;
}

std::unique_ptr<OffsetStore> make_offsets(Client::Core& core, const PushConsumerOptions& options) {
  if (options.model == MessageModel::clustering) {
    return std::make_unique<RemoteOffsetStore>(core, options.group);
  }
  return std::make_unique<LocalOffsetStore>(
      core,
      LocalOffsetFile::path_for(options.broadcast_offsets_dir, core.client_id(), options.group));
}

std::unique_ptr<QueueSource> make_source(Client::Core& core, const PushConsumerOptions& options) {
  if (options.model == MessageModel::broadcasting) return std::make_unique<AllQueues>();
  if (options.assigned_by_broker) {
    return std::make_unique<BrokerAssignedQueues>(core, options.group, options.allocation.name);
  }
  if (options.mode == ConsumeMode::pop) {
    return std::make_unique<AnyQueues>(core, options.group, options.allocation);
  }
  return std::make_unique<SharedQueues>(core, options.group, options.allocation);
}

BatchListener listener_of(const PushConsumerOptions& options) {
  if (options.on_messages) return options.on_messages;
  return batch_listener(options.on_message_in_order ? options.on_message_in_order
                                                    : options.on_message);
}

}  // namespace

GroupMember::GroupMember(Client::Core& core, const PushConsumerOptions& options,
                         std::vector<protocol::SubscriptionData> subscriptions,
                         ListenerCalls::RunOnThreads run_on_threads, std::shared_ptr<Tracer> tracer)
    : core_(core),
      options_(options),
      group_(options.group),
      is_ordered_(options.on_message_in_order != nullptr),
      is_broadcasting_(options.model == MessageModel::broadcasting),
      pull_options_(pull_options(options)),
      send_back_(core, options.group, reconsume_times_max(options)),
      offsets_(make_offsets(core, options)),
      started_at_ms_(core.loop().wall_ms()),
      dispatcher_(make_dispatcher(std::move(run_on_threads), std::move(tracer))),
      shared_{.core = core,
              .options = pull_options_,
              .offsets = *offsets_,
              .sink = *dispatcher_,
              .commits_with_pulls = !is_broadcasting_,
              .on_started = [this](HeldQueue& held) { queue_started(held); }},
      popped_(core, options, options.group, dispatcher_->calls(),
              [this](MessageView message) {
                return send_back_.give_back(std::move(message), dead_letters_level);
              }),
      rebalancer_(core, options.group, make_source(core, options), *this) {
  for (protocol::SubscriptionData& each : subscriptions) rebalancer_.subscribe(std::move(each));
}

GroupMember::~GroupMember() {
  if (is_in_group_) close_at_once();
}

std::unique_ptr<Dispatcher> GroupMember::make_dispatcher(ListenerCalls::RunOnThreads run_on_threads,
                                                         std::shared_ptr<Tracer> tracer) {
  const DispatchOptions dispatch{
      .threads = options_.threads,
      .batch_size =
          options_.on_messages ? static_cast<std::size_t>(options_.consume_batch_size) : 1,
      .gives_back = !is_broadcasting_,
      .consume_timeout = options_.consume_timeout,
      .suspend_time = options_.suspend_time,
      .reconsume_times_max = options_.reconsume_times_max};
  Listener listener{listener_of(options_), options_.hooks, std::move(tracer)};
  GiveBack give_back{
      .later = [this](
                   MessageView message,
                   std::int32_t level) { return send_back_.give_back(std::move(message), level); },
      .tried_enough =
          [this](MessageView message) { return send_back_.send_copy(std::move(message), 0); }};
  if (is_ordered_) {
    return std::make_unique<OrderedDispatcher>(core_.loop(), dispatch, std::move(listener),
                                               std::move(run_on_threads), std::move(give_back),
                                               core_.log());
  }
  return std::make_unique<ConcurrentDispatcher>(core_.loop(), dispatch, std::move(listener),
                                                std::move(run_on_threads), std::move(give_back),
                                                core_.log());
}

Result<void> GroupMember::join() {
  if (is_broadcasting_) {
    if (auto read = static_cast<LocalOffsetStore&>(*offsets_).load(); !read) return read;
  } else if (is_ordered_) {
    locks_.emplace(
        core_, group_,
        QueueLocks::Listener{
            .on_locked = [this](const MessageQueue& queue, net::TimePoint until,
                                bool is_unbroken) { queue_locked(queue, until, is_unbroken); },
            .on_lost = [this](const MessageQueue& queue) { queue_lost(queue); }});
  }
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
  co_return core_.groups().admitted();
}

void GroupMember::set_if_consuming() {
  const bool has_unstarted = std::any_of(
      held_.begin(), held_.end(), [](const auto& each) { return each.second->held() == nullptr; });
  if (rebalancer_.had_a_round() && !has_unstarted) consuming_.set();
}

protocol::ConsumerData GroupMember::heartbeat_data() const {
  using protocol::ConsumeFromWhere;
  protocol::ConsumerData data;
  data.group_name = group_;
  data.message_model =
      is_broadcasting_ ? protocol::MessageModel::broadcasting : protocol::MessageModel::clustering;
  switch (options_.start_at.kind()) {
    case StartAt::Kind::earliest:
      data.consume_from_where = ConsumeFromWhere::first_offset;
      break;
    case StartAt::Kind::latest:
      data.consume_from_where = ConsumeFromWhere::last_offset;
      break;
    case StartAt::Kind::time:
      data.consume_from_where = ConsumeFromWhere::timestamp;
      break;
  }
  data.subscription_data_set = rebalancer_.subscription_data();
  return data;
}

// ---- which queues are ours

std::set<AssignedQueue> GroupMember::held_queues(const std::string& topic) const {
  std::set<AssignedQueue> queues;
  for (const auto& [queue, loop] : held_) {
    if (queue.topic == topic) queues.insert({queue, ConsumeMode::pull});
  }
  for (const MessageQueue& queue : popped_.of_topic(topic)) {
    queues.insert({queue, ConsumeMode::pop});
  }
  return queues;
}

net::Task<bool> GroupMember::take_round(QueueRound round) {
  bool are_all_taken = true;
  for (const AssignedQueue& each : round.added) {
    if (each.mode == ConsumeMode::pop) {
      popped_.add(each.queue, rebalancer_.subscriptions().at(round.topic), is_paused(round.topic));
      continue;
    }
    const bool is_leaving = leaving_.contains(each.queue);
    if (is_leaving) are_all_taken = false;
    if (!is_leaving) add(each.queue);
  }
  std::vector<MessageQueue> dropped;
  for (AssignedQueue& each : round.dropped) {
    if (each.mode == ConsumeMode::pop) {
      popped_.drop(each.queue);
    } else {
      dropped.push_back(std::move(each.queue));
    }
  }
  co_await drop(std::move(dropped));
  if (options_.assigned_by_broker) {
    co_await follow_pop_retries(round.topic, std::move(round.wanted));
  }
  if (round.changes_something()) share_out_limits(round.topic);
  co_return are_all_taken;
}

net::Task<> GroupMember::follow_pop_retries(std::string topic, std::vector<AssignedQueue> queues) {
  const std::optional<bool> must_pull = must_pull_pop_retries(queues);
  if (!must_pull || topic.starts_with(retry_topic_prefix)) co_return;
  const std::string retries = protocol::pop_topic(protocol::PopTopicKind::retry_v1, topic, group_);
  if (*must_pull == rebalancer_.subscriptions().contains(retries)) co_return;
  if (!*must_pull) {
    static_cast<void>(co_await unsubscribe(retries));
  } else if (co_await core_.routes().get(retries)) {  // nothing was popped yet where there is none
    rebalancer_.subscribe(*tag_subscription(retries, "*", core_.loop().wall_ms()));
  }
}

void GroupMember::add(const MessageQueue& queue) {
  auto loop =
      std::make_shared<PullLoop>(shared_, rebalancer_.subscriptions().at(queue.topic), queue);
  PullLoop& added = *held_.emplace(queue, std::move(loop)).first->second;
  locks_ ? locks_->lock(queue) : added.begin();
}

net::Task<> GroupMember::drop(std::vector<MessageQueue> queues) {
  std::vector<QueueOffset> offsets;
  for (const MessageQueue& queue : queues) {
    auto found = held_.extract(queue);
    if (found.empty()) continue;
    const std::shared_ptr<PullLoop> loop = std::move(found.mapped());
    loop->stop();
    if (locks_) {
      leaving_.emplace(queue, loop);
      tasks_.start(leave_in_order(loop));
    } else if (const auto& held = loop->held()) {
      held->end();
      offsets.push_back({queue, held->in_hand.safe_offset()});
    }
  }
  co_await offsets_->save_all(std::move(offsets), core_.options().request_timeout);
}

// The next owner begins when the broker's lock is free: behind the message that a listener has now.
net::Task<> GroupMember::leave_in_order(std::shared_ptr<PullLoop> loop) {
  if (const std::shared_ptr<HeldQueue> held = loop->last_held()) {
    held->gate.is_closed.store(true, std::memory_order_release);
    while (held->is_busy) co_await held->idle.wait();
    co_await net::sleep_for(core_.loop(), loop->unsettled_for());
    if (!held->is_over) {
      held->end();
      (void)co_await offsets_->save(loop->queue(), held->in_hand.safe_offset(),
                                    core_.options().request_timeout);
    }
  }
  locks_->unlock(loop->queue());
  leaving_.erase(loop->queue());
}

// ---- what listeners and loops may do with a queue

void GroupMember::queue_started(HeldQueue& held) {
  if (locks_) {
    held.gate.open_until = locks_->trusted_until(held.queue).value_or(net::TimePoint::min());
  }
  held.gate.is_paused = is_paused(held.queue.topic);
  held.in_hand.set_limits(limits_of(held.queue.topic));
  set_if_consuming();
}

void GroupMember::queue_locked(const MessageQueue& queue, net::TimePoint until, bool is_unbroken) {
  const auto found = held_.find(queue);
  if (found == held_.end()) return;
  PullLoop& loop = *found->second;
  const std::shared_ptr<HeldQueue> held = loop.held();
  if (held != nullptr && is_unbroken) {
    held->gate.open_until = until;
    held->changed.set();
    dispatcher_->reopened(held);
  } else if (!is_unbroken || !loop.is_running()) {
    loop.begin();
  }
}

void GroupMember::queue_lost(const MessageQueue& queue) {
  if (const auto found = held_.find(queue); found != held_.end()) found->second->suspend();
}

FlowLimits GroupMember::limits_of(const std::string& topic) const {
  FlowLimits limits = pull_options_.limits;
  const auto count = static_cast<std::size_t>(std::count_if(
      held_.begin(), held_.end(), [&](const auto& each) { return each.first.topic == topic; }));
  const auto lower = [count](std::size_t& limit, std::size_t of_topic) {
    if (of_topic == 0 || count == 0) return;
    limit = std::min(limit, std::max<std::size_t>(of_topic / count, 1));
  };
  lower(limits.messages_max, options_.topic_messages_max);
  lower(limits.bytes_max, options_.topic_bytes_max);
  return limits;
}

// Java: RebalancePushImpl.messageQueueChanged.
void GroupMember::share_out_limits(const std::string& topic) {
  if (options_.topic_messages_max == 0 && options_.topic_bytes_max == 0) return;
  const FlowLimits limits = limits_of(topic);
  for (const auto& [queue, loop] : held_) {
    if (queue.topic != topic || loop->held() == nullptr) continue;
    loop->held()->in_hand.set_limits(limits);
    loop->held()->changed.set();
  }
}

bool GroupMember::is_paused(const std::string& topic) const {
  return is_all_paused_ || paused_topics_.contains(topic);
}

void GroupMember::pause(const std::optional<std::string>& topic) {
  topic ? void(paused_topics_.insert(*topic)) : void(is_all_paused_ = true);
  apply_pauses();
}

void GroupMember::resume(const std::optional<std::string>& topic) {
  topic ? void(paused_topics_.erase(*topic)) : void(is_all_paused_ = false);
  apply_pauses();
}

void GroupMember::apply_pauses() {
  popped_.apply_pauses([this](const std::string& topic) { return is_paused(topic); });
  for (const auto& [queue, loop] : held_) {
    const std::shared_ptr<HeldQueue> held = loop->held();
    if (held == nullptr) continue;
    const bool pauses = is_paused(queue.topic);
    if (held->gate.is_paused.exchange(pauses) == pauses || pauses) continue;
    held->changed.set();
    dispatcher_->reopened(held);
  }
}

// ---- subscriptions

net::Task<Result<void>> GroupMember::subscribe(protocol::SubscriptionData subscription) {
  if (auto checked = co_await check_subscription(core_, group_, subscription); !checked) {
    co_return checked;
  }
  if (is_closing_) co_return Error{Errc::client_closed, "the consumer is closed"};
  const std::string topic = subscription.topic;
  const auto before = rebalancer_.subscriptions().find(topic);
  const bool is_new = before == rebalancer_.subscriptions().end();
  if (!is_new) {
    subscription.sub_version = std::max(subscription.sub_version, before->second.sub_version + 1);
  }
  rebalancer_.subscribe(std::move(subscription));
  if (is_new) co_return Result<void>{};
  // Brokers refuse pulls that are newer than what they know.
  co_await core_.groups().heartbeat();
  for (const auto& [queue, loop] : held_) {
    if (queue.topic == topic) loop->pull_anew();
  }
  co_return Result<void>{};
}

net::Task<Result<void>> GroupMember::unsubscribe(std::string topic) {
  if (is_closing_) co_return Error{Errc::client_closed, "the consumer is closed"};
  std::vector<MessageQueue> queues;
  for (const auto& [queue, loop] : held_) {
    if (queue.topic == topic) queues.push_back(queue);
  }
  for (const MessageQueue& queue : popped_.of_topic(topic)) popped_.drop(queue);
  tasks_.start(drop(std::move(queues)));
  rebalancer_.unsubscribe(topic);  // the loops are gone, and with them what looks at it
  paused_topics_.erase(topic);
  co_return Result<void>{};
}

// ---- how far they are consumed

net::Task<> GroupMember::save_again_and_again() {
  for (;;) {
    co_await net::sleep_for(core_.loop(), core_.options().offset_commit_interval);
    for (const auto& [queue, loop] : held_) {
      if (const auto& held = loop->held()) offsets_->save_soon(queue, held->in_hand.safe_offset());
    }
  }
}

}  // namespace rocketmq::client
