#include "client/testing/locking_broker.h"

#include "protocol/json_body.h"

namespace rocketmq::client::testing {

using namespace protocol;

namespace {
constexpr net::Duration lease = std::chrono::seconds(60);
}

LockingBroker::LockingBroker(net::Loop& loop, std::string name, std::string address)
    : ScriptedBroker(loop, std::move(name), std::move(address)) {
  serve<LockBatchMq>([this](net::Call<LockBatchMq> call) {
    const auto request = from_json<LockBatchRequestBody>(call.body(), "lock");
    if (!request) return call.fail(request.error());
    LockBatchResponseBody answer;
    for (const MessageQueueData& queue : request->mq_set) {
      Lock& lock = locks_[{request->consumer_group, queue}];
      if (is_held(lock) && lock.owner != request->client_id) continue;
      lock = {request->client_id, loop_.now()};
      answer.locked_queues.push_back(queue);
    }
    call.reply({}, to_json(answer));
  });
  serve<UnlockBatchMq>([this](net::Call<UnlockBatchMq> call) {
    const auto request = from_json<LockBatchRequestBody>(call.body(), "unlock");
    if (!request) return call.fail(request.error());
    for (const MessageQueueData& queue : request->mq_set) {
      const auto lock = locks_.find({request->consumer_group, queue});
      if (lock != locks_.end() && lock->second.owner == request->client_id) locks_.erase(lock);
    }
    call.reply({});
  });
  serve<CheckClientConfig>([this](net::Call<CheckClientConfig> call) {
    const auto request = from_json<CheckClientRequestBody>(call.body(), "check");
    if (!request || !request->subscription_data) return call.fail({Errc::bad_message, "what?"});
    if (refused_filter_ && request->subscription_data->sub_string == *refused_filter_) {
      return call.fail({ResponseCode::subscription_parse_failed, "no such operator"});
    }
    call.reply({});
  });
}

bool LockingBroker::is_held(const Lock& lock) const {
  return !lock.owner.empty() && loop_.now() - lock.since <= lease;
}

MessageQueueData LockingBroker::queue_data(const std::string& topic, std::int32_t queue_id) const {
  return {.broker_name = name(), .queue_id = queue_id, .topic = topic};
}

std::string LockingBroker::lock_owner(const std::string& group, const std::string& topic,
                                      std::int32_t queue_id) const {
  const auto found = locks_.find({group, queue_data(topic, queue_id)});
  return found != locks_.end() && is_held(found->second) ? found->second.owner : std::string();
}

void LockingBroker::give_lock_to(const std::string& client_id, const std::string& group,
                                 const std::string& topic, std::int32_t queue_id) {
  locks_[{group, queue_data(topic, queue_id)}] = {client_id, loop_.now()};
}

}  // namespace rocketmq::client::testing
