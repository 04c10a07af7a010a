#include "broker-lite/registration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "broker-lite/broker_rig.h"
#include "broker-lite/namesrv/name_server.h"

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view address = "127.0.0.1:9876";

protocol::UpdateAndCreateTopic new_topic(std::string_view name) {
  return {.topic = name,
          .default_topic = "TBW102",
          .read_queue_nums = 4,
          .write_queue_nums = 4,
          .perm = 6,
          .topic_filter_type = "SINGLE_TAG"};
}

class RegistrationTest : public testing::Test {
 protected:
  RegistrationTest() { rig.options.namesrv_addr = address; }
  ~RegistrationTest() override { rig.kill(); }

  void start_name_server() {
    name_server.emplace(rig.loop);
    name_server->listen(address).value();
  }
  void start() {
    start_name_server();
    rig.start();
    rig.loop.advance(100ms);
  }
  std::vector<std::string> topics() { return name_server->routes().topics(); }
  // How long the answer took.
  net::Duration create_topic(std::string_view name) {
    const auto client = rig.connect();
    const auto begin = rig.loop.now();
    EXPECT_TRUE(client->call(new_topic(name)));
    return rig.loop.now() - begin;
  }

  BrokerRig rig;
  std::optional<namesrv::NameServer> name_server;
};

TEST_F(RegistrationTest, tells_everything_at_start) {
  start();
  for (const std::string_view name :
       {"TBW102", "DefaultCluster", "broker-lite", "DefaultCluster_REPLY_TOPIC"}) {
    EXPECT_THAT(topics(), Contains(std::string(name)));
  }
  EXPECT_EQ(name_server->routes().member_group("broker-lite")->broker_addrs.at(0),
            rig.broker->listen_address());
}

TEST_F(RegistrationTest, of_a_new_topic_is_done_before_its_creator_is_answered) {
  start();
  create_topic("T");
  ASSERT_TRUE(name_server->routes().route("T"));
  EXPECT_EQ(name_server->routes().route("T")->queue_datas.front().write_queue_nums, 4);
}

TEST_F(RegistrationTest, tells_all_changes_made_while_one_was_being_told) {
  start();
  rig.loop.link(address).delay = 100ms;
  const auto client = rig.connect();
  const auto a = client->begin(new_topic("A"));
  const auto b = client->begin(new_topic("B"));
  const auto c = client->begin(new_topic("C"));
  ASSERT_TRUE(rig.loop.run_until([&] { return a->has_value(); }, 1s));
  EXPECT_TRUE(name_server->routes().route("A"));
  ASSERT_TRUE(rig.loop.run_until([&] { return b->has_value() && c->has_value(); }, 1s));
  EXPECT_TRUE(name_server->routes().route("B"));
  EXPECT_TRUE(name_server->routes().route("C"));
}

TEST_F(RegistrationTest, is_renewed_as_long_as_the_broker_runs) {
  start();
  rig.loop.advance(1h);
  EXPECT_THAT(topics(), Contains("TBW102"));
  EXPECT_EQ(rig.loop.connections_made(address), 1u);  // over one connection
  EXPECT_THAT(rig.log, IsEmpty());
}

TEST_F(RegistrationTest, ends_when_the_broker_stops) {
  start();
  ASSERT_TRUE(rig.stop());
  EXPECT_THAT(topics(), IsEmpty());
}

TEST_F(RegistrationTest, is_made_again_on_a_new_connection_when_the_old_one_is_lost) {
  start();
  rig.loop.drop_connections(address);
  rig.loop.advance(2s);
  EXPECT_THAT(topics(), Contains("TBW102"));
  EXPECT_EQ(rig.loop.connections_made(address), 2u);
}

TEST_F(RegistrationTest, reaches_a_name_server_that_starts_late_or_again) {
  rig.start();
  rig.loop.advance(10s);
  ASSERT_EQ(rig.log.size(), 1u);  // once, not once an attempt
  EXPECT_THAT(rig.log[0], HasSubstr("cannot register with name server 127.0.0.1:9876"));
  start_name_server();
  rig.loop.advance(3s);
  EXPECT_THAT(topics(), Contains("TBW102"));
  EXPECT_THAT(rig.log.back(), HasSubstr("registered with name server 127.0.0.1:9876 again"));

  name_server.reset();
  rig.loop.advance(3s);
  create_topic("T");
  start_name_server();
  rig.loop.advance(3s);
  EXPECT_THAT(topics(), Contains("T"));
}

TEST_F(RegistrationTest, with_one_of_two_name_servers_is_not_held_up_by_the_other) {
  rig.options.namesrv_addr = "127.0.0.1:9876;127.0.0.1:9999";
  start();
  EXPECT_LT(create_topic("T"), 100ms);
  EXPECT_TRUE(name_server->routes().route("T"));
}

TEST_F(RegistrationTest, lets_an_admin_wait_three_seconds_for_a_name_server_that_hangs) {
  start();
  rig.loop.link(address).blackhole = true;
  EXPECT_EQ(create_topic("T"), 3s);
}

TEST_F(RegistrationTest, does_not_hold_up_the_end_for_a_name_server_that_hangs) {
  start();
  rig.loop.link(address).blackhole = true;
  const auto begin = rig.loop.now();
  EXPECT_TRUE(rig.stop());
  EXPECT_LT(rig.loop.now() - begin, 2s);
}

TEST_F(RegistrationTest, learns_which_topics_are_ordered) {
  start();
  create_topic("T");
  ASSERT_TRUE(name_server->kv().put(namesrv::order_topic_namespace, "T", "broker-lite:4"));
  rig.loop.advance(31s);
  const auto answer = rig.connect()->call(protocol::GetTopicConfig{.topic = "T"});
  ASSERT_TRUE(answer);
  EXPECT_THAT(std::string(answer->body), HasSubstr(R"("order":true)"));
}

TEST_F(RegistrationTest, says_of_every_topic_that_a_read_only_broker_is_not_to_be_written_to) {
  rig.options.broker_permission = 4;
  start();
  EXPECT_EQ(name_server->routes().route("BenchmarkTest")->queue_datas.front().perm, 4);
}

}  // namespace
}  // namespace rocketmq::broker
