#include "broker-lite/namesrv/name_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/sim_loop.h"
#include "protocol/message_codec.h"
#include "protocol/requests/namesrv.h"
#include "protocol/requests/namesrv_admin.h"

namespace rocketmq::namesrv {
namespace {

using namespace std::chrono_literals;
using namespace protocol;
using testing::HasSubstr;

constexpr std::string_view two_topics =
    R"({"filterServerList":[],"topicConfigSerializeWrapper":{"dataVersion":{"counter":1,)"
    R"("stateVersion":0,"timestamp":1},"topicConfigTable":{)"
    R"("T":{"perm":6,"readQueueNums":4,"topicName":"T","writeQueueNums":4},)"
    R"("U":{"perm":6,"readQueueNums":4,"topicName":"U","writeQueueNums":4}}}})";

class NameServerTest : public testing::Test {
 protected:
  // One peer of the name server: asks, and waits for the answer.
  struct Peer {
    net::SimLoop& loop;
    net::ChannelOptions options{};
    std::unique_ptr<net::Channel> channel{};
    bool is_closed = false;

    Peer(net::SimLoop& on, std::string_view address) : loop(on) {
      auto connecting = loop.connect(address, {}, [this](auto stream) {
        channel = std::make_unique<net::Channel>(
            loop, std::move(stream).value(), options, nullptr,
            [this](net::Channel&, const Error&) { is_closed = true; });
      });
      EXPECT_TRUE(loop.run_until([this] { return channel != nullptr; }, 1s));
    }

    template <class Req>
    Result<net::Answer<typename Req::Response>> ask(const Req& request,
                                                    std::string_view body = {}) {
      std::optional<Result<net::Answer<typename Req::Response>>> answer;
      channel->call<Req>(request, body, 3s,
                         [&answer](auto result) { answer.emplace(std::move(result)); });
      loop.run_until([&answer] { return answer.has_value(); });
      return *std::move(answer);
    }

    // The answer's body, or "code remark".
    template <class Req>
    std::string body_of(const Req& request, std::string_view body = {}) {
      const auto answer = ask(request, body);
      if (answer) return std::string(answer->body);
      return str(answer.error().code.value(), " ", answer.error().message);
    }
  };

  void start(NameServerOptions options = {}) {
    server.emplace(loop, std::move(options));
    address = server->listen("127.0.0.1:9876").value();
  }

  static RegisterBroker registration(std::string_view name, std::string_view broker_address) {
    return {.broker_name = name,
            .broker_addr = broker_address,
            .cluster_name = "C",
            .ha_server_addr = "",
            .broker_id = 0};
  }

  net::SimLoop loop;
  std::optional<NameServer> server;
  std::string address;
};

TEST_F(NameServerTest, tells_clients_what_brokers_registered) {
  start();
  Peer broker(loop, address);
  ASSERT_TRUE(broker.ask(registration("a", "10.0.0.1:10911"), two_topics));
  Peer client(loop, address);
  EXPECT_EQ(client.body_of(GetRouteInfoByTopic{.topic = "T"}),
            R"({"brokerDatas":[{"brokerAddrs":{"0":"10.0.0.1:10911"},"brokerName":"a",)"
            R"("cluster":"C","enableActingMaster":false}],"filterServerTable":{},)"
            R"("queueDatas":[{"brokerName":"a","perm":6,"readQueueNums":4,"topicSysFlag":0,)"
            R"("writeQueueNums":4}]})");
  EXPECT_EQ(client.body_of(GetRouteInfoByTopic{.topic = "nothing"}),
            "17 No topic route info in name server for the topic: nothing");
  EXPECT_EQ(client.body_of(GetAllTopicListFromNameserver{}), R"({"topicList":["T","U"]})");
  EXPECT_EQ(client.body_of(GetTopicsByCluster{.cluster = "C"}), R"({"topicList":["T","U"]})");
  EXPECT_EQ(client.body_of(GetSystemTopicListFromNs{}),
            R"({"brokerAddr":"10.0.0.1:10911","topicList":["C","a"]})");
}

TEST_F(NameServerTest, tells_of_a_change_whoever_was_told_before) {
  start();
  Peer broker(loop, address);
  ASSERT_TRUE(broker.ask(registration("a", "10.0.0.1:10911"), two_topics));
  Peer client(loop, address);
  const std::string before = client.body_of(GetRouteInfoByTopic{.topic = "T"});
  EXPECT_EQ(client.body_of(GetRouteInfoByTopic{.topic = "T"}), before);
  ASSERT_TRUE(client.ask(WipeWritePermOfBroker{.broker_name = "a"}));
  EXPECT_THAT(client.body_of(GetRouteInfoByTopic{.topic = "T"}), HasSubstr(R"("perm":4)"));
  broker.channel.reset();
  loop.run_ready();
  EXPECT_THAT(client.body_of(GetRouteInfoByTopic{.topic = "T"}), HasSubstr("17 No topic route"));
}

TEST_F(NameServerTest, writes_the_old_dialect_for_old_clients_and_for_tools) {
  start();
  Peer broker(loop, address);
  ASSERT_TRUE(broker.ask(registration("a", "10.0.0.1:10911"), two_topics));
  Command old;
  old.code = static_cast<std::int32_t>(RequestCode::get_routeinfo_by_topic);
  old.version = version_ordinal(4, 9, 3);
  old.fields = {{"topic", "T"}};
  const auto ask_old = [&](std::string_view expected) {
    bool is_answered = false;
    broker.channel->call(old, 3s, [&](Result<Incoming*> answer) {
      is_answered = true;
      ASSERT_TRUE(answer);
      EXPECT_THAT(std::string((*answer)->command().body), HasSubstr(std::string(expected)));
    });
    EXPECT_TRUE(loop.run_until([&] { return is_answered; }));
  };
  ask_old(R"("brokerAddrs":{0:"10.0.0.1:10911"})");
  old.fields.push_back({"acceptStandardJsonOnly", "true"});
  ask_old(R"("brokerAddrs":{"0":"10.0.0.1:10911"})");

  EXPECT_EQ(broker.body_of(GetBrokerClusterInfo{}),
            R"({"brokerAddrTable":{"a":{"brokerAddrs":{0:"10.0.0.1:10911"},"brokerName":"a",)"
            R"("cluster":"C","enableActingMaster":false}},"clusterAddrTable":{"C":["a"]}})");
  EXPECT_EQ(broker.body_of(GetBrokerMemberGroup{.cluster_name = "C", .broker_name = "a"}),
            R"({"brokerMemberGroup":{"brokerAddrs":{0:"10.0.0.1:10911"},"brokerName":"a",)"
            R"("cluster":"C"}})");
  EXPECT_EQ(broker.body_of(GetBrokerMemberGroup{.cluster_name = "C", .broker_name = "x"}),
            R"({"brokerMemberGroup":{"brokerAddrs":{},"brokerName":"x","cluster":"C"}})");
}

TEST_F(NameServerTest, names_a_broker_that_listens_everywhere_by_the_host_the_client_used) {
  start();
  Peer broker(loop, address);
  ASSERT_TRUE(broker.ask(registration("a", "0.0.0.0:10911"), two_topics));
  EXPECT_THAT(broker.body_of(GetRouteInfoByTopic{.topic = "T"}), HasSubstr("127.0.0.1:10911"));
  EXPECT_THAT(broker.body_of(GetBrokerClusterInfo{}), HasSubstr("127.0.0.1:10911"));
}

TEST_F(NameServerTest, checks_the_body_of_a_registration) {
  start();
  Peer broker(loop, address);
  auto request = registration("a", "10.0.0.1:10911");
  request.body_crc32 = static_cast<std::int32_t>(body_crc(two_topics));
  EXPECT_EQ(broker.body_of(request, two_topics), "");
  ++*request.body_crc32;
  EXPECT_EQ(broker.body_of(request, two_topics), "1 crc32 not match");
  request.body_crc32.reset();
  EXPECT_THAT(broker.body_of(request, "{"), testing::StartsWith("1 register broker body"));
}

TEST_F(NameServerTest, forgets_a_broker_when_its_connection_closes_or_it_says_so) {
  start();
  Peer client(loop, address);
  {
    Peer broker(loop, address);
    ASSERT_TRUE(broker.ask(registration("a", "10.0.0.1:10911"), two_topics));
    EXPECT_EQ(client.body_of(GetAllTopicListFromNameserver{}), R"({"topicList":["T","U"]})");
  }
  loop.advance(10ms);
  EXPECT_EQ(client.body_of(GetAllTopicListFromNameserver{}), R"({"topicList":[]})");

  Peer broker(loop, address);
  ASSERT_TRUE(broker.ask(registration("a", "10.0.0.1:10911"), two_topics));
  ASSERT_TRUE(broker.ask(UnregisterBroker{
      .broker_name = "a", .broker_addr = "10.0.0.1:10911", .cluster_name = "C", .broker_id = 0}));
  EXPECT_EQ(client.body_of(GetAllTopicListFromNameserver{}), R"({"topicList":[]})");
}

TEST_F(NameServerTest, drops_a_broker_that_stays_silent) {
  start({.server = {.idle_timeout = {}}});
  Peer broker(loop, address);
  auto request = registration("a", "10.0.0.1:10911");
  request.heartbeat_timeout_millis = 30'000;
  ASSERT_TRUE(broker.ask(request, two_topics));
  const BrokerHeartbeat heartbeat{
      .cluster_name = "C", .broker_addr = "10.0.0.1:10911", .broker_name = "a"};
  loop.advance(29s);
  ASSERT_TRUE(broker.ask(heartbeat));
  loop.advance(29s);
  EXPECT_EQ(server->routes().topics().size(), 2u);
  EXPECT_FALSE(broker.is_closed);
  loop.advance(7s);
  EXPECT_EQ(server->routes().topics().size(), 0u);
  EXPECT_TRUE(broker.is_closed);
}

TEST_F(NameServerTest, says_whether_a_broker_must_register_again) {
  start();
  Peer broker(loop, address);
  const QueryDataVersion query{
      .broker_name = "a", .broker_addr = "10.0.0.1:10911", .cluster_name = "C", .broker_id = 0};
  const std::string_view version = R"({"counter":1,"stateVersion":0,"timestamp":1})";
  EXPECT_TRUE(broker.ask(query, version)->header.changed);
  ASSERT_TRUE(broker.ask(registration("a", "10.0.0.1:10911"), two_topics));
  const auto known = broker.ask(query, version);
  EXPECT_FALSE(known->header.changed);
  EXPECT_EQ(known->body, version);
  EXPECT_FALSE(broker.ask(query, "nonsense"));
}

TEST_F(NameServerTest, lets_tools_change_topics_and_permissions) {
  start();
  Peer tool(loop, address);
  ASSERT_TRUE(tool.ask(registration("a", "10.0.0.1:10911"), two_topics));
  EXPECT_EQ(tool.ask(WipeWritePermOfBroker{.broker_name = "a"})->header.wipe_topic_count, 2);
  EXPECT_THAT(tool.body_of(GetRouteInfoByTopic{.topic = "T"}), HasSubstr(R"("perm":4)"));
  EXPECT_EQ(tool.ask(AddWritePermOfBroker{.broker_name = "a"})->header.add_topic_count, 2);
  EXPECT_THAT(tool.body_of(GetRouteInfoByTopic{.topic = "T"}), HasSubstr(R"("perm":6)"));

  ASSERT_TRUE(tool.ask(RegisterTopicInNamesrv{.topic = "X"},
                       R"({"queueDatas":[{"brokerName":"a","perm":6,"readQueueNums":1,)"
                       R"("topicSysFlag":0,"writeQueueNums":1}]})"));
  EXPECT_TRUE(server->routes().route("X"));
  ASSERT_TRUE(tool.ask(DeleteTopicInNamesrv{.topic = "X", .cluster_name = "C"}));
  ASSERT_TRUE(tool.ask(DeleteTopicInNamesrv{.topic = "T", .cluster_name = ""}));
  EXPECT_EQ(tool.body_of(GetAllTopicListFromNameserver{}), R"({"topicList":["U"]})");
}

TEST_F(NameServerTest, keeps_small_settings_and_answers_once_they_are_saved) {
  NamesrvCore::Saved save_done;
  int saves = 0;
  start({.save_kv = [&](NamesrvCore::Saved done) {
    ++saves;
    save_done = std::move(done);
  }});
  Peer tool(loop, address);
  bool is_answered = false;
  tool.channel->call<PutKVConfig>({.ns = "N", .key = "k", .value = "v"}, {}, 3s,
                                  [&](auto answer) { is_answered = answer.has_value(); });
  loop.advance(1s);
  ASSERT_EQ(saves, 1);
  EXPECT_FALSE(is_answered);
  save_done({});
  loop.advance(1s);
  EXPECT_TRUE(is_answered);

  EXPECT_EQ(tool.ask(GetKVConfig{.ns = "N", .key = "k"})->header.value, "v");
  EXPECT_EQ(tool.body_of(GetKVListByNamespace{.ns = "N"}), R"({"table":{"k":"v"}})");
  EXPECT_EQ(tool.body_of(GetKVConfig{.ns = "N", .key = "x"}),
            "22 No config item, Namespace: N Key: x");
  EXPECT_EQ(tool.body_of(GetKVListByNamespace{.ns = "x"}), "22 No config item, Namespace: x");
  EXPECT_EQ(tool.body_of(DeleteKVConfig{.ns = "N", .key = "x"}), "");
  EXPECT_EQ(saves, 1);
}

TEST_F(NameServerTest, tells_brokers_which_topics_are_ordered) {
  start();
  Peer tool(loop, address);
  ASSERT_TRUE(tool.ask(PutKVConfig{.ns = "ORDER_TOPIC_CONFIG", .key = "T", .value = "a:4"}));
  EXPECT_EQ(tool.body_of(registration("a", "10.0.0.1:10911"), two_topics),
            R"({"table":{"T":"a:4"}})");
  // Clients would take it for the whole route, so they get it only where that is wanted.
  EXPECT_THAT(tool.body_of(GetRouteInfoByTopic{.topic = "T"}),
              testing::Not(HasSubstr("orderTopicConf")));
}

TEST_F(NameServerTest, tells_clients_of_ordered_topics_when_that_is_enabled) {
  start({.settings = {.order_message_enable = true}});
  Peer tool(loop, address);
  ASSERT_TRUE(tool.ask(PutKVConfig{.ns = "ORDER_TOPIC_CONFIG", .key = "T", .value = "a:4"}));
  ASSERT_TRUE(tool.ask(registration("a", "10.0.0.1:10911"), two_topics));
  EXPECT_THAT(tool.body_of(GetRouteInfoByTopic{.topic = "T"}),
              HasSubstr(R"("orderTopicConf":"a:4")"));
}

TEST_F(NameServerTest, is_set_up_by_tools) {
  std::string saved;
  start({.save_settings = [&](NamesrvCore::Saved done) {
    saved = server->changed_settings();
    done({});
  }});
  Peer tool(loop, address);
  const auto change = [&](std::string_view text) {
    return tool.body_of(UpdateNamesrvConfig{}, text);
  };
  EXPECT_THAT(tool.body_of(GetNamesrvConfig{}), HasSubstr("orderMessageEnable=false\n"));
  EXPECT_EQ(change("orderMessageEnable=true\nenableTopicList=false"), "");
  EXPECT_THAT(tool.body_of(GetNamesrvConfig{}), HasSubstr("orderMessageEnable=true\n"));
  EXPECT_EQ(saved, "enableTopicList=false\norderMessageEnable=true\n");
  EXPECT_EQ(tool.body_of(GetTopicsByCluster{.cluster = "C"}), "1 disable");
  EXPECT_EQ(tool.body_of(GetUnitTopicList{}), "1 disable");
  EXPECT_EQ(tool.body_of(GetAllTopicListFromNameserver{}), R"({"topicList":[]})");

  for (const char* const name :
       {"kvConfigPath", "configStorePath", "rocketmqHome", "configBlackList"}) {
    EXPECT_EQ(change(str(name, "=/tmp/x")), "16 Can not update config in black list.");
  }
  EXPECT_EQ(change("noSuch=1"), "29 noSuch is no setting of this server");
  EXPECT_EQ(change("enableTopicList=1"), "29 enableTopicList=1 is neither true nor false");
  EXPECT_EQ(change(""), "");
}

TEST_F(NameServerTest, knows_after_a_start_what_tools_have_set) {
  start();
  ASSERT_TRUE(server->load_settings("deleteTopicWithBrokerRegistration=true\nkvConfigPath=/x\n"));
  EXPECT_EQ(server->changed_settings(), "deleteTopicWithBrokerRegistration=true\n");
  Peer broker(loop, address);
  ASSERT_TRUE(broker.ask(registration("a", "10.0.0.1:10911"), two_topics));
  ASSERT_TRUE(broker.ask(
      registration("a", "10.0.0.1:10911"),
      R"({"topicConfigSerializeWrapper":{"dataVersion":{"counter":2},"topicConfigTable":{)"
      R"("T":{"perm":6,"readQueueNums":4,"topicName":"T","writeQueueNums":4}}}})"));
  EXPECT_EQ(broker.body_of(GetAllTopicListFromNameserver{}), R"({"topicList":["T"]})");
}

TEST_F(NameServerTest, lists_topics_by_their_flags) {
  start();
  Peer broker(loop, address);
  std::string table;
  for (const int flag : {0, 1, 2, 3}) {
    table += str(flag == 0 ? "" : ",", "\"T", flag, R"(":{"topicSysFlag":)", flag, "}");
  }
  ASSERT_TRUE(
      broker.ask(registration("a", "10.0.0.1:10911"),
                 str(R"({"topicConfigSerializeWrapper":{"dataVersion":{},"topicConfigTable":{)",
                     table, "}}}")));
  EXPECT_EQ(broker.body_of(GetUnitTopicList{}), R"({"topicList":["T1","T3"]})");
  EXPECT_EQ(broker.body_of(GetHasUnitSubTopicList{}), R"({"topicList":["T2","T3"]})");
  EXPECT_EQ(broker.body_of(GetHasUnitSubUnunitTopicList{}), R"({"topicList":["T2"]})");
}

TEST_F(NameServerTest, tells_a_slave_where_its_master_is) {
  start();
  Peer master(loop, address);
  auto request = registration("a", "10.0.0.1:10911");
  request.ha_server_addr = "10.0.0.1:10912";
  ASSERT_TRUE(master.ask(request, two_topics));
  Peer slave(loop, address);
  request.broker_addr = "10.0.0.2:10911";
  request.broker_id = 1;
  const auto answer = slave.ask(request, two_topics);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->header.master_addr, "10.0.0.1:10911");
  EXPECT_EQ(answer->header.ha_server_addr, "10.0.0.1:10912");
}

TEST_F(NameServerTest, does_not_know_requests_for_brokers) {
  start();
  Peer client(loop, address);
  Command request;
  request.code = 10;
  bool is_answered = false;
  client.channel->call(request, 3s, [&](Result<Incoming*> answer) {
    is_answered = true;
    ASSERT_TRUE(answer);
    EXPECT_EQ((*answer)->command().code, 3);
    EXPECT_EQ((*answer)->command().remark, " request type 10 not supported");
  });
  EXPECT_TRUE(loop.run_until([&] { return is_answered; }));
}

}  // namespace
}  // namespace rocketmq::namesrv
