#include <gmock/gmock.h>

#include "broker-lite/handlers/pop_rig.h"

// POP in order: a queue gives no more until all that it gave is acknowledged, or its time is over.

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using protocol::PopMessage;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct OrderedPopTest : PopTest {
  PopMessage in_order(std::string_view attempt = {}) {
    PopMessage pop = request(10s, 0);
    pop.order = true;
    pop.max_msg_nums = 2;
    if (!attempt.empty()) pop.attempt_id = attempt;
    return pop;
  }
  OrderedPopTest() {
    for (int i = 0; i < 4; ++i) send(str("m", i));
  }
};

TEST_F(OrderedPopTest, gives_no_more_of_a_queue_until_all_is_acknowledged) {
  auto messages = pop(in_order());
  EXPECT_THAT(bodies(messages), ElementsAre("m0", "m1"));
  EXPECT_THAT(pop(in_order()), IsEmpty());
  EXPECT_EQ(ack(messages[1]), "0");
  EXPECT_THAT(pop(in_order()), IsEmpty());
  EXPECT_EQ(ack(messages[0]), "0");
  EXPECT_THAT(bodies(pop(in_order())), ElementsAre("m2", "m3"));
}

TEST_F(OrderedPopTest, is_not_held_up_by_what_was_popped_where_the_group_has_left) {
  const auto messages = pop(in_order());
  ASSERT_EQ(client->refusal(reset_to(3)), "0");
  EXPECT_THAT(bodies(pop(in_order())), ElementsAre("m3"));
  ASSERT_EQ(client->refusal(reset_to(4)), "0");
  EXPECT_THAT(pop(in_order()), IsEmpty());
  static_cast<void>(ack(messages[0]));  // too late
  EXPECT_THAT(pop(in_order()), IsEmpty());
}

TEST_F(OrderedPopTest, gives_the_same_again_when_their_time_is_over_and_counts) {
  auto messages = pop(in_order());
  ASSERT_THAT(messages, SizeIs(2));
  EXPECT_EQ(ack(messages[0]), "0");
  rig.loop.advance(10s);
  messages = pop(in_order());
  EXPECT_THAT(bodies(messages), ElementsAre("m1", "m2"));
  ASSERT_THAT(messages, SizeIs(2));
  EXPECT_EQ(messages[0].reconsume_times, 1);
  EXPECT_EQ(messages[1].reconsume_times, 0);
}

TEST_F(OrderedPopTest, gives_the_same_to_who_asks_again_with_its_attempt) {
  EXPECT_THAT(bodies(pop(in_order("a"))), ElementsAre("m0", "m1"));
  EXPECT_THAT(bodies(pop(in_order("a"))), ElementsAre("m0", "m1"));
  EXPECT_THAT(pop(in_order("b")), IsEmpty());
}

TEST_F(OrderedPopTest, changes_how_long_the_queue_is_blocked) {
  auto messages = pop(in_order());
  ASSERT_THAT(messages, SizeIs(2));
  ASSERT_EQ(ack(messages[1]), "0");
  ASSERT_TRUE(hide(messages[0], 2s));
  const auto waiting = [&] {
    PopMessage pop = in_order();
    pop.poll_time = 20'000;
    return pop;
  }();
  const auto answer = client->begin(waiting);
  rig.loop.advance(1900ms);
  EXPECT_FALSE(*answer);
  rig.loop.advance(1500ms);
  ASSERT_TRUE(*answer);
  EXPECT_THAT(bodies(messages_of(**answer)), ElementsAre("m0", "m1"));
}

TEST_F(OrderedPopTest, remembers_over_a_restart) {
  auto messages = pop(in_order());
  ASSERT_THAT(messages, SizeIs(2));
  restart();
  EXPECT_THAT(pop(in_order()), IsEmpty());
  EXPECT_EQ(ack(messages[0]), "0");
  EXPECT_EQ(ack(messages[1]), "0");
  EXPECT_THAT(bodies(pop(in_order())), ElementsAre("m2", "m3"));
}

TEST_F(OrderedPopTest, wakes_who_waits_when_the_queue_is_free) {
  auto messages = pop(in_order());
  ASSERT_THAT(messages, SizeIs(2));
  PopMessage waiting = in_order();
  waiting.poll_time = 20'000;
  const auto answer = other->begin(waiting);
  rig.loop.advance(100ms);
  EXPECT_EQ(ack(messages[0]), "0");
  EXPECT_EQ(ack(messages[1]), "0");
  rig.loop.advance(10ms);
  ASSERT_TRUE(*answer);
  EXPECT_THAT(bodies(messages_of(**answer)), ElementsAre("m2", "m3"));
}

}  // namespace
}  // namespace rocketmq::broker
