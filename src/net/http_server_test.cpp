#include "net/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/sim_loop.h"
#include "net/testing_http.h"
#include "protocol/str.h"

namespace rocketmq::net {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

class HttpServerTest : public testing::Test {
 protected:
  HttpServerTest() {
    options_.log = [this](std::string_view line) { log_.emplace_back(line); };
  }
  void listen() {
    server_ = std::make_unique<HttpServer>(loop_, options_, [](const HttpRequest& request) {
      return request.path == "/x" ? HttpResponse{.body = "here is x\n"}
                                  : HttpResponse{.status = 404, .body = str(request.path, '?')};
    });
    ASSERT_EQ(server_->listen("broker:1").value(), "broker:1");
  }

  SimLoop loop_;
  HttpServerOptions options_;
  std::vector<std::string> log_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, answers_a_get) {
  listen();
  HttpPeer peer(loop_);
  const std::string answer = peer.get("/x?y=z");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Length: 10\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain; charset=utf-8\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nhere is x\n"));
  EXPECT_THAT(peer.get("/y"), StartsWith("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_FALSE(peer.is_closed) << "more may come";
}

TEST_F(HttpServerTest, answers_however_the_request_comes_in_pieces) {
  listen();
  const std::string_view text = "GET /x HTTP/1.1\r\nHost: broker\r\nX: y\r\n\r\n";
  for (std::size_t cut = 1; cut < text.size(); ++cut) {
    HttpPeer peer(loop_);
    EXPECT_EQ(peer.say(text.substr(0, cut)), "") << cut;
    EXPECT_THAT(peer.say(text.substr(cut)), EndsWith("here is x\n")) << cut;
  }
}

TEST_F(HttpServerTest, answers_requests_that_come_together) {
  listen();
  HttpPeer peer(loop_);
  const std::string answers =
      peer.say("GET /a HTTP/1.1\r\nHost: b\r\n\r\nGET /b HTTP/1.1\r\nHost: b\r\n\r\n");
  EXPECT_THAT(answers, HasSubstr("/a?"));
  EXPECT_THAT(answers, EndsWith("/b?"));
}

TEST_F(HttpServerTest, leaves_the_body_out_for_a_head) {
  listen();
  HttpPeer peer(loop_);
  const std::string answer = peer.say("HEAD /x HTTP/1.1\r\nHost: broker\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 10\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(HttpServerTest, closes_when_the_peer_wants_no_more) {
  listen();
  HttpPeer polite(loop_);
  EXPECT_THAT(polite.say("GET /x HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n"),
              HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(polite.is_closed);
  HttpPeer old(loop_);
  EXPECT_THAT(old.say("GET /x HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.0 200 OK\r\n"));
  EXPECT_TRUE(old.is_closed);
}

TEST_F(HttpServerTest, refuses_what_it_does_not_understand) {
  listen();
  for (const char* text :
       {"POST /x HTTP/1.1\r\nHost: b\r\n\r\n", "DELETE /x HTTP/1.1\r\nHost: b\r\n\r\n"}) {
    HttpPeer peer(loop_);
    EXPECT_THAT(peer.say(text), StartsWith("HTTP/1.1 405 ")) << text;
  }
  EXPECT_THAT(log_, IsEmpty());
  for (const char* text :
       {"nonsense\r\n\r\n", "GET /x HTTP/9.9\r\n\r\n", "GET /x HTTP/1.1\r\nHost b\r\n\r\n",
        "GET /x HTTP/1.1\r\nContent-Length: 5\r\n\r\nabcde",
        "GET /x HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
    HttpPeer peer(loop_);
    EXPECT_THAT(peer.say(text), StartsWith("HTTP/1.1 400 ")) << text;
    EXPECT_THAT(peer.received, HasSubstr("Connection: close\r\n"));
    loop_.advance(2s);
    EXPECT_TRUE(peer.is_closed);
  }
  EXPECT_THAT(log_, SizeIs(4)) << "one of them is good HTTP";
}

TEST_F(HttpServerTest, reads_no_endless_head) {
  listen();
  HttpPeer peer(loop_);
  peer.say("GET /x HTTP/1.1\r\n");
  std::string answer;
  for (int i = 0; i < 100 && answer.empty(); ++i) {
    answer = peer.say(str("X", i, ": ", std::string(200, 'y'), "\r\n"));
  }
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 431 "));
  EXPECT_EQ(peer.say("GET /x HTTP/1.1\r\n\r\n"), "") << "nothing is understood from here on";
  loop_.advance(2s);
  EXPECT_TRUE(peer.is_closed);
}

TEST_F(HttpServerTest, closes_on_those_who_say_nothing) {
  listen();
  HttpPeer silent(loop_);
  HttpPeer slow(loop_);
  slow.say("GET /x HT");
  HttpPeer idle(loop_);
  idle.get("/x");
  loop_.advance(29s);
  EXPECT_FALSE(silent.is_closed);
  slow.say("T");
  loop_.advance(2s);
  EXPECT_TRUE(silent.is_closed);
  EXPECT_TRUE(slow.is_closed);
  EXPECT_TRUE(idle.is_closed);
  EXPECT_THAT(log_, IsEmpty());
}

TEST_F(HttpServerTest, takes_no_more_connections_than_allowed) {
  options_.connections_max = 2;
  listen();
  HttpPeer a(loop_);
  HttpPeer b(loop_);
  HttpPeer c(loop_);
  loop_.run_ready();
  EXPECT_TRUE(c.is_closed);
  EXPECT_THAT(a.get("/x"), Not(IsEmpty()));
  EXPECT_THAT(b.get("/x"), Not(IsEmpty()));
  EXPECT_THAT(log_, SizeIs(1));
}

}  // namespace
}  // namespace rocketmq::net
