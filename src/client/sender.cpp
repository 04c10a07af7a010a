#include "client/sender.h"

#include <cassert>

#include "protocol/requests/message.h"
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

SendStatus status_of(std::int32_t code) {
  switch (static_cast<ResponseCode>(code)) {
    case ResponseCode::flush_disk_timeout:
      return SendStatus::flush_disk_timeout;
    case ResponseCode::flush_slave_timeout:
      return SendStatus::flush_slave_timeout;
    case ResponseCode::slave_not_available:
      return SendStatus::slave_not_available;
    default:
      return SendStatus::ok;
  }
}

// One attempt: co_await gives a Result<SendReceipt>. The answer is read where it lies in the
// receiving buffer; net::CallAwaiter would keep a copy of it for each message.
class [[nodiscard]] Attempt final : protocol::PendingCall {
 public:
  Attempt(net::Channel& channel, const protocol::SendMessageV2& request, const Send& send,
          const std::string& broker_name, net::Duration timeout)
      : send_(send), broker_name_(broker_name) {
    if (auto sent = channel.send(*this, request, send.message.body, timeout); !sent) {
      result_.emplace(std::move(sent).error());
    }
  }

  bool await_ready() const { return result_.has_value(); }
  void await_suspend(std::coroutine_handle<> caller) { caller_ = caller; }
  Result<SendReceipt> await_resume() { return *std::move(result_); }

 private:
  void answered(protocol::Incoming& incoming) override {
    result_.emplace(receipt(incoming.command()));
    caller_.resume();
  }
  void failed(const Error& error) override {
    result_.emplace(error);
    caller_.resume();
  }

  Result<SendReceipt> receipt(const protocol::Command& answer) const {
    if (!net::accepts_answer<protocol::SendMessageV2>(answer.code)) {
      return net::error_of_answer(answer);
    }
    protocol::SendMessageResponse header;
    if (auto decoded = protocol::decode_header(answer.fields, header); !decoded) {
      return Error{Errc::bad_message, std::move(decoded).error().message, Outcome::unknown};
    }
    return SendReceipt{.message_id = std::string(send_.message.unique_key()),
                       .offset_message_id = std::string(header.msg_id),
                       .queue = {std::string(send_.message.topic), broker_name_, header.queue_id},
                       .queue_offset = header.queue_offset,
                       .status = status_of(answer.code)};
  }

  const Send& send_;
  const std::string& broker_name_;
  std::coroutine_handle<> caller_;
  std::optional<Result<SendReceipt>> result_;
};

Error at_broker(Error error, const std::string& broker_name, const std::string& address) {
  error.message = str("broker ", broker_name, " at ", address, ": ", error.message);
  return error;
}

}  // namespace

Sender::Sender(std::shared_ptr<Client::Core> core, ProducerOptions options)
    : core_(std::move(core)),
      options_(std::move(options)),
      is_reachable_([pool = &core_->pool()](std::string_view address) {
        return pool->find(address) != nullptr || pool->is_reachable(address);
      }),
      next_ticket_(core_->random()) {
  drained_.set();
}

Sender::~Sender() { assert(under_way_.empty() && finished_.empty()); }

void Sender::start(std::unique_ptr<Send> owned) {
  Send& send = *owned.release();  // ours by the lists
  send.log = &core_->log();
  if (under_way_.empty()) drained_.reset();
  under_way_.push_back(send);
  if (send.result) return finish(send, *std::move(send.result));  // refused before it came here
  if (is_closed_) return finish(send, Error{Errc::client_closed, "the producer was closed"});

  send.born_timestamp = core_->loop().wall_ms();
  unique_key_.clear();
  core_->append_unique_key(unique_key_);
  send.message.set_unique_key(unique_key_);
  if (sweep_timer_ == nullptr) arm_sweep();
  send.task = run(&send);
  send.task.start();
}

net::Task<> Sender::run(Send* under_way) {
  Send& send = *under_way;  // lives until after this coroutine
  SendPlan plan(send.is_oneway() ? 1 : options_.attempts_max, next_ticket_++);
  while (true) {
    RoutePtr route = core_->routes().find(send.message.topic);
    if (route == nullptr) {
      send.waits_for = "the route";
      auto asked = co_await core_->routes().get_to_send(std::string(send.message.topic),
                                                        options_.new_topic_queues);
      if (!asked) co_return finish(send, std::move(asked).error());
      route = *std::move(asked);
    }

    const std::optional<PublishQueue> queue = plan.next(*route, is_reachable_);
    if (!queue) co_return finish(send, plan.error());
    if (plan.is_same_broker_again()) {
      send.waits_for = "another attempt";
      co_await net::sleep_for(core_->loop(), core_->jittered(same_broker_pause));
    }

    const std::string& broker_name = route->broker_name(*queue);
    const std::string& address = route->master_address(*queue);
    net::Channel* channel = core_->pool().find(address);
    if (channel == nullptr || channel->pending_output() > output_bytes_max) {
      send.waits_for = "a connection";
      auto connected = co_await channel_to(address, send.deadline);
      if (!connected) {
        core_->routes().doubt(route->topic);
        if (plan.failed(at_broker(std::move(connected).error(), broker_name, address))) continue;
        co_return finish(send, plan.error());
      }
      channel = *connected;
    }

    if (send.is_oneway()) {
      auto sent = channel->oneway(request(send, *route, *queue), send.message.body);
      if (!sent) co_return finish(send, at_broker(std::move(sent).error(), broker_name, address));
      co_return finish(send, SendReceipt{});
    }
    send.waits_for = "the broker's answer";
    send.may_be_stored = true;
    // The sweep ends it in time; the channel's own timeout must not come first.
    auto receipt = co_await Attempt(*channel, request(send, *route, *queue), send, broker_name,
                                    send.deadline - core_->loop().now() + 1s);
    if (receipt) co_return finish(send, std::move(receipt));
    if (receipt.error().code == Errc::not_connected) core_->routes().doubt(route->topic);
    const bool may_try_again =
        plan.failed(at_broker(std::move(receipt).error(), broker_name, address));
    send.may_be_stored = plan.may_be_stored();
    if (!may_try_again) co_return finish(send, plan.error());
  }
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

protocol::SendMessageV2 Sender::request(const Send& send, const Route& route,
                                        const PublishQueue& queue) const {
  protocol::SendMessageV2 request;
  request.producer_group = options_.group;
  request.topic = send.message.topic;
  request.default_topic = template_topic;
  request.default_topic_queue_nums = options_.new_topic_queues;
  request.queue_id = queue.queue_id;
  request.sys_flag = send.message.sys_flag;
  request.born_timestamp = send.born_timestamp;
  request.flag = send.message.flag;
  request.properties = send.message.properties;
  request.reconsume_times = 0;
  request.unit_mode = false;
  request.batch = false;
  request.broker_name = route.broker_name(queue);
  return request;
}

void Sender::finish(Send& send, Result<SendReceipt> result) {
  if (send.is_oneway() && !result) {
    core_->log().warn(str("a one-way message was dropped: ", to_string(result.error())));
  }
  send.result.emplace(std::move(result));
  send.pending->release_bytes(send.message.body_size);
  under_way_.erase(send);
  const bool is_first = finished_.empty();
  finished_.push(send);
  // Not here: a coroutine that ends cannot destroy itself, and whoever has more to finish in this
  // turn shares one handing over.
  if (is_first) core_->loop().defer([self = shared_from_this()] { self->hand_over(); });
  if (under_way_.empty()) drained_.set();
}

void Sender::hand_over() {
  WorkList callbacks;
  while (Work* const work = finished_.pop()) {
    Send& send = *static_cast<Send*>(work);
    send.task.cancel();
    send.message.memory.reset();
    send.has_callback() ? callbacks.push(send) : send.tell_promise();
  }
  core_->run_callbacks(std::move(callbacks));
}

// All sends of a producer have the same timeout, so the oldest is the next to be late, and one
// timer watches over all of them.
void Sender::arm_sweep() {
  sweep_timer_.reset();
  if (under_way_.empty()) return;
  const net::Duration left = under_way_.front().deadline - core_->loop().now();
  sweep_timer_ = core_->loop().after(left, [this] { sweep(); });
}

void Sender::sweep() {
  const net::TimePoint now = core_->loop().now();
  while (!under_way_.empty() && under_way_.front().deadline <= now) {
    Send& late = under_way_.front();
    late.task.cancel();
    finish(late, Error{Errc::timeout,
                       str("topic ", late.message.topic, ": waited for ", late.waits_for,
                           " longer than the send timeout"),
                       late.may_be_stored ? Outcome::unknown : Outcome::not_sent});
  }
  arm_sweep();
}

std::size_t Sender::fail_all() {
  is_closed_ = true;
  std::size_t count = 0;
  while (!under_way_.empty()) {
    Send& send = under_way_.front();
    send.task.cancel();
    finish(send, Error{Errc::client_closed, "the producer was closed",
                       send.may_be_stored ? Outcome::unknown : Outcome::not_sent});
    ++count;
  }
  sweep_timer_.reset();
  return count;
}

net::Task<> Sender::drain(net::Duration timeout) {
  static_cast<void>(co_await net::with_timeout(core_->loop(), timeout, wait_until_drained()));
}

net::Task<Result<void>> Sender::wait_until_drained() {
  co_await drained_.wait();
  co_return Result<void>();
}

}  // namespace rocketmq::client
