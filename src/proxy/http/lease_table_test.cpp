#include "proxy/http/lease_table.h"

#include <gmock/gmock.h>

#include "client/testing/message_at.h"

namespace rocketmq::gateway {
namespace {

using namespace std::chrono_literals;
using client::HeldQueue;
using client::testing::message_at;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const net::TimePoint t0{};

struct LeaseTableTest : ::testing::Test {
  static std::shared_ptr<HeldQueue> make_queue() {
    return std::make_shared<HeldQueue>(MessageQueue{"T", "b", 0}, 0,
                                       client::FlowLimits{.messages_max = 3});
  }
  void pull(std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t offset = queue->in_hand.next_offset();
      table.add({message_at(offset), queue, queue->in_hand.add(offset, 4)});
    }
  }
  std::vector<LeaseTable::LoanId> lend(std::size_t count_max, net::TimePoint now) {
    std::vector<LeaseTable::LoanId> ids;
    lent_offsets.clear();
    for (const LeaseTable::Loan& loan : table.lend(count_max, now, 60s)) {
      ids.push_back(loan.id);
      lent_offsets.push_back(loan.message.queue_offset());
      attempt = loan.message.reconsume_times() + 1;
    }
    return ids;
  }
  bool ack(LeaseTable::LoanId id, net::TimePoint now) {
    const auto held = table.take(id, now);
    return held && held->queue->done(held->ticket);
  }
  std::int64_t committed() const { return queue->in_hand.safe_offset(); }

  std::shared_ptr<HeldQueue> queue = make_queue();
  LeaseTable table{2};
  std::vector<std::int64_t> lent_offsets;
  int attempt = 0;  // of the last one lent
};

TEST_F(LeaseTableTest, lends_each_message_once_in_the_order_it_came) {
  pull(3);
  lend(2, t0);
  EXPECT_THAT(lent_offsets, ElementsAre(0, 1));
  lend(2, t0);
  EXPECT_THAT(lent_offsets, ElementsAre(2));
  EXPECT_THAT(lend(2, t0), IsEmpty());
}

TEST_F(LeaseTableTest, lets_the_group_go_no_further_than_the_first_that_is_not_done) {
  pull(3);
  const auto ids = lend(3, t0);
  EXPECT_TRUE(ack(ids[1], t0));
  EXPECT_TRUE(ack(ids[2], t0));
  EXPECT_EQ(committed(), 0);
  EXPECT_TRUE(ack(ids[0], t0));
  EXPECT_EQ(committed(), 3);
}

TEST_F(LeaseTableTest, takes_a_message_back_once) {
  pull(1);
  const auto ids = lend(1, t0);
  EXPECT_TRUE(ack(ids[0], t0));
  EXPECT_FALSE(ack(ids[0], t0));
  EXPECT_FALSE(table.is_lent(ids[0], t0));
  EXPECT_FALSE(ack(ids[0] + 1, t0));
}

TEST_F(LeaseTableTest, lends_again_what_is_not_brought_back_in_time) {
  pull(2);
  const auto ids = lend(1, t0);
  EXPECT_EQ(attempt, 1);
  EXPECT_EQ(table.next_due(), t0 + 60s);
  EXPECT_TRUE(table.is_lent(ids[0], t0 + 59s));
  EXPECT_FALSE(table.is_lent(ids[0], t0 + 60s));  // whether anybody has looked or not

  EXPECT_THAT(table.pass(t0 + 60s), IsEmpty());
  EXPECT_FALSE(ack(ids[0], t0 + 60s));
  lend(1, t0 + 60s);
  EXPECT_THAT(lent_offsets, ElementsAre(0));  // before 1, which waits for it
  EXPECT_EQ(attempt, 2);
  EXPECT_EQ(committed(), 0);
}

TEST_F(LeaseTableTest, makes_the_time_longer_under_another_id) {
  pull(1);
  const auto ids = lend(1, t0);
  const auto longer = table.extend(ids[0], t0 + 30s, 60s);
  ASSERT_TRUE(longer);
  EXPECT_FALSE(table.is_lent(ids[0], t0 + 30s));
  table.pass(t0 + 89s);
  EXPECT_THAT(lend(1, t0 + 89s), IsEmpty());
  EXPECT_TRUE(ack(*longer, t0 + 89s));
  EXPECT_FALSE(table.extend(*longer, t0 + 89s, 60s));
}

TEST_F(LeaseTableTest, keeps_what_failed_until_its_delay_is_over) {
  pull(1);
  const auto ids = lend(1, t0);
  EXPECT_TRUE(table.delay(ids[0], t0, 10s));
  EXPECT_FALSE(table.delay(ids[0], t0, 10s));
  EXPECT_EQ(table.next_due(), t0 + 10s);
  table.pass(t0 + 9s);
  EXPECT_THAT(lend(1, t0 + 9s), IsEmpty());
  table.pass(t0 + 10s);
  EXPECT_THAT(lend(1, t0 + 10s), SizeIs(1));
  EXPECT_EQ(attempt, 2);
}

TEST_F(LeaseTableTest, lends_in_order_what_failed_before_what_lies_behind_it) {
  table.set_in_order(true);
  pull(3);
  const auto ids = lend(2, t0);
  EXPECT_TRUE(ack(ids[1], t0));
  EXPECT_TRUE(table.delay(ids[0], t0, 10s));
  EXPECT_THAT(lend(3, t0 + 9s), IsEmpty());
  table.pass(t0 + 10s);
  lend(3, t0 + 10s);
  EXPECT_THAT(lent_offsets, ElementsAre(0, 2));
}

TEST_F(LeaseTableTest, lends_what_it_has_in_another_order) {
  pull(3);
  const auto ids = lend(1, t0);
  EXPECT_TRUE(ack(ids[0], t0));
  table.set_in_order(true);
  lend(1, t0);
  EXPECT_THAT(lent_offsets, ElementsAre(1));
  EXPECT_THAT(lend(1, t0), IsEmpty());
}

TEST_F(LeaseTableTest, keeps_nothing_beyond_the_room_of_its_queue) {
  pull(3);
  const auto ids = lend(1, t0);
  EXPECT_TRUE(table.can_keep(ids[0]));
  pull(1);
  EXPECT_FALSE(table.can_keep(ids[0]));
}

TEST_F(LeaseTableTest, gives_out_what_has_failed_too_often) {
  pull(1);
  net::TimePoint now = t0;
  for (int failures = 0; failures < 2; ++failures) {
    lend(1, now);
    now += 60s;
    EXPECT_THAT(table.pass(now), IsEmpty());
  }
  lend(1, now);
  EXPECT_EQ(attempt, 3);
  const auto failed = table.pass(now + 60s);
  ASSERT_THAT(failed, SizeIs(1));
  EXPECT_THAT(lend(1, now + 60s), IsEmpty());
  EXPECT_EQ(committed(), 0);  // until who has it is done with it

  table.put_back(failed[0], now + 65s);  // it could not be buried
  EXPECT_THAT(table.pass(now + 64s), IsEmpty());
  EXPECT_THAT(table.pass(now + 65s), SizeIs(1));
}

TEST_F(LeaseTableTest, forgets_what_is_somebody_elses) {
  pull(3);
  const auto ids = lend(2, t0);
  EXPECT_TRUE(table.delay(ids[0], t0, 10s));
  queue->end();
  EXPECT_FALSE(table.is_lent(ids[1], t0));
  EXPECT_FALSE(ack(ids[1], t0));
  EXPECT_THAT(lend(3, t0), IsEmpty());

  queue = make_queue();
  pull(1);
  table.forget_lost();
  EXPECT_EQ(table.lent_count(), 0u);
  EXPECT_FALSE(table.next_due());
  lend(3, t0);
  EXPECT_THAT(lent_offsets, ElementsAre(0));
}

TEST_F(LeaseTableTest, forgets_what_the_broker_has_moved_its_queue_away_from) {
  pull(3);
  queue->in_hand.move_to(1);
  lend(3, t0);
  EXPECT_THAT(lent_offsets, ElementsAre(0));
}

}  // namespace
}  // namespace rocketmq::gateway
