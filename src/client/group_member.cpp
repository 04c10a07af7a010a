#include "client/group_member.h"

#include <algorithm>
#include <utility>

#include "protocol/json_body.h"
#include "protocol/requests/client_session.h"
#include "protocol/requests/message.h"

namespace rocketmq::client {

using namespace std::chrono_literals;

namespace {

constexpr net::Duration send_back_timeout = 5s;  // Java: consumerSendMessageBack
constexpr net::Duration retry_delay_min = 1s;    // Java: RebalanceService.minInterval
constexpr net::Duration retry_delay_max = 5s;    // a topic may be created at any time
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

std::map<std::string, protocol::SubscriptionData> by_topic(
    std::vector<protocol::SubscriptionData> subscriptions) {
  std::map<std::string, protocol::SubscriptionData> all;
  for (auto& subscription : subscriptions) {
    std::string topic = subscription.topic;
    all.emplace(std::move(topic), std::move(subscription));
  }
  return all;
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
      subscriptions_(by_topic(std::move(subscriptions))),
      offsets_(core, options.group),
      dispatcher_(
          core.loop(), {.threads = options.threads}, options.on_message, std::move(run_on_threads),
          [this](MessageView message, std::int32_t level) {
            return send_back(std::move(message), level);
          },
          core.log()) {}

GroupMember::~GroupMember() {
  if (route_listener_ != 0) close_at_once();
}

Result<void> GroupMember::join() {
  if (auto added = core_.groups().add_consumer(group_, *this); !added) return added;
  for (const auto& [topic, subscription] : subscriptions_) core_.routes().pin(topic);
  route_listener_ = core_.routes().add_listener([this](const RoutePtr& route) {
    if (subscriptions_.contains(route->topic)) wake();
  });
  rebalancing_ = rebalance_again_and_again();
  rebalancing_.start();
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
  if (had_first_round_ && !has_unstarted) consuming_.set();
}

protocol::ConsumerData GroupMember::heartbeat_data() const {
  protocol::ConsumerData data;
  data.group_name = group_;
  data.consume_from_where = start_at_ == StartAt::earliest
                                ? protocol::ConsumeFromWhere::first_offset
                                : protocol::ConsumeFromWhere::last_offset;
  for (const auto& [topic, subscription] : subscriptions_) {
    data.subscription_data_set.push_back(subscription);
  }
  return data;
}

// ---- which queues are ours

void GroupMember::members_changed() { wake(); }

void GroupMember::wake() {
  // Later, because a round may destroy a pull loop, which may be who got us called.
  wake_timer_ = core_.loop().after(net::Duration::zero(), [this] { wake_.set(); });
}

net::Task<> GroupMember::rebalance_again_and_again() {
  // Brokers that do not know us cannot count us in.
  for (const auto& [topic, subscription] : subscriptions_) {
    if (auto route = co_await core_.routes().get(topic); !route) {
      core_.log().info(to_string(route.error()));
    }
  }
  co_await core_.groups().heartbeat();

  net::Duration retry_delay = retry_delay_min;
  std::size_t failures_before = subscriptions_.size();
  for (;;) {
    wake_.reset();
    const std::size_t failures = co_await rebalance();
    had_first_round_ = true;
    set_if_consuming();

    // One topic found often brings the next: the broker makes %RETRY%group once it knows us.
    if (failures < failures_before) retry_delay = retry_delay_min;
    const net::Duration interval = core_.options().rebalance_interval;
    const net::Duration delay = failures == 0 ? interval : std::min(retry_delay, interval);
    round_timer_ = core_.loop().after(core_.jittered(delay), [this] { wake_.set(); });
    retry_delay = std::min(2 * retry_delay, retry_delay_max);
    failures_before = failures;
    co_await wake_.wait();
  }
}

// Returns for how many topics that failed, and is to be tried again soon.
net::Task<std::size_t> GroupMember::rebalance() {
  std::size_t failures = 0;
  for (const auto& [topic, subscription] : subscriptions_) {
    if (!co_await rebalance_topic(topic)) ++failures;
  }
  co_return failures;
}

// Where it fails, what is held stays held.
net::Task<bool> GroupMember::rebalance_topic(std::string topic) {
  const auto route = co_await core_.routes().get(topic);
  if (!route) {
    core_.log().info(str("rebalancing ", topic, ": ", to_string(route.error())));
    co_return false;
  }
  const auto known = co_await members(*route);
  if (!known) {
    core_.log().info(str("rebalancing ", topic, ": ", to_string(known.error())));
    co_return false;
  }
  const QueueChanges changes = changes_between(
      held_of(topic), allocate_averagely((*route)->subscribe_queues, *known, core_.client_id()));
  if (!changes.empty()) {
    core_.log().info(str("group ", group_, " of ", known->size(), " members: ", topic, " loses ",
                         changes.dropped.size(), " queues here and gains ", changes.added.size()));
  }
  for (const MessageQueue& queue : changes.added) add(queue);
  co_await drop(changes.dropped);
  co_return true;
}

net::Task<Result<GroupMember::Members>> GroupMember::members(RoutePtr route) {
  auto known = co_await ask_for_members(route);
  const auto are_without_us = [this](const Members& all) {
    return std::find(all.begin(), all.end(), core_.client_id()) == all.end();
  };
  if (known && !are_without_us(*known)) co_return known;
  // A broker that was just started has forgotten us.
  co_await core_.groups().heartbeat();
  co_return co_await ask_for_members(route);
}

// Any broker of the topic knows the whole group. Java: MQClientInstance.findConsumerIdList.
net::Task<Result<GroupMember::Members>> GroupMember::ask_for_members(RoutePtr route) {
  Error last{Errc::no_route, str("topic ", route->topic, " has no broker")};
  const std::size_t count = route->brokers.size();
  for (std::size_t i = 0, first = core_.random(); i < count; ++i) {
    const std::string& broker_name = route->brokers[(first + i) % count].broker_name;
    const auto broker = core_.routes().table().address_to_read(broker_name, master_id, false);
    if (!broker) continue;
    const auto answer = co_await core_.pool().call(
        broker->address,
        protocol::GetConsumerListByGroup{.consumer_group = group_, .broker_name = broker_name}, {},
        core_.options().request_timeout);
    if (!answer) {
      last = answer.error();
      continue;
    }
    auto list = protocol::from_json<protocol::ConsumerIdList>(answer->body, "members of a group");
    if (!list) co_return std::move(list).error();
    if (!list->consumer_id_list.empty()) co_return std::move(list->consumer_id_list);
    last = Error{ResponseCode::system_error, str("group ", group_, " has no members")};
  }
  co_return last;
}

void GroupMember::add(const MessageQueue& queue) {
  held_.emplace(queue, std::make_unique<PullLoop>(
                           core_, pull_options_, subscriptions_.at(queue.topic), offsets_,
                           dispatcher_, queue, [this] { set_if_consuming(); }));
}

net::Task<> GroupMember::drop(std::vector<MessageQueue> queues) {
  std::vector<QueueOffset> offsets;
  for (const MessageQueue& queue : queues) {
    const auto found = held_.find(queue);
    if (const auto& held = found->second->held()) {
      held->is_over.store(true, std::memory_order_release);
      offsets.push_back({queue, held->in_hand.safe_offset()});
    }
    held_.erase(found);
  }
  co_await offsets_.save_all(std::move(offsets), core_.options().request_timeout);
}

std::set<MessageQueue> GroupMember::held_of(const std::string& topic) const {
  std::set<MessageQueue> queues;
  for (const auto& [queue, loop] : held_) {
    if (queue.topic == topic) queues.insert(queue);
  }
  return queues;
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
  leave_routes();
  co_await core_.groups().remove_consumer(group_, time_left());
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
  leave_routes();
  core_.tasks().start(core_.groups().remove_consumer(group_, core_.options().request_timeout));
  closed_.set();
  return report_;
}

void GroupMember::stop_pulling() {
  rebalancing_.cancel();
  wake_timer_.reset();
  round_timer_.reset();
  for (const auto& [queue, loop] : held_) loop->stop();
}

void GroupMember::leave_routes() {
  if (route_listener_ == 0) return;
  core_.routes().remove_listener(std::exchange(route_listener_, 0));
  for (const auto& [topic, subscription] : subscriptions_) core_.routes().unpin(topic);
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
