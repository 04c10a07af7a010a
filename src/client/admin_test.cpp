#include <gmock/gmock.h>
#include <rocketmq/rocketmq.h>

#include <optional>

#include "client/testing/scripted_broker.h"
#include "net/event_loop.h"
#include "protocol/json_body.h"

namespace rocketmq {
namespace {

using client::testing::ScriptedNameServer;
using client::testing::ScriptedServer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A broker that only tools talk to.
class AdminBroker : public ScriptedServer {
 public:
  explicit AdminBroker(net::Loop& loop) : ScriptedServer(loop, "127.0.0.1:0") {
    using namespace protocol;
    serve<UpdateAndCreateTopic>([this](net::Call<UpdateAndCreateTopic> call) {
      created.push_back({std::string(call->topic), call->write_queue_nums, call->perm});
      call.reply({});
    });
    serve<GetTopicStatsInfo>([](net::Call<GetTopicStatsInfo> call) {
      TopicStatsTable table;
      for (const int queue_id : {1, 0}) {
        table.offset_table.push_back(
            {{.broker_name = "a", .queue_id = queue_id, .topic = std::string(call->topic)},
             {.last_update_timestamp = 1'700'000'000'000, .max_offset = 7, .min_offset = 2}});
      }
      call.reply({}, to_json(table));
    });
    serve<GetBrokerRuntimeInfo>([](net::Call<GetBrokerRuntimeInfo> call) {
      call.reply({}, to_json(KVTable{{{"brokerVersionDesc", "V5_5_0"}}}));
    });
    start();
  }

  struct Created {
    std::string topic;
    int queues;
    int perm;
    bool operator==(const Created&) const = default;
  };
  std::vector<Created> created;
};

class AdminTest : public ::testing::Test {
 protected:
  AdminTest() {
    loop.start();
    net::run_in(loop, [this] {
      names.emplace(loop, "127.0.0.1:0");
      a.emplace(loop);
      b.emplace(loop);
      names->set_route("T", route({{"a", a->address()}, {"b", b->address()}}));
    });
    client.emplace(ClientOptions{.name_servers = names->address()});
    admin.emplace(client->create_admin().value());
  }
  ~AdminTest() override {
    admin.reset();
    client.reset();
    net::run_in(loop, [this] {
      b.reset();
      a.reset();
      names.reset();
    });
  }

  static protocol::TopicRouteData route(const std::map<std::string, std::string>& masters,
                                        const std::string& cluster = "c") {
    protocol::TopicRouteData data;
    for (const auto& [name, address] : masters) {
      data.broker_datas.push_back(
          {.broker_addrs = {{0, address}}, .broker_name = name, .cluster = cluster});
    }
    data.queue_datas.push_back(
        {.broker_name = "a", .perm = 4, .read_queue_nums = 2, .write_queue_nums = 2});
    return data;
  }
  void set_route(const std::string& topic, protocol::TopicRouteData data) {
    net::run_in(loop, [&] { names->set_route(topic, std::move(data)); });
  }

  net::EventLoop loop;
  std::optional<ScriptedNameServer> names;
  std::optional<AdminBroker> a;
  std::optional<AdminBroker> b;
  std::optional<Client> client;
  std::optional<Admin> admin;
};

TEST_F(AdminTest, lists_topics_by_name) {
  set_route("A", route({}));
  const auto topics = admin->topics();
  ASSERT_TRUE(topics) << topics.error();
  EXPECT_THAT(*topics, ElementsAre("A", "T"));
}

TEST_F(AdminTest, creates_a_topic_on_every_master) {
  const auto created = admin->create_topic({.name = "new", .queues = 3, .writable = false});
  ASSERT_TRUE(created) << created.error();
  const AdminBroker::Created wanted{"new", 3, 4};
  EXPECT_THAT(a->created, ElementsAre(wanted));
  EXPECT_THAT(b->created, ElementsAre(wanted));
}

TEST_F(AdminTest, asks_which_cluster_is_meant_where_there_are_several) {
  set_route("U", route({{"z", a->address()}}, "other"));
  EXPECT_THAT(admin->create_topic({.name = "new"}).error().message, HasSubstr("c, other"));
  EXPECT_THAT(admin->create_topic({.name = "new", .cluster = "none"}).error().message,
              HasSubstr("no cluster none"));
  EXPECT_TRUE(admin->create_topic({.name = "new", .cluster = "other"}));
  EXPECT_TRUE(b->created.empty());
}

TEST_F(AdminTest, creates_no_topic_where_a_master_is_missing) {
  protocol::TopicRouteData slaves = route({{"y", a->address()}, {"z", b->address()}}, "other");
  slaves.broker_datas[1].broker_addrs = {{1, b->address()}};
  set_route("U", slaves);
  const auto created = admin->create_topic({.name = "new", .cluster = "other"});
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().code, Errc::no_route);
  EXPECT_THAT(created.error().message, HasSubstr("broker z"));

  slaves.broker_datas[0].broker_addrs = {{1, a->address()}};
  set_route("U", slaves);
  const auto none = admin->create_topic({.name = "new", .cluster = "other"});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::no_route);
  EXPECT_THAT(none.error().message, HasSubstr("cluster other has no master"));
  EXPECT_TRUE(a->created.empty());
}

TEST_F(AdminTest, refuses_a_topic_that_cannot_be) {
  EXPECT_EQ(admin->create_topic({.name = "a b"}).error().code, Errc::invalid_argument);
  EXPECT_EQ(admin->create_topic({.name = "T", .queues = 0}).error().code, Errc::invalid_argument);
}

TEST_F(AdminTest, passes_on_what_a_broker_refuses) {
  net::run_in(loop, [this] {
    b->fail_next(RequestCode::update_and_create_topic, 1, {ResponseCode::no_permission, "not you"});
  });
  const auto created = admin->create_topic({.name = "new"});
  EXPECT_EQ(created.error().code, ResponseCode::no_permission);
  EXPECT_THAT(created.error().message, HasSubstr(b->address()));
}

TEST_F(AdminTest, describes_where_a_topic_is_and_how_full_its_queues_are) {
  const auto topic = admin->describe_topic("T");
  ASSERT_TRUE(topic) << topic.error();
  ASSERT_EQ(topic->brokers.size(), 1U);
  EXPECT_EQ(topic->brokers[0].address, a->address());
  EXPECT_TRUE(topic->brokers[0].readable);
  EXPECT_FALSE(topic->brokers[0].writable);
  ASSERT_EQ(topic->queues.size(), 2U);
  EXPECT_EQ(topic->queues[0].queue, (MessageQueue{"T", "a", 0}));
  EXPECT_EQ(topic->queues[0].min_offset, 2);
  EXPECT_EQ(topic->queues[0].max_offset, 7);
  EXPECT_EQ(topic->queues[0].last_store_time.time_since_epoch().count(), 1'700'000'000'000);
}

TEST_F(AdminTest, says_that_a_topic_does_not_exist) {
  EXPECT_EQ(admin->describe_topic("unheard-of").error().code, Errc::no_route);
}

TEST_F(AdminTest, lists_a_broker_that_does_not_answer_with_its_problem) {
  net::run_in(loop, [this] { b->stop(); });
  const auto brokers = admin->cluster();
  ASSERT_TRUE(brokers) << brokers.error();
  ASSERT_EQ(brokers->size(), 2U);
  EXPECT_EQ((*brokers)[0].broker_name, "a");
  EXPECT_EQ((*brokers)[0].runtime.at("brokerVersionDesc"), "V5_5_0");
  EXPECT_TRUE((*brokers)[0].problem.empty());
  EXPECT_FALSE((*brokers)[1].problem.empty());
}

}  // namespace
}  // namespace rocketmq
