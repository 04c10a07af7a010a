#include <gmock/gmock.h>
#include <rocketmq/rocketmq.h>

#include <optional>

#include "client/testing/scripted_broker.h"
#include "net/event_loop.h"
#include "protocol/json_body.h"
#include "protocol/message_codec.h"
#include "protocol/requests/auth_admin.h"
#include "protocol/requests/broker_admin.h"
#include "protocol/requests/client_push.h"
#include "protocol/requests/message.h"

namespace rocketmq {
namespace {

using client::testing::ScriptedNameServer;
using client::testing::ScriptedServer;
using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::SizeIs;

std::string record(std::int64_t queue_offset, std::string_view topic, std::string_view properties) {
  protocol::RecordView view;
  view.queue_id = 3;
  view.queue_offset = queue_offset;
  view.topic = topic;
  view.body = "body";
  view.properties = properties;
  std::string bytes(protocol::record_size(view), '\0');
  protocol::encode_record(view, bytes.data());
  return bytes;
}

// A broker that answers what tools ask about groups, messages, settings and users.
class ToolsBroker : public ScriptedServer {
 public:
  explicit ToolsBroker(net::Loop& loop) : ScriptedServer(loop, "127.0.0.1:0") {
    using namespace protocol;
    serve<GetConsumeStats>([](net::Call<GetConsumeStats> call) {
      ConsumeStats stats;
      for (const int queue_id : {1, 0}) {
        stats.offset_table.push_back(
            {{.broker_name = "a", .queue_id = queue_id, .topic = "T"},
             {.broker_offset = 10, .consumer_offset = 7, .pull_offset = 9}});
      }
      call.reply({}, to_json(stats));
    });
    serve<GetConsumerConnectionList>([](net::Call<GetConsumerConnectionList> call) {
      ConsumerConnection connections;
      connections.connection_set.push_back(
          {.client_addr = "1.2.3.4:5", .client_id = "me", .language = "CPP", .version = 513});
      call.reply({}, to_json(connections));
    });
    serve<GetConsumerRunningInfo>([](net::Call<GetConsumerRunningInfo> call) {
      ConsumerRunningInfo info;
      info.mq_table.push_back({{.broker_name = "a", .queue_id = 1, .topic = "T"}, {}});
      call.reply({}, to_json(info));
    });
    serve<InvokeBrokerToResetOffset>([this](net::Call<InvokeBrokerToResetOffset> call) {
      reset_timestamps.push_back(call->timestamp);
      ResetOffsetBody body;
      body.offset_table.push_back({{.broker_name = "a", .queue_id = 0, .topic = "T"}, 5});
      call.reply({}, to_json(body));
    });
    serve<QueryMessage>([this](net::Call<QueryMessage> call) {
      unique_key_queries.push_back(call->unique_key_query);
      call.reply({}, record(1, "T", "KEYS\1k other\2") + record(2, "T", "KEYS\1same-hash\2") +
                         record(3, "T",
                                "KEYS\1k\2UNIQ_KEY\1"
                                "00AA\2"));
    });
    serve<GetBrokerConfig>([](net::Call<GetBrokerConfig> call) {
      call.reply({.version = "{}"}, "brokerName=a\nflushDiskType=ASYNC_FLUSH\n");
    });
    serve<UpdateBrokerConfig>([this](net::Call<UpdateBrokerConfig> call) {
      settings = call.body();
      call.reply({});
    });
    serve<AuthCreateUser>([this](net::Call<AuthCreateUser> call) {
      users.push_back(from_json<UserInfo>(call.body(), "user").value());
      call.reply({});
    });
    serve<AuthListUser>([this](net::Call<AuthListUser> call) { call.reply({}, to_json(users)); });
    start();
  }

  std::vector<std::optional<bool>> unique_key_queries;
  std::vector<std::int64_t> reset_timestamps;
  std::string settings;
  std::vector<protocol::UserInfo> users;
};

class AdminToolsTest : public ::testing::Test {
 protected:
  AdminToolsTest() {
    loop.start();
    net::run_in(loop, [this] {
      names.emplace(loop, "127.0.0.1:0");
      broker.emplace(loop);
      protocol::TopicRouteData route;
      route.broker_datas.push_back(
          {.broker_addrs = {{0, broker->address()}}, .broker_name = "a", .cluster = "c"});
      names->set_route("T", route);
    });
    client.emplace(ClientOptions{.name_servers = names->address()});
    admin.emplace(client->create_admin().value());
  }
  ~AdminToolsTest() override {
    admin.reset();
    client.reset();
    net::run_in(loop, [this] {
      broker.reset();
      names.reset();
    });
  }

  net::EventLoop loop;
  std::optional<ScriptedNameServer> names;
  std::optional<ToolsBroker> broker;
  std::optional<Client> client;
  std::optional<Admin> admin;
};

TEST_F(AdminToolsTest, tells_how_far_a_group_is_and_who_holds_the_queues) {
  const auto lag = admin->lag("G").value();
  ASSERT_THAT(lag, SizeIs(2));
  EXPECT_EQ(lag[0].queue, (MessageQueue{"T", "a", 0}));
  EXPECT_EQ(lag[0].client_id, "");
  EXPECT_EQ(lag[1].client_id, "me");
  EXPECT_EQ(lag[1].behind, 3);
  EXPECT_EQ(lag[1].in_flight, 2);
}

TEST_F(AdminToolsTest, names_the_version_of_a_client) {
  const auto group = admin->consumers("G").value();
  ASSERT_THAT(group.connections, SizeIs(1));
  EXPECT_EQ(group.connections[0].version_name, "V5_5_0");
  EXPECT_EQ(group.message_model, "CLUSTERING");
}

TEST_F(AdminToolsTest, resets_to_the_ends_of_a_queue_or_to_a_time) {
  const Timestamp noon(std::chrono::milliseconds(1'700'000'000'000));
  for (const StartAt where : {StartAt::earliest, StartAt::latest, StartAt::time(noon)}) {
    EXPECT_THAT(admin->reset_offsets("G", "T", where).value(),
                ElementsAre(Pair(MessageQueue{"T", "a", 0}, 5)));
  }
  EXPECT_THAT(broker->reset_timestamps, ElementsAre(0, -1, 1'700'000'000'000));
}

TEST_F(AdminToolsTest, leaves_out_messages_whose_key_only_has_the_same_hash) {
  const auto found = admin->query({.topic = "T", .key = "k"}).value();
  EXPECT_EQ(broker->unique_key_queries.back(), std::nullopt) << "4.x does not sign it";
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].queue_offset(), 1);
  EXPECT_EQ(found[1].queue_offset(), 3);
  EXPECT_EQ(found[1].queue(), (MessageQueue{"T", "a", 3}));
}

TEST_F(AdminToolsTest, finds_a_message_by_the_id_its_producer_gave) {
  EXPECT_EQ(admin->message("T", "00AA").value().queue_offset(), 3);
  EXPECT_EQ(admin->message("T", "00BB").error().code, ResponseCode::query_not_found);
}

TEST_F(AdminToolsTest, asks_no_broker_outside_of_the_cluster_for_a_message) {
  // Looks like the place of a message on 10.0.0.1:10911, and is nobody's.
  const auto none = admin->message("T", "0A00000100002A9F0000000000000000");
  EXPECT_EQ(none.error().code, ResponseCode::query_not_found);
}

TEST_F(AdminToolsTest, reads_and_writes_settings_of_a_broker) {
  EXPECT_EQ(admin->broker_settings(broker->address()).value().at("flushDiskType"), "ASYNC_FLUSH");
  ASSERT_TRUE(admin->update_broker_settings(broker->address(), {{"a", "1"}, {"b", "x=y"}}));
  EXPECT_EQ(broker->settings, "a=1\nb=x=y\n");
}

TEST_F(AdminToolsTest, creates_and_lists_users_and_never_tells_a_password) {
  ASSERT_TRUE(admin->create_user({.username = "alice", .password = "secret", .type = "Normal"}));
  EXPECT_EQ(broker->users.at(0).password, "secret");
  const auto users = admin->users().value();
  ASSERT_THAT(users, SizeIs(1));
  EXPECT_EQ(users[0].username, "alice");
  EXPECT_EQ(users[0].password, "");
}

}  // namespace
}  // namespace rocketmq
