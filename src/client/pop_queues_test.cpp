#include "client/pop_queues.h"

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

// One broker of the 5.x line with topic "T", and what a consumer has that pops it, in one thread
// and in virtual time. The listener runs at once, or, with holds_listener, when a test says so.
class PopQueuesTest : public ::testing::Test {
 protected:
  PopQueuesTest() {
    names.set_route("T", route_over({&broker}, 2));
    core = Client::Core::create_on(loop, {.name_servers = names.address()});
    static_cast<void>(run_task(loop, core->routes().get("T")));
    options.group = "G";
    options.poll_timeout = 15s;
    options.pop_invisible_time = 60s;
  }
  ~PopQueuesTest() override { run_held(); }

  void start() {
    calls = std::make_unique<ListenerCalls>(
        loop, 8,
        Listener{[this](Span<const MessageView> messages) {
                   for (const MessageView& message : messages) {
                     heard.emplace_back(message.body());
                   }
                   return verdict;
                 },
                 {},
                 nullptr},
        [this](WorkList work) {
          held.append(std::move(work));
          if (!holds_listener) run_held();
        },
        core->log(), [] {});
    queues = std::make_unique<PopQueues>(
        *core, options, "G", *calls, [this](MessageView message) -> net::Task<Result<void>> {
          dead.emplace_back(message.body());
          co_return dead_letters_work ? Result<void>{} : Error{Errc::timeout, "no"};
        });
    queues->add({"T", "broker", -1}, subscription, false);
  }
  void run_held() {
    while (Work* const work = held.pop()) work->run();
  }
  void run_for(net::Duration duration) {
    run_task(loop, [](net::Loop& on, net::Duration time) -> net::Task<> {
      co_await net::sleep_for(on, time);
    }(loop, duration));
  }
  PushConsumerStatistics statistics() {
    PushConsumerStatistics all;
    all.consumed = queues->statistics().consumed;
    all.given_back = queues->statistics().given_back;
    queues->add_queues_to(all);
    return all;
  }

  net::SimLoop loop;
  ScriptedNameServer names{loop, "names:9876"};
  ScriptedPopBroker broker{loop, "broker", "broker:10911"};
  std::shared_ptr<Client::Core> core;
  protocol::SubscriptionData subscription = *subscription_data({"T"}, 1);
  PushConsumerOptions options;
  Consumed verdict = Consumed::ok;
  bool holds_listener = false;
  bool dead_letters_work = true;
  WorkList held;
  std::vector<std::string> heard;
  std::vector<std::string> dead;
  std::unique_ptr<ListenerCalls> calls;
  std::unique_ptr<PopQueues> queues;
};

TEST_F(PopQueuesTest, hands_messages_to_the_listener_and_acknowledges_them) {
  start();
  broker.put("T", 0, "one");
  broker.put("T", 1, "two");
  run_for(1s);
  EXPECT_THAT(heard, UnorderedElementsAre("one", "two"));
  EXPECT_EQ(broker.unacknowledged(), 0U);
  EXPECT_EQ(statistics().consumed, 2U);
  EXPECT_EQ(queues->unacknowledged(), 0U);
}

TEST_F(PopQueuesTest, asks_for_what_the_options_say) {
  options.pop_batch_size = 7;
  options.pop_invisible_time = 30s;
  options.poll_timeout = 4s;
  options.start_at = StartAt::earliest;
  start();
  run_for(1s);
  ASSERT_FALSE(broker.pops().empty());
  const auto& pop = broker.pops().back();
  EXPECT_EQ(pop.queue_id, -1);
  EXPECT_EQ(pop.max, 7);
  EXPECT_EQ(pop.invisible_ms, 30'000);
  EXPECT_EQ(pop.poll_ms, 4000);
  EXPECT_EQ(pop.init_mode, 0);
}

TEST_F(PopQueuesTest, pops_again_and_again_where_there_is_nothing) {
  start();
  run_for(61s);
  EXPECT_EQ(broker.pops().size(), 5U);
  EXPECT_EQ(broker.waiting_pops(), 1U);
}

TEST_F(PopQueuesTest, shows_a_message_again_that_the_listener_wants_later) {
  verdict = Consumed::retry_later();
  start();
  broker.put("T", 0, "m");
  run_for(9s);
  EXPECT_THAT(heard, ElementsAre("m"));
  EXPECT_EQ(statistics().given_back, 1U);
  verdict = Consumed::ok;
  run_for(5s);
  EXPECT_THAT(heard, ElementsAre("m", "m"));
  EXPECT_EQ(broker.unacknowledged(), 0U);
}

TEST_F(PopQueuesTest, gives_a_message_to_the_dead_letters_and_acknowledges_it) {
  verdict = Consumed::to_dead_letters;
  start();
  broker.put("T", 0, "m");
  run_for(1s);
  EXPECT_THAT(dead, ElementsAre("m"));
  EXPECT_EQ(broker.unacknowledged(), 0U);
}

TEST_F(PopQueuesTest, keeps_a_message_at_the_broker_that_the_dead_letters_do_not_take) {
  verdict = Consumed::to_dead_letters;
  dead_letters_work = false;
  start();
  broker.put("T", 0, "m");
  run_for(1s);
  EXPECT_EQ(broker.unacknowledged(), 1U);
  dead_letters_work = true;
  run_for(61s);
  EXPECT_THAT(dead, ElementsAre("m", "m"));
  EXPECT_EQ(broker.unacknowledged(), 0U);
}

TEST_F(PopQueuesTest, gives_a_message_to_the_dead_letters_that_was_tried_often_enough) {
  options.reconsume_times_max = 2;
  verdict = Consumed::retry_later(1s);
  start();
  broker.put("T", 0, "m");
  run_for(10s);
  EXPECT_THAT(heard, ElementsAre("m", "m", "m"));
  EXPECT_THAT(dead, ElementsAre("m"));
  EXPECT_EQ(broker.unacknowledged(), 0U);
}

TEST_F(PopQueuesTest, stops_popping_while_too_much_is_not_acknowledged) {
  options.pop_unacknowledged_max = 10;
  options.pop_batch_size = 4;
  holds_listener = true;
  start();
  for (int i = 0; i < 100; ++i) broker.put("T", 0, std::to_string(i));
  run_for(5s);
  EXPECT_EQ(queues->unacknowledged(), 12U);
  holds_listener = false;
  run_held();
  run_for(5s);
  EXPECT_EQ(broker.unacknowledged(), 0U);
}

TEST_F(PopQueuesTest, does_not_deliver_what_others_may_have_by_now) {
  options.pop_invisible_time = 5s;
  holds_listener = true;
  start();
  broker.put("T", 0, "m");
  run_for(1s);
  queues->stop();
  run_for(5s);
  run_held();
  run_for(1s);
  EXPECT_THAT(heard, IsEmpty());
  EXPECT_THAT(broker.acked(), IsEmpty());
  EXPECT_EQ(queues->unacknowledged(), 0U);
}

TEST_F(PopQueuesTest, acknowledges_also_after_the_queue_was_taken_away) {
  holds_listener = true;
  start();
  broker.put("T", 0, "m");
  run_for(1s);
  queues->drop({"T", "broker", -1});
  run_held();
  run_for(1s);
  EXPECT_THAT(heard, ElementsAre("m"));
  EXPECT_EQ(broker.unacknowledged(), 0U);
}

TEST_F(PopQueuesTest, gets_a_message_again_whose_acknowledgement_failed) {
  options.pop_invisible_time = 10s;
  start();
  broker.fail_next(RequestCode::ack_message, 1, {ResponseCode::system_error, "no"});
  broker.put("T", 0, "m");
  run_for(20s);
  EXPECT_THAT(heard, ElementsAre("m", "m"));
  EXPECT_EQ(broker.unacknowledged(), 0U);
}

TEST_F(PopQueuesTest, neither_pops_nor_delivers_while_paused) {
  holds_listener = true;
  start();
  broker.put("T", 0, "in hand");
  run_for(1s);
  queues->apply_pauses([](const std::string&) { return true; });
  run_held();
  run_for(20s);  // the pop that was under way is over
  broker.put("T", 0, "later");
  run_for(20s);
  EXPECT_THAT(heard, IsEmpty());
  EXPECT_TRUE(statistics().held.at(0).paused);

  holds_listener = false;
  queues->apply_pauses([](const std::string&) { return false; });
  run_for(60s);
  EXPECT_THAT(heard, UnorderedElementsAre("in hand", "later"));
}

TEST_F(PopQueuesTest, goes_on_after_the_broker_was_away) {
  start();
  run_for(1s);
  broker.stop();
  run_for(60s);
  broker.start();
  broker.put("T", 0, "m");
  run_for(30s);
  EXPECT_THAT(heard, ElementsAre("m"));
}

TEST_F(PopQueuesTest, does_not_spin_where_the_broker_does_not_hold_pops) {
  broker.answer_pops_at_once();
  start();
  run_for(10s);
  EXPECT_LT(broker.pops().size(), 20U);
  EXPECT_GT(broker.pops().size(), 5U);
}

TEST_F(PopQueuesTest, hands_several_messages_together_to_a_listener_for_batches) {
  options.on_messages = [](Span<const MessageView>) { return Consumed::ok; };
  options.consume_batch_size = 3;
  std::size_t calls_seen = 0;
  holds_listener = true;
  start();
  for (int i = 0; i < 7; ++i) broker.put("T", 0, "m");
  run_for(1s);
  while (Work* const work = held.pop()) {
    ++calls_seen;
    work->run();
  }
  run_for(1s);
  EXPECT_EQ(heard.size(), 7U);
  EXPECT_LE(calls_seen, 4U);
  EXPECT_EQ(broker.unacknowledged(), 0U);
}

}  // namespace
}  // namespace rocketmq::client
