#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker-lite/core.h"
#include "broker-lite/handlers/admin_rig.h"
#include "protocol/java_properties.h"
#include "protocol/requests/broker_admin.h"
#include "protocol/requests/broker_maintenance.h"

namespace rocketmq::broker {
namespace {

using namespace protocol;
using testing::Contains;
using testing::HasSubstr;

struct ConfigTest : AdminTest {
  std::string change(std::string_view text) { return client->refusal(UpdateBrokerConfig{}, text); }
  std::string setting(std::string_view name) {
    for (const JavaProperty& property : parse_java_properties(body_of(GetBrokerConfig{}))) {
      if (property.name == name) return property.value;
    }
    return "none";
  }
  std::int64_t version() {
    const auto answer = client->call(GetBrokerConfig{});
    return from_json<DataVersion>(answer->header.version, "version").value().counter;
  }
  void restart() {
    client.reset();
    rig.kill();
    rig.start();
    client = rig.connect();
  }
};

TEST_F(ConfigTest, is_changed_by_a_tool_and_stays_so) {
  EXPECT_EQ(version(), 0);
  EXPECT_EQ(change("transactionCheckMax=7\nrejectTransactionMessage=true\n"), "0");
  EXPECT_EQ(setting("transactionCheckMax"), "7");
  EXPECT_EQ(version(), 1);

  restart();
  EXPECT_EQ(setting("transactionCheckMax"), "7");
  EXPECT_EQ(setting("rejectTransactionMessage"), "true");
  EXPECT_THAT(rig.log, Contains(HasSubstr("rejectTransactionMessage=true, transactionCheckMax=7")));
}

TEST_F(ConfigTest, shows_the_port_it_listens_at_where_it_was_left_to_the_system) {
  rig.options.listen_port = 0;
  restart();
  EXPECT_EQ(str("127.0.0.1:", setting("listenPort")), rig.broker->listen_address());
  EXPECT_NE(setting("listenPort"), "0");
}

TEST_F(ConfigTest, names_nothing_that_could_be_a_file_or_a_command) {
  for (const char* const name :
       {"storePathRootDir", "brokerIP1", "namesrvAddr", "tls.server.keyPath", "filterServerNums",
        "initAuthenticationUser", "authenticationEnabled", "listenPort", "noSuchKey"}) {
    EXPECT_THAT(change(str(name, "=1")), HasSubstr("29 ")) << name;
  }
  for (const char* const name : {"brokerConfigPath", "rocketmqHome", "configBlackList"}) {
    EXPECT_EQ(change(str(name, "=/tmp/x")), "16 Can not update config in black list.");
  }
  EXPECT_EQ(change("traceOn=false\nrocketmqHome=/x"), "16 Can not update config in black list.");
  EXPECT_EQ(setting("traceOn"), "true");
  EXPECT_EQ(change(""), "0");
  EXPECT_EQ(change("transactionCheckMax=0"),
            "29 transactionCheckMax=0 is no number within 1 and 1000");
}

TEST_F(ConfigTest, takes_effect_where_it_is_read) {
  ASSERT_EQ(client->refusal(send_to("T"), "x"), "0");
  ASSERT_EQ(change("brokerPermission=2"), "0");
  EXPECT_EQ(client->refusal(pull_from("T", 0, 0)).substr(0, 3), "16 ");
  ASSERT_EQ(change("brokerPermission=6"), "0");
  EXPECT_EQ(client->refusal(pull_from("T", 0, 0)), "0");
}

TEST_F(ConfigTest, takes_effect_where_it_is_copied) {
  ASSERT_EQ(change("autoCreateTopicEnable=false\nautoCreateSubscriptionGroup=false"), "0");
  EXPECT_EQ(client->refusal(send_to("T"), "x").substr(0, 3), "17 ");
  EXPECT_EQ(client->refusal(pull_from("T", 0, 0)).substr(0, 3), "26 ");
  ASSERT_EQ(change("autoCreateTopicEnable=true"), "0");

  ASSERT_EQ(change("traceOn=false"), "0");
  Command request;
  request.code = static_cast<std::int32_t>(SendMessageV2::code);
  request.fields = {{"a", "P"}, {"b", "T"}, {"c", "TBW102"}, {"d", "1"},
                    {"e", "0"}, {"f", "0"}, {"g", "1"},      {"h", "0"}};
  std::string trace;
  client->channel().call(request, std::chrono::seconds(1), [&](Result<Incoming*> answer) {
    ASSERT_TRUE(answer);
    const auto* field = find_field((*answer)->command().fields, "TRACE_ON");
    trace = field == nullptr ? "none" : *field;
  });
  rig.loop.run_until([&] { return !trace.empty(); });
  EXPECT_EQ(trace, "false");
  ASSERT_EQ(client->refusal(send_to("T"), "x"), "0");
  EXPECT_THAT(rig.broker->core().store.record_at(0).value().record.properties,
              HasSubstr("TRACE_ON\x01"
                        "false"));
}

TEST(BrokerConfig, makes_the_topic_others_are_made_after_when_it_is_first_wanted) {
  BrokerRig rig;
  rig.options.auto_create_topic_enable = false;
  rig.start();
  auto client = rig.connect();
  EXPECT_EQ(client->refusal(send_to("T"), "x").substr(0, 3), "17 ");
  EXPECT_EQ(client->refusal(UpdateBrokerConfig{}, "autoCreateTopicEnable=true"), "0");
  EXPECT_EQ(client->refusal(send_to("T"), "x"), "0");
  client.reset();
  rig.kill();
  rig.start();
  client = rig.connect();
  EXPECT_EQ(client->refusal(send_to("U"), "x"), "0");
  client.reset();
  rig.kill();
}

TEST_F(ConfigTest, is_not_said_to_be_changed_before_it_is_on_disk) {
  rig.flusher.hold();
  const auto pending = client->begin(UpdateBrokerConfig{}, "traceOn=false");
  rig.loop.run_ready();
  EXPECT_FALSE(pending->has_value());
  rig.flusher.release();
  rig.loop.run_ready();
  EXPECT_TRUE(pending->has_value());
}

TEST_F(AdminTest, is_a_master_without_slaves) {
  const auto info = typed(GetBrokerHaStatus{});
  EXPECT_TRUE(info.master);
  EXPECT_EQ(info.in_sync_slave_nums, 0);
  send("T", 0);
  EXPECT_GT(typed(GetBrokerHaStatus{}).master_commit_log_max_offset, 0);
}

}  // namespace
}  // namespace rocketmq::broker
