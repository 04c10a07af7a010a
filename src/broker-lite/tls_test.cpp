#include "broker-lite/tls.h"

#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>

#include "net/sim_loop.h"
#include "net/testing_certificates.h"

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Certificates of a broker, for clients and for name servers, that are replaced while it runs.
struct TlsReloadTest : ::testing::Test {
  TlsReloadTest() {
    options.tls_enable = true;
    options.tls_server_cert_path = options.tls_client_cert_path = shown.cert_file;
    options.tls_server_key_path = options.tls_client_key_path = shown.key_file;
    options.tls_client_trust_cert_path = certificates.ca_file();
  }
  net::LogLine note() {
    return [this](std::string_view line) { log.emplace_back(line); };
  }
  TlsReload::OnLoaded take() {
    return [this](const auto& tls) { loaded.push_back(tls); };
  }
  static void replace(const std::string& file, const std::string& by) {
    std::filesystem::copy_file(by, file, std::filesystem::copy_options::overwrite_existing);
  }

  net::SimLoop loop;
  net::TestCertificates certificates;
  const net::TestCertificates::Pair shown = certificates.issue();
  const net::TestCertificates::Pair next = certificates.issue();
  BrokerOptions options;
  std::vector<std::string> log;
  std::vector<std::shared_ptr<const net::TlsContext>> loaded;
};

TEST_F(TlsReloadTest, reads_what_name_servers_are_shown_again_when_it_changes) {
  const auto reload = watch_client_tls(loop, options, note(), take());
  ASSERT_NE(reload, nullptr);
  loop.advance(5s);
  EXPECT_THAT(loaded, IsEmpty());
  replace(shown.cert_file, next.cert_file);
  loop.advance(5s);
  EXPECT_THAT(loaded, IsEmpty()) << "the key does not fit yet";
  EXPECT_THAT(log, ElementsAre(HasSubstr("changed certificates are not used: tls.client: ")));
  replace(shown.key_file, next.key_file);
  loop.advance(5s);
  ASSERT_EQ(loaded.size(), 1u);
  EXPECT_NE(loaded[0], nullptr);
}

TEST_F(TlsReloadTest, reads_what_clients_are_shown_again_when_it_changes) {
  const auto reload = watch_server_tls(loop, options, note(), take());
  ASSERT_NE(reload, nullptr);
  replace(shown.cert_file, next.cert_file);
  replace(shown.key_file, next.key_file);
  loop.advance(5s);
  ASSERT_EQ(loaded.size(), 1u);
  EXPECT_NE(loaded[0], nullptr);
}

TEST_F(TlsReloadTest, has_nothing_to_do_without_tls) {
  EXPECT_EQ(watch_client_tls(loop, {}, note(), take()), nullptr);
  EXPECT_EQ(watch_server_tls(loop, {}, note(), take()), nullptr);
}

}  // namespace
}  // namespace rocketmq::broker
