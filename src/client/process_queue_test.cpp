#include "client/process_queue.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

namespace rocketmq::client {
namespace {

TEST(ProcessQueue, starts_empty_at_the_offset_it_is_given) {
  const ProcessQueue queue(40, {});
  EXPECT_EQ(queue.next_offset(), 40);
  EXPECT_EQ(queue.safe_offset(), 40);
  EXPECT_FALSE(queue.is_full());
}

TEST(ProcessQueue, lets_nothing_pass_the_oldest_message_in_hand) {
  ProcessQueue queue(40, {});
  const auto first = queue.add(40, 1);
  const auto second = queue.add(41, 1);
  const auto third = queue.add(42, 1);
  EXPECT_EQ(queue.safe_offset(), 40);

  EXPECT_TRUE(queue.remove(second));
  EXPECT_EQ(queue.safe_offset(), 40);
  EXPECT_TRUE(queue.remove(first));
  EXPECT_EQ(queue.safe_offset(), 42);
  EXPECT_TRUE(queue.remove(third));
  EXPECT_EQ(queue.safe_offset(), 43);
}

TEST(ProcessQueue, passes_over_messages_the_group_does_not_want) {
  ProcessQueue queue(0, {});
  const auto wanted = queue.add(3, 1);
  queue.advance_to(10);
  EXPECT_EQ(queue.safe_offset(), 3);
  EXPECT_EQ(queue.next_offset(), 10);
  queue.remove(wanted);
  EXPECT_EQ(queue.safe_offset(), 10);
}

TEST(ProcessQueue, does_not_advance_backwards) {
  ProcessQueue queue(10, {});
  queue.advance_to(5);
  EXPECT_EQ(queue.next_offset(), 10);
}

TEST(ProcessQueue, counts_a_message_once) {
  ProcessQueue queue(0, {});
  const auto ticket = queue.add(0, 7);
  queue.add(1, 5);
  EXPECT_TRUE(queue.remove(ticket));
  EXPECT_FALSE(queue.remove(ticket));
  EXPECT_FALSE(queue.remove(99));
  EXPECT_EQ(queue.size(), 1u);
  EXPECT_EQ(queue.bytes(), 5u);
}

TEST(ProcessQueue, is_full_above_the_number_of_messages) {
  ProcessQueue queue(0, {.messages_max = 2});
  const auto first = queue.add(0, 1);
  queue.add(1, 1);
  EXPECT_FALSE(queue.is_full());
  queue.add(2, 1);
  EXPECT_TRUE(queue.is_full());
  queue.remove(first);
  EXPECT_FALSE(queue.is_full());
}

TEST(ProcessQueue, is_full_above_the_number_of_bytes) {
  ProcessQueue queue(0, {.bytes_max = 100});
  queue.add(0, 100);
  EXPECT_FALSE(queue.is_full());
  queue.add(1, 1);
  EXPECT_TRUE(queue.is_full());
}

TEST(ProcessQueue, is_full_when_one_old_message_holds_up_a_long_span_of_offsets) {
  ProcessQueue queue(0, {.offset_span_max = 2000});
  const auto stuck = queue.add(0, 1);
  queue.remove(queue.add(2001, 1));
  EXPECT_FALSE(queue.is_full());  // nothing in hand behind the stuck one
  queue.add(2002, 1);
  EXPECT_TRUE(queue.is_full());
  queue.remove(stuck);
  EXPECT_FALSE(queue.is_full());
}

TEST(ProcessQueue, keeps_what_is_in_hand_when_the_broker_moves_the_queue_forward) {
  ProcessQueue queue(0, {});
  const auto in_hand = queue.add(0, 1);
  queue.move_to(500);
  EXPECT_EQ(queue.next_offset(), 500);
  EXPECT_EQ(queue.safe_offset(), 0);
  EXPECT_TRUE(queue.remove(in_hand));
  EXPECT_EQ(queue.safe_offset(), 500);
}

TEST(ProcessQueue, forgets_what_will_come_again_when_the_broker_moves_the_queue_back) {
  ProcessQueue queue(0, {});
  const auto kept = queue.add(4, 10);
  const auto forgotten = queue.add(5, 20);
  queue.remove(queue.add(6, 40));
  queue.move_to(5);
  EXPECT_EQ(queue.next_offset(), 5);
  EXPECT_EQ(queue.bytes(), 10u);

  // The same offset again: the old delivery's result must not stand for the new one's.
  queue.add(5, 20);
  EXPECT_FALSE(queue.remove(forgotten));
  EXPECT_TRUE(queue.remove(kept));
  EXPECT_EQ(queue.safe_offset(), 5);
  EXPECT_EQ(queue.size(), 1u);
}

// Against the obvious model, in any order of completion.
TEST(ProcessQueue, agrees_with_a_set_of_offsets_in_any_order) {
  std::mt19937 random(7);
  const auto below = [&random](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
  };
  ProcessQueue queue(0, {});
  std::set<std::int64_t> model;
  std::vector<std::pair<ProcessQueue::Ticket, std::int64_t>> in_hand;
  for (int step = 0; step < 20'000; ++step) {
    if (in_hand.empty() || below(2) == 0) {
      const auto offset = queue.next_offset() + static_cast<std::int64_t>(below(3));
      in_hand.emplace_back(queue.add(offset, 1), offset);
      model.insert(offset);
    } else {
      const std::size_t index = below(in_hand.size());
      ASSERT_TRUE(queue.remove(in_hand[index].first));
      model.erase(in_hand[index].second);
      in_hand.erase(in_hand.begin() + static_cast<std::ptrdiff_t>(index));
    }
    ASSERT_EQ(queue.size(), model.size());
    ASSERT_EQ(queue.safe_offset(), model.empty() ? queue.next_offset() : *model.begin());
  }
}

}  // namespace
}  // namespace rocketmq::client
