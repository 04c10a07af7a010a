#include "proxy/remoting/front.h"
#include "proxy/remoting/front_rig.h"

namespace rocketmq::proxy {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

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

// A client asks once for each broker of the route, and wants each message once.
TEST_F(FrontTest, asks_each_broker_of_a_topic_once_for_a_key) {
  start();
  FakeClient& client = connect();
  const auto query = [](std::string_view key) {
    return command(RequestCode::query_message, {{"topic", "T"}, {"key", key}});
  };
  EXPECT_EQ(client.call(query("k")).text, "a");
  EXPECT_EQ(client.call(query("another")).text, "a");
  EXPECT_EQ(client.call(query("k")).text, "b");
  EXPECT_EQ(client.call(query("k")).text, "a");
  EXPECT_EQ(client.call(query("another")).text, "b");
  EXPECT_EQ(connect().call(query("k")).text, "a") << "of a client of its own";
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

}  // namespace
}  // namespace rocketmq::proxy
