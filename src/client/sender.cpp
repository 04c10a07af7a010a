#include "client/sender.h"

#include <algorithm>
#include <cassert>

#include "net/answer.h"
#include "protocol/requests/message.h"
#include "protocol/requests/reply.h"
#include "protocol/str.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;

// A send waits while more than this lies unsent before it: TCP is slower than its producer, and the
// producer's own limits come to bear.
constexpr std::size_t output_bytes_max = 4 * 1024 * 1024;
constexpr net::Duration output_check_interval = 2ms;
// Before the only broker there is gets another try.
constexpr net::Duration same_broker_pause = 100ms;

// Calls use(request) with the request that carries a send of this kind.
template <class Use>
auto with_request(SendKind kind, const protocol::SendMessageV2& request, Use use) {
  switch (kind) {
    case SendKind::batch:
      return use(protocol::SendBatchMessage{request});
    case SendKind::reply:
      return use(protocol::SendReplyMessageV2{request});
    default:
      return use(request);
  }
}

const std::string& broker_of(const Send& send) { return send.route->broker_name(send.queue); }
const std::string& address_of(const Send& send) { return send.route->master_address(send.queue); }

Error at_broker(const Send& send, Error error) {
  error.message = str("broker ", broker_of(send), " at ", address_of(send), ": ", error.message);
  return error;
}

}  // namespace

void Attempt::answered(protocol::Incoming& answer) { sender_.answered(send_, answer.command()); }
void Attempt::failed(const Error& error) { sender_.failed(send_, error); }

Sender::Sender(std::shared_ptr<Client::Core> core, ProducerOptions options,
               std::shared_ptr<PendingSends> pending)
    : core_(std::move(core)),
      options_(std::move(options)),
      pending_(std::move(pending)),
      rank_of_([this](std::string_view broker, std::string_view address) {
        return rank(broker, address);
      }),
      next_ticket_(core_->random()),
      queue_texts_(core_->name_space()) {
  if (options_.fault_avoidance.enabled) faults_.emplace(options_.fault_avoidance.probe);
  if (faults_ && options_.fault_avoidance.probe) {
    detector_ = std::make_unique<FaultDetector>(*core_, *faults_);
  }
  if (options_.auto_batch) {
    accumulator_.emplace(*options_.auto_batch, options_.message_bytes_max);
  }
  drained_.set();
}

Sender::~Sender() { assert(under_way_.empty() && finished_.empty()); }

BrokerRank Sender::rank(std::string_view broker_name, std::string_view address) const {
  net::ChannelPool& pool = core_->pool();
  if (pool.find(address) == nullptr && !pool.is_reachable(address)) return BrokerRank::unreachable;
  return faults_ ? faults_->rank(broker_name, core_->loop().now()) : BrokerRank::fine;
}

void Sender::start(std::unique_ptr<Send> owned) {
  Send& send = *owned.release();  // ours by the lists
  send.log = &core_->log();
  send.begun_at = core_->loop().now();
  if (under_way_.empty()) drained_.reset();
  under_way_.push(send);
  if (send.result) {  // refused before it came here
    Result<SendReceipt> refused = *std::move(send.result);
    return finish(send, std::move(refused));
  }
  if (is_closed_) return finish(send, Error{Errc::client_closed, "the producer was closed"});

  send.born_timestamp = core_->loop().wall_ms();
  assign_keys(send);
  if (send.deadline < sweep_at_) arm_sweep();
  if (send.may_be_batched && accumulator_ && accumulator_->add(send, send.begun_at)) {
    send.is_held = true;
    send.waits_for = "others to go with";
    return send_ready_batches();
  }
  begin(send);
}

void Sender::assign_keys(Send& send) {
  const auto assign = [&](char* room) {
    unique_key_.clear();
    core_->append_unique_key(unique_key_);
    send.message.set_key(room, unique_key_);
  };
  for (char* const room : send.message.entry_key_rooms) assign(room);
  const bool needs_key = send.message.entry_key_rooms.empty() && !send.message.has_unique_key();
  if (needs_key) assign(send.message.unique_key_room);
}

void Sender::begin(Send& send) {
  const bool is_tried_once = send.is_oneway() || !is_any_queue(send.target);
  send.plan = SendPlan(is_tried_once ? 1 : options_.attempts_max, next_ticket_++);
  attempt(send);
}

void Sender::attempt(Send& send) {
  if (attempt_now(send)) return;
  send.task = attempt_later(&send);
  send.task.start();
}

bool Sender::attempt_now(Send& send) {
  while (true) {
    send.route = core_->routes().find(send.message.topic);
    if (send.route == nullptr) return false;
    if (!choose_queue(send)) return true;
    if (send.plan.is_same_broker_again()) return false;
    net::Channel* const channel = ready_channel(send);
    if (channel == nullptr) return false;
    auto written = write(send, *channel);
    if (written || !may_try_again(send, std::move(written).error())) return true;
  }
}

// From where attempt_now() had to leave off.
net::Task<> Sender::attempt_later(Send* under_way) {
  Send& send = *under_way;  // lives until after this coroutine
  while (true) {
    if (send.route == nullptr) {
      send.waits_for = "the route";
      auto asked = co_await core_->routes().get_to_send(std::string(send.message.topic),
                                                        options_.new_topic_queues);
      if (!asked) co_return finish(send, std::move(asked).error());
      send.route = *std::move(asked);
      if (!choose_queue(send)) co_return;
    }
    if (send.plan.is_same_broker_again()) {
      send.waits_for = "another attempt";
      co_await net::sleep_for(core_->loop(), core_->jittered(same_broker_pause));
    }
    send.waits_for = "a connection";
    auto channel = co_await channel_to(address_of(send), send.deadline);
    Result<void> written =
        channel ? write(send, **channel) : Result<void>(std::move(channel).error());
    if (written || !may_try_again(send, std::move(written).error())) co_return;
    if (attempt_now(send)) co_return;
  }
}

bool Sender::choose_queue(Send& send) {
  const auto queue = is_any_queue(send.target)
                         ? send.plan.next(*send.route, rank_of_)
                         : send.plan.next(find_queue(send.target, send.route, queue_texts_));
  if (queue) {
    send.queue = *queue;
    return true;
  }
  Error error = send.plan.error();
  if (error.code == Errc::not_connected) core_->routes().doubt(send.route->topic);
  finish(send, std::move(error));
  return false;
}

// An attempt failed. What it leads to if no other is made: the send ends.
bool Sender::may_try_again(Send& send, Error error) {
  if (error.code == Errc::not_connected || error.code == Errc::timeout) {
    core_->routes().doubt(send.route->topic);
    if (faults_) faults_->not_reached(broker_of(send), core_->loop().now());
  } else if (faults_ && error.code.category() == response_category() && is_retryable(error.code)) {
    faults_->refused(broker_of(send), core_->loop().now());
  }
  const bool may = send.plan.failed(broker_of(send), at_broker(send, std::move(error)));
  send.may_be_stored = send.plan.may_be_stored();
  if (!may) {
    finish(send, send.plan.error());
    return false;
  }
  pending_->retried.fetch_add(1, std::memory_order_relaxed);
  return true;
}

net::Channel* Sender::ready_channel(const Send& send) const {
  net::Channel* const channel = core_->pool().find(address_of(send));
  return channel != nullptr && channel->pending_output() <= output_bytes_max ? channel : nullptr;
}

// An open channel whose output is not too long.
net::Task<Result<net::Channel*>> Sender::channel_to(std::string address, net::TimePoint deadline) {
  while (true) {
    net::Channel* channel = core_->pool().find(address);
    if (channel == nullptr) {
      auto connected = co_await core_->pool().get(address, deadline - core_->loop().now());
      if (!connected) co_return std::move(connected).error();
      channel = connected->get();
      if (channel == nullptr) co_return Error{Errc::not_connected, "the connection was lost"};
    }
    if (channel->pending_output() <= output_bytes_max) co_return channel;
    co_await net::sleep_for(core_->loop(), output_check_interval);
  }
}

Result<void> Sender::write(Send& send, net::Channel& channel) {
  send.attempt_at = core_->loop().now();
  if (detector_ != nullptr) detector_->set_topic(send.message.topic);
  if (send.is_oneway()) {
    auto sent = with_request(send.kind, request(send), [&](const auto& request) {
      return channel.oneway(request, send.message.body);
    });
    if (sent) finish(send, SendReceipt{});
    return sent;
  }
  // The sweep ends it in time; the channel's own timeout must not come first.
  const net::Duration timeout = send.deadline - send.attempt_at + 1s;
  send.attempt.emplace(*this, send);
  auto sent = with_request(send.kind, request(send), [&](const auto& request) {
    return channel.send(*send.attempt, request, send.message.body, timeout);
  });
  if (!sent) return sent;
  send.waits_for = "the broker's answer";
  send.may_be_stored = true;
  return {};
}

protocol::SendMessageV2 Sender::request(const Send& send) const {
  protocol::SendMessageV2 request;
  request.producer_group = options_.group;
  request.topic = send.message.topic;
  request.default_topic = template_topic;
  request.default_topic_queue_nums = options_.new_topic_queues;
  request.queue_id = send.queue.queue_id;
  request.sys_flag = send.message.sys_flag;
  request.born_timestamp = send.born_timestamp;
  request.flag = send.message.flag;
  request.properties = send.message.properties;
  request.reconsume_times = 0;
  request.unit_mode = false;
  request.batch = send.kind == SendKind::batch;
  request.broker_name = broker_of(send);
  return request;
}

// The next attempt, where there is one, begins from in here: `send.attempt` is replaced.
void Sender::failed(Send& send, const Error& error) {
  if (may_try_again(send, error)) attempt(send);
}

void Sender::answered(Send& send, const protocol::Command& answer) {
  auto stored = receipt(send, answer);
  if (!stored) return failed(send, stored.error());
  const net::TimePoint now = core_->loop().now();
  if (faults_) faults_->answered(broker_of(send), now - send.attempt_at, now);
  if (stored->status != SendStatus::ok && options_.retry_when_not_stored_safely &&
      send.plan.has_attempts_left()) {
    send.less_safe = std::make_unique<SendReceipt>(*std::move(stored));
    send.plan.failed(broker_of(send), {Errc::timeout, "not stored safely", Outcome::unknown});
    pending_->retried.fetch_add(1, std::memory_order_relaxed);
    return attempt(send);
  }
  finish(send, std::move(stored));
}

net::Task<> Sender::drain(net::Duration timeout) {
  static_cast<void>(co_await net::with_timeout(core_->loop(), timeout, wait_until_drained()));
}

net::Task<Result<void>> Sender::wait_until_drained() {
  co_await drained_.wait();
  co_return Result<void>();
}

}  // namespace rocketmq::client
