#include "client/requests.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "client/reply_message.h"
#include "client/user_code.h"
#include "protocol/str.h"

namespace rocketmq::client {
namespace {

constexpr std::size_t body_bytes_max = 64 * 1024 * 1024;  // of a reply, decompressed
// A program that sends requests to ever new topics does not grow for ever.
constexpr std::size_t announced_max = 1000;

// Of a request: it was given to the sender, so a broker may have it.
Outcome outcome(bool is_sent) { return is_sent ? Outcome::unknown : Outcome::not_sent; }

}  // namespace

// ---- one request

Request::Request(std::string correlation_id, std::chrono::milliseconds timeout,
                 net::TimePoint until, Done told, std::shared_ptr<PendingSends> in)
    : correlation_id_(std::move(correlation_id)),
      timeout_(timeout),
      deadline_(until),
      done_(std::move(told)),
      pending_(std::move(in)) {
  pending_->begin();
}

void Request::run() {
  std::unique_ptr<Request> self(this);
  const std::shared_ptr<PendingSends> ours = pending_;
  {
    const CallbackScope scope(*ours);
    call_user_code(log_, "a reply callback",
                   [this] { std::get<ReplyCallback>(done_)(*std::move(result_)); });
    self.reset();  // what the callback captured is gone before the request counts as ended
  }
  ours->end();
}

Result<void> Request::reply_arrived(const protocol::PushReplyMessageToClient& reply,
                                    std::string_view body) {
  auto message = message_of(reply, body, owner_->core_.loop().wall_ms(), body_bytes_max);
  Result<void> taken;
  if (!message) {
    message = Error{message.error().code, message.error().message, Outcome::unknown};
    taken = message.error();
  }
  owner_->finish(*this, std::move(message));
  return taken;
}

// ---- all of them

Requests::Requests(Client::Core& core, std::shared_ptr<Sender> sender, int new_topic_queues)
    : core_(core), sender_(std::move(sender)), new_topic_queues_(new_topic_queues) {
  drained_.set();
}

Requests::~Requests() { assert(under_way_.empty()); }

void Requests::start(std::unique_ptr<Request> owned, std::unique_ptr<Send> send) {
  Request& request = *owned;
  request.owner_ = this;
  request.log_ = &core_.log();
  request.send_ = std::move(send);
  under_way_[request.correlation_id_] = std::move(owned);
  drained_.reset();
  if (request.send_->result) return finish(request, request.send_->result->error());  // refused
  if (is_closed_) {
    return finish(request, Error{Errc::client_closed, "the producer was closed"});
  }

  core_.server_requests().expect_reply(request.correlation_id_, request);
  request.timer_ = core_.loop().after(request.deadline_ - core_.loop().now(),
                                      [this, &request] { late(request); });
  request.task_ = run(&request);
  request.task_.start();
}

net::Task<> Requests::run(Request* request) {
  co_await announce(std::string(request->send_->message.topic));
  sender_->start(std::move(request->send_));
}

// The broker that a reply goes to must know where we are. That may be any broker of the cluster:
// whoever answers chooses among the queues of the cluster's reply topic. Java:
// DefaultMQProducerImpl.prepareSendRequest, which tells only the brokers it knows.
net::Task<> Requests::announce(std::string topic) {
  if (announced_.contains(topic)) co_return;
  const auto route = co_await core_.routes().get_to_send(topic, new_topic_queues_);
  if (!route) co_return;  // sending will say so
  std::set<std::string> reply_topics;
  for (const protocol::BrokerData& broker : (*route)->brokers) {
    reply_topics.insert(reply_topic(broker.cluster));
  }
  for (const std::string& reply_topic : reply_topics) {
    if (!reply_topics_.insert(reply_topic).second) continue;
    core_.routes().pin(reply_topic);
    static_cast<void>(co_await core_.routes().get(reply_topic));  // clusters without one exist
  }
  co_await core_.groups().heartbeat();
  if (announced_.size() == announced_max) announced_.clear();
  announced_.insert(topic);
}

void Requests::send_ended(const std::string& correlation_id, const Result<SendReceipt>& result) {
  const auto found = under_way_.find(correlation_id);
  if (found == under_way_.end()) return;  // the reply was faster
  found->second->is_stored_ = true;
  if (!result) finish(*found->second, result.error());
}

void Requests::late(Request& request) {
  const bool is_sent = request.send_ == nullptr;
  finish(request, Error{Errc::timeout,
                        str(is_sent ? "no reply within " : "the brokers were not reached within ",
                            request.timeout_.count(), " ms"),
                        outcome(is_sent)});
}

void Requests::finish(Request& request, Result<MessageView> result) {
  core_.server_requests().forget_reply(request.correlation_id_);
  const auto found = under_way_.find(request.correlation_id_);
  std::unique_ptr<Request> owned = std::move(found->second);
  under_way_.erase(found);
  owned->task_.cancel();
  owned->timer_.reset();
  if (owned->send_ != nullptr) {
    // It is not sent any more, but must end like every send.
    if (!owned->send_->result) owned->send_->result = result.error();
    sender_->start(std::move(owned->send_));
  }
  if (auto* const promise = std::get_if<std::promise<Result<MessageView>>>(&owned->done_)) {
    owned->pending_->end();
    promise->set_value(std::move(result));
  } else {
    owned->result_.emplace(std::move(result));
    WorkList work;
    work.push(*owned.release());
    core_.run_callbacks(std::move(work));
  }
  if (under_way_.empty()) drained_.set();
}

std::size_t Requests::fail_all() {
  is_closed_ = true;
  std::size_t count = 0;
  while (!under_way_.empty()) {
    Request& request = *under_way_.begin()->second;
    const bool is_sent = request.send_ == nullptr;
    if (!is_sent || request.is_stored_) ++count;
    finish(request, Error{Errc::client_closed, "the producer was closed", outcome(is_sent)});
  }
  for (const std::string& topic : std::exchange(reply_topics_, {})) core_.routes().unpin(topic);
  return count;
}

net::Task<> Requests::drain(net::Duration timeout) {
  static_cast<void>(co_await net::with_timeout(core_.loop(), timeout, wait_until_drained()));
}

net::Task<Result<void>> Requests::wait_until_drained() {
  co_await drained_.wait();
  co_return Result<void>();
}

}  // namespace rocketmq::client
