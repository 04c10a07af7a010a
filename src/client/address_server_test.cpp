#include "client/address_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/http_get.h"
#include "net/sim_loop.h"
#include "net/testing.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Reads a request and answers with bytes told in advance, in virtual time.
class ScriptedHttpServer final : net::StreamHandler {
 public:
  explicit ScriptedHttpServer(net::SimLoop& loop) : loop_(loop) { start(); }

  void start() {
    listener_ = loop_
                    .listen("addresses:8080", {},
                            [this](std::unique_ptr<net::Stream> stream) {
                              stream_ = std::move(stream);
                              request_.clear();
                              stream_->start(*this);
                            })
                    .value();
  }
  void stop() { listener_.reset(); }

  void answer_with(std::string bytes) { answer_ = std::move(bytes); }
  void answer_list(const std::string& body) {
    answer_with("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                body);
  }
  bool closes = false;  // after the answer
  int requests = 0;
  const std::string& request() const { return request_; }

 private:
  void on_data(protocol::Buffer& input) override {
    request_ += input.view();
    input.consume(input.size());
    if (!request_.ends_with("\r\n\r\n")) return;
    ++requests;
    stream_->output().append(answer_);
    if (closes) stream_->close();
  }
  void on_closed(const Error&) override {}

  net::SimLoop& loop_;
  std::unique_ptr<net::Listener> listener_;
  std::unique_ptr<net::Stream> stream_;
  std::string request_;
  std::string answer_;
};

TEST(HttpUrl, has_a_host_a_port_and_a_target) {
  EXPECT_EQ(parse_http_url("http://jmenv.example:8080/rocketmq/nsaddr?nofix=1").value(),
            (HttpUrl{"jmenv.example", 8080, "/rocketmq/nsaddr?nofix=1"}));
  EXPECT_EQ(parse_http_url("http://[::1]").value(), (HttpUrl{"::1", 80, "/"}));
  EXPECT_EQ(parse_http_url("http://[::1]:81/x").value(), (HttpUrl{"::1", 81, "/x"}));
  EXPECT_EQ(parse_http_url("http://a?b").value(), (HttpUrl{"a", 80, "/?b"}));
}

TEST(HttpUrl, refuses_what_cannot_be_asked) {
  for (const char* const bad : {"", "addresses:8080", "https://a/", "http://", "http://:80/",
                                "http://a:99999/", "http://a/b c", "http://a/\r\nX: y"}) {
    EXPECT_EQ(parse_http_url(bad).error().code, Errc::invalid_argument) << bad;
  }
}

// What parse_http_answer makes of it: the body, "more", or the error.
std::string parsed(std::string_view received, bool is_all = false) {
  const auto answer = parse_http_answer(received, is_all);
  if (!answer) return to_string(answer.error());
  return *answer ? **answer : "more";
}

TEST(HttpAnswer, is_there_once_its_last_byte_is) {
  const std::string answers[] = {
      "HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\na:1;b:20",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\na:1\r\n5\r\n;b:20\r\n0\r\n",
  };
  for (const std::string& answer : answers) {
    for (std::size_t bytes = 0; bytes < answer.size(); ++bytes) {
      EXPECT_EQ(parsed(answer.substr(0, bytes)), "more") << bytes;
    }
    EXPECT_EQ(parsed(answer), "a:1;b:20");
    EXPECT_EQ(parsed(answer + "\r\nmore"), "a:1;b:20");
  }
}

TEST(HttpAnswer, without_a_length_ends_with_the_connection) {
  EXPECT_EQ(parsed("HTTP/1.0 200 OK\r\n\r\na:1", false), "more");
  EXPECT_EQ(parsed("HTTP/1.0 200 OK\r\n\r\na:1", true), "a:1");
}

TEST(HttpAnswer, refuses_what_is_no_answer_and_says_why) {
  EXPECT_THAT(parsed("HTTP/1.1 404 Not Found\r\n\r\n"), HasSubstr("404 Not Found"));
  EXPECT_THAT(parsed("SSH-2.0-OpenSSH_9\r\n\r\n"), HasSubstr("bad_frame"));
  EXPECT_THAT(parsed("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"), HasSubstr("bad_frame"));
  EXPECT_THAT(parsed("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"),
              HasSubstr("too_large"));
  EXPECT_THAT(parsed("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"), HasSubstr("bad_frame"));
  EXPECT_THAT(parsed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
              HasSubstr("bad_frame"));
  EXPECT_THAT(parsed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabcd\r\n"),
              HasSubstr("bad_frame"));
  EXPECT_THAT(parsed(std::string(http_answer_bytes_max + 1, 'x')), HasSubstr("too_large"));
}

TEST(AddressServerUrl, has_the_unit_as_java_writes_it) {
  EXPECT_EQ(address_server_url("http://a:8080/nsaddr", "").value().target, "/nsaddr");
  EXPECT_EQ(address_server_url("http://a:8080/nsaddr", "sh").value().target, "/nsaddr-sh?nofix=1");
}

TEST(NameServerList, is_the_first_line_of_the_body) {
  EXPECT_THAT(parse_name_server_list("\r\n a:9876;[::1]:9876 \r\nrest").value(),
              ElementsAre("a:9876", "[::1]:9876"));
  EXPECT_FALSE(parse_name_server_list(" \n "));
  EXPECT_FALSE(parse_name_server_list("<html>"));
}

class AddressServerTest : public ::testing::Test {
 protected:
  Result<void> refresh() { return net::run_task(loop, server.refresh()); }

  net::SimLoop loop;
  ScriptedHttpServer http{loop};
  std::vector<std::string> warnings;
  Log log{[this](LogLevel, std::string_view text) { warnings.emplace_back(text); }, LogLevel::info};
  std::vector<std::vector<std::string>> lists;
  AddressServer server{loop,
                       {.url = address_server_url("http://addresses:8080/nsaddr", "").value()},
                       log,
                       [this](std::vector<std::string> list) { lists.push_back(std::move(list)); }};
};

TEST_F(AddressServerTest, asks_at_once_and_then_every_two_minutes) {
  http.answer_list("a:9876;b:9876\n");
  loop.run_ready();
  EXPECT_THAT(http.request(),
              ::testing::StartsWith("GET /nsaddr HTTP/1.1\r\nHost: addresses:8080"));
  EXPECT_THAT(lists, ElementsAre(ElementsAre("a:9876", "b:9876")));
  loop.advance(119s);
  EXPECT_EQ(http.requests, 1);
  loop.advance(121s);
  EXPECT_EQ(http.requests, 3);
}

TEST_F(AddressServerTest, takes_an_answer_that_comes_byte_by_byte_and_ends_with_the_connection) {
  loop.link("addresses:8080").one_byte_pieces = true;
  http.closes = true;
  http.answer_with("HTTP/1.0 200 OK\r\n\r\na:9876");
  EXPECT_TRUE(refresh());
  EXPECT_THAT(lists, ElementsAre(ElementsAre("a:9876")));
}

TEST_F(AddressServerTest, a_failure_of_any_kind_keeps_the_old_list) {
  http.answer_list("a:9876");
  EXPECT_TRUE(refresh());
  http.answer_with("HTTP/1.1 500 Oops\r\n\r\n");
  EXPECT_THAT(refresh().error().message, HasSubstr("500 Oops"));
  http.answer_list("");
  EXPECT_EQ(refresh().error().code, Errc::invalid_argument);
  http.answer_with("");  // says nothing
  EXPECT_EQ(refresh().error().code, Errc::timeout);
  http.answer_with("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\na:98");
  http.closes = true;
  EXPECT_EQ(refresh().error().code, Errc::not_connected);
  http.stop();
  EXPECT_EQ(refresh().error().code, Errc::not_connected);
  EXPECT_EQ(lists.size(), 1U);
  EXPECT_EQ(warnings.size(), 1U) << "said once";

  http.start();
  http.closes = false;
  http.answer_list("b:9876");
  EXPECT_TRUE(refresh());
  EXPECT_EQ(lists.size(), 2U);
}

TEST_F(AddressServerTest, may_go_while_it_waits_for_an_answer) {
  http.answer_with("");
  {
    AddressServer gone(loop, {.url = {"addresses", 8080, "/"}}, log, [](auto) { FAIL(); });
    loop.advance(1s);
  }
  http.answer_list("a:9876");
  loop.advance(10s);
}

}  // namespace
}  // namespace rocketmq::client
