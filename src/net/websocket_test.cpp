#include "net/websocket.h"

#include <gmock/gmock.h>

#include <list>
#include <memory>
#include <vector>

#include "net/http_server.h"
#include "net/sim_loop.h"
#include "net/testing_http.h"
#include "net/testing_websocket.h"
#include "protocol/str.h"

namespace rocketmq::net {
namespace {

using namespace std::chrono_literals;
using Opcode = WebSocketOpcode;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

std::string asks_for(std::string_view headers) {
  return str("GET /ws HTTP/1.1\r\nHost: b\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
             "Sec-WebSocket-Version: 13\r\n", headers, "\r\n");
}
std::string upgrade() {
  return asks_for("Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n");
}

std::string server_frame(Opcode opcode, std::string_view payload) {
  return websocket_frame_head(opcode, payload.size()) + std::string(payload);
}
std::string close_frame(std::uint16_t code, std::string_view reason) {
  return server_frame(Opcode::close,
                      websocket_close_payload({.code = code, .reason = std::string(reason)}));
}

class WebSocketTest : public testing::Test, public WebSocketHandler {
 protected:
  void on_text(std::string text) override {
    texts_.push_back(text);
    socket_->send(text);
  }
  void on_closed(const WebSocketClose& close) override {
    closes_.push_back(str(close.code, ' ', close.reason));
    socket_.reset();
  }
  std::string say(Opcode opcode, std::string_view payload) {
    return peer_.say(client_frame(opcode, payload));
  }

  SimLoop loop_;
  HttpServer server_{loop_, {}, [this](HttpCall call) {
                       if (auto good = WebSocket::check(call.request()); !good) {
                         return call.answer({.status = 400, .body = good.error().message});
                       }
                       socket_ = std::make_unique<WebSocket>(
                           loop_, calls_.emplace_back(std::move(call)), "p1",
                           WebSocketOptions{.message_bytes_max = 1000}, *this);
                     }};
  const std::string address_ = server_.listen("broker:1").value();
  HttpPeer peer_{loop_};
  std::list<HttpCall> calls_;
  std::unique_ptr<WebSocket> socket_;
  std::vector<std::string> texts_;
  std::vector<std::string> closes_;
};

TEST_F(WebSocketTest, begins_as_http) {
  const std::string answer = peer_.say(upgrade());
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 101 Switching Protocols\r\n"));
  EXPECT_THAT(answer, HasSubstr("Connection: Upgrade\r\nUpgrade: websocket\r\n"));
  EXPECT_THAT(answer, HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  EXPECT_THAT(answer, EndsWith("Sec-WebSocket-Protocol: p1\r\n\r\n"));
}

TEST_F(WebSocketTest, says_and_hears) {
  peer_.say(upgrade());
  EXPECT_EQ(say(Opcode::text, "hello"), server_frame(Opcode::text, "hello"));
  EXPECT_EQ(say(Opcode::ping, "p"), server_frame(Opcode::pong, "p"));
  EXPECT_THAT(texts_, ElementsAre("hello"));
  EXPECT_THAT(closes_, IsEmpty());
}

TEST_F(WebSocketTest, hears_what_came_before_the_answer) {
  EXPECT_THAT(peer_.say(upgrade() + client_frame(Opcode::text, "early")),
              EndsWith(server_frame(Opcode::text, "early")));
}

TEST_F(WebSocketTest, refuses_what_asks_for_nothing_of_the_kind) {
  EXPECT_THAT(peer_.get("/ws"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(peer_.say(asks_for("Connection: Upgrade\r\nUpgrade: h2c\r\n")),
              StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(peer_.say("GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c2hvcnQ=\r\n\r\n"),
              HasSubstr("16 bytes"));
  EXPECT_THAT(peer_.say("GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        "Sec-WebSocket-Version: 8\r\n\r\n"),
              HasSubstr("not 13"));
}

TEST_F(WebSocketTest, ends_when_the_peer_wants_to) {
  peer_.say(upgrade());
  EXPECT_EQ(peer_.say(client_frame(Opcode::close, websocket_close_payload({4000, "enough"}))),
            close_frame(4000, "enough"));
  EXPECT_TRUE(peer_.is_closed);
  EXPECT_THAT(closes_, ElementsAre("4000 enough"));
}

TEST_F(WebSocketTest, ends_with_the_agreement_of_the_peer) {
  peer_.say(upgrade());
  peer_.received.clear();
  socket_->close({.code = 1001, .reason = "drain"});
  loop_.run_ready();
  EXPECT_EQ(peer_.received, close_frame(1001, "drain"));
  EXPECT_FALSE(peer_.is_closed);
  EXPECT_EQ(say(Opcode::text, "unheard"), "");
  EXPECT_EQ(peer_.say(client_frame(Opcode::close, websocket_close_payload({1001, ""}))), "");
  EXPECT_TRUE(peer_.is_closed);
  EXPECT_THAT(closes_, ElementsAre("1001 drain"));
  EXPECT_THAT(texts_, IsEmpty());
}

TEST_F(WebSocketTest, ends_without_it_in_time) {
  peer_.say(upgrade());
  socket_->close({.code = 1001, .reason = "drain"});
  loop_.advance(WebSocketOptions().close_timeout + 1ms);
  EXPECT_THAT(closes_, ElementsAre("1001 drain"));
  EXPECT_TRUE(peer_.is_closed);
}

TEST_F(WebSocketTest, refuses_long_messages_and_bytes_and_nonsense) {
  peer_.say(upgrade());
  EXPECT_THAT(say(Opcode::text, std::string(1001, 'x')),
              StartsWith(close_frame(1009, "").substr(0, 1)));
  EXPECT_THAT(closes_, ElementsAre(StartsWith("1009 ")));
  HttpPeer second(loop_);
  second.say(upgrade());
  second.say(client_frame(Opcode::binary, "x"));
  loop_.advance(3s);
  HttpPeer third(loop_);
  third.say(upgrade());
  third.say("GET / HTTP/1.1\r\n\r\n");
  EXPECT_THAT(closes_, ElementsAre(StartsWith("1009 "), StartsWith("1003 "), StartsWith("1002 ")));
  EXPECT_TRUE(third.is_closed);
}

TEST_F(WebSocketTest, asks_whether_the_peer_is_there) {
  peer_.say(upgrade());
  peer_.received.clear();
  loop_.advance(31s);
  EXPECT_EQ(peer_.received, server_frame(Opcode::ping, ""));
  say(Opcode::pong, "");
  loop_.advance(60s);  // two more are not answered
  EXPECT_THAT(closes_, IsEmpty());
  loop_.advance(30s);
  EXPECT_THAT(closes_, ElementsAre("1006 the peer does not answer"));
  EXPECT_TRUE(peer_.is_closed);
}

TEST_F(WebSocketTest, hears_nothing_while_paused) {
  peer_.say(upgrade());
  socket_->pause(true);
  EXPECT_EQ(say(Opcode::text, "a"), "");
  socket_->pause(false);
  loop_.run_ready();
  EXPECT_THAT(texts_, ElementsAre("a"));
}

TEST_F(WebSocketTest, dropped_it_drops_the_connection) {
  peer_.say(upgrade());
  socket_.reset();
  loop_.advance(2s);
  EXPECT_TRUE(peer_.is_closed);
  EXPECT_THAT(closes_, IsEmpty());
}

}  // namespace
}  // namespace rocketmq::net
