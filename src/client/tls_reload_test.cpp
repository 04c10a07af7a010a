#include "client/tls_reload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocketmq/client.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "net/event_loop.h"
#include "net/server.h"
#include "net/sim_loop.h"
#include "net/testing_certificates.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class TlsReloadTest : public ::testing::Test {
 protected:
  TlsReloadTest() { install(certificates.issue("one")); }
  ~TlsReloadTest() override { std::filesystem::remove_all(folder); }

  static void copy(const std::string& from, const std::string& to) {
    std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing);
  }
  void install(const net::TestCertificates::Pair& pair) {
    copy(pair.cert_file, options.cert_file);
    copy(pair.key_file, options.key_file);
  }

  net::TestCertificates certificates;
  const std::string folder = certificates.ca_file() + ".installed";
  const bool is_made = std::filesystem::create_directory(folder);
  TlsOptions options{.enabled = true,
                     .ca_file = certificates.ca_file(),
                     .cert_file = folder + "/me.pem",
                     .key_file = folder + "/me.key",
                     .reload_interval = 60s};
  net::SimLoop loop;
  std::vector<std::string> lines;
  Log log{[this](LogLevel, std::string_view text) { lines.emplace_back(text); }, LogLevel::warning};
  int loaded = 0;
};

TEST_F(TlsReloadTest, loads_what_has_changed_and_only_that) {
  const TlsReload reload(loop, options, log, [this](const auto& tls) { loaded += tls != nullptr; });
  loop.advance(10min);
  EXPECT_EQ(loaded, 0);
  install(certificates.issue("two"));
  loop.advance(59s);
  EXPECT_EQ(loaded, 0);
  loop.advance(1s);
  EXPECT_EQ(loaded, 1);
  loop.advance(10min);
  EXPECT_EQ(loaded, 1);
}

TEST_F(TlsReloadTest, waits_for_the_key_when_the_certificate_came_first) {
  const TlsReload reload(loop, options, log, [this](const auto&) { ++loaded; });
  const auto pair = certificates.issue("two");
  copy(pair.cert_file, options.cert_file);
  loop.advance(10min);
  EXPECT_EQ(loaded, 0);
  ASSERT_EQ(lines.size(), 1U) << "said once";
  EXPECT_THAT(lines[0], HasSubstr("not used"));
  copy(pair.key_file, options.key_file);
  loop.advance(1min);
  EXPECT_EQ(loaded, 1);
}

TEST_F(TlsReloadTest, keeps_the_old_ones_when_a_file_is_broken_or_gone) {
  const TlsReload reload(loop, options, log, [this](const auto&) { ++loaded; });
  std::ofstream(options.cert_file) << "nonsense";
  loop.advance(1min);
  std::filesystem::remove(options.cert_file);
  loop.advance(1min);
  EXPECT_EQ(loaded, 0);
  EXPECT_EQ(lines.size(), 2U);
  install(certificates.issue("three"));
  loop.advance(1min);
  EXPECT_EQ(loaded, 1);
}

// Over loopback: a name server that wants certificates of its own authority.
TEST_F(TlsReloadTest, a_client_that_runs_uses_the_new_files_for_new_connections) {
  net::TestCertificates others;
  const auto server_pair = certificates.issue("localhost");
  net::EventLoop server_loop;
  server_loop.start();
  net::Router router;  // supports nothing, which it can only say to who is let in
  std::unique_ptr<net::Server> server;
  std::string address;
  net::run_in(server_loop, [&] {
    net::ServerOptions serve;
    serve.listen.tls_mode = net::TlsMode::enforcing;
    serve.listen.tls = net::TlsContext::for_server(
                           {.ca_file = others.ca_file(),
                            .cert_file = server_pair.cert_file,
                            .key_file = server_pair.key_file,
                            .client_certificate = net::TlsSettings::ClientCertificate::required})
                           .value();
    server = std::make_unique<net::Server>(server_loop, router, serve);
    address = server->listen("127.0.0.1:0").value();
  });

  options.reload_interval = 10ms;
  {
    Client client({.name_servers = address, .tls = options});
    EXPECT_EQ(client.queues("T").error().code, Errc::no_name_server);
    install(others.issue("client"));
    // Until it has looked at the files; a test that fails does so for ever.
    while (client.queues("T").error().code != ResponseCode::request_code_not_supported) {
      std::this_thread::sleep_for(1ms);
    }
  }
  net::run_in(server_loop, [&] { server.reset(); });
}

}  // namespace
}  // namespace rocketmq::client
