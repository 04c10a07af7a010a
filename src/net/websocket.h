#pragma once

#include <rocketmq/result.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/http_call.h"
#include "net/loop.h"
#include "net/websocket_frames.h"

namespace rocketmq::net {

struct WebSocketOptions {
  std::size_t message_bytes_max = 8 * 1024 * 1024;
  // Asked so often whether it is still there; a peer that has said nothing since the last but one
  // question is let go.
  Duration ping_interval = std::chrono::seconds(30);
  Duration close_timeout = std::chrono::seconds(2);  // for the peer to agree to the end
};

// What a peer says. Called by the loop, never from inside a call made to the WebSocket, which may
// be destroyed in on_closed(), but not in on_text().
class WebSocketHandler {
 public:
  virtual void on_text(std::string text) = 0;
  // Once: the peer has gone, or there is nothing more to say to it. `close` is what was said first.
  virtual void on_closed(const WebSocketClose& close) = 0;

 protected:
  ~WebSocketHandler() = default;
};

// One WebSocket, the server's end. Belongs to the loop; destroyed before the end it ends the
// connection without a word.
class WebSocket {
 public:
  // Does a request ask for one as it should? Errors: bad_frame.
  static Result<void> check(const HttpRequest& request);
  static bool offers(const HttpRequest& request, std::string_view subprotocol);
  // What follows `prefix` in a subprotocol that the peer offers: browsers have no other place for
  // a token.
  static std::optional<std::string> offered_after(const HttpRequest& request,
                                                  std::string_view prefix);

  // Answers the call, whose request was checked, with 101. `call` and `handler` outlive it.
  WebSocket(Loop& loop, HttpCall& call, std::string_view subprotocol, WebSocketOptions options,
            WebSocketHandler& handler);
  ~WebSocket();
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  void send(std::string_view text);
  // Nothing is sent or told after it.
  void close(WebSocketClose close);
  bool is_open() const { return !has_said_close_ && !is_over_; }

  void pause(bool paused) { call_.pause_body(paused); }  // reads no more for now
  std::size_t pending_output() const { return call_.pending_output(); }
  const std::string& peer() const { return call_.request().peer; }

 private:
  void take(std::string_view bytes);
  void got(WebSocketReader::Got got);
  void got_close(std::string_view payload);
  void write(WebSocketOpcode opcode, std::string_view payload);
  void say_close(WebSocketClose close);
  void watch();
  void over(const WebSocketClose& otherwise);

  Loop& loop_;
  const WebSocketOptions options_;
  WebSocketHandler& handler_;
  HttpCall& call_;
  WebSocketReader reader_;
  WebSocketClose close_;  // the first that was said
  bool has_said_close_ = false;
  bool is_over_ = false;
  int silent_turns_ = 0;
  std::unique_ptr<Timer> timer_;
};

}  // namespace rocketmq::net
