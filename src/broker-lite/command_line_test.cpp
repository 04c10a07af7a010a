#include "broker-lite/command_line.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "protocol/testing/temporary_folder.h"

namespace rocketmq::broker {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Result<CommandLine> parse(std::vector<std::string> arguments) {
  return parse_command_line(arguments);
}

std::string refusal(std::vector<std::string> arguments) {
  const auto line = parse_command_line(arguments);
  return line ? "accepted" : line.error().message;
}

struct ConfigFile {
  explicit ConfigFile(std::string_view text) {
    std::filesystem::create_directory(folder.path);
    std::ofstream(path) << text;
  }

  const TemporaryFolder folder;
  const std::string path = folder.path + "/broker.conf";
};

TEST(CommandLine, runs_everything_on_the_loopback_by_default) {
  const auto line = parse({});
  ASSERT_TRUE(line);
  EXPECT_TRUE(line->runs_broker);
  EXPECT_TRUE(line->runs_namesrv);
  EXPECT_EQ(line->broker, BrokerOptions());
  EXPECT_EQ(line->namesrv_listen, "127.0.0.1:9876");
  EXPECT_THAT(line->warnings, IsEmpty());
  EXPECT_FALSE(line->print);
}

TEST(CommandLine, shows_metrics_where_it_is_told_to) {
  EXPECT_EQ(parse({})->metrics_listen, "");
  const auto line = parse({"--metrics", "127.0.0.1:9877"});
  ASSERT_TRUE(line) << line.error();
  EXPECT_EQ(line->metrics_listen, "127.0.0.1:9877");
  EXPECT_EQ(line->broker.metrics_exporter_type, MetricsExporterType::prom);
  EXPECT_THAT(refusal({"--metrics", "0.0.0.0:9877"}), HasSubstr("--insecure"));
  EXPECT_EQ(refusal({"--metrics", "0.0.0.0:9877", "--insecure"}), "accepted");

  const ConfigFile file("metricsExporterType=PROM\n");
  EXPECT_EQ(parse({"-c", file.path})->metrics_listen, "127.0.0.1:5557");
  EXPECT_EQ(parse({"-c", file.path, "--metrics", "127.0.0.1:0"})->metrics_listen, "127.0.0.1:0");
}

TEST(CommandLine, says_how_the_log_is_written) {
  EXPECT_EQ(parse({})->log_format, LogFormat::text);
  const auto line = parse({"--log-format", "json", "--log-level", "warning"});
  ASSERT_TRUE(line) << line.error();
  EXPECT_EQ(line->log_format, LogFormat::json);
  EXPECT_EQ(line->log_level, "warning");
  EXPECT_NE(refusal({"--log-format", "xml"}), "accepted");
}

TEST(CommandLine, takes_the_flags) {
  const auto line = parse({"--role", "broker", "--listen", "127.0.0.2:0", "-n", "a:1;b:2",
                           "--advertise", "127.0.0.3:7", "--store", ":memory:", "--ready-json"});
  ASSERT_TRUE(line) << line.error();
  EXPECT_TRUE(line->runs_broker);
  EXPECT_FALSE(line->runs_namesrv);
  EXPECT_EQ(line->broker.bind_address, "127.0.0.2");
  EXPECT_EQ(line->broker.listen_port, 0);
  EXPECT_EQ(line->broker.namesrv_addr, "a:1;b:2");
  EXPECT_EQ(line->broker.broker_ip1, "127.0.0.3");
  EXPECT_EQ(line->broker.advertise_port, 7);
  EXPECT_EQ(line->broker.store_path_root_dir, ":memory:");
  EXPECT_TRUE(line->ready_json);
}

TEST(CommandLine, lets_flags_win_over_the_file) {
  const ConfigFile file("listenPort=1\nbrokerName=from-file\nbindAddress=127.0.0.1\nnoSuch=1\n");
  const auto line = parse({"-c", file.path, "--listen", "127.0.0.1:2"});
  ASSERT_TRUE(line) << line.error();
  EXPECT_EQ(line->broker.listen_port, 2);
  EXPECT_EQ(line->broker.broker_name, "from-file");
  EXPECT_THAT(line->warnings, ElementsAre(HasSubstr("noSuch")));
}

TEST(CommandLine, refuses_to_listen_beyond_the_machine_unless_told_so) {
  EXPECT_THAT(refusal({"--listen", "0.0.0.0:10911"}), HasSubstr("--insecure"));
  EXPECT_THAT(refusal({"--namesrv-listen", "10.0.0.1:9876"}), HasSubstr("--insecure"));
  const ConfigFile file("bindAddress=0.0.0.0\n");
  EXPECT_THAT(refusal({"-c", file.path}), HasSubstr("--insecure"));
  EXPECT_TRUE(parse({"--listen", "0.0.0.0:10911", "--insecure"}));
  EXPECT_TRUE(parse({"--role", "namesrv", "--listen", "0.0.0.0:10911"}));
}

TEST(CommandLine, takes_the_accounts_of_4x_below_the_home_folder) {
  const ConfigFile file("aclEnable=true\nrocketmq.acl.plain.file=conf/mine.yml\n");
  ::setenv("ROCKETMQ_HOME", "/opt/rocketmq", 1);
  const auto line = parse({"-c", file.path, "--listen", "0.0.0.0:10911"});
  ::unsetenv("ROCKETMQ_HOME");
  ASSERT_TRUE(line) << "who must say who he is may come from everywhere";
  EXPECT_EQ(line->broker.acl_home, "/opt/rocketmq");
  EXPECT_EQ(line->broker.acl_plain_file, "conf/mine.yml");
}

TEST(CommandLine, refuses_what_it_cannot_use) {
  EXPECT_NE(refusal({"--role", "proxy"}), "accepted");
  EXPECT_NE(refusal({"--no-such-flag"}), "accepted");
  EXPECT_NE(refusal({"--listen", "nonsense"}), "accepted");
  EXPECT_NE(refusal({"--listen", "127.0.0.1:70000"}), "accepted");
  EXPECT_NE(refusal({"--advertise", "a:b:c"}), "accepted");
  EXPECT_NE(refusal({"-n", "foo"}), "accepted");
  EXPECT_NE(refusal({"--namesrv-listen", ""}), "accepted");
  EXPECT_THAT(refusal({"-c", "/no/such/file"}), HasSubstr("/no/such/file"));
  EXPECT_THAT(refusal({"--metrics", "nowhere"}), HasSubstr("--metrics nowhere"));
  const ConfigFile file("brokerRole=SLAVE\n");
  EXPECT_THAT(refusal({"-c", file.path}), HasSubstr("brokerRole"));
}

TEST(CommandLine, warns_a_broker_that_nobody_will_find) {
  const auto alone = parse({"--role", "broker"});
  ASSERT_TRUE(alone);
  EXPECT_THAT(alone->warnings, ElementsAre(HasSubstr("no name server")));
  const auto elsewhere = parse({"--advertise", "10.0.0.9"});
  ASSERT_TRUE(elsewhere);
  EXPECT_THAT(elsewhere->warnings, ElementsAre(HasSubstr("10.0.0.9")));
}

TEST(CommandLine, prints_help_version_and_configuration) {
  EXPECT_THAT(parse({"--help"})->print.value_or(""), HasSubstr("--namesrv-listen"));
  EXPECT_THAT(parse({"--version"})->print.value_or(""), HasSubstr("rmq-broker-lite "));
  EXPECT_THAT(parse({"-p", "--listen", "127.0.0.1:5"})->print.value_or(""),
              HasSubstr("listenPort=5\n"));
}

}  // namespace
}  // namespace rocketmq::broker
