#include "client/tls_reload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

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

}  // namespace
}  // namespace rocketmq::client
