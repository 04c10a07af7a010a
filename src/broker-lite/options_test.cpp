#include "broker-lite/options.h"

#include <gmock/gmock.h>

namespace rocketmq::broker {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(BrokerOptions, takes_the_settings_of_a_stock_broker_conf) {
  BrokerOptions options;
  const auto warnings = apply_properties(
      options, parse_java_properties("brokerClusterName = C1\nbrokerName = broker-a\nbrokerId = 0\n"
                                     "brokerRole = ASYNC_MASTER\nflushDiskType = SYNC_FLUSH\n"
                                     "listenPort=+20911\nautoCreateTopicEnable=False\n"
                                     "mappedFileSizeCommitLog=268435456\n"));
  ASSERT_TRUE(warnings);
  EXPECT_THAT(*warnings, IsEmpty());
  EXPECT_EQ(options.broker_cluster_name, "C1");
  EXPECT_EQ(options.broker_name, "broker-a");
  EXPECT_EQ(options.flush_disk_type, FlushDiskType::sync_flush);
  EXPECT_EQ(options.listen_port, 20911);
  EXPECT_FALSE(options.auto_create_topic_enable);
  EXPECT_EQ(options.mapped_file_size_commit_log, 268435456);
}

TEST(BrokerOptions, names_settings_without_effect_in_one_line_and_goes_on) {
  BrokerOptions options;
  const auto warnings = apply_properties(
      options, parse_java_properties("haSlaveTimeout=04\nnoSuchKey=1\nlistenPort=12345"));
  ASSERT_TRUE(warnings);
  EXPECT_THAT(*warnings, ElementsAre("settings without effect here: haSlaveTimeout, noSuchKey"));
  EXPECT_EQ(options.listen_port, 12345);
}

TEST(BrokerOptions, keeps_the_default_where_a_value_cannot_be_used) {
  for (const char* text : {"listenPort=abc", "listenPort=99999999999", "listenPort=0x10",
                           "listenPort=", "flushDiskType=sync_flush"}) {
    BrokerOptions options;
    const auto warnings = apply_properties(options, parse_java_properties(text));
    ASSERT_TRUE(warnings) << text;
    EXPECT_THAT(*warnings, ElementsAre(HasSubstr("cannot be used"))) << text;
    EXPECT_EQ(options, BrokerOptions()) << text;
  }
}

TEST(BrokerOptions, forgives_blanks_around_numbers_and_booleans) {
  BrokerOptions options;
  ASSERT_TRUE(apply_properties(
      options, std::vector<JavaProperty>{{"listenPort", "10911 "}, {"traceOn", " TRUE\t"}}));
  EXPECT_EQ(options.listen_port, 10911);
  EXPECT_TRUE(options.trace_on);
}

TEST(BrokerOptions, refuses_what_it_would_have_to_lie_about) {
  for (const char* text :
       {"migrateAuthFromV1Enabled=true", "brokerRole=SLAVE", "enableDLegerCommitLog=true",
        "storeType=defaultRocksDB", "authenticationProvider=mine.Provider"}) {
    BrokerOptions options;
    const auto warnings = apply_properties(options, parse_java_properties(text));
    ASSERT_FALSE(warnings) << text;
    EXPECT_THAT(warnings.error().message, HasSubstr("not offered here")) << text;
  }
  BrokerOptions options;
  EXPECT_TRUE(apply_properties(
      options, parse_java_properties("duplicationEnable=false\nstoreType=default")));
}

TEST(BrokerOptions, ask_who_one_is_in_one_way_only) {
  EXPECT_TRUE(check(BrokerOptions{.acl_enable = true}));
  const auto both = check(BrokerOptions{.authentication_enabled = true, .acl_enable = true});
  ASSERT_FALSE(both);
  EXPECT_THAT(both.error().message, HasSubstr("aclEnable=true"));
}

TEST(BrokerOptions, says_what_to_write_instead_of_the_old_names) {
  BrokerOptions options;
  const auto warnings =
      apply_properties(options, parse_java_properties("mapedFileSizeConsumeQueue=300000"));
  ASSERT_TRUE(warnings);
  EXPECT_THAT(*warnings, ElementsAre(HasSubstr("mappedFileSizeConsumeQueue")));
  EXPECT_EQ(options, BrokerOptions());
}

TEST(BrokerOptions, are_always_those_of_a_master) {
  BrokerOptions options;
  const auto warnings = apply_properties(options, parse_java_properties("brokerId=3"));
  ASSERT_TRUE(warnings);
  EXPECT_THAT(*warnings, ElementsAre(HasSubstr("brokerId")));
  EXPECT_EQ(options.broker_id, 0);
}

TEST(BrokerOptions, are_checked_for_what_no_broker_can_run_with) {
  EXPECT_TRUE(check(BrokerOptions()));
  EXPECT_FALSE(check(BrokerOptions{.listen_port = 65536}));
  EXPECT_FALSE(check(BrokerOptions{.listen_port = -1}));
  EXPECT_FALSE(check(BrokerOptions{.broker_name = ""}));
  EXPECT_FALSE(check(BrokerOptions{.mapped_file_size_commit_log = 4096}));
  EXPECT_FALSE(check(BrokerOptions{.max_message_size = 16 * 1024 * 1024}));
  EXPECT_FALSE(check(BrokerOptions{.flush_interval_commit_log_ms = 0}));
  EXPECT_FALSE(check(BrokerOptions{.delete_when = "at night"}));
  EXPECT_FALSE(check(BrokerOptions{.delete_file_batch_max = 0}));
}

TEST(BrokerOptions, say_what_is_wrong_with_who_may_use_the_broker) {
  const auto problem = [](BrokerOptions options) {
    const auto checked = check(options);
    return checked ? std::string() : checked.error().message;
  };
  EXPECT_THAT(problem({.authorization_enabled = true}), HasSubstr("authenticationEnabled=true"));
  EXPECT_THAT(problem({.authentication_whitelist = "10,x"}), HasSubstr("authenticationWhitelist"));
  EXPECT_THAT(problem({.init_authentication_user = "{"}), HasSubstr("initAuthenticationUser"));
  EXPECT_THAT(problem({.init_authentication_user = R"({"username":"a"})"}),
              HasSubstr("initAuthenticationUser"));
  EXPECT_EQ(
      problem({.authentication_enabled = true,
               .authorization_enabled = true,
               .authentication_whitelist = "10, 105",
               .init_authentication_user = R"({"username":"a","password":"b"})",
               .inner_client_authentication_credentials = R"({"accessKey":"c","secretKey":"d"})"}),
      "");
}

TEST(BrokerOptions, are_shown_without_secrets) {
  for (const JavaProperty& shown :
       to_properties({.init_authentication_user = R"({"username":"a","password":"hidden"})",
                      .tls_server_key_password = "hidden"})) {
    EXPECT_EQ(shown.value.find("hidden"), std::string::npos) << shown.name;
  }
}

TEST(BrokerOptions, take_the_kind_of_metrics_by_name_or_number) {
  for (const char* text : {"metricsExporterType=PROM", "metricsExporterType=2"}) {
    BrokerOptions options;
    ASSERT_TRUE(apply_properties(options, parse_java_properties(text)));
    EXPECT_EQ(options.metrics_exporter_type, MetricsExporterType::prom) << text;
    EXPECT_TRUE(check(options));
  }
  BrokerOptions options;
  ASSERT_TRUE(apply_properties(options, parse_java_properties("metricsExporterType=OTLP_GRPC")));
  EXPECT_FALSE(check(options)) << "it is not offered";
  EXPECT_THAT(*apply_properties(options, parse_java_properties("metricsExporterType=7")),
              ElementsAre(HasSubstr("cannot be used")));
}

TEST(BrokerOptions, take_labels_for_all_metrics) {
  using Labels = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(parse_metrics_label("zone:a,host:x:1").value(),
            (Labels{{"zone", "a"}, {"host", "x:1"}}));
  EXPECT_EQ(parse_metrics_label("").value(), Labels{});
  EXPECT_FALSE(check(BrokerOptions{.metrics_label = "a b:c"}));
  EXPECT_FALSE(check(BrokerOptions{.metrics_label = "__name__:x"}));
  EXPECT_FALSE(check(BrokerOptions{.metrics_label = "1:x"}));
}

TEST(BrokerOptions, are_shown_as_they_can_be_read_back) {
  BrokerOptions options;
  options.broker_ip1 = "10.0.0.9";
  options.flush_disk_type = FlushDiskType::sync_flush;
  options.trace_on = false;
  const JavaProperties shown = to_properties(options);
  EXPECT_THAT(shown, Contains(JavaProperty{"flushDiskType", "SYNC_FLUSH"}));
  EXPECT_THAT(shown, Contains(JavaProperty{"traceOn", "false"}));
  BrokerOptions read;
  ASSERT_TRUE(apply_properties(read, shown));
  EXPECT_EQ(read, options);
}

TEST(BrokerOptions, know_what_is_reachable_from_this_machine_only) {
  EXPECT_TRUE(is_loopback("127.0.0.1"));
  EXPECT_TRUE(is_loopback("localhost"));
  EXPECT_TRUE(is_loopback("[::1]"));
  EXPECT_FALSE(is_loopback("0.0.0.0"));
  EXPECT_FALSE(is_loopback("[::]"));
  EXPECT_FALSE(is_loopback("10.0.0.127"));
}

}  // namespace
}  // namespace rocketmq::broker
