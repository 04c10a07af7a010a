#include "client/rebalance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rocketmq::client {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<std::string> three_members{"10.0.0.1@1#1", "10.0.0.2@2#2", "10.0.0.3@3#3"};

MessageQueue queue(std::int32_t id) { return {"T", "b-a", id}; }

std::vector<MessageQueue> queues(std::int32_t count) {
  std::vector<MessageQueue> all;
  for (std::int32_t id = 0; id < count; ++id) all.push_back(queue(id));
  return all;
}

std::vector<std::int32_t> ids(const std::vector<MessageQueue>& of) {
  std::vector<std::int32_t> all;
  for (const MessageQueue& each : of) all.push_back(each.queue_id);
  return all;
}

TEST(AllocateAveragely, gives_neighbouring_queues_as_stock_java_does) {
  EXPECT_THAT(ids(allocate_averagely(queues(8), three_members, three_members[0])),
              ElementsAre(0, 1, 2));
  EXPECT_THAT(ids(allocate_averagely(queues(8), three_members, three_members[1])),
              ElementsAre(3, 4, 5));
  EXPECT_THAT(ids(allocate_averagely(queues(8), three_members, three_members[2])),
              ElementsAre(6, 7));
}

TEST(AllocateAveragely, leaves_members_without_a_queue_where_there_are_too_few) {
  EXPECT_THAT(ids(allocate_averagely(queues(2), three_members, three_members[1])), ElementsAre(1));
  EXPECT_THAT(allocate_averagely(queues(2), three_members, three_members[2]), IsEmpty());
  EXPECT_THAT(allocate_averagely({}, three_members, three_members[0]), IsEmpty());
}

TEST(AllocateAveragely, gives_nothing_to_a_member_the_broker_does_not_know_yet) {
  EXPECT_THAT(allocate_averagely(queues(8), three_members, "10.0.0.9@9#9"), IsEmpty());
  EXPECT_THAT(allocate_averagely(queues(8), {}, "10.0.0.9@9#9"), IsEmpty());
}

TEST(AllocateAveragely, does_not_depend_on_the_order_or_repetition_of_what_it_is_given) {
  std::vector<MessageQueue> shuffled = queues(8);
  std::swap(shuffled[0], shuffled[7]);
  const std::vector<std::string> members{three_members[2], three_members[0], three_members[1],
                                         three_members[0]};
  EXPECT_THAT(ids(allocate_averagely(shuffled, members, three_members[0])), ElementsAre(0, 1, 2));
}

TEST(AllocateAveragely, gives_every_queue_to_exactly_one_member) {
  for (std::int32_t queue_count = 0; queue_count < 20; ++queue_count) {
    std::vector<std::string> members;
    for (char name = 'a'; name < 'k'; ++name) {
      members.emplace_back(1, name);
      std::vector<MessageQueue> given;
      for (const std::string& member : members) {
        const auto part = allocate_averagely(queues(queue_count), members, member);
        given.insert(given.end(), part.begin(), part.end());
      }
      EXPECT_EQ(given, queues(queue_count));
    }
  }
}

TEST(ChangesBetween, says_what_to_drop_and_what_to_add) {
  const QueueChanges changes =
      changes_between({queue(1), queue(2), queue(3)}, {queue(4), queue(3), queue(5)});
  EXPECT_THAT(ids(changes.dropped), ElementsAre(1, 2));
  EXPECT_THAT(ids(changes.added), ElementsAre(4, 5));
}

TEST(ChangesBetween, is_empty_where_nothing_changes) {
  EXPECT_TRUE(changes_between({queue(1), queue(2)}, {queue(2), queue(1)}).empty());
}

}  // namespace
}  // namespace rocketmq::client
