#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <optional>
#include <string>

#include "net/event_loop.h"
#include "net/testing_certificates.h"
#include "net/tls_context.h"

// TLS streams over real sockets. One EventLoop runs both ends in the test's thread.

namespace rocketmq::net {
namespace {

using namespace std::chrono_literals;
using testing::AnyOf;
using testing::Eq;
using testing::HasSubstr;

// Echoes on the server, notes on the client.
class Talker final : public StreamHandler {
 public:
  void on_data(protocol::Buffer& input) override {
    text += input.view();
    input.consume(input.size());
    if (on_text) on_text();
  }
  void on_closed(const Error& error) override {
    end = error;
    if (on_end) on_end();
  }

  std::unique_ptr<Stream> stream;
  std::string text;
  std::optional<Error> end;
  std::function<void()> on_text, on_end;
};

class TlsTest : public testing::Test {
 protected:
  // Talks once over a connection of these settings; the client's end tells how it went: the echo,
  // or the error of connecting or of the stream.
  Result<std::string> talk(const ListenOptions& listen, const ConnectOptions& connect,
                           std::string_view said = "hello") {
    EventLoop loop;
    Talker client, server;
    std::optional<Error> failure;
    const auto give_up = loop.after(10s, [&] { loop.stop(); });

    server.on_text = [&] { server.stream->output().append(std::exchange(server.text, {})); };
    server.on_end = [&] { server_end_ = server.end; };
    const auto listener = loop.listen("127.0.0.1:0", listen, [&](std::unique_ptr<Stream> stream) {
      server.stream = std::move(stream);
      server.stream->start(server);
    });
    if (!listener) return listener.error();

    client.on_text = [&] {
      if (client.text.size() >= said.size()) loop.stop();
    };
    client.on_end = [&] {
      failure = client.end;
      loop.stop();
    };
    const auto connecting =
        loop.connect((*listener)->address(), connect, [&](Result<std::unique_ptr<Stream>> stream) {
          if (!stream) {
            failure = stream.error();
            return loop.defer([&] { loop.stop(); });
          }
          client.stream = *std::move(stream);
          client.stream->start(client);
          client.stream->output().append(said);
        });
    loop.run();
    if (failure) return *failure;
    return client.text;
  }

  ListenOptions serve(TlsMode mode, TlsSettings settings) {
    return {.tls_mode = mode, .tls = TlsContext::for_server(settings).value()};
  }
  ListenOptions serve(TlsMode mode = TlsMode::permissive) {
    const auto pair = certificates_.issue();
    return serve(mode, {.cert_file = pair.cert_file, .key_file = pair.key_file});
  }
  ConnectOptions trust(TlsSettings settings = {}) {
    if (settings.ca_file.empty()) settings.ca_file = certificates_.ca_file();
    return {.tls = TlsContext::for_client(settings).value()};
  }

  TestCertificates certificates_;
  std::optional<Error> server_end_;
};

TEST_F(TlsTest, carries_bytes_both_ways) { EXPECT_EQ(talk(serve(), trust()).value(), "hello"); }

TEST_F(TlsTest, carries_more_than_fits_a_record_or_a_buffer) {
  const std::string block(4 * 1024 * 1024, 'x');
  EXPECT_TRUE(talk(serve(), trust(), block).value() == block);
}

TEST_F(TlsTest, tells_plain_from_tls_by_the_first_byte_when_permissive) {
  EXPECT_EQ(talk(serve(TlsMode::permissive), {}).value(), "hello");
  EXPECT_EQ(talk(serve(TlsMode::permissive), trust()).value(), "hello");
}

TEST_F(TlsTest, closes_plain_connections_when_enforcing) {
  EXPECT_EQ(talk(serve(TlsMode::enforcing), trust()).value(), "hello");
  const auto plain = talk(serve(TlsMode::enforcing), {});
  ASSERT_FALSE(plain);
  EXPECT_EQ(plain.error().code, Errc::not_connected);
  EXPECT_THAT(plain.error().message, HasSubstr("ClientOptions::tls"));
  ASSERT_TRUE(server_end_);
  EXPECT_EQ(server_end_->code, Errc::bad_frame);
}

TEST_F(TlsTest, serves_new_connections_with_new_certificates_and_keeps_the_others) {
  TestCertificates others;
  const auto other_pair = others.issue();
  const auto renewed =
      TlsContext::for_server({.cert_file = other_pair.cert_file, .key_file = other_pair.key_file})
          .value();
  EventLoop loop;
  Talker server[2], client[2];
  int accepted = 0;
  const auto give_up = loop.after(10s, [&] { loop.stop(); });
  const auto listener = loop.listen("127.0.0.1:0", serve(), [&](std::unique_ptr<Stream> stream) {
    Talker& end = server[accepted++];
    end.on_text = [&end] { end.stream->output().append(std::exchange(end.text, {})); };
    end.stream = std::move(stream);
    end.stream->start(end);
  });
  const auto start = [&](Talker& end, const ConnectOptions& options) {
    return loop.connect((*listener)->address(), options, [&](Result<std::unique_ptr<Stream>> made) {
      if (!made) return loop.defer([&] { loop.stop(); });
      end.stream = *std::move(made);
      end.stream->start(end);
      end.stream->output().append("hello");
    });
  };
  std::unique_ptr<Connecting> second;
  client[0].on_text = [&] {
    if (client[0].text.size() == 5) {
      (*listener)->set_tls(renewed);
      second = start(client[1], trust({.ca_file = others.ca_file()}));
    } else if (client[0].text.size() == 10) {
      loop.stop();
    }
  };
  client[1].on_text = [&] { client[0].stream->output().append("still"); };
  const auto first = start(client[0], trust());
  loop.run();
  EXPECT_EQ(client[1].text, "hello") << "trusts the new authority only";
  EXPECT_EQ(client[0].text, "hellostill");
}

TEST_F(TlsTest, needs_a_certificate_to_serve) {
  EXPECT_FALSE(TlsContext::for_server({}));
  EXPECT_FALSE(TlsContext::for_server({.cert_file = "nowhere.pem", .key_file = "nowhere.key"}));
  EventLoop loop;
  EXPECT_FALSE(loop.listen("127.0.0.1:0", {.tls_mode = TlsMode::enforcing}, [](auto) {}));
}

TEST_F(TlsTest, refuses_a_key_of_another_certificate) {
  const auto a = certificates_.issue(), b = certificates_.issue();
  EXPECT_FALSE(TlsContext::for_server({.cert_file = a.cert_file, .key_file = b.key_file}));
}

TEST_F(TlsTest, refuses_a_server_that_nobody_we_trust_has_signed) {
  TestCertificates others;
  const auto answer = talk(serve(), trust({.ca_file = others.ca_file()}));
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message,
              AllOf(HasSubstr("certificate verify failed"), HasSubstr("TlsOptions::ca_file")));
}

TEST_F(TlsTest, says_when_the_server_ends_the_handshake) {
  EventLoop loop;
  const auto at_once = [](std::unique_ptr<Stream> stream) { stream.reset(); };
  const auto listener = loop.listen("127.0.0.1:0", {}, at_once);
  ASSERT_TRUE(listener);
  Result<std::unique_ptr<Stream>> connected = std::unique_ptr<Stream>();
  const auto connecting = loop.connect((*listener)->address(), trust(), [&](auto stream) {
    connected = std::move(stream);
    loop.stop();
  });
  loop.run();
  ASSERT_FALSE(connected);
  EXPECT_THAT(connected.error().message, HasSubstr("during the TLS handshake"));
}

TEST_F(TlsTest, refuses_a_server_of_another_name) {
  const auto pair = certificates_.issue("other.example");
  const auto listen =
      serve(TlsMode::enforcing, {.cert_file = pair.cert_file, .key_file = pair.key_file});
  const auto answer = talk(listen, trust());
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("TlsOptions::verify_host"));
  EXPECT_EQ(talk(listen, trust({.server_name = "other.example"})).value(), "hello");
}

TEST_F(TlsTest, takes_a_server_of_another_name_when_told_so_but_not_a_strangers) {
  const auto pair = certificates_.issue("other.example");
  TestCertificates others;
  const auto stranger = others.issue();
  const auto serve_as = [this](const TestCertificates::Pair& who) {
    return serve(TlsMode::enforcing, {.cert_file = who.cert_file, .key_file = who.key_file});
  };
  EXPECT_EQ(talk(serve_as(pair), trust({.verify_host = false})).value(), "hello");
  EXPECT_FALSE(talk(serve_as(stranger), trust({.verify_host = false})));
}

TEST_F(TlsTest, refuses_an_expired_certificate) {
  const auto pair = certificates_.issue_expired();
  const auto answer = talk(
      serve(TlsMode::enforcing, {.cert_file = pair.cert_file, .key_file = pair.key_file}), trust());
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("expired"));
}

TEST_F(TlsTest, takes_any_server_when_told_not_to_verify) {
  TestCertificates others;
  EXPECT_EQ(talk(serve(), trust({.ca_file = others.ca_file(), .verify_server = false})).value(),
            "hello");
}

TEST_F(TlsTest, asks_clients_for_a_certificate_when_it_must_have_one) {
  const auto server = certificates_.issue(), client = certificates_.issue("client");
  TestCertificates others;
  const auto stranger = others.issue("client");
  const auto listen =
      serve(TlsMode::enforcing, {.ca_file = certificates_.ca_file(),
                                 .cert_file = server.cert_file,
                                 .key_file = server.key_file,
                                 .client_certificate = TlsSettings::ClientCertificate::required});
  EXPECT_EQ(
      talk(listen, trust({.cert_file = client.cert_file, .key_file = client.key_file})).value(),
      "hello");
  const auto without_one = talk(listen, trust());
  ASSERT_FALSE(without_one);
  EXPECT_THAT(without_one.error().message, HasSubstr("set TlsOptions::cert_file"));
  const auto signed_by_others =
      talk(listen, trust({.cert_file = stranger.cert_file, .key_file = stranger.key_file}));
  ASSERT_FALSE(signed_by_others);
  EXPECT_THAT(signed_by_others.error().message,
              HasSubstr("does not take the certificate of TlsOptions::cert_file"));
}

// The server is gone, with bytes of ours unread, before we hear why; and we write on.
TEST_F(TlsTest, says_why_a_server_refused_it_to_who_writes_before_reading) {
  const auto pair = certificates_.issue();
  const auto listen =
      serve(TlsMode::enforcing, {.ca_file = certificates_.ca_file(),
                                 .cert_file = pair.cert_file,
                                 .key_file = pair.key_file,
                                 .client_certificate = TlsSettings::ClientCertificate::required});
  EventLoop server_loop, loop;
  Talker client, server;
  std::promise<void> refused;
  std::unique_ptr<Listener> listener;
  server.on_end = [&] { refused.set_value(); };
  server_loop.start();
  run_in(server_loop, [&] {
    listener = server_loop
                   .listen("127.0.0.1:0", listen,
                           [&](std::unique_ptr<Stream> stream) {
                             server.stream = std::move(stream);
                             server.stream->start(server);
                           })
                   .value();
  });

  client.on_end = [&] { loop.stop(); };
  const auto write_on = [&] {
    refused.get_future().wait();
    client.stream->output().append("more");
  };
  const auto connecting =
      loop.connect(listener->address(), trust(), [&](Result<std::unique_ptr<Stream>> stream) {
        client.stream = std::move(stream).value();
        client.stream->start(client);
        client.stream->output().append("hello");
        loop.post([&] { loop.post(write_on); });  // the first is sent between the two
      });
  loop.run();
  ASSERT_TRUE(client.end);
  EXPECT_THAT(client.end->message, HasSubstr("set TlsOptions::cert_file"));
  run_in(server_loop, [&] {
    server.stream.reset();
    listener.reset();
  });
}

TEST_F(TlsTest, ends_a_handshake_that_takes_too_long) {
  auto listen = serve(TlsMode::enforcing);
  listen.tls_handshake_timeout = 50ms;
  // The first byte of a handshake, and then nothing.
  const auto answer = talk(listen, {}, "\x16");
  EXPECT_FALSE(answer);
  ASSERT_TRUE(server_end_);
  EXPECT_EQ(server_end_->code, Errc::timeout);
}

TEST_F(TlsTest, ends_a_handshake_of_nonsense) {
  const auto answer = talk(serve(TlsMode::enforcing), {}, "\x16 and more that is no ClientHello");
  EXPECT_FALSE(answer);
  ASSERT_TRUE(server_end_);
  EXPECT_EQ(server_end_->code, Errc::bad_frame);
}

}  // namespace
}  // namespace rocketmq::net
