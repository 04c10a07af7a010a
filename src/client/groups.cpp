#include "client/groups.h"

#include <algorithm>
#include <utility>

#include "protocol/denial.h"
#include "protocol/json_body.h"
#include "protocol/str.h"

namespace rocketmq::client {
namespace {

Error not_offered() { return {Errc::unsupported, "this kind of consumer does not offer that"}; }

}  // namespace

Result<void> ConsumerMember::reset_offsets(const protocol::ResetConsumerClientOffset&,
                                           const protocol::ResetOffsetBody&) {
  return not_offered();
}

Result<protocol::GetConsumerStatusBody> ConsumerMember::consumer_status(
    const protocol::GetConsumerStatusFromClient&) {
  return not_offered();
}

Result<protocol::ConsumerRunningInfo> ConsumerMember::running_info(
    const protocol::GetConsumerRunningInfo&) {
  return not_offered();
}

void ConsumerMember::consume_directly(net::Call<protocol::ConsumeMessageDirectly> call) {
  call.fail(not_offered());
}

Groups::Groups(net::Loop& loop, const GroupsOptions& options, net::ChannelPool& pool,
               const RouteTable& routes, std::function<net::Duration(net::Duration)> jitter,
               const Log& log)
    : loop_(loop),
      options_(options),
      pool_(pool),
      routes_(routes),
      jitter_(std::move(jitter)),
      log_(log),
      beating_again_(beat_again_and_again()) {
  beating_again_.start();
}

void Groups::add_producer(const std::string& group) {
  if (++producers_[group] == 1) heartbeat_soon();
}

Result<void> Groups::add_consumer(const std::string& group, ConsumerMember& member) {
  if (!consumers_.emplace(group, &member).second) {
    return Error{Errc::invalid_argument,
                 str("this client already has a consumer of group ", group)};
  }
  heartbeat_soon();
  return {};
}

net::Task<> Groups::remove_producer(std::string group, net::Duration timeout) {
  const auto found = producers_.find(group);
  if (found == producers_.end() || --found->second > 0) co_return;
  producers_.erase(found);
  co_await unregister({.client_id = options_.client_id, .producer_group = group}, timeout);
}

net::Task<> Groups::remove_consumer(std::string group, net::Duration timeout) {
  if (consumers_.erase(group) == 0) co_return;
  co_await unregister({.client_id = options_.client_id, .consumer_group = group}, timeout);
}

net::Task<> Groups::unregister(protocol::UnregisterClient request, net::Duration timeout) {
  std::vector<std::string> addresses;
  for (const BrokerAddress& broker : routes_.brokers()) {
    // A broker we have no connection to dropped us when that connection ended.
    if (pool_.find(broker.address) != nullptr) addresses.push_back(broker.address);
  }
  const auto round = std::make_shared<AtOnce>(addresses.size());
  for (const std::string& address : addresses) {
    tasks_.start(unregister_at(address, request, timeout, round));
  }
  co_await round->done.wait();
}

net::Task<> Groups::unregister_at(std::string address, protocol::UnregisterClient request,
                                  net::Duration timeout, std::shared_ptr<AtOnce> round) {
  auto answer = co_await pool_.call(address, request, {}, timeout);
  if (!answer) {
    log_.info(str("broker ", address,
                  " was not told that this client leaves a group: ", to_string(answer.error())));
  }
  round->one_done();
}

net::Task<> Groups::heartbeat() {
  want_round();
  const std::shared_ptr<net::Event> round = next_round_;
  co_await round->wait();
}

void Groups::heartbeat_soon() { want_round(); }

void Groups::want_round() {
  if (next_round_ == nullptr) next_round_ = std::make_shared<net::Event>();
  if (!is_round_running_) tasks_.start(run_rounds());
}

net::Task<> Groups::run_rounds() {
  is_round_running_ = true;
  // Registrations of one turn go into one round.
  co_await net::sleep_for(loop_, net::Duration::zero());
  while (next_round_ != nullptr) {
    const std::shared_ptr<net::Event> round = std::exchange(next_round_, nullptr);
    co_await beat_all();
    round->set();
  }
  is_round_running_ = false;
}

net::Task<> Groups::beat_all() {
  const std::vector<std::string> addresses = audience();
  std::erase_if(failed_beats_, [&](const auto& failed) {
    return std::ranges::find(addresses, failed.first) == addresses.end();
  });
  const std::shared_ptr<const std::string> body = heartbeat_body();
  const auto round = std::make_shared<AtOnce>(addresses.size());
  for (const std::string& address : addresses) tasks_.start(beat(address, body, round));
  co_await round->done.wait();
}

net::Task<> Groups::beat(std::string address, std::shared_ptr<const std::string> body,
                         std::shared_ptr<AtOnce> round) {
  beating_.insert(address);
  auto answer =
      co_await pool_.call(address, protocol::HeartBeat{}, *body, options_.request_timeout);
  beating_.erase(address);
  answer ? void(failed_beats_.erase(address)) : beat_failed(address, std::move(answer).error());
  round->one_done();
}

// Said once, not every few seconds for as long as a broker is down or denies us.
void Groups::beat_failed(const std::string& address, Error error) {
  Error& before = failed_beats_[address];
  const LogLevel level = before.message == error.message ? LogLevel::debug : LogLevel::warning;
  if (log_.takes(level)) log_.write(level, str("heartbeat to ", address, ": ", to_string(error)));
  before = std::move(error);
}

Result<void> Groups::admitted() const {
  for (const auto& [address, error] : failed_beats_) {
    if (!protocol::is_denial(error)) continue;
    Error denied = error;
    denied.message = str("broker at ", address, ": ", error.message);
    return denied;
  }
  return {};
}

net::Task<> Groups::beat_again_and_again() {
  while (true) {
    co_await net::sleep_for(loop_, jitter_(options_.heartbeat_interval));
    co_await heartbeat();
  }
}

// Java: MQClientInstance's ChannelEventListener, onChannelActive.
void Groups::channel_opened(const std::string& address) {
  if (!has_groups() || beating_.contains(address) || !routes_.has_address(address)) return;
  tasks_.start(beat_after_reconnect(address));
}

net::Task<> Groups::beat_after_reconnect(std::string address) {
  co_await beat(address, heartbeat_body(), std::make_shared<AtOnce>(1));
  for (const auto& [group, member] : consumers_) member->members_changed();
}

void Groups::members_changed(std::string_view group) {
  if (ConsumerMember* const member = consumer(group)) member->members_changed();
}

ConsumerMember* Groups::consumer(std::string_view group) const {
  const auto found = consumers_.find(group);
  return found == consumers_.end() ? nullptr : found->second;
}

std::vector<std::string> Groups::audience() const {
  std::vector<std::string> addresses;
  if (!has_groups()) return addresses;
  for (const BrokerAddress& broker : routes_.brokers()) {
    if (broker.broker_id == master_id || !consumers_.empty()) addresses.push_back(broker.address);
  }
  return addresses;
}

std::shared_ptr<const std::string> Groups::heartbeat_body() const {
  protocol::HeartbeatData data{.client_id = options_.client_id};
  for (const auto& [group, count] : producers_) data.producer_data_set.push_back({group});
  for (const auto& [group, member] : consumers_) {
    data.consumer_data_set.push_back(member->heartbeat_data());
  }
  return std::make_shared<const std::string>(protocol::to_json(data));
}

}  // namespace rocketmq::client
