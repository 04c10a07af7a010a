#include "net/http_connection.h"

#include <cstdio>
#include <utility>

#include "net/http_server.h"
#include "protocol/str.h"

namespace rocketmq::net {

using namespace std::chrono_literals;

namespace {

// A peer that still sends when it is answered would lose the answer to a reset, were we to close
// at once.
constexpr Duration linger = 1s;
constexpr unsigned no_content = 204;

}  // namespace

HttpConnection::HttpConnection(HttpServer& server, std::unique_ptr<Stream> stream)
    : server_(server), stream_(std::move(stream)) {
  expect_request();
  stream_->start(*this);
}

HttpConnection::~HttpConnection() {
  if (exchange_ != nullptr) forget_exchange();
}

// What the functions have captured may hold the call, and so the exchange.
void HttpConnection::forget_exchange() {
  const auto exchange = std::exchange(exchange_, nullptr);
  exchange->connection = nullptr;
  const auto on_gone = std::exchange(exchange->on_gone, nullptr);
  const auto sink = std::exchange(exchange->sink, nullptr);
  const auto bytes = std::exchange(exchange->bytes, nullptr);
}

// ---- what comes

void HttpConnection::on_data(protocol::Buffer& input) {
  if (held_.empty()) {
    held_.swap(input);
  } else {
    held_.append(input.view());
  }
  input.clear();
  advance();
}

void HttpConnection::on_closed(const Error& error) {
  if (const auto exchange = std::exchange(exchange_, nullptr)) {
    exchange->connection = nullptr;
    const auto sink = std::exchange(exchange->sink, nullptr);
    const auto on_gone = std::exchange(exchange->on_gone, nullptr);
    const auto bytes = std::exchange(exchange->bytes, nullptr);
    if (sink && !has_whole_body_) sink(Error{Errc::not_connected, "the peer has gone"});
    if (on_gone) on_gone();
  }
  server_.closed(*this, error);
}

void HttpConnection::expect_request() {
  parser_ = std::make_unique<HttpParser>(server_.options_.head_bytes_max);
  timer_ = server_.loop_.after(
      server_.options_.request_timeout,
      [this, sent = stream_->sent_bytes()] { abort_if_stuck(sent, "no request in time"); });
}

// A peer that takes what it was answered is only slow.
void HttpConnection::abort_if_stuck(std::uint64_t sent_before, std::string_view why) {
  const std::uint64_t sent = stream_->sent_bytes();
  if (stream_->pending_output() == 0 || sent == sent_before) {
    return stream_->abort(Error{Errc::not_connected, std::string(why)});
  }
  timer_ = server_.loop_.after(server_.options_.request_timeout,
                               [this, sent, why] { abort_if_stuck(sent, why); });
}

void HttpConnection::advance() {
  if (is_advancing_) return;  // what was called from there sees to the rest
  is_advancing_ = true;
  while (step()) {
  }
  is_advancing_ = false;
  balance_reading();
}

bool HttpConnection::step() {
  if (is_ending_) {
    held_.clear();
    return false;
  }
  if (is_answered_) {
    finish_exchange();
    return true;
  }
  if (is_raw_) return deliver_bytes();
  if (exchange_ != nullptr) {
    if (has_whole_body_ || !exchange_->sink || is_body_paused_) return false;
    if (delivered_ < piece_.size()) {
      deliver();
      return true;
    }
  }
  const auto got = parser_->read(held_);
  if (!got) {
    refuse(got.error().code == Errc::too_large ? 431 : 400, got.error().message);
    return true;
  }
  switch (*got) {
    case HttpParser::Got::nothing:
      return false;
    case HttpParser::Got::head:
      begin_exchange();
      return true;
    case HttpParser::Got::piece:
      piece_.swap(parser_->piece());
      delivered_ = 0;
      return true;
    case HttpParser::Got::end:
      deliver_end();
      return true;
  }
  return false;
}

void HttpConnection::begin_exchange() {
  timer_.reset();
  exchange_ = std::make_shared<HttpCall::Exchange>();
  exchange_->connection = this;
  exchange_->request = std::move(parser_->request());
  exchange_->request.peer = peer();
  has_whole_body_ = !exchange_->request.has_body;
  is_body_paused_ = is_answered_ = is_begun_ = false;
  keep_alive_ = parser_->keep_alive();
  server_.service_(HttpCall(exchange_));
}

void HttpConnection::finish_exchange() {
  forget_exchange();
  is_answered_ = false;
  gunzip_.reset();
  piece_.clear();
  delivered_ = 0;
  if (keep_alive_ && has_whole_body_) return expect_request();
  end_connection();
}

void HttpConnection::end_connection() {
  is_ending_ = true;
  held_.clear();
  if (has_whole_body_) return stream_->close();
  timer_ = server_.loop_.after(linger, [this] { stream_->close(); });
}

// What is no request, or breaks off in the middle of its body.
void HttpConnection::refuse(unsigned status, const std::string& why) {
  server_.warn(str("http connection from ", peer(), " closed: ", why));
  keep_alive_ = false;
  has_whole_body_ = false;
  HttpResponse response{.status = status, .body = str(why, '\n')};
  if (server_.options_.refusal) response = server_.options_.refusal(status, why);
  if (exchange_ != nullptr) {
    const auto exchange = exchange_;
    tell(Error{Errc::bad_frame, why});
    if (!is_answered_ && !is_begun_ && exchange->connection == this) {
      answer(std::move(response));
    }
    is_answered_ = true;
    return;
  }
  write_head(response, response.body.size());
  stream_->output().append(response.body);
  end_connection();
}

void HttpConnection::balance_reading() {
  const bool is_much = held_.size() > server_.options_.held_bytes_max && !is_ending_;
  if (is_much == is_reading_paused_) return;
  is_reading_paused_ = is_much;
  if (is_much) {
    stream_->pause_reading();
  } else {
    stream_->resume_reading();
  }
}

// ---- the body

void HttpConnection::take_body(HttpBodySink sink, Pace pace) {
  exchange_->sink = std::move(sink);
  pace_ = pace;
  const HttpRequest& request = exchange_->request;
  if (const std::string* encoding = request.header("Content-Encoding")) {
    if (*encoding == "gzip") {
      gunzip_ = std::make_unique<Gunzip>();
    } else if (*encoding != "identity") {
      return tell(Error{Errc::unsupported, str("Content-Encoding ", *encoding, " is not known")});
    }
  }
  if (const std::string* expect = request.header("Expect"); expect && *expect == "100-continue") {
    stream_->output().append("HTTP/1.1 100 Continue\r\n\r\n");
  }
  arm_body_timer();
  advance();
}

void HttpConnection::arm_body_timer() {
  timer_ = server_.loop_.after(server_.options_.body_timeout, [this] {
    keep_alive_ = false;
    tell(Error{Errc::timeout, "the body did not come in time"});
    advance();
  });
}

void HttpConnection::pause_body(bool paused) {
  if (paused == is_body_paused_ || (has_whole_body_ && !is_raw_)) return;
  is_body_paused_ = paused;
  if (paused) {
    timer_.reset();
  } else {
    if (!is_raw_) arm_body_timer();
    advance();
  }
}

void HttpConnection::deliver() {
  if (pace_ == Pace::open) arm_body_timer();
  std::string_view rest = std::string_view(piece_).substr(delivered_);
  if (gunzip_ == nullptr) {
    delivered_ = piece_.size();
    return tell(HttpBodyPiece{.bytes = rest});
  }
  // Taken whole, it may still have something to give.
  const auto plain = gunzip_->read(rest);
  if (!plain) return tell(plain.error());
  delivered_ = piece_.size() - rest.size();
  if (!plain->empty()) tell(HttpBodyPiece{.bytes = *plain});
}

void HttpConnection::deliver_end() {
  while (gunzip_ != nullptr && exchange_->sink) {
    std::string_view nothing;
    const auto plain = gunzip_->read(nothing);
    if (!plain) return tell(plain.error());
    if (plain->empty()) break;
    tell(HttpBodyPiece{.bytes = *plain});
    if (is_answered_) return;
  }
  timer_.reset();
  has_whole_body_ = true;
  if (gunzip_ != nullptr && !gunzip_->is_whole()) {
    return tell(Error{Errc::bad_message, "the gzip stream is cut short"});
  }
  tell(HttpBodyPiece{.bytes = {}, .is_last = true});
}

bool HttpConnection::deliver_bytes() {
  if (held_.empty() || is_body_paused_) return false;
  protocol::Buffer bytes;
  bytes.swap(held_);
  const HttpByteSink sink = exchange_->bytes;
  if (sink) sink(bytes.view());
  return true;
}

// The sink may answer, which forgets it: so it is called as a copy.
void HttpConnection::tell(Result<HttpBodyPiece> piece) {
  const HttpBodySink sink = exchange_->sink;
  if (!piece) exchange_->sink = nullptr;
  if (sink) sink(std::move(piece));
}

// ---- what goes

void HttpConnection::write_head(const HttpResponse& response,
                                std::optional<std::size_t> content_length) {
  const bool is_old = parser_->version() == 10;
  std::string head = str(is_old ? "HTTP/1.0 " : "HTTP/1.1 ", response.status, ' ',
                         http_reason(response.status), "\r\n");
  const auto add = [&head](std::string_view name, std::string_view value) {
    head += name;
    head += ": ";
    head += value;
    head += "\r\n";
  };
  if (response.status != no_content && !is_raw_) add("Content-Type", response.content_type);
  if (!is_raw_) add("Cache-Control", "no-store");
  for (const HttpHeader& header : response.headers) add(header.name, header.value);
  if (content_length && response.status != no_content) {
    add("Content-Length", std::to_string(*content_length));
  }
  if (!content_length && is_chunked_) add("Transfer-Encoding", "chunked");
  if (is_raw_) {
    // Connection: Upgrade is among the headers.
  } else if (!keep_alive_) {
    add("Connection", "close");
  } else if (is_old) {
    add("Connection", "keep-alive");
  }
  head += "\r\n";
  stream_->output().append(head);
}

void HttpConnection::answer(HttpResponse response) {
  if (is_answered_ || is_begun_) return;
  if (!has_whole_body_ || server_.is_draining_) keep_alive_ = false;
  timer_.reset();
  write_head(response, response.body.size());
  if (exchange_->request.method != "HEAD") stream_->output().append(response.body);
  is_answered_ = true;
  advance();
}

void HttpConnection::begin(HttpResponse head) {
  if (is_answered_ || is_begun_) return;
  if (!has_whole_body_ && !exchange_->sink) keep_alive_ = false;
  is_chunked_ = parser_->version() != 10;
  if (!is_chunked_ || server_.is_draining_) keep_alive_ = false;
  is_begun_ = true;
  write_head(head, std::nullopt);
  write(head.body);
}

void HttpConnection::write(std::string_view piece) {
  if (!is_begun_ || piece.empty() || exchange_->request.method == "HEAD") return;
  protocol::Buffer& output = stream_->output();
  if (!is_chunked_) return output.append(piece);
  char size[32];
  const int length = std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
  output.append(std::string_view(size, static_cast<std::size_t>(length)));
  output.append(piece);
  output.append("\r\n");
}

void HttpConnection::end() {
  if (!is_begun_ || is_answered_) return;
  if (is_chunked_ && exchange_->request.method != "HEAD") stream_->output().append("0\r\n\r\n");
  timer_.reset();
  is_answered_ = true;
  advance();
}

void HttpConnection::upgrade(HttpResponse head, HttpByteSink sink) {
  if (is_answered_ || is_begun_) return;
  exchange_->bytes = std::move(sink);
  is_begun_ = true;
  is_raw_ = true;
  is_chunked_ = false;
  keep_alive_ = false;
  write_head(head, std::nullopt);
  // Not from here: whoever calls is not ready yet for what has come already.
  timer_ = server_.loop_.after(Duration::zero(), [this] { advance(); });
}

void HttpConnection::abandon() {
  if (is_answered_) return;
  if (!is_begun_) return answer({.status = 500, .body = "the request was dropped\n"});
  keep_alive_ = false;  // an answer that breaks off must not look whole
  is_answered_ = true;
  stream_->close();
}

}  // namespace rocketmq::net
