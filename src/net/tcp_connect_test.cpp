#include "net/tcp_connect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "net/tcp_listener.h"
#include "net/testing_certificates.h"

// A name with several addresses: what becomes of the others when one of them is no good. Over
// loopback; the loop runs in the test's thread.

namespace rocketmq::net {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class TcpConnectTest : public testing::Test {
 protected:
  struct Silent final : StreamHandler {
    void on_data(protocol::Buffer& input) override { input.consume(input.size()); }
    void on_closed(const Error&) override {}
  };

  // Each has an address; all of them belong to the name.
  std::unique_ptr<Listener> listen(const ListenOptions& options = {}) {
    auto listener =
        TcpListener::open(reactor_, "127.0.0.1:0", options, [this](std::unique_ptr<Stream> stream) {
          stream->start(silent_);
          accepted_.push_back(std::move(stream));
        });
    addresses_.push_back(look_up(parse_address((*listener)->address()).value(), {}).value()[0]);
    return *std::move(listener);
  }
  void add_dead_address() { listen().reset(); }

  // "" for a connection, else the error.
  std::string connect(const ConnectOptions& options = {}) {
    std::optional<Result<std::unique_ptr<Stream>>> result;
    Resolver resolver(reactor_.posts(), [this](const Address&) { return addresses_; });
    const TcpConnecting connecting(reactor_, resolver, "brokers.example:10911", options,
                                   [&](Result<std::unique_ptr<Stream>> stream) {
                                     result = std::move(stream);
                                     reactor_.stop();
                                   });
    reactor_.run();
    if (*result) return "";
    code_ = result->error().code;
    return result->error().message;
  }

  Reactor reactor_;
  Silent silent_;
  std::vector<SocketAddress> addresses_;
  std::vector<std::unique_ptr<Stream>> accepted_;
  std::error_code code_;
};

TEST_F(TcpConnectTest, goes_on_to_the_next_address_of_a_name_when_one_refuses) {
  add_dead_address();
  add_dead_address();
  const auto good = listen();
  EXPECT_EQ(connect(), "");
}

TEST_F(TcpConnectTest, says_why_the_last_one_failed_when_all_do) {
  add_dead_address();
  add_dead_address();
  EXPECT_THAT(connect(), HasSubstr("brokers.example:10911: Connection refused"));
  EXPECT_EQ(code_, Errc::not_connected);
}

TEST_F(TcpConnectTest, an_address_that_is_silent_costs_no_more_than_its_share_of_the_time) {
  TestCertificates certificates;
  const auto pair = certificates.issue("brokers.example");
  const auto silent = listen();  // takes the connection, and says nothing to the handshake
  const auto good = listen(
      {.tls_mode = TlsMode::enforcing,
       .tls = TlsContext::for_server({.cert_file = pair.cert_file, .key_file = pair.key_file})
                  .value()});
  const ConnectOptions options{
      .timeout = 2s, .tls = TlsContext::for_client({.ca_file = certificates.ca_file()}).value()};
  EXPECT_EQ(connect(options), "");
}

TEST_F(TcpConnectTest, a_wrong_certificate_at_one_address_does_not_keep_it_from_the_others) {
  TestCertificates certificates;
  std::vector<std::unique_ptr<Listener>> listeners;
  for (const char* const name : {"other.example", "brokers.example"}) {
    const auto pair = certificates.issue(name);
    listeners.push_back(listen(
        {.tls_mode = TlsMode::enforcing,
         .tls = TlsContext::for_server({.cert_file = pair.cert_file, .key_file = pair.key_file})
                    .value()}));
  }
  const auto tls = TlsContext::for_client({.ca_file = certificates.ca_file()}).value();
  EXPECT_EQ(connect({.tls = tls}), "");
}

}  // namespace
}  // namespace rocketmq::net
