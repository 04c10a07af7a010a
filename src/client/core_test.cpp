#include "client/core.h"

#include <gmock/gmock.h>

#include "client/testing/client_fixture.h"
#include "protocol/requests/client_session.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using testing::ClientFixture;
using testing::route_over;
using testing::ScriptedBroker;
using testing::ScriptedNameServer;

class CoreTest : public ClientFixture {
 protected:
  Result<RoutePtr> route(Client::Core& core, const std::string& topic = "T") {
    return net::run_task(loop, core.routes().get(topic));
  }
};

class Member final : public ConsumerMember {
 public:
  protocol::ConsumerData heartbeat_data() const override { return {.group_name = "c"}; }
  void members_changed() override { ++changes; }
  int changes = 0;
};

TEST_F(CoreTest, needs_a_name_server) {
  unsetenv("NAMESRV_ADDR");
  const auto core = Client::Core::create_on(loop, {});
  EXPECT_EQ(core->usable().error().code, Errc::no_name_server);
}

TEST_F(CoreTest, takes_the_name_server_of_the_environment) {
  setenv("NAMESRV_ADDR", names.address().c_str(), 1);
  const auto core = Client::Core::create_on(loop, {});
  unsetenv("NAMESRV_ADDR");
  ASSERT_TRUE(core->usable());
  EXPECT_TRUE(route(*core));
}

TEST_F(CoreTest, says_which_name_server_address_is_wrong) {
  const auto core = make_core({.name_servers = "a:9876;nonsense"});
  EXPECT_EQ(core->usable().error().code, Errc::invalid_argument);
  EXPECT_THAT(core->usable().error().message, ::testing::HasSubstr("nonsense"));
}

TEST_F(CoreTest, says_which_option_cannot_be_used) {
  const auto refusal = [this](ClientOptions options) {
    const auto core = make_core(std::move(options));
    loop.advance(1s);  // its timers do not spin
    return core->usable() ? Error{} : core->usable().error();
  };
  EXPECT_EQ(refusal({.heartbeat_interval = 0ms}).code, Errc::invalid_argument);
  EXPECT_THAT(refusal({.heartbeat_interval = 0ms}).message,
              ::testing::HasSubstr("heartbeat_interval"));
  EXPECT_THAT(refusal({.route_refresh_interval = -1ms}).message,
              ::testing::HasSubstr("route_refresh_interval"));
  EXPECT_THAT(refusal({.request_timeout = std::chrono::milliseconds::max()}).message,
              ::testing::HasSubstr("request_timeout"));
  EXPECT_THAT(refusal({.pending_requests_max = 0}).message,
              ::testing::HasSubstr("pending_requests_max"));
  EXPECT_EQ(refusal({.connect_timeout = 1ms, .rebalance_interval = 24h}).code, std::error_code());
}

TEST_F(CoreTest, has_an_id_of_its_own_unless_it_is_given_one) {
  EXPECT_NE(make_core()->client_id(), make_core()->client_id());
  EXPECT_THAT(make_core({.instance_name = "one"})->client_id(), ::testing::EndsWith("@one"));
}

TEST_F(CoreTest, asks_the_next_name_server_when_one_is_down) {
  ScriptedNameServer other(loop, "other:9876");
  other.set_route("T", route_over({&a}, 1));
  names.stop();
  for (int i = 0; i < 4; ++i) {  // wherever it starts
    const auto core = make_core({.name_servers = "names:9876;other:9876"});
    EXPECT_TRUE(route(*core));
  }
}

TEST_F(CoreTest, stays_with_a_name_server_that_answers) {
  ScriptedNameServer other(loop, "other:9876");
  const auto core = make_core({.name_servers = "names:9876;other:9876"});
  for (int i = 0; i < 6; ++i) {
    static_cast<void>(net::run_task(loop, core->routes().refresh("unheard-of")));
  }
  const int here = names.received(RequestCode::get_routeinfo_by_topic);
  const int there = other.received(RequestCode::get_routeinfo_by_topic);
  EXPECT_EQ(here + there, 6);
  EXPECT_TRUE(here == 0 || there == 0);
}

TEST_F(CoreTest, does_not_ask_another_name_server_for_what_a_live_one_refused) {
  ScriptedNameServer other(loop, "other:9876");
  const auto core = make_core({.name_servers = "names:9876;other:9876"});
  for (ScriptedNameServer* server : {&names, &other}) {
    server->fail_next(RequestCode::get_routeinfo_by_topic, 1, {ResponseCode::system_error, "no"});
  }
  EXPECT_EQ(route(*core).error().code, ResponseCode::system_error);
  EXPECT_EQ(names.received(RequestCode::get_routeinfo_by_topic) +
                other.received(RequestCode::get_routeinfo_by_topic),
            1);
}

TEST_F(CoreTest, a_name_server_that_is_silent_leaves_time_for_the_others) {
  loop.link("silent:9876").blackhole = true;
  for (int i = 0; i < 4; ++i) {  // wherever it starts
    const auto core = make_core({.name_servers = "silent:9876;names:9876;silent:9876"});
    const net::TimePoint start = loop.now();
    EXPECT_TRUE(route(*core));
    EXPECT_LE(loop.now() - start, 3s);
  }
}

TEST_F(CoreTest, a_name_server_that_hangs_leaves_time_for_the_others) {
  ScriptedNameServer hanging(loop, "hanging:9876");
  hanging.drop_next(RequestCode::get_routeinfo_by_topic, 1000);
  for (int i = 0; i < 4; ++i) {  // wherever it starts
    const auto core = make_core({.name_servers = "hanging:9876;names:9876"});
    const net::TimePoint start = loop.now();
    EXPECT_TRUE(route(*core));
    EXPECT_LE(loop.now() - start, 3s);
    const int asked = hanging.received(RequestCode::get_routeinfo_by_topic);
    ASSERT_TRUE(net::run_task(loop, core->routes().refresh("T")));
    EXPECT_EQ(hanging.received(RequestCode::get_routeinfo_by_topic), asked) << "it was remembered";
  }
}

TEST_F(CoreTest, uses_what_an_address_server_says_and_drops_connections_to_who_is_gone) {
  std::string list = "names:9876";
  std::vector<std::unique_ptr<net::Stream>> streams;
  struct Ignore final : net::StreamHandler {
    void on_data(protocol::Buffer&) override {}
    void on_closed(const Error&) override {}
  } ignore;
  const auto listener = loop.listen("addresses:80", {}, [&](std::unique_ptr<net::Stream> stream) {
    streams.push_back(std::move(stream));
    streams.back()->start(ignore);
    streams.back()->output().append("HTTP/1.1 200 OK\r\n\r\n" + list);
    streams.back()->close();
  });
  ScriptedNameServer other(loop, "other:9876");
  other.set_route("T", route_over({&a}, 1));

  const auto core = Client::Core::create_on(
      loop, {.address_server = "http://addresses/nsaddr", .route_refresh_interval = 24h});
  ASSERT_TRUE(route(*core));
  EXPECT_EQ(core->statistics().connections, 1U);
  list = "other:9876";
  loop.advance(121s);
  EXPECT_EQ(core->statistics().connections, 0U);
  ASSERT_TRUE(net::run_task(loop, core->routes().refresh("T")));
  EXPECT_EQ(other.received(RequestCode::get_routeinfo_by_topic), 1);
}

TEST_F(CoreTest, says_so_when_the_address_server_does_not_answer) {
  const auto core = Client::Core::create_on(loop, {.address_server = "http://addresses/nsaddr"});
  const auto failed = route(*core);
  EXPECT_EQ(failed.error().code, Errc::no_name_server);
  EXPECT_THAT(failed.error().message, ::testing::HasSubstr("addresses:80/nsaddr"));
}

TEST_F(CoreTest, says_no_name_server_when_none_can_be_reached) {
  names.stop();
  const auto core = make_core();
  const auto failed = route(*core);
  EXPECT_EQ(failed.error().code, Errc::no_name_server);
  EXPECT_THAT(failed.error().message, ::testing::HasSubstr("names:9876"));
}

TEST_F(CoreTest, does_not_send_consumers_to_topics_that_do_not_exist) {
  names.set_route("TBW102", route_over({&a}, 8));
  const auto core = make_core();
  EXPECT_EQ(route(*core, "new").error().code, Errc::no_route);
}

TEST_F(CoreTest, tells_of_a_route_that_changed_and_only_then) {
  const auto core = make_core();
  std::vector<std::size_t> told;
  core->routes().pin("T");
  core->routes().add_listener(
      [&](const RoutePtr& changed) { told.push_back(changed->subscribe_queues.size()); });
  ASSERT_TRUE(route(*core));
  loop.advance(2min);
  EXPECT_THAT(told, ::testing::ElementsAre(4));
  names.set_route("T", route_over({&a, &b}, 3));
  loop.advance(1min);
  EXPECT_THAT(told, ::testing::ElementsAre(4, 6));
}

TEST_F(CoreTest, calls_a_broker_by_name) {
  const auto core = make_core();
  ASSERT_TRUE(route(*core));
  const auto answer =
      net::run_task(loop, core->call("a", protocol::GetMaxOffset{.topic = "T"}, {}, 3s));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->header.offset, 0);
  const auto unknown =
      net::run_task(loop, core->call("zz", protocol::GetMaxOffset{.topic = "T"}, {}, 3s));
  EXPECT_EQ(unknown.error().code, Errc::not_connected);
}

TEST_F(CoreTest, replaces_a_connection_that_was_cut_off_without_a_word) {
  const auto core = make_core();
  ASSERT_TRUE(route(*core));
  const auto ask = [&] {
    return net::run_task(loop, core->call("a", protocol::GetMaxOffset{.topic = "T"}, {}, 3s));
  };
  ASSERT_TRUE(ask());
  loop.link(a.address()).blackhole = true;
  EXPECT_EQ(ask().error().code, Errc::timeout);
  loop.link(a.address()).blackhole = false;  // what it swallowed is lost
  loop.run_ready();
  EXPECT_TRUE(ask());
}

TEST_F(CoreTest, sends_heartbeats_at_once_and_then_every_interval) {
  const auto core = make_core();
  ASSERT_TRUE(route(*core));
  Member member;
  ASSERT_TRUE(core->groups().add_consumer("c", member));
  loop.advance(100ms);
  EXPECT_EQ(a.received(RequestCode::heart_beat), 1);
  EXPECT_EQ(b.received(RequestCode::heart_beat), 1);
  EXPECT_THAT(a.members("c"), ::testing::ElementsAre(core->client_id()));
  loop.advance(5min);
  EXPECT_NEAR(a.received(RequestCode::heart_beat), 11, 1);
}

TEST_F(CoreTest, sends_a_heartbeat_to_a_broker_that_came_back_and_rebalances) {
  const auto core = make_core();
  ASSERT_TRUE(route(*core));
  Member member;
  ASSERT_TRUE(core->groups().add_consumer("c", member));
  loop.advance(1s);
  a.stop();
  a.remove_member("c", core->client_id());
  loop.advance(1s);
  a.start();
  const int changes = member.changes;
  // Whatever wants the broker next opens the connection.
  ASSERT_TRUE(net::run_task(loop, core->call("a", protocol::GetMaxOffset{.topic = "T"}, {}, 3s)));
  loop.advance(100ms);
  EXPECT_THAT(a.members("c"), ::testing::ElementsAre(core->client_id()));
  EXPECT_GT(member.changes, changes);
}

TEST_F(CoreTest, passes_on_that_a_group_has_other_members) {
  const auto core = make_core();
  ASSERT_TRUE(route(*core));
  Member member;
  ASSERT_TRUE(core->groups().add_consumer("c", member));
  loop.advance(1s);
  const int changes = member.changes;
  a.add_member("c", "10.0.0.7@other");
  a.add_member("elsewhere", "10.0.0.7@other");
  loop.advance(1s);
  EXPECT_EQ(member.changes, changes + 1);
}

TEST_F(CoreTest, takes_only_one_consumer_of_a_group) {
  const auto core = make_core();
  Member first;
  Member second;
  ASSERT_TRUE(core->groups().add_consumer("c", first));
  EXPECT_EQ(core->groups().add_consumer("c", second).error().code, Errc::invalid_argument);
}

TEST_F(CoreTest, leaves_a_group_at_every_broker) {
  const auto core = make_core();
  ASSERT_TRUE(route(*core));
  Member member;
  ASSERT_TRUE(core->groups().add_consumer("c", member));
  loop.advance(1s);
  net::run_task(loop, core->groups().remove_consumer("c", 1s));
  EXPECT_THAT(a.members("c"), ::testing::IsEmpty());
  EXPECT_THAT(b.members("c"), ::testing::IsEmpty());
  const int beats = a.received(RequestCode::heart_beat);
  loop.advance(5min);
  EXPECT_EQ(a.received(RequestCode::heart_beat), beats);
}

TEST_F(CoreTest, tells_slaves_of_consumers_only) {
  ScriptedBroker slave(loop, "a", "slave:10911");
  auto data = route_over({&a}, 1);
  data.broker_datas[0].broker_addrs[1] = slave.address();
  names.set_route("T", data);
  const auto core = make_core();
  ASSERT_TRUE(route(*core));
  core->groups().add_producer("p");
  net::run_task(loop, core->groups().heartbeat());
  EXPECT_EQ(a.received(RequestCode::heart_beat), 1);
  EXPECT_EQ(slave.received(RequestCode::heart_beat), 0);
  Member member;
  ASSERT_TRUE(core->groups().add_consumer("c", member));
  net::run_task(loop, core->groups().heartbeat());
  EXPECT_EQ(slave.received(RequestCode::heart_beat), 1);
}

TEST_F(CoreTest, signs_requests_when_it_has_a_key) {
  const Credentials who{"access", "secret"};
  names.require_signature(who);
  a.require_signature(who);
  const auto signing = make_core({.credentials = who});
  ASSERT_TRUE(route(*signing));
  net::run_task(loop, signing->groups().heartbeat());
  EXPECT_TRUE(
      net::run_task(loop, signing->call("a", protocol::GetMaxOffset{.topic = "T"}, {}, 3s)));
  EXPECT_EQ(route(*make_core()).error().code, ResponseCode::no_permission);
  EXPECT_EQ(route(*make_core({.credentials = {"access", "wrong"}})).error().code,
            ResponseCode::no_permission);
}

}  // namespace
}  // namespace rocketmq::client
