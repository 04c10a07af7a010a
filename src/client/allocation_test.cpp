#include "client/allocation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <stdexcept>

#include "protocol/str.h"

// Whether these give what the Java classes give is seen in compat-tests/golden/allocation_test.cpp.

namespace rocketmq::client {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Queues = std::vector<MessageQueue>;
using Members = std::vector<std::string>;

const Members three_members{"10.0.0.1@1#1", "10.0.0.2@2#2", "10.0.0.3@3#3"};

MessageQueue queue(std::int32_t id, std::string broker_name = "b-a") {
  return {"T", std::move(broker_name), id};
}

Queues queues(std::int32_t count) {
  Queues all;
  for (std::int32_t id = 0; id < count; ++id) all.push_back(queue(id));
  return all;
}

std::vector<std::int32_t> ids(const Queues& of) {
  std::vector<std::int32_t> all;
  for (const MessageQueue& each : of) all.push_back(each.queue_id);
  return all;
}

Queues part_of(const AllocationStrategy& strategy, const std::string& self, const Queues& all,
               const Members& members) {
  const auto part = own_part(strategy, "G", self, all, members);
  EXPECT_TRUE(part);
  return part ? *part : Queues{};
}

std::string room_of(const std::string& name) { return name.substr(0, name.find('@')); }

AllocationStrategy nearby(AllocationStrategy inner) {
  return allocate_machine_room_nearby(
      std::move(inner), [](const MessageQueue& of) { return room_of(of.broker_name); }, room_of);
}

TEST(AllocateAveragely, gives_neighbouring_queues) {
  const auto avg = allocate_averagely();
  EXPECT_THAT(ids(part_of(avg, three_members[0], queues(8), three_members)), ElementsAre(0, 1, 2));
  EXPECT_THAT(ids(part_of(avg, three_members[1], queues(8), three_members)), ElementsAre(3, 4, 5));
  EXPECT_THAT(ids(part_of(avg, three_members[2], queues(8), three_members)), ElementsAre(6, 7));
}

TEST(AllocateAveragely, leaves_members_without_a_queue_where_there_are_too_few) {
  const auto avg = allocate_averagely();
  EXPECT_THAT(ids(part_of(avg, three_members[1], queues(2), three_members)), ElementsAre(1));
  EXPECT_THAT(part_of(avg, three_members[2], queues(2), three_members), IsEmpty());
}

TEST(AllocateAveragelyByCircle, deals_queues_out_one_by_one) {
  const auto circle = allocate_averagely_by_circle();
  EXPECT_THAT(ids(part_of(circle, three_members[1], queues(8), three_members)),
              ElementsAre(1, 4, 7));
  EXPECT_THAT(ids(part_of(circle, three_members[2], queues(8), three_members)), ElementsAre(2, 5));
}

TEST(AllocateByConfig, gives_what_was_configured_of_the_topic) {
  const auto config = allocate_by_config({queue(5), {"other", "b-a", 1}, queue(2)});
  EXPECT_THAT(part_of(config, three_members[0], queues(8), three_members),
              ElementsAre(queue(5), queue(2)));
}

TEST(AllocateByMachineRoom, leaves_queues_of_other_rooms_alone) {
  const auto rooms = allocate_by_machine_room({"east"});
  const Queues all{queue(0, "east@b"), queue(1, "east@b"), queue(0, "north@b"), queue(0, "plain")};
  EXPECT_THAT(part_of(rooms, "m1", all, {"m1"}),
              ElementsAre(queue(0, "east@b"), queue(1, "east@b")));
}

TEST(AllocateMachineRoomNearby, keeps_queues_in_their_room_where_that_has_a_member) {
  const Queues all{queue(0, "east@b"), queue(0, "north@b"), queue(0, "west@b")};
  const Members members{"east@m", "north@m"};
  const auto strategy = nearby(allocate_averagely());
  EXPECT_EQ(strategy.name, "MACHINE_ROOM_NEARBY-AVG");
  EXPECT_THAT(part_of(strategy, "east@m", all, members),
              ElementsAre(queue(0, "east@b"), queue(0, "west@b")));
  EXPECT_THAT(part_of(strategy, "north@m", all, members), ElementsAre(queue(0, "north@b")));
}

TEST(AllocateMachineRoomNearby, fails_where_somebody_is_in_no_room) {
  const auto part = own_part(nearby(allocate_averagely()), "G", "@m", queues(1), {"@m"});
  ASSERT_FALSE(part);
  EXPECT_EQ(part.error().code, Errc::invalid_argument);
}

TEST(AllocateByConsistentHash, moves_no_queue_between_members_that_stay) {
  const auto hash = allocate_by_consistent_hash();
  Members members;
  for (int i = 0; i < 10; ++i) members.push_back(str("10.0.0.", i, "@1#1"));
  Members fewer = members;
  fewer.erase(fewer.begin() + 4);
  for (const std::string& member : fewer) {
    const Queues before = part_of(hash, member, queues(100), members);
    const Queues after = part_of(hash, member, queues(100), fewer);
    EXPECT_TRUE(std::includes(after.begin(), after.end(), before.begin(), before.end())) << member;
  }
}

TEST(AllocateByConsistentHash, has_no_function_for_a_number_of_points_it_does_not_take) {
  EXPECT_FALSE(allocate_by_consistent_hash(0).allocate);
  EXPECT_FALSE(allocate_by_consistent_hash(1001).allocate);
  EXPECT_TRUE(allocate_by_consistent_hash(1000).allocate);
}

TEST(OwnPart, is_nothing_for_a_member_the_broker_does_not_know_yet) {
  EXPECT_THAT(part_of(allocate_averagely(), "10.0.0.9@9#9", queues(8), three_members), IsEmpty());
  EXPECT_THAT(part_of(allocate_averagely(), "10.0.0.9@9#9", queues(8), {}), IsEmpty());
}

TEST(OwnPart, is_nothing_of_no_queues) {
  EXPECT_THAT(part_of(allocate_averagely(), three_members[0], {}, three_members), IsEmpty());
}

TEST(OwnPart, does_not_depend_on_the_order_or_repetition_of_what_it_is_given) {
  Queues shuffled = queues(8);
  std::swap(shuffled[0], shuffled[7]);
  const Members members{three_members[2], three_members[0], three_members[1], three_members[0]};
  EXPECT_THAT(ids(part_of(allocate_averagely(), three_members[0], shuffled, members)),
              ElementsAre(0, 1, 2));
}

TEST(OwnPart, fails_when_the_strategy_throws) {
  const AllocationStrategy mine{
      "MINE", [](const AllocationRequest&) -> Queues { throw std::runtime_error("no idea"); }};
  const auto part = own_part(mine, "G", "m", queues(1), {"m"});
  ASSERT_FALSE(part);
  EXPECT_EQ(part.error().message, "allocation strategy MINE failed: no idea");
  const AllocationStrategy odd{"ODD", [](const AllocationRequest&) -> Queues { throw 1; }};
  EXPECT_FALSE(own_part(odd, "G", "m", queues(1), {"m"}));
}

// For the strategies that share all queues of a topic, whatever the group looks like.
class SharingStrategy : public testing::TestWithParam<int> {
 protected:
  static AllocationStrategy strategy() {
    switch (GetParam()) {
      case 0:
        return allocate_averagely();
      case 1:
        return allocate_averagely_by_circle();
      case 2:
        return allocate_by_machine_room({"east", "north", "west"});
      case 3:
        return nearby(allocate_averagely());
      case 4:
        return nearby(allocate_by_consistent_hash(3));
      default:
        return allocate_by_consistent_hash();
    }
  }
};

TEST_P(SharingStrategy, gives_every_queue_to_exactly_one_member) {
  std::minstd_rand random(42);
  const auto below = [&random](unsigned limit) { return static_cast<int>(random() % limit); };
  const std::vector<std::string> rooms{"east", "north", "west"};
  for (int round = 0; round < 60; ++round) {
    std::set<MessageQueue> all;
    for (int left = below(40); left > 0; --left) {
      all.insert(queue(below(16), str(rooms[static_cast<std::size_t>(below(3))], "@b", below(3))));
    }
    std::set<std::string> members;
    for (int left = 1 + below(12); left > 0; --left) {
      members.insert(str(rooms[static_cast<std::size_t>(below(3))], "@", below(1000)));
    }
    Queues given;
    for (const std::string& member : members) {
      const Queues part =
          part_of(strategy(), member, {all.begin(), all.end()}, {members.begin(), members.end()});
      given.insert(given.end(), part.begin(), part.end());
    }
    std::sort(given.begin(), given.end());
    EXPECT_EQ(given, Queues(all.begin(), all.end()));
  }
}

INSTANTIATE_TEST_SUITE_P(, SharingStrategy, testing::Range(0, 6));

}  // namespace
}  // namespace rocketmq::client
