#include <rocketmq/client.h>

#include <chrono>
#include <utility>

#include "client/group_member.h"
#include "client/message_view.h"
#include "protocol/json_body.h"

// What a push consumer tells of itself: to its user, and to brokers that ask for a tool.

namespace rocketmq::client {
namespace {

protocol::MessageQueueData data_of(const MessageQueue& queue) {
  return {.broker_name = queue.broker_name, .queue_id = queue.queue_id, .topic = queue.topic};
}

constexpr std::size_t bytes_per_mib = 1024 * 1024;

std::chrono::milliseconds milliseconds(net::Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration);
}

}  // namespace

PushConsumerStatistics GroupMember::statistics() const {
  const DispatchStatistics& dispatched = dispatcher_->statistics();
  PushConsumerStatistics statistics;
  statistics.consumed = dispatched.consumed + popped_.statistics().consumed;
  statistics.given_back = dispatched.given_back + popped_.statistics().given_back;
  statistics.timed_out = dispatched.timed_out;
  if (is_closing_) return statistics;
  popped_.add_queues_to(statistics);
  for (const auto& [queue, loop] : held_) {
    HeldQueueStatistics of_queue;
    of_queue.queue = queue;
    of_queue.queue.topic = core_.plain_name(queue.topic);
    statistics.queues.push_back(of_queue.queue);
    of_queue.next_offset = of_queue.safe_offset = -1;
    of_queue.paused = is_paused(queue.topic);
    of_queue.locked = locks_ && locks_->trusted_until(queue).has_value();
    if (const auto& held = loop->held()) {
      of_queue.messages = held->in_hand.size();
      of_queue.bytes = held->in_hand.bytes();
      of_queue.next_offset = held->in_hand.next_offset();
      of_queue.safe_offset = held->in_hand.safe_offset();
      if (held->answered_at) {
        of_queue.since_answer = milliseconds(core_.loop().now() - *held->answered_at);
      }
    }
    statistics.held.push_back(std::move(of_queue));
  }
  return statistics;
}

// Java: DefaultMQPushConsumerImpl.resetOffsetByTimeStamp and MQClientInstance.resetOffset, which
// wait for what is being consumed; ours counts nothing any more.
Result<void> GroupMember::reset_offsets(const protocol::ResetConsumerClientOffset& request,
                                        const protocol::ResetOffsetBody& offsets) {
  for (const auto& [data, offset] : offsets.offset_table) {
    if (data.topic != request.topic || offset < 0) continue;
    const auto found = held_.find({data.topic, data.broker_name, data.queue_id});
    if (found == held_.end()) continue;
    core_.log().warn(str("group ", group_, " goes to offset ", offset, " of ",
                         to_string(found->first), ", because a tool wants it"));
    found->second->begin_at(offset);
  }
  return {};
}

Result<protocol::GetConsumerStatusBody> GroupMember::consumer_status(
    const protocol::GetConsumerStatusFromClient& request) {
  protocol::GetConsumerStatusBody body;
  for (const auto& [queue, loop] : held_) {
    if (queue.topic != request.topic || loop->held() == nullptr) continue;
    body.message_queue_table.emplace_back(data_of(queue), loop->held()->in_hand.safe_offset());
  }
  return body;
}

Result<protocol::ConsumerRunningInfo> GroupMember::running_info(
    const protocol::GetConsumerRunningInfo&) {
  protocol::ConsumerRunningInfo info;
  info.properties = {{"PROP_CONSUME_TYPE", "CONSUME_PASSIVELY"},
                     {"PROP_CONSUMEORDERLY", is_ordered_ ? "true" : "false"},
                     {"PROP_CONSUMER_START_TIMESTAMP", str(started_at_ms_)},
                     {"PROP_NAMESERVER_ADDR", core_.options().name_servers},
                     {"PROP_THREADPOOL_CORE_SIZE", str(options_.threads)}};
  info.subscription_set = rebalancer_.subscription_data();
  const net::TimePoint now = core_.loop().now();
  const std::int64_t now_ms = core_.loop().wall_ms();
  for (const auto& [queue, loop] : held_) {
    const auto& held = loop->held();
    if (held == nullptr) continue;
    protocol::ProcessQueueInfo of_queue;
    of_queue.cached_msg_count = static_cast<std::int32_t>(held->in_hand.size());
    if (held->in_hand.size() > 0) {
      of_queue.cached_msg_min_offset = held->in_hand.safe_offset();
      of_queue.cached_msg_max_offset = held->in_hand.last_offset();
    }
    of_queue.cached_msg_size_mib = static_cast<std::int32_t>(held->in_hand.bytes() / bytes_per_mib);
    of_queue.commit_offset = held->in_hand.safe_offset();
    of_queue.last_consume_timestamp = held->consumed_at_ms;
    if (held->answered_at) {
      of_queue.last_pull_timestamp = now_ms - milliseconds(now - *held->answered_at).count();
    }
    if (locks_) {
      if (const auto until = locks_->trusted_until(queue)) {
        of_queue.locked = true;
        of_queue.last_lock_timestamp =
            now_ms - milliseconds(now - (*until - QueueLock::trusted_for)).count();
      }
    }
    info.mq_table.emplace_back(data_of(queue), of_queue);
  }
  return info;
}

// ---- one message, straight to the listener

namespace {

class DirectCall final : public ListenerCall {
 public:
  DirectCall(MessageView message, net::Call<protocol::ConsumeMessageDirectly> call, net::Loop& loop,
             bool is_ordered)
      : ListenerCall({std::move(message)}, std::make_shared<CallGate>()),
        call_(std::move(call)),
        loop_(loop),
        is_ordered_(is_ordered) {}

 private:
  void came_back() override {
    if (!verdict()) {
      return call_.fail({ResponseCode::system_error, "the consumer is being closed"});
    }
    protocol::ConsumeMessageDirectlyResult result;
    result.order = is_ordered_;
    result.consume_result = verdict()->kind() == Consumed::Kind::ok ? protocol::CMResult::success
                                                                    : protocol::CMResult::later;
    if (thrown()) {
      result.consume_result = protocol::CMResult::threw;
      result.remark = *thrown();
    }
    result.spent_time_millis = milliseconds(loop_.now() - *begun_at()).count();
    call_.reply({}, protocol::to_json(result));
  }

  net::Call<protocol::ConsumeMessageDirectly> call_;
  net::Loop& loop_;
  const bool is_ordered_;
};

}  // namespace

void GroupMember::consume_directly(net::Call<protocol::ConsumeMessageDirectly> call) {
  call.keep();
  auto bytes = std::make_shared<const std::string>(call.body());
  const auto record = protocol::decode_record(*bytes);
  if (!record) return call.fail(record.error());
  const MessageQueue queue{core_.plain_name(record->topic),
                           std::string(call->broker_name.value_or("")), record->queue_id};
  const DecodedMessages decoded =
      decode_messages(*bytes, std::make_shared<const PullSource>(PullSource{bytes, queue, 0}),
                      options_.message_bytes_max);
  if (decoded.messages.size() != 1 || !decoded.messages.front().data().is_readable) {
    return call.fail({Errc::bad_message, "not one message that can be read"});
  }
  calls().start(std::make_unique<DirectCall>(decoded.messages.front(), std::move(call),
                                             core_.loop(), is_ordered_));
}

}  // namespace rocketmq::client
