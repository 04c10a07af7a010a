#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/task.h"
#include "net/task_set.h"
#include "net/wait.h"
#include "net/websocket.h"
#include "proxy/http/parameters.h"
#include "proxy/http/parts.h"
#include "proxy/http/socket_peer.h"
#include "proxy/http/socket_subscriptions.h"

namespace rocketmq::gateway {

// One WebSocket: frames of JSON, each an operation, over one connection. docs/http-gateway.md tells
// which there are. Belongs to the loop.
class SocketSession final : net::WebSocketHandler, SocketPeer {
 public:
  // Answers the request. `is_known`: it has said who it is.
  SocketSession(Parts& parts, RequestPtr request, bool is_known);
  ~SocketSession();
  SocketSession(const SocketSession&) = delete;
  SocketSession& operator=(const SocketSession&) = delete;

  // Until the peer has gone, and what it had of messages is given back.
  net::Task<> run();
  // It gets no more messages, and should connect elsewhere.
  void drain(std::chrono::milliseconds grace);

  void close(SocketClose code, std::string_view reason) override;

 private:
  using JsonPtr = std::unique_ptr<Json>;
  struct Operation;
  static const Operation* find(std::string_view name);

  void on_text(std::string text) override;
  void on_closed(const net::WebSocketClose& close) override;
  void tell(const Json& frame) override;
  bool is_there() const override { return socket_.is_open() && !parts_.is_draining; }
  std::size_t pending_output() const override { return socket_.pending_output(); }
  const std::string& request_id() const override { return request_->id; }

  void hello(const Json& frame);
  void pong(const Json& frame);
  void welcome();
  void start(const Operation& operation, JsonPtr frame);
  net::Task<> carry_out(const Operation& operation, JsonPtr frame, Members members);
  void answer(const Json* id, const Result<JsonPtr>& result);
  void began();
  void ended();

  // What frames ask for: the result is told to whoever gave the frame an id.
  net::Task<Result<JsonPtr>> publish(Members members);
  net::Task<Result<JsonPtr>> publish_half(Members members);
  net::Task<Result<JsonPtr>> end_transaction(Members members);
  net::Task<Result<JsonPtr>> subscribe(Members members);
  net::Task<Result<JsonPtr>> unsubscribe(Members members);
  net::Task<Result<JsonPtr>> credit(Members members);
  net::Task<Result<JsonPtr>> ack(Members members);
  net::Task<Result<JsonPtr>> nack(Members members);
  net::Task<Result<JsonPtr>> extend(Members members);
  net::Task<Result<JsonPtr>> watch(Members members);
  net::Task<JsonPtr> ack_one(std::string receipt);
  net::Task<JsonPtr> nack_one(std::string receipt, std::chrono::milliseconds delay);

  void show();
  Json shown(std::string_view what) const;

  Parts& parts_;
  const RequestPtr request_;
  net::WebSocket socket_;
  SocketSubscriptions subscriptions_;
  bool is_known_;
  std::string client_;  // what it calls itself
  std::vector<std::string> watched_;
  std::size_t in_flight_ = 0;
  std::unique_ptr<net::Timer> timer_;  // for hello; then for the end of a drain
  std::unique_ptr<net::Timer> watch_timer_;
  net::Event over_;  // nothing is said any more
  net::Event gone_;
  net::Event idle_;
  // What open transactions of this peer find: this, or nothing any more.
  const std::shared_ptr<SocketSession*> self_;
  net::TaskSet tasks_;
};

}  // namespace rocketmq::gateway
