#include "proxy/remoting/heartbeat.h"

#include <utility>
#include <vector>

#include "protocol/requests/client_session.h"

namespace rocketmq::proxy {

Result<void> Heartbeat::set(SharedCommand command, net::TimePoint now) {
  auto data = protocol::from_json<protocol::HeartbeatData>((*command)->body, "heartbeat body");
  if (!data) return std::move(data).error();
  command_ = std::move(command);
  came_at_ = now;
  answer_.reset();
  has_consumers_ = !data->consumer_data_set.empty();
  producer_groups_.clear();
  for (protocol::ProducerData& producer : data->producer_data_set) {
    producer_groups_.insert(std::move(producer.group_name));
  }
  if (data->without_sub) return {};  // Java: heartbeat V2, which leaves out what has not changed
  topics_.clear();
  for (const protocol::ConsumerData& consumer : data->consumer_data_set) {
    for (const protocol::SubscriptionData& subscription : consumer.subscription_data_set) {
      topics_[consumer.group_name].insert(subscription.topic);
    }
  }
  return {};
}

void Heartbeat::forget() {
  command_.reset();
  answer_.reset();
}

std::set<std::string> Heartbeat::topics() const {
  std::set<std::string> all;
  for (const auto& [group, topics] : topics_) all.insert(topics.begin(), topics.end());
  return all;
}

std::set<std::string> Heartbeat::topics_of(std::string_view group) const {
  const auto found = topics_.find(group);
  return found == topics_.end() ? std::set<std::string>() : found->second;
}

bool Heartbeat::is_repeated(const protocol::Command& command, net::TimePoint now,
                            net::Duration interval) const {
  return command_ != nullptr && now - came_at_ < interval && (*command_)->body == command.body &&
         (*command_)->fields == command.fields;
}

const protocol::Command* best_heartbeat_answer(const std::vector<KeptCommand>& answers) {
  const protocol::Command* best = nullptr;
  for (const KeptCommand& answer : answers) {
    if (answer->code != 0) continue;
    if (best == nullptr) best = &*answer;
    const auto header = protocol::decode_header<protocol::HeartBeatResponse>(answer->fields);
    if (header && header->subscription_changed.value_or(false)) return &*answer;
  }
  return best;
}

}  // namespace rocketmq::proxy
