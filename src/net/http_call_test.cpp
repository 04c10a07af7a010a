#include "net/http_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <vector>

#include "net/http_server.h"
#include "net/sim_loop.h"
#include "net/task_set.h"
#include "net/testing_http.h"
#include "net/wait.h"
#include "protocol/str.h"

namespace rocketmq::net {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string post(std::string_view body, std::string_view headers = {}) {
  return str("POST /x HTTP/1.1\r\nHost: b\r\nContent-Length: ", body.size(), "\r\n", headers,
             "\r\n", body);
}

std::string gzip(std::string_view plain) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, plain.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

// A service that does with each call what the test wants.
class HttpCallTest : public testing::Test {
 protected:
  static constexpr std::size_t body_bytes_max = 100'000;

  void serve(HttpServer::Service service) {
    options_.log = [this](std::string_view line) { log_.emplace_back(line); };
    server_ = std::make_unique<HttpServer>(loop_, options_, std::move(service));
    ASSERT_TRUE(server_->listen("broker:1"));
  }
  // Answers with the body it got, or with what was wrong with it.
  void serve_echo() {
    serve([this](HttpCall call) { tasks_.start(echo(std::move(call))); });
  }
  static Task<> echo(HttpCall call) {
    auto body = co_await call.read_body(body_bytes_max);
    if (body) {
      call.answer({.body = str(call.request().method, ' ', *body)});
    } else {
      call.answer({.status = 413, .body = to_string(body.error())});
    }
  }
  void keep_calls() {
    serve([this](HttpCall call) { calls_.push_back(std::move(call)); });
  }

  SimLoop loop_;
  HttpServerOptions options_;
  std::vector<std::string> log_;
  std::vector<HttpCall> calls_;
  std::unique_ptr<HttpServer> server_;
  TaskSet tasks_;
};

TEST_F(HttpCallTest, reads_a_body_however_it_comes) {
  serve_echo();
  const std::string whole = post("hello");
  for (std::size_t cut = 1; cut < whole.size(); ++cut) {
    HttpPeer peer(loop_);
    EXPECT_EQ(peer.say(whole.substr(0, cut)), "") << cut;
    EXPECT_THAT(peer.say(whole.substr(cut)), EndsWith("\r\n\r\nPOST hello")) << cut;
    EXPECT_FALSE(peer.is_closed);
  }
}

TEST_F(HttpCallTest, reads_a_chunked_body_however_it_comes) {
  serve_echo();
  const std::string whole =
      "PUT /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n5;name=value\r\ndefgh\r\n0\r\nX-After: 1\r\n\r\n";
  for (std::size_t cut = 1; cut < whole.size(); ++cut) {
    HttpPeer peer(loop_);
    EXPECT_EQ(peer.say(whole.substr(0, cut)), "") << cut;
    EXPECT_THAT(peer.say(whole.substr(cut)), EndsWith("\r\n\r\nPUT abcdefgh")) << cut;
  }
}

TEST_F(HttpCallTest, answers_in_the_order_of_the_requests) {
  keep_calls();
  HttpPeer peer(loop_);
  peer.say(post("") + post("") + "GET /y HTTP/1.1\r\n\r\n");
  ASSERT_EQ(calls_.size(), 1u) << "one at a time";
  calls_[0].answer({.body = "first"});
  ASSERT_EQ(calls_.size(), 2u);
  calls_[1].answer({.body = "second"});
  ASSERT_EQ(calls_.size(), 3u);
  EXPECT_EQ(calls_[2].request().path, "/y");
  EXPECT_TRUE(calls_[0].is_gone());
  calls_[0].answer({.body = "too late"});
  calls_[2].answer({.body = "third"});
  loop_.run_ready();
  EXPECT_THAT(peer.received, EndsWith("third"));
  EXPECT_THAT(peer.received, Not(HasSubstr("too late")));
}

TEST_F(HttpCallTest, has_the_request) {
  keep_calls();
  HttpPeer peer(loop_);
  peer.say("PATCH /a%2Fb?c=d&e HTTP/1.1\r\nX-One: 1\r\nx-one: 2\r\n\r\n");
  ASSERT_EQ(calls_.size(), 1u);
  const HttpRequest& request = calls_[0].request();
  EXPECT_EQ(request.method, "PATCH");
  EXPECT_EQ(request.path, "/a%2Fb");
  EXPECT_EQ(request.query, "c=d&e");
  EXPECT_EQ(*request.header("X-ONE"), "1");
  EXPECT_EQ(request.header("X-Two"), nullptr);
  EXPECT_FALSE(request.has_body);
}

TEST_F(HttpCallTest, answers_in_pieces) {
  keep_calls();
  HttpPeer peer(loop_);
  peer.say("GET /x HTTP/1.1\r\n\r\n");
  calls_[0].begin({.content_type = "text/event-stream"});
  calls_[0].write("one ");
  loop_.run_ready();
  EXPECT_THAT(peer.received, HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_THAT(peer.received, EndsWith("\r\n\r\n4\r\none \r\n"));
  calls_[0].write("twentyseven characters long");
  calls_[0].end();
  loop_.run_ready();
  EXPECT_THAT(peer.received, EndsWith("1b\r\ntwentyseven characters long\r\n0\r\n\r\n"));
  EXPECT_FALSE(peer.is_closed);
  peer.say("GET /next HTTP/1.1\r\n\r\n");
  EXPECT_EQ(calls_.size(), 2u);
}

TEST_F(HttpCallTest, ends_pieces_with_the_connection_for_an_old_peer) {
  keep_calls();
  HttpPeer peer(loop_);
  peer.say("GET /x HTTP/1.0\r\n\r\n");
  calls_[0].begin({});
  calls_[0].write("one");
  calls_[0].end();
  loop_.run_ready();
  EXPECT_THAT(peer.received, EndsWith("\r\n\r\none"));
  EXPECT_TRUE(peer.is_closed);
}

TEST_F(HttpCallTest, an_answer_that_breaks_off_does_not_look_whole) {
  keep_calls();
  HttpPeer peer(loop_);
  peer.say("GET /x HTTP/1.1\r\n\r\n");
  calls_[0].begin({});
  calls_[0].write("one");
  calls_.clear();
  loop_.run_ready();
  EXPECT_THAT(peer.received, EndsWith("3\r\none\r\n"));
  EXPECT_TRUE(peer.is_closed);
}

TEST_F(HttpCallTest, answers_500_for_a_call_that_is_dropped) {
  serve([](HttpCall) {});
  HttpPeer peer(loop_);
  EXPECT_THAT(peer.get("/x"), StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(peer.get("/y"), StartsWith("HTTP/1.1 500 "));
}

TEST_F(HttpCallTest, says_go_on_only_when_the_body_is_wanted) {
  keep_calls();
  HttpPeer peer(loop_);
  EXPECT_EQ(peer.say("POST /x HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"), "");
  ASSERT_EQ(calls_.size(), 1u);
  std::string body;
  calls_[0].stream_body([&](const Result<HttpBodyPiece>& piece) { body += piece->bytes; });
  loop_.run_ready();
  EXPECT_EQ(peer.received, "HTTP/1.1 100 Continue\r\n\r\n");
  peer.say("ab");
  EXPECT_EQ(body, "ab");

  HttpPeer refused(loop_);
  refused.say("POST /x HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  calls_[1].answer({.status = 401});
  loop_.run_ready();
  EXPECT_THAT(refused.received, StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(refused.received, HasSubstr("Connection: close\r\n"));
}

TEST_F(HttpCallTest, refuses_a_long_body_before_it_comes) {
  serve_echo();
  HttpPeer peer(loop_);
  EXPECT_THAT(peer.say("POST /x HTTP/1.1\r\nContent-Length: 100001\r\n\r\n"),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_EQ(peer.say(std::string(100'001, 'x')), "") << "is read, so that the answer is not lost";
  loop_.advance(2s);
  EXPECT_TRUE(peer.is_closed);
}

TEST_F(HttpCallTest, refuses_a_long_body_of_unknown_length) {
  serve_echo();
  HttpPeer peer(loop_);
  peer.say("POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::string answer;
  int chunks = 0;
  for (; answer.empty() && chunks < 200; ++chunks) {
    answer = peer.say(str("3e8\r\n", std::string(1000, 'x'), "\r\n"));
  }
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 413 "));
  EXPECT_EQ(chunks, 101);
}

TEST_F(HttpCallTest, unpacks_gzip) {
  serve_echo();
  HttpPeer peer(loop_);
  const std::string plain(100'000, 'y');
  const std::string answer = peer.say(post(gzip(plain), "Content-Encoding: gzip\r\n"));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
  EXPECT_TRUE(answer.ends_with(plain));
  EXPECT_THAT(peer.say(post(gzip("again"), "Content-Encoding: gzip\r\n")), EndsWith("POST again"));
}

TEST_F(HttpCallTest, refuses_what_is_no_gzip) {
  serve_echo();
  const std::string packed = gzip(std::string(1000, 'z'));
  for (const std::string& bad :
       {std::string("plain"), packed.substr(0, packed.size() - 9), packed + "more"}) {
    HttpPeer peer(loop_);
    EXPECT_THAT(peer.say(post(bad, "Content-Encoding: gzip\r\n")), HasSubstr("(bad_message)"));
  }
  HttpPeer other(loop_);
  EXPECT_THAT(other.say(post("x", "Content-Encoding: br\r\n")), HasSubstr("(unsupported)"));
}

TEST_F(HttpCallTest, stops_a_bomb) {
  serve_echo();
  HttpPeer peer(loop_);
  std::string packed = gzip(std::string(50'000'000, '\0'));
  EXPECT_THAT(peer.say(post(packed, "Content-Encoding: gzip\r\n")), HasSubstr("(too_large)"));
}

TEST_F(HttpCallTest, hears_that_the_peer_has_gone) {
  keep_calls();
  int gone = 0;
  {
    HttpPeer peer(loop_);
    peer.say("GET /x HTTP/1.1\r\n\r\n");
    calls_[0].on_gone([&gone] { ++gone; });
    EXPECT_FALSE(calls_[0].is_gone());
  }
  loop_.run_ready();
  EXPECT_EQ(gone, 1);
  EXPECT_TRUE(calls_[0].is_gone());
  calls_[0].answer({.body = "nobody hears"});
}

TEST_F(HttpCallTest, hears_that_the_peer_has_gone_in_the_middle_of_a_body) {
  keep_calls();
  std::vector<std::string> heard;
  {
    HttpPeer peer(loop_);
    peer.say("POST /x HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc");
    calls_[0].stream_body([&](const Result<HttpBodyPiece>& piece) {
      heard.emplace_back(piece ? std::string(piece->bytes) : to_string(piece.error()));
    });
  }
  loop_.run_ready();
  EXPECT_THAT(heard, ElementsAre("abc", "the peer has gone (not_connected)"));
}

TEST_F(HttpCallTest, gives_a_body_so_much_time_and_not_more) {
  serve_echo();
  HttpPeer peer(loop_);
  peer.say("POST /x HTTP/1.1\r\nContent-Length: 100\r\n\r\n");
  std::string answer;
  int seconds = 0;
  for (; answer.empty() && seconds < 100; ++seconds) {
    loop_.advance(1s);
    answer = peer.received;
    if (answer.empty()) peer.say("x");
  }
  EXPECT_THAT(answer, HasSubstr("(timeout)"));
  EXPECT_EQ(seconds, 60);
  loop_.advance(2s);
  EXPECT_TRUE(peer.is_closed);
}

TEST_F(HttpCallTest, an_open_body_may_go_on_for_long) {
  keep_calls();
  HttpPeer peer(loop_);
  peer.say("POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::string body;
  bool failed = false;
  calls_[0].stream_body([&](const Result<HttpBodyPiece>& piece) {
    failed = !piece;
    if (piece) body += piece->bytes;
  });
  for (int i = 0; i < 100; ++i) {
    loop_.advance(50s);
    peer.say("1\r\nx\r\n");
  }
  EXPECT_EQ(body.size(), 100u);
  EXPECT_FALSE(failed);
  loop_.advance(61s);
  EXPECT_TRUE(failed);
}

TEST_F(HttpCallTest, holds_only_so_much_of_what_nobody_asks_for) {
  keep_calls();
  HttpPeer peer(loop_);
  peer.say(str("POST /x HTTP/1.1\r\nContent-Length: 10000000\r\n\r\n"));
  std::size_t sent = 0;
  for (int i = 0; i < 100; ++i, sent += 100'000) peer.say(std::string(100'000, 'x'));
  std::size_t got = 0;
  bool ended = false;
  calls_[0].stream_body([&](const Result<HttpBodyPiece>& piece) {
    got += piece->bytes.size();
    ended = ended || piece->is_last;
    if (got < 300'000) calls_[0].pause_body(true);
  });
  EXPECT_LE(got, 300'000u) << "most of it is still on its way";
  while (!ended && got < sent) {
    const std::size_t before = got;
    calls_[0].pause_body(false);
    loop_.run_ready();
    if (got == before) break;
  }
  EXPECT_EQ(got, 10'000'000u);
  EXPECT_TRUE(ended);
}

TEST_F(HttpCallTest, an_answer_may_begin_before_the_body_has_come) {
  keep_calls();
  HttpPeer peer(loop_);
  peer.say("POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
  HttpCall& call = calls_[0];
  call.stream_body([&](const Result<HttpBodyPiece>& piece) {
    if (!piece->bytes.empty()) call.begin({});
    call.write(piece->bytes);
    if (piece->is_last) call.end();
  });
  EXPECT_THAT(peer.say("3\r\nabc\r\n"), EndsWith("3\r\nabc\r\n"));
  EXPECT_EQ(peer.say("2\r\nde\r\n"), "2\r\nde\r\n");
  EXPECT_EQ(peer.say("0\r\n\r\n"), "0\r\n\r\n");
  EXPECT_FALSE(peer.is_closed);
  peer.get("/next");
  EXPECT_EQ(calls_.size(), 2u);
}

TEST_F(HttpCallTest, sends_peers_elsewhere) {
  serve_echo();
  HttpPeer before(loop_);
  EXPECT_THAT(before.get("/x"), Not(HasSubstr("Connection: close")));
  EXPECT_EQ(server_->connection_count(), 1u);
  server_->drain();
  EXPECT_THAT(before.get("/x"), HasSubstr("Connection: close"));
  EXPECT_TRUE(before.is_closed);
  EXPECT_EQ(server_->connection_count(), 0u);
  EXPECT_THAT(HttpPeer(loop_).get("/x"), StartsWith("HTTP/1.1 200"));
}

}  // namespace
}  // namespace rocketmq::net
