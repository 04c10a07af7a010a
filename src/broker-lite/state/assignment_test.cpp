#include "broker-lite/state/assignment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

using protocol::MessageQueueData;
using protocol::MessageRequestMode;
using testing::ElementsAre;
using testing::IsEmpty;

// 8 queues, of two brokers.
std::vector<MessageQueueData> queues() {
  std::vector<MessageQueueData> queues;
  for (const char* const broker : {"b", "a"}) {
    for (int id = 3; id >= 0; --id) queues.push_back({broker, id, "T"});
  }
  return queues;
}

std::optional<std::vector<std::string>> assigned(const AssignmentQuestion& question,
                                                 std::vector<std::string> members = {"c3", "c1",
                                                                                     "c2"}) {
  const auto found = assigned_queues(question, queues(), std::move(members));
  if (!found) return std::nullopt;
  std::vector<std::string> names;
  for (const MessageQueueData& queue : *found)
    names.push_back(str(queue.broker_name, queue.queue_id));
  return names;
}

TEST(AssignedQueues, are_an_equal_part_of_the_sorted_queues) {
  EXPECT_THAT(*assigned({.self = "c1", .strategy = "AVG"}), ElementsAre("a0", "a1", "a2"));
  EXPECT_THAT(*assigned({.self = "c2", .strategy = "AVG"}), ElementsAre("a3", "b0", "b1"));
  EXPECT_THAT(*assigned({.self = "c3", .strategy = "AVG"}), ElementsAre("b2", "b3"));
  EXPECT_THAT(*assigned({.self = "c2", .strategy = "AVG_BY_CIRCLE"}),
              ElementsAre("a1", "b0", "b3"));
}

TEST(AssignedQueues, are_unknown_where_the_broker_cannot_say) {
  EXPECT_EQ(assigned({.self = "c1", .strategy = "CONFIG"}), std::nullopt);
  EXPECT_EQ(assigned({.self = "c1", .strategy = "AVG"}, {}), std::nullopt);
  // Whom the group does not know has none.
  EXPECT_THAT(*assigned({.self = "c9", .strategy = "AVG"}), IsEmpty());
}

TEST(AssignedQueues, are_all_when_everybody_gets_everything) {
  EXPECT_EQ(assigned({.self = "c9", .is_broadcasting = true}, {})->size(), 8u);
}

TEST(AssignedQueues, are_whole_brokers_when_all_pop_everything) {
  for (const int share : {-1, 0, 2, 7}) {
    EXPECT_THAT(*assigned({.self = "c1",
                           .strategy = "AVG",
                           .mode = MessageRequestMode::pop,
                           .pop_share_queue_num = share}),
                ElementsAre("a-1", "b-1"))
        << share;
  }
}

TEST(AssignedQueues, are_ones_own_and_those_of_the_next_when_popped_together) {
  AssignmentQuestion question{
      .self = "c3", .strategy = "AVG", .mode = MessageRequestMode::pop, .pop_share_queue_num = 1};
  EXPECT_THAT(*assigned(question), ElementsAre("b2", "b3", "a0", "a1", "a2"));
  question.self = "c9";
  EXPECT_THAT(*assigned(question), IsEmpty());
}

TEST(AssignedQueues, are_at_least_one_when_popped_by_more_members_than_queues) {
  std::vector<std::string> many;
  for (int i = 10; i < 20; ++i) many.push_back(str("c", i));
  const AssignmentQuestion question{
      .self = "c19", .strategy = "AVG", .mode = MessageRequestMode::pop, .pop_share_queue_num = 1};
  EXPECT_THAT(*assigned(question, many), ElementsAre("a1"));  // the tenth: 9 % 8
}

}  // namespace
}  // namespace rocketmq::broker
