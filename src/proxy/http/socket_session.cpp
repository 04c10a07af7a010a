#include "proxy/http/socket_session.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "protocol/str.h"
#include "proxy/http/operations.h"
#include "proxy/http/problem.h"
#include "proxy/http/socket_operation.h"

namespace rocketmq::gateway {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view subprotocol = "rmq.v1.json";
// Browsers can give no headers, but offer subprotocols.
constexpr std::string_view token_prefix = "bearer.";
// For a peer to read what was on its way before the end, and to agree.
constexpr net::Duration close_timeout = 30s;

net::WebSocketOptions socket_options(const GatewayOptions& options) {
  return {.message_bytes_max = options.sockets.frame_bytes_max,
          .ping_interval = options.sockets.ping_interval,
          .close_timeout = close_timeout};
}

}  // namespace

SocketSession::SocketSession(Parts& parts, RequestPtr request, bool is_known)
    : parts_(parts),
      request_(std::move(request)),
      socket_(parts.loop(), request_->call, subprotocol, socket_options(parts.options), *this),
      subscriptions_(parts, *this),
      is_known_(is_known),
      self_(std::make_shared<SocketSession*>(this)) {
  idle_.set();
  parts_.sockets.insert(this);
  if (is_known_) {
    welcome();
    return;
  }
  timer_ = parts_.loop().after(parts_.options.sockets.hello_timeout, [this] {
    close(SocketClose::hello_timeout, "say hello, with a token");
  });
}

SocketSession::~SocketSession() {
  *self_ = nullptr;
  parts_.sockets.erase(this);
}

net::Task<> SocketSession::run() {
  co_await over_.wait();
  parts_.sockets.erase(this);
  watch_timer_.reset();
  co_await idle_.wait();
  co_await subscriptions_.end();
  co_await gone_.wait();
}

void SocketSession::drain(std::chrono::milliseconds grace) {
  tell({{"op", "drain"}, {"graceMs", grace.count()}});
  timer_ = parts_.loop().after(grace, [this] { close(SocketClose::drain, "the gateway ends"); });
}

// ---- what comes

void SocketSession::on_text(std::string text) {
  auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object() || !parsed->contains("op") || !(*parsed)["op"].is_string()) {
    return close(SocketClose::malformed, "a frame is a JSON object with an op");
  }
  auto frame = std::make_unique<Json>(*std::move(parsed));
  const auto op = (*frame)["op"].get<std::string>();
  if (op == "hello") return hello(*frame);
  if (op == "ping") return pong(*frame);
  if (!is_known_) return close(SocketClose::unauthenticated, "say hello, with a token, first");
  if (auto may = count_request(parts_, *request_); !may) {
    return answer(id_of(*frame), std::move(may).error());
  }
  if (const Operation* const operation = find(op)) return start(*operation, std::move(frame));
  answer(id_of(*frame), invalid("/op", str("there is no ", op)));
}

void SocketSession::on_closed(const net::WebSocketClose&) {
  over_.set();
  gone_.set();
}

void SocketSession::hello(const Json& frame) {
  const auto members = Members::of(frame, "", {"op", "id", "token", "client"});
  if (!members) return close(SocketClose::malformed, members.error().message);
  const auto token = members->text("token", "");
  const auto client = members->text("client", "");
  if (!token || !client) return close(SocketClose::malformed, "token and client are texts");
  if (!is_known_) {
    auto user = parts_.access.user_of_token(*token, parts_.loop().wall_ms());
    if (!user) return close(SocketClose::unauthenticated, user.error().message);
    request_->user = *std::move(user);
  }
  is_known_ = true;
  client_ = *client;
  for (SocketSession* const other : parts_.sockets) {
    const bool is_same = other != this && !client_.empty() && other->client_ == client_ &&
                         other->request_->user == request_->user;
    if (is_same) other->close(SocketClose::replaced, "this client has connected again");
  }
  welcome();
}

void SocketSession::pong(const Json& frame) {
  Json answer{{"op", "pong"}};
  if (const Json* const id = id_of(frame)) answer["id"] = *id;
  tell(answer);
}

void SocketSession::welcome() {
  timer_.reset();
  const SocketOptions& limits = parts_.options.sockets;
  tell({{"op", "welcome"},
        {"server", "rocketmq-cpp"},
        {"limits",
         {{"frameBytesMax", limits.frame_bytes_max},
          {"messageBytesMax", parts_.options.message_bytes_max},
          {"subscriptionsMax", limits.subscriptions_max},
          {"creditMax", limits.credit_max},
          {"inFlightMax", limits.in_flight_max}}}});
}

void SocketSession::start(const Operation& operation, JsonPtr frame) {
  const Json* const id = id_of(*frame);
  if (operation.needs_id && id == nullptr) return answer(nullptr, invalid("/id", "is missing"));
  Names known = operation.known;
  known.insert(known.end(), {"op", "id"});
  auto members = Members::of(*frame, "", known);
  if (!members) return answer(id, std::move(members).error());
  tasks_.start(carry_out(operation, std::move(frame), *std::move(members)));
}

net::Task<> SocketSession::carry_out(const Operation& operation, JsonPtr frame, Members members) {
  began();
  const auto result = co_await (this->*operation.run)(std::move(members));
  const Json* const id = id_of(*frame);
  if (id != nullptr) answer(id, result);
  ended();
}

// A peer that asks faster than it is answered is not heard meanwhile.
void SocketSession::began() {
  if (++in_flight_ == 1) idle_.reset();
  if (in_flight_ == parts_.options.sockets.in_flight_max) socket_.pause(true);
}
void SocketSession::ended() {
  if (in_flight_-- == parts_.options.sockets.in_flight_max) socket_.pause(false);
  if (in_flight_ == 0) idle_.set();
}

// ---- what goes

void SocketSession::answer(const Json* id, const Result<JsonPtr>& result) {
  Json frame{{"op", result ? "ok" : "error"}};
  if (id != nullptr) frame["id"] = *id;
  if (!result) {
    frame["problem"] = json_of(problem_of(result.error()), request_id());
  } else if (*result != nullptr) {
    frame["result"] = **result;
  }
  tell(frame);
}

void SocketSession::tell(const Json& frame) { socket_.send(to_text(frame)); }

void SocketSession::close(SocketClose code, std::string_view reason) {
  timer_.reset();
  socket_.close({.code = static_cast<std::uint16_t>(code), .reason = std::string(reason)});
  over_.set();  // nobody waits for a peer that takes its time to agree
}

// ---- the request

net::Task<Reply> operate_socket(Parts& parts, RequestPtr request) {
  const net::HttpRequest& head = request->head();
  if (auto good = net::WebSocket::check(head); !good) {
    co_return Error{Slug::bad_request, good.error().message};
  }
  if (!net::WebSocket::offers(head, subprotocol)) {
    co_return Error{Slug::bad_request, str("offer the subprotocol ", subprotocol)};
  }
  const std::int64_t now_ms = parts.loop().wall_ms();
  const auto token = net::WebSocket::offered_after(head, token_prefix);
  bool is_known = parts.access.is_everybodys();
  std::string why;  // the token is not good: that is said over the WebSocket
  if (!is_known && head.header("Authorization") != nullptr) {
    auto user = parts.access.user(head, now_ms);
    if (!user) co_return std::move(user).error();
    request->user = *std::move(user);
    is_known = true;
  } else if (!is_known && token) {
    auto user = parts.access.user_of_token(*token, now_ms);
    is_known = user.has_value();
    why = user ? "" : user.error().message;
    request->user = std::move(user).value_or("");
  }
  SocketSession session(parts, request, is_known);
  if (!why.empty()) session.close(SocketClose::unauthenticated, why);
  co_await session.run();
  co_return std::optional<net::HttpResponse>();
}

}  // namespace rocketmq::gateway
