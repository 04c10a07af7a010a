#include "proxy/remoting/front.h"

#include "proxy/remoting/front_rig.h"

namespace rocketmq::proxy {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr auto beat_code = static_cast<int>(RequestCode::heart_beat);

protocol::Command beat_of(std::string_view body) {
  return command(RequestCode::heart_beat, {}, body);
}
constexpr const char* consumer_of_t =
    R"({"clientID":"c","consumerDataSet":[{"groupName":"g","subscriptionDataSet":[{"topic":"T"}]}]})";

// ---- one broker

TEST_F(FrontTest, passes_on_what_it_does_not_know) {
  start();
  protocol::Command answer =
      command(RequestCode{}, {{"queueId", "3"}, {"tomorrow", "yes"}}, "done");
  answer.remark = "a remark";
  answer.language = protocol::Language::java;
  a_.answer(RequestCode::send_message_v2, answer);
  protocol::Command send =
      command(RequestCode::send_message_v2, {{"n", "a"}, {"zz", "é\"\n"}}, "body");
  send.language = protocol::Language::rust;
  send.version = 477;
  const auto got = connect().call(send);
  EXPECT_EQ(got.code, 0);
  EXPECT_EQ(got.text, "done");
  EXPECT_EQ((*got.command)->remark, "a remark");
  EXPECT_EQ((*got.command)->language, protocol::Language::java);
  EXPECT_EQ(field(**got.command, "tomorrow"), "yes");
  ASSERT_THAT(a_.heard, SizeIs(1));
  const protocol::Command& heard = *a_.heard[0];
  EXPECT_EQ(heard.fields, send.fields);
  EXPECT_EQ(heard.body, "body");
  EXPECT_EQ(heard.language, protocol::Language::rust);
  EXPECT_EQ(heard.version, 477);
}

TEST_F(FrontTest, answers_each_of_many_requests_to_who_asked) {
  start();
  FakeClient& one = connect();
  FakeClient& two = connect();
  a_.is_silent = true;
  std::vector<std::shared_ptr<std::optional<FakeClient::Answer>>> pending;
  for (int n = 0; n < 10; ++n) pending.push_back((n % 2 ? one : two).begin(offset_at("a")));
  loop_.run_ready();
  ASSERT_THAT(a_.parked, SizeIs(10));
  for (std::size_t n = 10; n-- > 0;) {
    protocol::Command answer;
    const std::string body = std::to_string(a_.heard[n]->opaque);
    answer.body = body;
    a_.parked[n].forward(answer);
  }
  loop_.run_ready();
  for (const auto& each : pending) ASSERT_TRUE(each->has_value());
  EXPECT_EQ(a_.server->connection_count(), 2) << "a connection a client";
}

TEST_F(FrontTest, says_so_when_the_broker_cannot_be_reached) {
  start();
  b_.kill();
  const auto got = connect().call(offset_at("b"));
  EXPECT_EQ(got.code, static_cast<int>(ResponseCode::service_not_available));
  EXPECT_THAT(got.text, HasSubstr("broker b:1: "));
  EXPECT_LT(got.took, 3s);
}

TEST_F(FrontTest, says_so_when_the_broker_is_silent) {
  start();
  a_.is_silent = true;
  const auto got = connect().call(offset_at("a"));
  EXPECT_EQ(got.code, static_cast<int>(ResponseCode::system_error));
  EXPECT_LT(got.took, 3s) << "what clients wait";
}

TEST_F(FrontTest, says_so_when_the_broker_is_a_black_hole) {
  start();
  loop_.link("a:1").blackhole = true;
  const auto got = connect().call(offset_at("a"));
  EXPECT_NE(got.code, 0);
  EXPECT_LT(got.took, 3s);
}

TEST_F(FrontTest, says_so_to_all_who_wait_when_the_broker_dies) {
  start();
  FakeClient& client = connect();
  a_.is_silent = true;
  std::vector<std::shared_ptr<std::optional<FakeClient::Answer>>> pending;
  for (int n = 0; n < 100; ++n) pending.push_back(client.begin(offset_at("a")));
  loop_.run_ready();
  a_.kill();
  for (const auto& each : pending) {
    ASSERT_TRUE(each->has_value());
    EXPECT_EQ((*each)->code, static_cast<int>(ResponseCode::system_error)) << "it may be done";
  }
}

TEST_F(FrontTest, goes_on_when_the_broker_is_back) {
  start();
  FakeClient& client = connect();
  for (int round = 0; round < 100; ++round) {
    a_.is_silent = true;
    const auto pending = client.begin(offset_at("a"));
    loop_.run_ready();
    a_.kill();
    ASSERT_TRUE(pending->has_value()) << round;
    a_.start();
    a_.is_silent = false;
    ASSERT_EQ(client.call(offset_at("a")).text, "a") << round;
  }
  EXPECT_EQ(a_.server->connection_count(), 1);
}

TEST_F(FrontTest, takes_its_connections_with_the_client) {
  start();
  FakeClient& client = connect();
  client.call(offset_at("a"));
  client.call(offset_at("b"));
  a_.is_silent = true;
  client.begin(offset_at("a"));
  loop_.run_ready();
  EXPECT_EQ(a_.server->connection_count(), 1);
  client.channel.reset();
  loop_.advance(1s);
  EXPECT_EQ(a_.server->connection_count(), 0);
  EXPECT_EQ(b_.server->connection_count(), 0);
  EXPECT_EQ(front_->client_count(), 0);
}

TEST_F(FrontTest, tells_programs_that_go_away_was_not_meant_for_them) {
  start();
  protocol::Command go_away;
  go_away.code = static_cast<std::int32_t>(ResponseCode::go_away);
  a_.answer(RequestCode::get_max_offset, go_away);
  FakeClient& client = connect();
  EXPECT_EQ(client.call(offset_at("a")).code,
            static_cast<int>(ResponseCode::service_not_available));
  a_.answers.clear();
  EXPECT_EQ(client.call(offset_at("a")).text, "a");
  EXPECT_EQ(loop_.connections_made("a:1"), 2);
}

TEST_F(FrontTest, lets_a_pull_wait_without_holding_up_others) {
  start();
  FakeClient& client = connect();
  a_.is_silent = true;
  const auto pull = client.begin(command(
      RequestCode::pull_message,
      {{"bname", "a"}, {"topic", "T"}, {"sysFlag", "2"}, {"suspendTimeoutMillis", "15000"}}));
  loop_.run_ready();
  a_.is_silent = false;
  EXPECT_EQ(client.call(offset_at("a")).took, 0s);
  loop_.advance(15s);
  EXPECT_FALSE(pull->has_value());
  protocol::Command found =
      command(RequestCode{}, {{"suggestWhichBrokerId", "1"}, {"maxOffset", "9"}});
  a_.parked[0].forward(found);
  loop_.run_ready();
  ASSERT_TRUE(pull->has_value());
  EXPECT_EQ(field(**(*pull)->command, "suggestWhichBrokerId"), "0")
      << "slaves have no address here";
  EXPECT_EQ(field(**(*pull)->command, "maxOffset"), "9");
}

TEST_F(FrontTest, gives_up_on_a_pull_when_the_broker_forgets_it) {
  start();
  a_.is_silent = true;
  const auto got = connect().call(command(
      RequestCode::pull_message,
      {{"bname", "a"}, {"topic", "T"}, {"sysFlag", "2"}, {"suspendTimeoutMillis", "15000"}}));
  EXPECT_NE(got.code, 0);
  EXPECT_EQ(got.took, 23s);
}

TEST_F(FrontTest, limits_what_one_client_has_under_way) {
  options_.in_flight_max = 3;
  start();
  FakeClient& client = connect();
  a_.is_silent = true;
  for (int n = 0; n < 3; ++n) client.begin(offset_at("a"));
  loop_.run_ready();
  EXPECT_EQ(client.call(offset_at("a")).code, static_cast<int>(ResponseCode::system_busy));
  EXPECT_EQ(connect().call(offset_at("b")).text, "b") << "others are not concerned";
}

TEST_F(FrontTest, uses_the_only_broker_of_a_topic_where_none_is_named) {
  start();
  FakeClient& client = connect();
  EXPECT_EQ(client.call(command(RequestCode::get_max_offset, {{"topic", "A"}})).text, "a");
  const auto got = client.call(command(RequestCode::get_max_offset, {{"topic", "T"}}));
  EXPECT_EQ(got.code, 15) << "as the stock proxy";
  EXPECT_THAT(got.text, HasSubstr("addressing=ports"));
  EXPECT_EQ(client.call(command(RequestCode::get_max_offset, {{"topic", "new"}})).code, 15);
  EXPECT_EQ(client.call(offset_at("nobody")).code,
            static_cast<int>(ResponseCode::broker_not_exist));
}

TEST_F(FrontTest, takes_a_topic_that_is_about_to_be_made_to_the_only_broker_there_is) {
  options_.admin = AdminPolicy::all;
  name_server_.answer(RequestCode::get_broker_cluster_info,
                      command(RequestCode{}, {}, cluster_text({"b"})));
  start();
  FakeClient& client = connect();
  EXPECT_EQ(client.call(command(RequestCode::update_and_create_topic, {{"topic", "new"}})).text,
            "b");
  EXPECT_EQ(client.call(command(RequestCode::get_broker_runtime_info)).text, "b");
}

TEST_F(FrontTest, refuses_tools_unless_told_otherwise) {
  start();
  const auto got = connect().call(command(RequestCode::update_and_create_topic, {{"topic", "A"}}));
  EXPECT_EQ(got.code, static_cast<int>(ResponseCode::no_permission));
  EXPECT_THAT(a_.heard, IsEmpty());
}

// ---- routes

TEST_F(FrontTest, is_the_broker_in_every_route) {
  start();
  protocol::Command request = route_of("T");
  request.version = protocol::version_ordinal(5, 5, 0);
  const auto got = connect().call(request);
  EXPECT_EQ(got.code, 0);
  EXPECT_THAT(got.text, HasSubstr(R"("brokerAddrs":{"0":"proxy:8080"},"brokerName":"a")"));
  EXPECT_THAT(got.text, HasSubstr(R"("brokerAddrs":{"0":"proxy:8080"},"brokerName":"b")"));
  EXPECT_THAT(got.text, HasSubstr(R"("orderTopicConf":"a:8")"));
  EXPECT_EQ(connect().call(route_of("none")).code, 17);
}

TEST_F(FrontTest, keeps_routes_for_a_while_and_longer_when_nobody_answers) {
  start();
  FakeClient& client = connect();
  client.call(route_of("A"));
  client.call(route_of("A"));
  EXPECT_THAT(name_server_.heard, SizeIs(1));
  loop_.advance(20s);
  client.call(route_of("A"));
  EXPECT_THAT(name_server_.heard, SizeIs(2));
  name_server_.kill();
  loop_.advance(1h);
  FakeClient& later = connect();
  EXPECT_EQ(later.call(route_of("A")).code, 0);
  const auto unknown = later.call(route_of("T"));
  EXPECT_EQ(unknown.code, static_cast<int>(ResponseCode::service_not_available));
  EXPECT_LT(unknown.took, 3s);
}

TEST_F(FrontTest, asks_once_for_all_who_want_the_same_route) {
  start();
  name_server_.is_silent = true;
  std::vector<std::shared_ptr<std::optional<FakeClient::Answer>>> pending;
  for (int n = 0; n < 20; ++n) pending.push_back(connect().begin(route_of("A")));
  loop_.run_ready();
  EXPECT_THAT(name_server_.heard, SizeIs(1));
}

TEST_F(FrontTest, shows_the_cluster_to_tools_that_may_look) {
  options_.admin = AdminPolicy::read;
  options_.advertise = "public.example:9000";
  start();
  const auto got = connect().call(command(RequestCode::get_broker_cluster_info));
  EXPECT_THAT(got.text, HasSubstr(R"("brokerAddrs":{0:"public.example:9000"},"brokerName":"a")"));
}

// ---- several brokers

TEST_F(FrontTest, tells_all_brokers_of_its_topics_that_a_client_is_there) {
  start();
  FakeClient& client = connect();
  EXPECT_EQ(client.call(beat_of(consumer_of_t)).code, 0);
  EXPECT_THAT(a_.codes(), Each(beat_code));
  EXPECT_THAT(b_.codes(), Each(beat_code));
  EXPECT_THAT(b_.heard, Not(IsEmpty()));
}

TEST_F(FrontTest, sends_the_heartbeat_that_a_client_repeats_for_each_broker_once) {
  start();
  FakeClient& client = connect();
  client.call(beat_of(consumer_of_t));
  a_.heard.clear();
  loop_.advance(5s);
  const auto first = client.begin(beat_of(consumer_of_t));
  const auto second = client.begin(beat_of(consumer_of_t));
  EXPECT_EQ(client.call(beat_of(consumer_of_t)).code, 0);
  EXPECT_TRUE(first->has_value() && second->has_value());
  EXPECT_THAT(a_.heard, SizeIs(1));
  client.call(beat_of(R"({"clientID":"other"})"));
  EXPECT_THAT(a_.heard, SizeIs(2)) << "another one goes out at once";
}

TEST_F(FrontTest, tells_a_broker_that_comes_later_before_anything_else) {
  start();
  FakeClient& client = connect();
  EXPECT_EQ(client.call(beat_of(R"({"clientID":"producer"})")).code, 0);
  EXPECT_THAT(a_.heard, IsEmpty());
  client.call(offset_at("a"));
  ASSERT_THAT(a_.heard, SizeIs(2));
  EXPECT_EQ(a_.heard[0]->code, beat_code);
  EXPECT_EQ(a_.heard[0]->body, R"({"clientID":"producer"})");
}

TEST_F(FrontTest, answers_heartbeats_while_one_broker_is_gone) {
  start();
  FakeClient& client = connect();
  a_.kill();
  EXPECT_EQ(client.call(beat_of(consumer_of_t)).code, 0);
  b_.kill();
  loop_.advance(10s);
  const auto got = client.call(beat_of(consumer_of_t));
  EXPECT_NE(got.code, 0);
  EXPECT_LT(got.took, 3s);
}

TEST_F(FrontTest, answers_heartbeats_while_name_servers_are_silent) {
  start();
  FakeClient& client = connect();
  client.call(beat_of(consumer_of_t));
  name_server_.is_silent = true;
  loop_.advance(30s);
  EXPECT_EQ(client.call(beat_of(consumer_of_t)).took, 0s);
  const auto got = client.call(beat_of(
      R"({"clientID":"c","consumerDataSet":[{"groupName":"g","subscriptionDataSet":[{"topic":"N"},)"
      R"({"topic":"M"},{"topic":"O"}]}]})"));
  EXPECT_EQ(got.code, 0);
  EXPECT_LT(got.took, 3s) << "for each topic one after the other";
}

TEST_F(FrontTest, hears_of_brokers_that_a_topic_got_meanwhile) {
  start();
  FakeClient& client = connect();
  topics_["T"] = {"a"};
  client.call(beat_of(consumer_of_t));
  EXPECT_THAT(b_.heard, IsEmpty());
  topics_["T"] = {"a", "b"};
  loop_.advance(30s);
  client.call(beat_of(consumer_of_t));  // asks in the background
  loop_.advance(30s);
  client.call(beat_of(consumer_of_t));
  EXPECT_THAT(b_.codes(), Contains(beat_code));
}

TEST_F(FrontTest, forgets_who_unregisters) {
  start();
  FakeClient& client = connect();
  client.call(beat_of(consumer_of_t));
  EXPECT_EQ(client.call(command(RequestCode::unregister_client, {{"clientID", "c"}})).code, 0);
  EXPECT_EQ(a_.heard.back()->code, 35);
  EXPECT_EQ(b_.heard.back()->code, 35);
  a_.kill();
  a_.start();
  a_.heard.clear();
  client.call(offset_at("a"));
  EXPECT_THAT(a_.codes(), ElementsAre(30)) << "no heartbeat of before";
}

TEST_F(FrontTest, locks_queues_of_several_brokers) {
  start();
  const auto locked = [](const char* queue) {
    return std::string(R"({"lockOKMQSet":[)") + queue + "]}";
  };
  const std::string at_a = locked(R"({"brokerName":"a","queueId":0,"topic":"T"})");
  const std::string at_b = locked(R"({"brokerName":"b","queueId":1,"topic":"T"})");
  a_.answer(RequestCode::lock_batch_mq, command(RequestCode{}, {}, at_a));
  b_.answer(RequestCode::lock_batch_mq, command(RequestCode{}, {}, at_b));
  FakeClient& client = connect();
  const auto got = client.call(command(
      RequestCode::lock_batch_mq, {},
      R"({"mqSet":[{"brokerName":"a","queueId":0,"topic":"T"},{"brokerName":"b","queueId":1,"topic":"T"}]})"));
  EXPECT_THAT(got.text, HasSubstr(R"("brokerName":"a")"));
  EXPECT_THAT(got.text, HasSubstr(R"("brokerName":"b")"));
  b_.kill();
  EXPECT_EQ(client
                .call(command(RequestCode::lock_batch_mq, {},
                              R"({"mqSet":[{"brokerName":"a","queueId":0,"topic":"T"}]})"))
                .text,
            at_a);
}

TEST_F(FrontTest, says_so_when_there_is_nothing_to_lock) {
  start();
  const auto got = connect().call(command(RequestCode::lock_batch_mq, {}, "{}"));
  EXPECT_EQ(got.code, static_cast<int>(ResponseCode::service_not_available));
  EXPECT_EQ(got.text, "no broker is known for this");
}

TEST_F(FrontTest, asks_another_broker_for_the_members_of_a_group) {
  start();
  FakeClient& client = connect();
  client.call(beat_of(consumer_of_t));
  a_.kill();
  const auto got =
      client.call(command(RequestCode::get_consumer_list_by_group, {{"consumerGroup", "g"}}));
  EXPECT_EQ(got.text, "b");
  b_.kill();
  EXPECT_NE(
      client.call(command(RequestCode::get_consumer_list_by_group, {{"consumerGroup", "g"}})).code,
      0);
}

TEST_F(FrontTest, asks_all_brokers_of_a_topic_for_a_key) {
  start();
  const auto got =
      connect().call(command(RequestCode::query_message, {{"topic", "T"}, {"key", "k"}}));
  EXPECT_THAT((std::vector{got.text}), testing::AnyOf(ElementsAre("ab"), ElementsAre("ba")));
}

TEST_F(FrontTest, asks_a_broker_of_the_topic_that_a_body_names) {
  start();
  EXPECT_EQ(connect().call(command(RequestCode::query_assignment, {}, R"({"topic":"A"})")).text,
            "a");
}

// ---- what brokers ask

TEST_F(FrontTest, relays_what_brokers_ask_and_what_clients_answer) {
  start();
  FakeClient& client = connect();
  client.call(offset_at("a"));
  for (const int code : {39, 40, 220, 221, 307, 309, 326}) {
    std::string answered;
    protocol::Command question;
    question.code = code;
    question.fields = {{"x", "y"}};
    a_.channel->call(question, 10s, [&](Result<protocol::Incoming*> answer) {
      answered = answer ? std::string((*answer)->command().body) : answer.error().message;
    });
    loop_.run_ready();
    EXPECT_EQ(answered, "client") << code;
    EXPECT_EQ(client.asked.back()->code, code);
    EXPECT_EQ(field(*client.asked.back(), "x"), "y");
  }
  protocol::Command notice;
  notice.code = 40;
  ASSERT_TRUE(a_.channel->oneway(notice));
  loop_.run_ready();
  EXPECT_TRUE(client.asked.back()->is_oneway());
}

TEST_F(FrontTest, tells_a_broker_that_the_client_does_not_answer) {
  start();
  FakeClient& client = connect();
  client.call(offset_at("a"));
  client.is_silent = true;
  std::int32_t code = 0;
  protocol::Command question;
  question.code = 307;
  a_.channel->call(question, 1min, [&](Result<protocol::Incoming*> answer) {
    code = answer ? (*answer)->command().code : -1;
  });
  loop_.advance(11s);
  EXPECT_EQ(code, 1);
}

TEST_F(FrontTest, takes_the_end_of_a_transaction_to_who_asked_for_it) {
  start();
  FakeClient& client = connect();
  client.call(offset_at("b"));
  ASSERT_TRUE(b_.channel->oneway(
      command(RequestCode::check_transaction_state, {{"transactionId", "tx-1"}})));
  loop_.run_ready();
  b_.heard.clear();
  ASSERT_TRUE(client.channel->oneway(
      command(RequestCode::end_transaction, {{"transactionId", "tx-1"}, {"topic", "T"}})));
  loop_.run_ready();
  EXPECT_THAT(b_.codes(), ElementsAre(37));
  EXPECT_TRUE(b_.heard[0]->is_oneway());
}

// ---- ports

class FrontWithPortsTest : public FrontTest {
 protected:
  static protocol::Command old_route(std::string_view topic) {
    protocol::Command request = route_of(topic);
    request.version = protocol::version_ordinal(4, 3, 0);
    return request;
  }
};

TEST_F(FrontWithPortsTest, gives_each_broker_a_port_where_clients_name_none) {
  start();
  FakeClient& client = connect();
  const auto got = client.call(old_route("T"));
  EXPECT_THAT(got.text, HasSubstr(R"({0:"proxy:8100"},"brokerName":"a")"));
  EXPECT_THAT(got.text, HasSubstr(R"({0:"proxy:8101"},"brokerName":"b")"));
  EXPECT_EQ(saved_, R"({"a:0":8100,"b:0":8101})");
  const protocol::Command nameless = command(RequestCode::get_max_offset, {{"topic", "T"}});
  EXPECT_EQ(connect("proxy:8100").call(nameless).text, "a");
  EXPECT_EQ(connect("proxy:8101").call(nameless).text, "b");
}

TEST_F(FrontWithPortsTest, tells_only_the_broker_of_the_port_that_a_client_is_there) {
  options_.addressing = Addressing::ports;
  start();
  connect().call(route_of("T"));
  FakeClient& at_b = connect("proxy:8101");
  EXPECT_EQ(at_b.call(beat_of(consumer_of_t)).text, "b");
  EXPECT_THAT(a_.heard, IsEmpty());
  EXPECT_EQ(
      at_b.call(command(RequestCode::get_consumer_list_by_group, {{"consumerGroup", "g"}})).text,
      "b");
  EXPECT_EQ(at_b.call(command(RequestCode::lock_batch_mq, {}, "{}")).text, "b");
}

TEST_F(FrontWithPortsTest, leaves_the_suggested_slave_in_the_answer_to_a_pull) {
  options_.addressing = Addressing::ports;
  start();
  connect().call(route_of("A"));
  a_.answer(RequestCode::pull_message, command(RequestCode{}, {{"suggestWhichBrokerId", "1"}}));
  const auto got = connect("proxy:8100").call(command(RequestCode::pull_message, {{"topic", "A"}}));
  EXPECT_EQ(field(**got.command, "suggestWhichBrokerId"), "1");
}

TEST_F(FrontWithPortsTest, listens_on_known_ports_from_the_start) {
  options_.addressing = Addressing::ports;
  ASSERT_TRUE(ports_.load(R"({"b:0":8100})"));
  start();
  EXPECT_EQ(connect("proxy:8100").call(command(RequestCode::get_max_offset)).text, "b");
}

TEST_F(FrontWithPortsTest, hides_brokers_that_no_port_is_left_for) {
  options_.addressing = Addressing::ports;
  ports_ = Ports(8100, 1);
  start();
  const auto got = connect().call(route_of("T"));
  EXPECT_THAT(got.text, HasSubstr(R"("brokerAddrs":{},"brokerName":"b")"));
  ASSERT_THAT(log_, SizeIs(1));
  EXPECT_THAT(log_[0], HasSubstr("portsCount"));
}

}  // namespace
}  // namespace rocketmq::proxy
