// The SDK as users have it, against the broker they test with.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocketmq/rocketmq.h>
#include <rocketmq/testing/embedded_broker.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <thread>

#include "protocol/testing/temporary_folder.h"

namespace rocketmq::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct EmbeddedBrokerTest : ::testing::Test {
  Result<SendReceipt> send(const std::string& body) {
    return producer.send({.topic = "orders", .body = body});
  }
  std::vector<std::string> bodies() const {
    std::vector<std::string> all;
    for (const MessageView& message : broker.messages("orders")) all.emplace_back(message.body());
    return all;
  }

  EmbeddedBroker broker;
  bool is_created = broker.create_topic("orders", 1).has_value();
  Client client{{.name_servers = broker.name_server(), .request_timeout = 2s}};
  Producer producer = client.create_producer({.group = "shop", .send_timeout = 5s}).value();
};

TEST_F(EmbeddedBrokerTest, shows_what_it_was_sent) {
  ASSERT_TRUE(is_created);
  ASSERT_TRUE(producer.send({.topic = "orders", .body = "1", .tag = "new", .keys = {"k"}}));
  ASSERT_TRUE(send("2"));
  const std::vector<MessageView> messages = broker.messages("orders");
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0].body(), "1");
  EXPECT_EQ(messages[0].tag(), "new");
  EXPECT_EQ(messages[1].queue_offset(), 1);
  EXPECT_EQ(messages[1].queue().topic, "orders");
  EXPECT_TRUE(broker.messages("nothing").empty());
  EXPECT_EQ(broker.requests(RequestCode::send_message), 2U);
}

TEST_F(EmbeddedBrokerTest, makes_topics_that_clients_find_at_once) {
  ASSERT_TRUE(broker.create_topic("fresh", 3));
  EXPECT_EQ(client.queues("fresh").value().size(), 3U);
  EXPECT_TRUE(broker.create_topic("fresh", 3));
  EXPECT_FALSE(broker.create_topic("no topic"));
}

TEST(EmbeddedBroker, is_not_made_with_settings_that_have_no_effect) {
  EXPECT_THROW(EmbeddedBroker({.settings = {{"noSuchSetting", "1"}}}), Exception);
  EXPECT_THROW(EmbeddedBroker({.settings = {{"enableControllerMode", "true"}}}), Exception);
  EmbeddedBroker broker({.settings = {{"autoCreateTopicEnable", "false"}}});
  Client client({.name_servers = broker.name_server()});
  Producer producer = client.create_producer({.group = "shop"}).value();
  EXPECT_EQ(producer.send({.topic = "none", .body = "x"}).error().code, Errc::no_route);
}

// ---- faults

TEST_F(EmbeddedBrokerTest, a_refused_send_is_tried_again_and_stored_once) {
  broker.fail_next(RequestCode::send_message, 2, ResponseCode::system_busy, "too busy");
  EXPECT_TRUE(send("1"));
  EXPECT_THAT(bodies(), ElementsAre("1"));
  EXPECT_EQ(broker.requests(RequestCode::send_message), 3U);
}

TEST_F(EmbeddedBrokerTest, a_refusal_comes_with_the_remark_it_was_given) {
  broker.fail_next(RequestCode::send_message, 1, ResponseCode::message_illegal, "what is this?");
  const auto sent = send("1");
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ResponseCode::message_illegal);
  EXPECT_THAT(sent.error().message, HasSubstr("what is this?"));
  EXPECT_THAT(bodies(), ElementsAre());
}

TEST_F(EmbeddedBrokerTest, a_lost_answer_leaves_it_open_whether_it_was_stored_and_it_was) {
  Producer hasty = client.create_producer({.group = "shop", .send_timeout = 300ms}).value();
  ASSERT_TRUE(hasty.send({.topic = "orders", .body = "0"}));
  broker.lose_next_answers(RequestCode::send_message, 1);
  const auto lost = hasty.send({.topic = "orders", .body = "1"});
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, Errc::timeout);
  EXPECT_EQ(lost.error().outcome, Outcome::unknown);
  EXPECT_TRUE(send("2"));
  EXPECT_THAT(bodies(), ElementsAre("0", "1", "2"));
}

TEST_F(EmbeddedBrokerTest, a_delayed_answer_comes_later_and_for_others_nothing_changes) {
  broker.delay(RequestCode::send_message, 100ms);
  std::promise<void> is_sent;
  std::atomic<bool> is_told = false;
  producer.send_async({.topic = "orders", .body = "1"}, [&](Result<SendReceipt> sent) {
    EXPECT_TRUE(sent);
    is_told = true;
    is_sent.set_value();
  });
  while (bodies().empty()) std::this_thread::yield();
  EXPECT_FALSE(is_told);  // stored, and not told yet
  EXPECT_TRUE(client.queues("orders"));
  is_sent.get_future().wait();
  broker.delay(RequestCode::send_message, 1h);
  Producer hasty = client.create_producer({.group = "shop", .send_timeout = 100ms}).value();
  EXPECT_EQ(hasty.send({.topic = "orders", .body = "2"}).error().code, Errc::timeout);
  broker.delay(RequestCode::send_message, 0ms);
  EXPECT_TRUE(send("3"));
}

TEST_F(EmbeddedBrokerTest, a_send_survives_connections_that_break_under_it) {
  broker.drop_connection_at_next(RequestCode::send_message, 2);
  EXPECT_TRUE(send("1"));
  EXPECT_EQ(broker.requests(RequestCode::send_message), 3U);
  broker.drop_connections();
  EXPECT_TRUE(send("2"));
}

TEST_F(EmbeddedBrokerTest, nobody_gets_in_while_connections_are_not_accepted) {
  ASSERT_TRUE(send("1"));
  broker.accept_connections(false);
  broker.drop_connections();
  Producer hasty = client.create_producer({.group = "shop", .send_timeout = 500ms}).value();
  const auto refused = hasty.send({.topic = "orders", .body = "2"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().outcome, Outcome::not_sent);
  broker.accept_connections(true);
  EXPECT_TRUE(send("3"));
  EXPECT_THAT(bodies(), ElementsAre("1", "3"));
}

TEST_F(EmbeddedBrokerTest, a_full_disk_takes_nothing_and_still_gives_what_it_has) {
  ASSERT_TRUE(send("1"));
  broker.fill_disk(true);
  Producer hasty = client.create_producer({.group = "shop", .attempts_max = 1}).value();
  EXPECT_EQ(hasty.send({.topic = "orders", .body = "2"}).error().code,
            ResponseCode::service_not_available);
  EXPECT_THAT(bodies(), ElementsAre("1"));
  broker.fill_disk(false);
  EXPECT_TRUE(send("3"));
}

TEST_F(EmbeddedBrokerTest, the_name_server_fails_as_well) {
  broker.fail_next(RequestCode::get_routeinfo_by_topic, 1, ResponseCode::system_error, "tired");
  EXPECT_EQ(client.queues("orders").error().code, ResponseCode::system_error);
  EXPECT_EQ(client.queues("orders").value().size(), 1U);
}

TEST_F(EmbeddedBrokerTest, forgets_its_faults_when_told) {
  broker.fail_next(RequestCode::send_message, 1000, ResponseCode::no_permission);
  broker.fill_disk(true);
  broker.accept_connections(false);
  broker.drop_connections();
  broker.clear_faults();
  EXPECT_TRUE(send("1"));
}

// ---- stopping

TEST_F(EmbeddedBrokerTest, comes_back_with_what_it_had_and_clients_find_it) {
  ASSERT_TRUE(send("1"));
  const std::string name_server = broker.name_server();
  broker.stop();
  EXPECT_TRUE(broker.messages("orders").empty());
  EXPECT_EQ(broker.create_topic("late").error().code, Errc::not_connected);
  Producer hasty = client.create_producer({.group = "shop", .send_timeout = 300ms}).value();
  EXPECT_FALSE(hasty.send({.topic = "orders", .body = "lost"}));
  ASSERT_TRUE(broker.start());
  EXPECT_TRUE(broker.start());  // it runs already
  EXPECT_EQ(broker.name_server(), name_server);
  EXPECT_TRUE(send("2"));
  EXPECT_THAT(bodies(), ElementsAre("1", "2"));
}

TEST_F(EmbeddedBrokerTest, a_consumer_goes_on_where_it_was_when_the_broker_comes_back) {
  std::promise<void> first;
  std::promise<void> second;
  PushConsumerOptions options;
  options.group = "billing";
  options.subscriptions = {{"orders", {}}};
  options.start_at = StartAt::earliest;
  options.on_message = [&](const MessageView& message) {
    (message.body() == "1" ? first : second).set_value();
    return Consumed::ok;
  };
  PushConsumer consumer = client.create_push_consumer(options).value();
  ASSERT_TRUE(send("1"));
  first.get_future().wait();
  broker.stop();
  ASSERT_TRUE(broker.start());
  ASSERT_TRUE(send("2"));
  second.get_future().wait();
}

TEST(EmbeddedBroker, keeps_a_folder_for_the_next_one) {
  const TemporaryFolder folder;
  {
    EmbeddedBroker broker({.store = folder.path});
    ASSERT_TRUE(broker.create_topic("orders", 1));
    Client client({.name_servers = broker.name_server()});
    Producer producer = client.create_producer({.group = "shop"}).value();
    ASSERT_TRUE(producer.send({.topic = "orders", .body = "kept"}));
  }
  {
    EmbeddedBroker broker({.store = folder.path});
    ASSERT_EQ(broker.messages("orders").size(), 1U);
    EXPECT_EQ(broker.messages("orders")[0].body(), "kept");
  }
}

TEST(EmbeddedBroker, two_of_them_know_nothing_of_each_other) {
  EmbeddedBroker one;
  EmbeddedBroker other;
  ASSERT_TRUE(one.create_topic("orders"));
  EXPECT_NE(one.name_server(), other.name_server());
  Client client({.name_servers = other.name_server()});
  EXPECT_EQ(client.queues("orders").error().code, Errc::no_route);
  EmbeddedBroker moved = std::move(one);
  EXPECT_EQ(Client({.name_servers = moved.name_server()}).queues("orders").value().size(), 8U);
}

}  // namespace
}  // namespace rocketmq::testing
