#include "net/websocket.h"

#include <strings.h>

#include <utility>

#include "protocol/base64.h"
#include "protocol/split.h"
#include "protocol/str.h"

namespace rocketmq::net {
namespace {

constexpr std::size_t key_size = 16;
constexpr int silent_turns_max = 2;
constexpr std::uint16_t protocol_error = 1002;
constexpr std::uint16_t wrong_data = 1003;
constexpr std::uint16_t no_close = 1006;
constexpr std::uint16_t too_big = 1009;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

bool is_same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// Calls `each` with what stands between the commas of all headers of that name, until it says yes.
bool any_of(const HttpRequest& request, std::string_view name,
            const std::function<bool(std::string_view)>& each) {
  for (const HttpHeader& header : request.headers) {
    if (!is_same(header.name, name)) continue;
    for (std::string_view rest = header.value; !rest.empty();) {
      if (each(trimmed(protocol::take_until(rest, ',')))) return true;
    }
  }
  return false;
}

Error bad(std::string what) { return {Errc::bad_frame, std::move(what)}; }

}  // namespace

Result<void> WebSocket::check(const HttpRequest& request) {
  const auto has = [&](std::string_view name, std::string_view value) {
    return any_of(request, name, [value](std::string_view text) { return is_same(text, value); });
  };
  if (request.method != "GET" || !has("Upgrade", "websocket") || !has("Connection", "Upgrade")) {
    return bad("this is for WebSockets: GET with Upgrade: websocket");
  }
  if (request.has_body) return bad("a WebSocket begins without a body");
  if (!has("Sec-WebSocket-Version", "13")) return bad("Sec-WebSocket-Version is not 13");
  const std::string* const key = request.header("Sec-WebSocket-Key");
  const auto plain = key == nullptr ? std::nullopt : protocol::from_base64(*key);
  if (!plain || plain->size() != key_size)
    return bad("Sec-WebSocket-Key is not 16 bytes in base64");
  return {};
}

bool WebSocket::offers(const HttpRequest& request, std::string_view subprotocol) {
  return any_of(request, "Sec-WebSocket-Protocol",
                [subprotocol](std::string_view offered) { return offered == subprotocol; });
}

std::optional<std::string> WebSocket::offered_after(const HttpRequest& request,
                                                    std::string_view prefix) {
  std::optional<std::string> rest;
  any_of(request, "Sec-WebSocket-Protocol", [&](std::string_view offered) {
    if (offered.starts_with(prefix)) rest = offered.substr(prefix.size());
    return rest.has_value();
  });
  return rest;
}

WebSocket::WebSocket(Loop& loop, HttpCall& call, std::string_view subprotocol,
                     WebSocketOptions options, WebSocketHandler& handler)
    : loop_(loop),
      options_(options),
      handler_(handler),
      call_(call),
      reader_(options.message_bytes_max) {
  HttpResponse head{.status = 101};
  head.headers = {
      {"Connection", "Upgrade"},
      {"Upgrade", "websocket"},
      {"Sec-WebSocket-Accept", websocket_accept(*call_.request().header("Sec-WebSocket-Key"))},
      {"Sec-WebSocket-Protocol", std::string(subprotocol)}};
  call_.on_gone([this] { over({.code = no_close, .reason = "the peer has gone"}); });
  call_.upgrade(std::move(head), [this](std::string_view bytes) { take(bytes); });
  watch();
}

WebSocket::~WebSocket() {
  call_.on_gone(nullptr);
  if (!is_over_) call_.end();
}

void WebSocket::take(std::string_view bytes) {
  silent_turns_ = 0;
  while (!bytes.empty() && !is_over_) {
    auto read = reader_.read(bytes);
    if (!read) {
      const bool is_long = read.error().code == Errc::too_large;
      // What follows cannot be understood, so the peer's agreement would not be either.
      say_close({.code = is_long ? too_big : protocol_error, .reason = read.error().message});
      return over({});
    }
    got(*std::move(read));
  }
}

void WebSocket::got(WebSocketReader::Got got) {
  switch (got.what) {
    case WebSocketOpcode::continuation:
    case WebSocketOpcode::pong:
      return;
    case WebSocketOpcode::ping:
      if (!has_said_close_) write(WebSocketOpcode::pong, got.payload);
      return;
    case WebSocketOpcode::close:
      return got_close(got.payload);
    case WebSocketOpcode::binary:
      if (!has_said_close_) close({.code = wrong_data, .reason = "frames are text"});
      return;
    case WebSocketOpcode::text:
      if (!has_said_close_) handler_.on_text(std::move(got.payload));
      return;
  }
}

void WebSocket::got_close(std::string_view payload) {
  const auto theirs = parse_websocket_close(payload);
  say_close(theirs ? *theirs
                   : WebSocketClose{.code = protocol_error, .reason = theirs.error().message});
  over({});
}

void WebSocket::send(std::string_view text) {
  if (is_open()) write(WebSocketOpcode::text, text);
}

void WebSocket::close(WebSocketClose close) {
  if (!is_open()) return;
  say_close(std::move(close));
  call_.pause_body(false);  // the peer's agreement is waited for
  timer_ = loop_.after(options_.close_timeout, [this] { over({}); });
}

void WebSocket::write(WebSocketOpcode opcode, std::string_view payload) {
  call_.write(websocket_frame_head(opcode, payload.size()));
  call_.write(payload);
}

void WebSocket::say_close(WebSocketClose close) {
  if (has_said_close_) return;
  has_said_close_ = true;
  write(WebSocketOpcode::close, websocket_close_payload(close));
  close_ = std::move(close);
}

void WebSocket::watch() {
  timer_ = loop_.after(options_.ping_interval, [this] {
    if (++silent_turns_ > silent_turns_max) {
      return over({.code = no_close, .reason = "the peer does not answer"});
    }
    write(WebSocketOpcode::ping, {});
    watch();
  });
}

void WebSocket::over(const WebSocketClose& otherwise) {
  if (is_over_) return;
  is_over_ = true;
  call_.end();
  if (!has_said_close_) close_ = otherwise;
  timer_ = loop_.after(Duration::zero(), [this] { handler_.on_closed(close_); });
}

}  // namespace rocketmq::net
