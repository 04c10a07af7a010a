#include <gmock/gmock.h>

#include <map>
#include <random>

#include "client/testing/group_fixture.h"

// A push consumer that consumes in order, with a broker that locks queues.

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using testing::Consumer;
using ::testing::Contains;
using testing::default_options;
using ::testing::ElementsAre;
using testing::group;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using testing::topic;
using ::testing::UnorderedElementsAre;

PushConsumerOptions in_order() {
  PushConsumerOptions options = default_options();
  options.on_message_in_order = [](const MessageView&) { return Consumed::ok; };
  return options;
}

struct OrderedMemberTest : testing::GroupFixture {
  explicit OrderedMemberTest(int queues = 1) : GroupFixture(queues) {}
  std::string owner(std::int32_t queue_id = 0) { return broker.lock_owner(group, topic, queue_id); }
};

struct OrderedMembersTest : OrderedMemberTest {
  OrderedMembersTest() : OrderedMemberTest(4) {}

  // As if its process had been killed: nothing is said any more, and the broker notices.
  void kill(std::unique_ptr<Consumer> consumer) {
    const std::string client_id = consumer->client_id();
    const auto last_words = {RequestCode::unlock_batch_mq, RequestCode::update_consumer_offset,
                             RequestCode::unregister_client};
    for (const RequestCode code : last_words) broker.drop_next(code, 1000);
    consumer.reset();
    loop.advance(10ms);
    for (const RequestCode code : last_words) broker.drop_next(code, 0);
    broker.remove_member(group, client_id);
  }
};

TEST_F(OrderedMemberTest, consumes_in_the_order_stored_with_the_queue_locked) {
  store_many(50);
  const auto consumer = join("1", in_order());
  loop.advance(1s);
  ASSERT_THAT(consumer->bodies, SizeIs(50));
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(consumer->bodies[static_cast<std::size_t>(i)], str("0-", i));
  EXPECT_EQ(owner(), consumer->client_id());
  EXPECT_TRUE(consumer->member->statistics().held.at(0).locked ||
              consumer->member->statistics().held.at(1).locked);
}

TEST_F(OrderedMemberTest, gives_the_lock_back_when_it_is_closed) {
  store_many(3);
  const auto consumer = join("1", in_order());
  loop.advance(1s);
  EXPECT_TRUE(consumer->close().clean());
  EXPECT_EQ(owner(), "");
  EXPECT_EQ(committed(), 3);
}

TEST_F(OrderedMemberTest, pulls_nothing_without_the_lock) {
  store_many(3);
  broker.give_lock_to("somebody", group, topic, 0);
  auto consumer = std::make_unique<Consumer>(loop, "1", in_order());
  ASSERT_TRUE(consumer->member->join());
  loop.advance(50s);
  EXPECT_THAT(consumer->bodies, IsEmpty());
  broker.set_offset(group, topic, 0, 2);  // what the other has done by then
  loop.advance(15s);
  EXPECT_THAT(consumer->bodies, ElementsAre("0-2"));
}

TEST_F(OrderedMemberTest, goes_on_where_the_group_is_after_it_has_lost_the_lock) {
  const auto consumer = join("1", in_order());
  consumer->hold_listeners();
  store_many(10);
  loop.advance(1s);
  broker.give_lock_to("somebody", group, topic, 0);
  loop.advance(25s);
  consumer->release_listeners();
  EXPECT_THAT(consumer->bodies, IsEmpty());
  broker.set_offset(group, topic, 0, 8);
  loop.advance(61s);
  EXPECT_THAT(consumer->bodies, ElementsAre("0-8", "0-9"));
}

TEST_F(OrderedMemberTest, stops_when_it_cannot_renew_the_lock_and_goes_on_when_it_can) {
  const auto consumer = join("1", in_order());
  consumer->hold_listeners();
  store_many(3);
  loop.advance(1s);
  broker.stop();
  loop.advance(35s);
  consumer->release_listeners();
  EXPECT_THAT(consumer->bodies, IsEmpty());
  broker.start();
  loop.advance(10s);
  EXPECT_THAT(consumer->bodies, ElementsAre("0-0", "0-1", "0-2"));
}

TEST_F(OrderedMemberTest, sends_a_copy_to_the_retry_topic_when_it_has_tried_often_enough) {
  PushConsumerOptions options = in_order();
  options.reconsume_times_max = 2;
  options.suspend_time = 100ms;
  const auto consumer = join("1", options);
  consumer->listener = [](const MessageView& message) {
    const bool is_first_time = message.queue().topic == topic;
    return is_first_time && message.body() == "0-0" ? Consumed::retry_later() : Consumed::ok;
  };
  store_many(2);
  loop.advance(5s);
  // Once more from the retry topic: this broker has no dead letters.
  EXPECT_THAT(consumer->bodies, UnorderedElementsAre("0-0", "0-0", "0-0", "0-1", "0-0"));
  ASSERT_EQ(broker.stored().back().topic, testing::retry_topic);
  const auto property = [&](std::string_view name) {
    return std::string(
        protocol::find_property(broker.stored().back().properties, name).value_or("none"));
  };
  EXPECT_EQ(property("RECONSUME_TIME"), "3");
  EXPECT_EQ(property("MAX_RECONSUME_TIMES"), "2");
  EXPECT_EQ(property("RETRY_TOPIC"), topic);
  EXPECT_THAT(broker.given_back(), IsEmpty());
  loop.advance(6s);
  EXPECT_EQ(committed(), 2);
}

TEST_F(OrderedMembersTest, hand_a_queue_over_behind_the_message_that_is_being_consumed) {
  const auto first = join("1", in_order());
  first->hold_listeners();
  for (std::int32_t id = 0; id < 4; ++id) store_many(3, id);
  loop.advance(1s);
  std::unique_ptr<Consumer> second;
  first->listener = [&](const MessageView& message) {
    if (second == nullptr) {
      second = std::make_unique<Consumer>(loop, "2", in_order());
      EXPECT_TRUE(second->member->join());
      loop.advance(20s);
      // Whichever queue this is: the message is not given to anybody else meanwhile.
      EXPECT_THAT(second->bodies, Not(Contains(std::string(message.body()))));
    }
    return Consumed::ok;
  };
  first->run_listener();
  first->release_listeners();
  loop.advance(5s);
  std::vector<std::string> all = first->bodies;
  all.insert(all.end(), second->bodies.begin(), second->bodies.end());
  EXPECT_THAT(all, SizeIs(12));  // nothing twice
  EXPECT_THAT(second->bodies, Not(IsEmpty()));
}

// Stock brokers take pulls and offsets by threads of their own.
TEST_F(OrderedMembersTest, hand_a_queue_over_where_it_stands_although_a_pull_is_overtaken) {
  broker.store_pull_offsets_after(500ms);
  const auto first = join("1", in_order());
  for (std::int32_t id = 0; id < 4; ++id) store_many(1, id);
  loop.advance(1s);
  for (std::int32_t id = 0; id < 4; ++id) store(str("last of ", id), "", id);
  loop.advance(1ms);
  const auto second = join("2", in_order());
  loop.advance(30s);
  ASSERT_THAT(first->bodies, SizeIs(8));
  EXPECT_THAT(second->bodies, IsEmpty());
  for (std::int32_t id = 0; id < 4; ++id) store_many(1, id);
  loop.advance(1s);
  EXPECT_THAT(second->bodies, SizeIs(2));
}

TEST_F(OrderedMembersTest, close_where_they_stand_although_a_pull_is_overtaken) {
  broker.store_pull_offsets_after(500ms);
  const auto consumer = join("1", in_order());
  store_many(1);
  loop.advance(1s);
  store_many(1);
  loop.advance(1ms);
  EXPECT_TRUE(consumer->close().clean());
  loop.advance(1s);
  EXPECT_EQ(committed(), 2);
}

// Members come, go and die while messages flow. Whoever has a queue goes on where the last one
// stopped, or, behind one that died, repeats what that had not committed; nobody leaves out a
// message.
TEST_F(OrderedMembersTest, keep_the_order_whoever_comes_and_goes) {
  struct Seen {
    std::int64_t offset;
    int who;
  };
  for (unsigned seed = 0; seed < 8; ++seed) {
    std::minstd_rand random(seed);
    std::map<std::int32_t, std::vector<Seen>> seen;
    std::map<std::int32_t, std::int64_t> begin;
    for (std::int32_t id = 0; id < 4; ++id) begin[id] = std::max<std::int64_t>(committed(id), 0);
    std::map<int, std::unique_ptr<Consumer>> consumers;
    std::map<std::int32_t, int> sent;
    int next_name = 0;
    for (int step = 0; step < 60; ++step) {
      switch (random() % 8) {
        case 0:
        case 1: {
          const int who = next_name++;
          auto& consumer = consumers[who] =
              std::make_unique<Consumer>(loop, str(seed, '-', who), in_order());
          consumer->listener = [&seen, &random, who](const MessageView& message) {
            seen[message.queue().queue_id].push_back({message.queue_offset(), who});
            return random() % 10 == 0 ? Consumed::retry_later() : Consumed::ok;
          };
          ASSERT_TRUE(consumer->member->join());
          break;
        }
        case 2:
          if (consumers.size() > 1) consumers.erase(consumers.begin());
          break;
        case 3:
          if (consumers.size() > 1) {
            kill(std::move(consumers.rbegin()->second));
            consumers.erase(std::prev(consumers.end()));
          }
          break;
        case 4:
          if (!consumers.empty()) consumers.begin()->second->hold_listeners();
          break;
        case 5:
          for (auto& [who, consumer] : consumers) consumer->release_listeners();
          break;
        default:
          for (std::int32_t id = 0; id < 4; ++id) {
            store(str(seed), "", id);
            ++sent[id];
          }
      }
      loop.advance(std::chrono::milliseconds(random() % 5000));
    }
    for (auto& [who, consumer] : consumers) consumer->release_listeners();
    if (consumers.empty()) continue;
    loop.advance(200s);
    for (auto& [who, consumer] : consumers) EXPECT_TRUE(consumer->close().clean());
    for (std::int32_t id = 0; id < 4; ++id) {
      std::int64_t last = begin[id] - 1;
      int who_last = -1;
      for (const Seen& each : seen[id]) {
        EXPECT_LE(each.offset, last + 1) << "left out; seed " << seed;
        if (each.offset < last) {
          EXPECT_NE(each.who, who_last) << "went back; seed " << seed;
        }
        last = each.offset;
        who_last = each.who;
      }
      EXPECT_EQ(last, begin[id] + sent[id] - 1) << "queue " << id << " sticks; seed " << seed;
      EXPECT_EQ(committed(id), begin[id] + sent[id]);
    }
  }
}

}  // namespace
}  // namespace rocketmq::client
