#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "net/event_loop.h"
#include "net/testing_certificates.h"
#include "net/tls_context.h"
#include "protocol/str.h"

// Connections through a load balancer that says for whom they are, over real sockets.

namespace rocketmq::net {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::string_view header = "PROXY TCP4 192.0.2.9 192.0.2.1 5555 8080\r\n";

class Listening final : public StreamHandler {
 public:
  explicit Listening(EventLoop& loop) : loop_(loop) {}
  void on_data(protocol::Buffer& input) override {
    text += input.view();
    input.consume(input.size());
    if (text.ends_with('.')) loop_.stop();
  }
  void on_closed(const Error& error) override {
    end = error;
    loop_.stop();
  }

  std::unique_ptr<Stream> stream;
  std::string text;
  std::optional<Error> end;

 private:
  EventLoop& loop_;
};

class ProxyProtocolTest : public testing::Test {
 protected:
  // What a server hears, up to a full stop or the end, of a client that says this in pieces.
  const Listening& hear(const ListenOptions& listen, std::string_view said,
                        std::size_t piece = 1000) {
    const auto listener =
        loop_.listen("127.0.0.1:0", listen, [this](std::unique_ptr<Stream> stream) {
          server_.stream = std::move(stream);
          server_.stream->start(server_);
        });
    const auto connecting =
        loop_.connect((*listener)->address(), {}, [&](Result<std::unique_ptr<Stream>> stream) {
          client_.stream = *std::move(stream);
          client_.stream->start(client_);
          say(said, piece);
        });
    const auto give_up = loop_.after(10s, [this] { loop_.stop(); });
    loop_.run();
    return server_;
  }

  void say(std::string_view said, std::size_t piece) {
    client_.stream->output().append(said.substr(0, piece));
    said.remove_prefix(std::min(piece, said.size()));
    if (said.empty()) return;
    pause_ = loop_.after(1ms, [this, said, piece] { say(said, piece); });
  }

  EventLoop loop_;
  Listening server_{loop_}, client_{loop_};
  std::unique_ptr<Timer> pause_;
};

TEST_F(ProxyProtocolTest, tells_the_peer_the_balancer_speaks_for) {
  const auto& heard = hear({.proxy_protocol = ProxyProtocol::enforcing}, str(header, "hello."));
  EXPECT_EQ(heard.text, "hello.");
  EXPECT_EQ(heard.stream->peer(), "192.0.2.9:5555");
}

TEST_F(ProxyProtocolTest, takes_a_header_byte_by_byte) {
  const auto& heard = hear({.proxy_protocol = ProxyProtocol::permissive}, str(header, "hello."), 1);
  EXPECT_EQ(heard.text, "hello.");
  EXPECT_EQ(heard.stream->peer(), "192.0.2.9:5555");
}

TEST_F(ProxyProtocolTest, needs_no_header_when_permissive) {
  const auto& heard = hear({.proxy_protocol = ProxyProtocol::permissive}, "hello.");
  EXPECT_EQ(heard.text, "hello.");
  EXPECT_THAT(heard.stream->peer(), HasSubstr("127.0.0.1:"));
}

TEST_F(ProxyProtocolTest, closes_who_has_no_header_when_enforcing) {
  const auto& heard = hear({.proxy_protocol = ProxyProtocol::enforcing}, "hello.");
  EXPECT_EQ(heard.text, "");
  ASSERT_TRUE(heard.end);
  EXPECT_EQ(heard.end->code, Errc::bad_frame);
  EXPECT_THAT(heard.end->message, HasSubstr("no PROXY header"));
}

TEST_F(ProxyProtocolTest, closes_who_has_a_bad_header) {
  const auto& heard =
      hear({.proxy_protocol = ProxyProtocol::permissive}, "PROXY me please\r\nhello.");
  EXPECT_EQ(heard.text, "");
  ASSERT_TRUE(heard.end);
  EXPECT_EQ(heard.end->code, Errc::bad_frame);
}

TEST_F(ProxyProtocolTest, closes_who_is_too_slow) {
  const auto& heard =
      hear({.proxy_protocol = ProxyProtocol::permissive, .proxy_header_timeout = 20ms},
           header.substr(0, 9));
  ASSERT_TRUE(heard.end);
  EXPECT_EQ(heard.end->code, Errc::timeout);
  EXPECT_THAT(heard.end->message, HasSubstr("PROXY header"));
}

TEST_F(ProxyProtocolTest, passes_a_header_off_as_bytes_when_disabled) {
  EXPECT_EQ(hear({}, str(header, ".")).text, str(header, "."));
}

// The balancer passes TLS through: the header stands in front of it.
TEST_F(ProxyProtocolTest, takes_the_header_before_tls) {
  TestCertificates certificates;
  const auto pair = certificates.issue();
  const ListenOptions listen{
      .tls_mode = TlsMode::enforcing,
      .tls =
          TlsContext::for_server({.cert_file = pair.cert_file, .key_file = pair.key_file}).value(),
      .proxy_protocol = ProxyProtocol::enforcing};
  // No more than that a handshake begins is seen of plain bytes behind the header.
  const auto& heard = hear(listen, str(header, "\x16\x03\x01 no handshake."));
  EXPECT_EQ(heard.stream->peer(), "192.0.2.9:5555");
  ASSERT_TRUE(heard.end);
  EXPECT_THAT(heard.end->message, HasSubstr("TLS: "));
}

}  // namespace
}  // namespace rocketmq::net
