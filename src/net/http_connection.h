#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/gunzip.h"
#include "net/http_call.h"
#include "net/http_parser.h"
#include "net/loop.h"

namespace rocketmq::net {

class HttpServer;

struct HttpCall::Exchange {
  HttpConnection* connection = nullptr;  // none: the peer has gone, or has its answer
  HttpRequest request;
  HttpBodySink sink;
  HttpByteSink bytes;  // once another protocol is spoken
  std::function<void()> on_gone;
};

// One connection of an HttpServer. Requests are handled one at a time, in the order they come: what
// comes behind the one at hand waits, and the peer with it once that is much.
class HttpConnection final : StreamHandler {
 public:
  HttpConnection(HttpServer& server, std::unique_ptr<Stream> stream);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  const std::string& peer() const { return stream_->peer(); }

  // For the call at hand.
  enum class Pace { whole, open };  // all of the body in time, or each piece
  void take_body(HttpBodySink sink, Pace pace);
  void pause_body(bool paused);
  void answer(HttpResponse response);
  void begin(HttpResponse head);
  void write(std::string_view piece);
  void end();
  void upgrade(HttpResponse head, HttpByteSink sink);
  void abandon();  // nobody will answer
  std::size_t pending_output() const { return stream_->pending_output(); }

 private:
  void on_data(protocol::Buffer& input) override;
  void on_closed(const Error& error) override;

  void expect_request();
  void advance();
  bool step();  // false: something else must happen first
  void begin_exchange();
  void finish_exchange();
  void forget_exchange();
  void deliver();
  void deliver_end();
  bool deliver_bytes();
  void tell(Result<HttpBodyPiece> piece);
  void refuse(unsigned status, const std::string& why);
  void end_connection();
  void write_head(const HttpResponse& response, std::optional<std::size_t> content_length);
  void arm_body_timer();
  void abort_if_stuck(std::uint64_t sent_before, std::string_view why);
  void balance_reading();

  HttpServer& server_;
  std::unique_ptr<Stream> stream_;
  protocol::Buffer held_;  // came, and was not looked at yet
  std::unique_ptr<HttpParser> parser_;
  std::shared_ptr<HttpCall::Exchange> exchange_;  // none: the next head is waited for
  std::unique_ptr<Gunzip> gunzip_;
  std::string piece_;          // of the body, as it travels
  std::size_t delivered_ = 0;  // of `piece_`
  Pace pace_ = Pace::whole;
  std::unique_ptr<Timer> timer_;
  bool is_advancing_ = false;
  bool has_whole_body_ = false;
  bool is_body_paused_ = false;
  bool is_answered_ = false;
  bool is_begun_ = false;    // an answer in pieces
  bool is_raw_ = false;      // it is another protocol's
  bool is_chunked_ = false;  // … each with its length; else the end is that of the connection
  bool keep_alive_ = true;
  bool is_ending_ = false;
  bool is_reading_paused_ = false;
};

}  // namespace rocketmq::net
