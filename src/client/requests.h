#pragma once

#include <rocketmq/producer.h>

#include <chrono>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include "client/core.h"
#include "client/executor.h"
#include "client/pending_sends.h"
#include "client/send.h"
#include "client/sender.h"
#include "client/server_requests.h"
#include "net/task.h"
#include "net/wait.h"

namespace rocketmq::client {

class Requests;

// One request from the user's call to the reply, or the error. Made on a user's thread, then owned
// by Requests, at last as a piece of Work by the executor. Counts as unfinished all that time.
class Request final : public Work, public ReplyWaiter {
 public:
  using Done = std::variant<std::promise<Result<MessageView>>, ReplyCallback>;

  // `correlation_id` is what its reply is known by, in this client's life.
  Request(std::string correlation_id, std::chrono::milliseconds timeout, net::TimePoint until,
          Done told, std::shared_ptr<PendingSends> in);
  ~Request() = default;

  void run() override;
  Result<void> reply_arrived(const protocol::PushReplyMessageToClient& reply,
                             std::string_view body) override;

 private:
  friend class Requests;

  const std::string correlation_id_;
  const std::chrono::milliseconds timeout_;
  const net::TimePoint deadline_;
  Done done_;
  const std::shared_ptr<PendingSends> pending_;
  const Log* log_ = nullptr;
  std::optional<Result<MessageView>> result_;

  // While it is under way.
  Requests* owner_ = nullptr;
  std::unique_ptr<Send> send_;  // until it is given to the sender
  bool is_stored_ = false;
  std::unique_ptr<net::Timer> timer_;
  net::Task<> task_;  // waits before the send
};

// The requests of one producer that wait for their replies. Belongs to the loop. Java:
// RequestFutureHolder, DefaultMQProducerImpl.request.
class Requests final {
 public:
  // `core` outlives us. So many queues are asked for when a topic is created by a request to it.
  Requests(Client::Core& core, std::shared_ptr<Sender> sender, int new_topic_queues);
  ~Requests();
  Requests(const Requests&) = delete;
  Requests& operator=(const Requests&) = delete;

  // `send` carries it; when that has ended, who made it calls send_ended().
  void start(std::unique_ptr<Request> request, std::unique_ptr<Send> send);
  void send_ended(const std::string& correlation_id, const Result<SendReceipt>& result);

  // Returns once none is under way, or after `timeout`.
  net::Task<> drain(net::Duration timeout);
  // Ends everything under way with client_closed, and whatever is started later; says how many were
  // under way, without those whose sends are.
  std::size_t fail_all();

 private:
  friend class Request;

  net::Task<> run(Request* request);
  net::Task<> announce(std::string topic);
  void late(Request& request);
  void finish(Request& request, Result<MessageView> result);
  net::Task<Result<void>> wait_until_drained();

  Client::Core& core_;
  const std::shared_ptr<Sender> sender_;
  const int new_topic_queues_;
  std::map<std::string, std::unique_ptr<Request>, std::less<>> under_way_;  // by correlation id
  std::set<std::string> announced_;     // topics whose brokers have heard of us
  std::set<std::string> reply_topics_;  // pinned
  bool is_closed_ = false;
  net::Event drained_;
};

}  // namespace rocketmq::client
