#include "client/simple_receiver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/message_view.h"
#include "client/subscription_data.h"
#include "client/testing/scripted_pop_broker.h"
#include "net/testing.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::route_over;
using testing::ScriptedNameServer;
using testing::ScriptedPopBroker;
using ::testing::UnorderedElementsAre;

std::vector<std::string> bodies(const std::vector<MessageView>& messages) {
  std::vector<std::string> all;
  for (const MessageView& message : messages) all.emplace_back(message.body());
  return all;
}

// Two brokers of the 5.x line with topic "T", two queues on each, and the loop's part of a simple
// consumer, in one thread and in virtual time.
class SimpleReceiverTest : public ::testing::Test {
 protected:
  SimpleReceiverTest() {
    names.set_route("T", route_over({&a, &b}, 2));
    names.set_route("one", route_over({&a}, 2));
    core = Client::Core::create_on(loop, {.name_servers = names.address()});
  }

  SimpleReceiver& receiver(const std::vector<Subscription>& subscriptions,
                           StartAt start_at = StartAt::latest) {
    made = std::make_unique<SimpleReceiver>(
        *core, SimpleConsumerOptions{.group = "G", .start_at = start_at});
    for (const Subscription& each : subscriptions) made->subscribe(*subscription_data(each, 1));
    return *made;
  }

  Result<std::vector<MessageView>> receive(ReceiveOptions options = {}) {
    return run_task(loop, made->receive(options));
  }
  std::vector<MessageView> received(ReceiveOptions options = {}) {
    auto got = receive(options);
    EXPECT_TRUE(got) << to_string(got.error());
    return got ? *got : std::vector<MessageView>{};
  }
  Result<void> ack(const MessageView& message) { return run_task(loop, made->pops().ack(message)); }
  net::Duration taken(const std::function<void()>& function) {
    const net::TimePoint begin = loop.now();
    function();
    return loop.now() - begin;
  }
  void run_for(net::Duration duration) {
    run_task(loop, [](net::Loop& on, net::Duration time) -> net::Task<> {
      co_await net::sleep_for(on, time);
    }(loop, duration));
  }

  net::SimLoop loop;
  ScriptedNameServer names{loop, "names:9876"};
  ScriptedPopBroker a{loop, "a", "a:10911"};
  ScriptedPopBroker b{loop, "b", "b:10911"};
  std::shared_ptr<Client::Core> core;
  std::unique_ptr<SimpleReceiver> made;
};

TEST_F(SimpleReceiverTest, asks_for_what_the_options_say) {
  receiver({{"one", tags("x || y")}}, StartAt::earliest);
  a.put("one", 1, "m", "x");
  EXPECT_THAT(bodies(received({.max = 7, .wait = 4s, .invisible = 30s})), ElementsAre("m"));
  const auto& pop = a.pops().back();
  EXPECT_EQ(pop.topic, "one");
  EXPECT_EQ(pop.queue_id, -1);
  EXPECT_EQ(pop.max, 7);
  EXPECT_EQ(pop.poll_ms, 4000);
  EXPECT_EQ(pop.invisible_ms, 30'000);
  EXPECT_EQ(pop.init_mode, 0);
  EXPECT_EQ(pop.filter_kind, "TAG");
  EXPECT_EQ(pop.filter, "x || y");
}

TEST_F(SimpleReceiverTest, begins_at_the_end_of_queues_and_filters_by_sql_where_it_is_told_to) {
  receiver({{"one", sql("a > 1")}});
  a.put("one", 0, "m");
  EXPECT_THAT(bodies(received()), ElementsAre("m"));
  EXPECT_EQ(a.pops().back().init_mode, 1);
  EXPECT_EQ(a.pops().back().filter_kind, "SQL92");
  EXPECT_EQ(a.pops().back().filter, "a > 1");
}

TEST_F(SimpleReceiverTest, says_of_a_message_where_it_lies_and_what_it_was_sent_to) {
  receiver({{"one"}});
  a.put("one", 1, "first");
  a.put("one", 1, "second");
  const auto messages = received();
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[1].topic(), "one");
  EXPECT_EQ(messages[1].queue(), (MessageQueue{"one", "a", 1}));
  EXPECT_EQ(messages[1].queue_offset(), 1);
  EXPECT_EQ(messages[1].reconsume_times(), 0);
}

TEST_F(SimpleReceiverTest, waits_at_the_broker_until_a_message_comes) {
  receiver({{"one"}});
  const auto timer = loop.after(3s, [this] { a.put("one", 0, "late"); });
  EXPECT_LT(taken([&] { EXPECT_THAT(bodies(received({.wait = 15s})), ElementsAre("late")); }), 4s);
  EXPECT_EQ(a.pops().size(), 1U);
}

TEST_F(SimpleReceiverTest, gives_nothing_when_there_is_nothing_in_time) {
  receiver({{"one"}});
  const auto time = taken([&] { EXPECT_THAT(received({.wait = 15s}), IsEmpty()); });
  EXPECT_GE(time, 15s);
  EXPECT_LT(time, 16s);
}

TEST_F(SimpleReceiverTest, does_not_wait_where_it_is_told_not_to) {
  receiver({{"T"}});
  EXPECT_LT(taken([&] { EXPECT_THAT(received({.wait = 0s}), IsEmpty()); }), 1s);
  EXPECT_EQ(a.pops().size(), 1U);
  EXPECT_EQ(b.pops().size(), 1U);
}

TEST_F(SimpleReceiverTest, finds_a_message_wherever_it_is_within_some_seconds) {
  receiver({{"T"}, {"one"}});
  a.put("T", 0, "at a");
  b.put("T", 0, "at b");
  a.put("one", 0, "of one");
  std::vector<std::string> all;
  for (int i = 0; i < 3; ++i) {
    for (const auto& body : bodies(received())) all.push_back(body);
  }
  EXPECT_THAT(all, UnorderedElementsAre("at a", "at b", "of one"));

  const auto timer = loop.after(5s, [this] { b.put("T", 1, "late"); });
  EXPECT_LT(taken([&] { EXPECT_THAT(bodies(received({.wait = 60s})), ElementsAre("late")); }), 10s);
}

TEST_F(SimpleReceiverTest, takes_turns_so_that_a_busy_broker_does_not_hide_another) {
  receiver({{"T"}});
  for (int i = 0; i < 100; ++i) a.put("T", 0, "busy");
  b.put("T", 0, "rare");
  std::vector<std::string> all;
  for (int i = 0; i < 2; ++i) {
    for (const auto& body : bodies(received({.max = 1}))) all.push_back(body);
  }
  EXPECT_THAT(all, UnorderedElementsAre("busy", "rare"));
}

TEST_F(SimpleReceiverTest, acknowledges_at_the_broker_and_queue_the_message_came_from) {
  receiver({{"T"}});
  b.put("T", 1, "first");
  b.put("T", 1, "second");
  const auto messages = received();
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_TRUE(ack(messages[1]));
  EXPECT_THAT(b.acked(), ElementsAre("T 1 1"));
  EXPECT_EQ(b.unacknowledged(), 1U);
}

TEST_F(SimpleReceiverTest, gets_a_message_again_from_the_retry_topic_when_it_was_not_acknowledged) {
  receiver({{"one"}});
  a.put("one", 1, "m");
  ASSERT_EQ(received({.invisible = 10s}).size(), 1U);
  EXPECT_THAT(received({.wait = 9s}), IsEmpty());
  const auto again = received({.wait = 5s});
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].topic(), "one");
  EXPECT_EQ(again[0].queue(), (MessageQueue{"%RETRY%G_one", "a", 0}));
  EXPECT_EQ(again[0].reconsume_times(), 1);
  EXPECT_TRUE(ack(again[0]));
  EXPECT_THAT(a.acked(), ElementsAre("%RETRY%G_one 0 0"));
  EXPECT_EQ(a.unacknowledged(), 0U);
}

TEST_F(SimpleReceiverTest, knows_messages_of_brokers_that_show_the_retry_topic_itself) {
  a.show_retry_topics();
  receiver({{"one"}});
  a.put("one", 1, "m");
  ASSERT_EQ(received({.invisible = 1s}).size(), 1U);
  const auto again = received({.wait = 5s});
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].topic(), "one");
  EXPECT_TRUE(ack(again[0]));
  EXPECT_EQ(a.unacknowledged(), 0U);
}

TEST_F(SimpleReceiverTest, acknowledges_many_in_one_request_for_each_broker) {
  receiver({{"T"}});
  a.put("T", 0, "retried");
  ASSERT_EQ(received({.invisible = 1s}).size(), 1U);
  run_for(2s);
  for (int i = 0; i < 5; ++i) {
    a.put("T", i % 2, "m");
    b.put("T", 0, "m");
  }
  std::vector<MessageView> all;
  while (all.size() < 11) {
    for (const auto& message : received()) all.push_back(message);
  }
  EXPECT_TRUE(run_task(loop, made->pops().ack_all(all)));
  EXPECT_EQ(a.unacknowledged() + b.unacknowledged(), 0U);
  EXPECT_EQ(a.received(RequestCode::batch_ack_message), 1);
  EXPECT_EQ(b.received(RequestCode::batch_ack_message), 1);
  EXPECT_EQ(a.received(RequestCode::ack_message), 0);
}

TEST_F(SimpleReceiverTest, goes_on_acknowledging_at_other_brokers_after_a_failure) {
  receiver({{"T"}});
  a.put("T", 0, "m");
  a.put("T", 0, "m");
  b.put("T", 0, "m");
  std::vector<MessageView> all = received();
  for (const auto& message : received()) all.push_back(message);
  ASSERT_EQ(all.size(), 3U);
  a.fail_next(RequestCode::batch_ack_message, 1, {ResponseCode::system_error, "no"});
  const auto result = run_task(loop, made->pops().ack_all(all));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ResponseCode::system_error);
  EXPECT_EQ(b.unacknowledged(), 0U);
}

TEST_F(SimpleReceiverTest, changes_how_long_a_message_is_invisible) {
  receiver({{"one"}});
  a.put("one", 0, "m");
  const auto messages = received({.invisible = 5s});
  ASSERT_EQ(messages.size(), 1U);
  const auto longer = run_task(loop, made->pops().change_invisible(messages[0], 60s));
  ASSERT_TRUE(longer);
  EXPECT_EQ(longer->body(), "m");
  EXPECT_EQ(longer->queue(), messages[0].queue());
  EXPECT_THAT(received({.wait = 30s}), IsEmpty());
  EXPECT_TRUE(ack(*longer));
  EXPECT_EQ(a.unacknowledged(), 0U);
}

TEST_F(SimpleReceiverTest, acknowledges_what_a_tag_filter_does_not_want_after_all) {
  receiver({{"one", tags("x")}});
  a.put("one", 0, "other", "y");  // brokers compare hashes only
  a.put("one", 0, "wanted", "x");
  EXPECT_THAT(bodies(received()), ElementsAre("wanted"));
  run_for(1s);
  EXPECT_THAT(a.acked(), ElementsAre("one 0 0"));
}

TEST_F(SimpleReceiverTest, refuses_to_acknowledge_what_was_not_popped) {
  receiver({{"one"}});
  const MessageView pulled(std::make_shared<MessageView::Data>());
  const auto result = ack(pulled);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::invalid_argument);
  EXPECT_FALSE(run_task(loop, made->pops().ack_all({pulled, pulled})));
  EXPECT_FALSE(run_task(loop, made->pops().change_invisible(pulled, 1s)));
}

TEST_F(SimpleReceiverTest, says_clearly_that_an_old_broker_cannot_do_this) {
  receiver({{"one"}});
  a.fail_next(RequestCode::pop_message, 1,
              {ResponseCode::request_code_not_supported, "request type 200050 not supported"});
  const auto got = receive();
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, ResponseCode::request_code_not_supported);
  EXPECT_EQ(got.error().message,
            "broker a does not hand out single messages (POP), which takes RocketMQ 5: "
            "request type 200050 not supported");
}

TEST_F(SimpleReceiverTest, receives_from_the_brokers_that_work) {
  receiver({{"T"}});
  b.stop();
  a.put("T", 0, "m");
  EXPECT_THAT(bodies(received()), ElementsAre("m"));
  const auto timer = loop.after(3s, [this] { a.put("T", 0, "late"); });
  EXPECT_THAT(bodies(received({.wait = 60s})), ElementsAre("late"));
}

TEST_F(SimpleReceiverTest, fails_where_no_broker_works) {
  receiver({{"T"}});
  a.stop();
  b.stop();
  const auto got = receive();
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, Errc::not_connected);
}

TEST_F(SimpleReceiverTest, does_not_spin_where_a_broker_does_not_hold_pops) {
  receiver({{"one"}});
  a.answer_pops_at_once();
  EXPECT_THAT(received({.wait = 10s}), IsEmpty());
  EXPECT_LT(a.pops().size(), 200U);
}

TEST_F(SimpleReceiverTest, fails_where_the_topic_does_not_exist) {
  receiver({{"nowhere"}});
  const auto got = receive();
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, Errc::no_route);
}

TEST_F(SimpleReceiverTest, receives_of_other_topics_where_one_does_not_exist) {
  receiver({{"nowhere"}, {"one"}});
  a.put("one", 0, "m");
  EXPECT_THAT(bodies(received()), ElementsAre("m"));
}

TEST_F(SimpleReceiverTest, leaves_a_topic_that_it_is_no_longer_subscribed_to) {
  receiver({{"T"}, {"one"}});
  made->unsubscribe("T");
  a.put("T", 0, "unwanted");
  EXPECT_THAT(received({.wait = 2s}), IsEmpty());
  made->unsubscribe("one");
  EXPECT_EQ(receive().error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace rocketmq::client
