#pragma once

#include <rocketmq/result.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/http_message.h"
#include "net/task.h"

namespace rocketmq::net {

class HttpConnection;

// A part of a request's body, unpacked.
struct HttpBodyPiece {
  std::string_view bytes;
  bool is_last = false;
};
// Told piece after piece, and of one error at most, which is the last it hears: not_connected,
// timeout, bad_message (gzip), bad_frame, unsupported (an encoding we do not know).
using HttpBodySink = std::function<void(Result<HttpBodyPiece>)>;

using HttpByteSink = std::function<void(std::string_view)>;

// A request, and the right to answer it, at once or later, whole or in pieces. Belongs to the loop.
// Destroyed without an answer it answers 500. When the peer has gone all of it has no effect.
class HttpCall {
 public:
  struct Exchange;  // what it shares with its connection
  explicit HttpCall(std::shared_ptr<Exchange> exchange);
  HttpCall(HttpCall&&) noexcept;
  HttpCall& operator=(HttpCall&&) noexcept;
  ~HttpCall();

  const HttpRequest& request() const;

  // The body, unless there is none to be asked for. Asked for once, one way or the other; until
  // then the peer is not told to go on (Expect: 100-continue). Whoever answers without the whole
  // body ends the connection.
  Task<Result<std::string>> read_body(std::size_t bytes_max);  // too_large for more
  void stream_body(HttpBodySink sink);
  void pause_body(bool paused);  // no more pieces, or bytes, for now; the peer waits

  void answer(HttpResponse response);
  // The head of an answer in pieces; its body is the first. Then write(), then end().
  void begin(HttpResponse head);
  void write(std::string_view piece);
  void end();

  // From now on the connection belongs to another protocol: `sink` gets what comes, write() sends,
  // end() ends it. Instead of begin(), for a request without a body.
  void upgrade(HttpResponse head, HttpByteSink sink);

  bool is_gone() const;  // the peer, or the answer is complete
  void on_gone(
      std::function<void()> function);  // called once, should the peer go before the answer
  std::size_t pending_output() const;   // bytes the peer has not taken yet

 private:
  std::shared_ptr<Exchange> exchange_;
};

}  // namespace rocketmq::net
