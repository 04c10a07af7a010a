#include "net/http_call.h"

#include <utility>

#include "net/http_connection.h"
#include "net/wait.h"
#include "protocol/str.h"

namespace rocketmq::net {

HttpCall::HttpCall(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
HttpCall::HttpCall(HttpCall&&) noexcept = default;
HttpCall& HttpCall::operator=(HttpCall&&) noexcept = default;

HttpCall::~HttpCall() {
  if (exchange_ == nullptr) return;
  exchange_->on_gone = nullptr;
  exchange_->sink = nullptr;
  exchange_->bytes = nullptr;
  if (exchange_->connection != nullptr) exchange_->connection->abandon();
}

const HttpRequest& HttpCall::request() const { return exchange_->request; }

Task<Result<std::string>> HttpCall::read_body(std::size_t bytes_max) {
  const HttpRequest& head = request();
  const Error too_large{Errc::too_large, str("the body is longer than ", bytes_max, " bytes")};
  if (head.content_length.value_or(0) > bytes_max) co_return too_large;
  if (!head.has_body) co_return std::string();
  if (is_gone()) co_return Error{Errc::not_connected, "the peer has gone"};
  OneShot<Result<std::string>> done;
  std::string body;
  exchange_->connection->take_body(
      [&](Result<HttpBodyPiece> piece) {
        if (done.is_set()) return;
        if (!piece) return done.set(std::move(piece).error());
        if (piece->bytes.size() > bytes_max - body.size()) return done.set(too_large);
        body += piece->bytes;
        if (piece->is_last) done.set(std::move(body));
      },
      HttpConnection::Pace::whole);
  auto result = co_await done.take();
  exchange_->sink = nullptr;
  co_return result;
}

void HttpCall::stream_body(HttpBodySink sink) {
  if (is_gone()) return sink(Error{Errc::not_connected, "the peer has gone"});
  if (!request().has_body) return sink(HttpBodyPiece{.bytes = {}, .is_last = true});
  exchange_->connection->take_body(std::move(sink), HttpConnection::Pace::open);
}

void HttpCall::pause_body(bool paused) {
  if (!is_gone()) exchange_->connection->pause_body(paused);
}

void HttpCall::answer(HttpResponse response) {
  if (!is_gone()) exchange_->connection->answer(std::move(response));
}

void HttpCall::begin(HttpResponse head) {
  if (!is_gone()) exchange_->connection->begin(std::move(head));
}

void HttpCall::write(std::string_view piece) {
  if (!is_gone()) exchange_->connection->write(piece);
}

void HttpCall::end() {
  if (!is_gone()) exchange_->connection->end();
}

void HttpCall::upgrade(HttpResponse head, HttpByteSink sink) {
  if (!is_gone()) exchange_->connection->upgrade(std::move(head), std::move(sink));
}

bool HttpCall::is_gone() const { return exchange_->connection == nullptr; }

void HttpCall::on_gone(std::function<void()> function) { exchange_->on_gone = std::move(function); }

std::size_t HttpCall::pending_output() const {
  return is_gone() ? 0 : exchange_->connection->pending_output();
}

}  // namespace rocketmq::net
