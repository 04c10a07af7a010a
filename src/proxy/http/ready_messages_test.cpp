#include "proxy/http/ready_messages.h"

#include <gmock/gmock.h>

#include <map>

#include "client/testing/message_at.h"

namespace rocketmq::gateway {
namespace {

using namespace std::chrono_literals;
using client::HeldQueue;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

const net::TimePoint t0{};

struct InOrderTest : ::testing::Test {
  using Queue = std::shared_ptr<HeldQueue>;

  static Queue make_queue(int id) {
    return std::make_shared<HeldQueue>(MessageQueue{"T", "b", id}, 0, client::FlowLimits{});
  }
  void pull(const Queue& queue, int count) {
    for (int i = 0; i < count; ++i) {
      const std::int64_t offset = queue->in_hand.next_offset();
      ready->add({client::testing::message_at(offset), queue, queue->in_hand.add(offset, 4)});
    }
  }
  // Offsets of what it gives, which is out from then on.
  std::vector<std::int64_t> take(std::size_t count_max, net::TimePoint now = t0) {
    std::vector<std::int64_t> offsets;
    for (HeldMessage& held : ready->take(count_max, now)) {
      const std::int64_t offset = held.message.queue_offset();
      offsets.push_back(offset);
      out.insert_or_assign({held.queue->queue.queue_id, offset}, std::move(held));
    }
    return offsets;
  }
  HeldMessage bring(const Queue& queue, std::int64_t offset) {
    return std::move(out.extract({queue->queue.queue_id, offset}).mapped());
  }
  void done(const Queue& queue, std::int64_t offset) {
    EXPECT_TRUE(queue->done(bring(queue, offset).ticket));
  }
  void fail(const Queue& queue, std::int64_t offset) {
    std::vector<HeldMessage> one;
    one.push_back(bring(queue, offset));
    ready->add_again(std::move(one));
  }

  std::unique_ptr<ReadyMessages> ready = ready_in_order();
  Queue a = make_queue(0);
  Queue b = make_queue(1);
  std::map<std::pair<int, std::int64_t>, HeldMessage> out;
};

TEST_F(InOrderTest, gives_no_more_of_a_queue_before_all_that_it_gave_is_done) {
  pull(a, 4);
  EXPECT_THAT(take(2), ElementsAre(0, 1));
  EXPECT_THAT(take(2), IsEmpty());
  done(a, 1);
  EXPECT_THAT(take(2), IsEmpty());
  done(a, 0);
  EXPECT_THAT(take(8), ElementsAre(2, 3));
  pull(a, 1);
  EXPECT_THAT(take(8), IsEmpty());
}

TEST_F(InOrderTest, gives_what_has_failed_before_what_lies_behind_it) {
  pull(a, 4);
  EXPECT_THAT(take(2), ElementsAre(0, 1));
  fail(a, 1);
  EXPECT_THAT(take(8), IsEmpty()) << "0 is out";
  fail(a, 0);
  EXPECT_THAT(take(3), ElementsAre(0, 1, 2));
  done(a, 1);
  fail(a, 0);
  EXPECT_THAT(take(8), IsEmpty()) << "2 is out";
  done(a, 2);
  EXPECT_THAT(take(8), ElementsAre(0, 3));
}

TEST_F(InOrderTest, has_queues_take_turns) {
  pull(a, 2);
  pull(b, 2);
  take(1);
  take(1);
  EXPECT_THAT(out, ::testing::SizeIs(2));
  EXPECT_TRUE(out.contains({0, 0}) && out.contains({1, 0})) << "one of each";
  EXPECT_THAT(take(8), IsEmpty());
  done(b, 0);
  EXPECT_THAT(take(8), ElementsAre(1)) << "a holds nobody else up";
}

TEST_F(InOrderTest, fills_up_from_the_next_queue) {
  pull(a, 2);
  pull(b, 2);
  EXPECT_THAT(take(3), UnorderedElementsAre(0, 1, 0));
}

TEST_F(InOrderTest, gives_nothing_of_a_queue_that_may_be_somebody_elses) {
  pull(a, 1);
  a->gate.open_until = t0 + 30s;
  EXPECT_THAT(take(1, t0 + 30s), IsEmpty());
  EXPECT_THAT(take(1, t0 + 29s), ElementsAre(0));
}

TEST_F(InOrderTest, goes_on_where_its_queue_was_moved_to) {
  pull(a, 3);
  EXPECT_THAT(take(1), ElementsAre(0));
  a->in_hand.move_to(0);  // what is out is not waited for
  EXPECT_THAT(take(8), IsEmpty());
  pull(a, 1);
  EXPECT_THAT(take(8), ElementsAre(0));
}

TEST_F(InOrderTest, forgets_what_is_somebody_elses) {
  pull(a, 2);
  pull(b, 1);
  a->end();
  ready->forget_lost();
  EXPECT_THAT(take(8), ElementsAre(0));
  EXPECT_TRUE(ready->is_empty());
}

TEST_F(InOrderTest, hands_over_all_it_has) {
  pull(a, 2);
  pull(b, 1);
  take(1);
  EXPECT_EQ(ready->take_all().size(), 2u);
  EXPECT_TRUE(ready->is_empty());
}

}  // namespace
}  // namespace rocketmq::gateway
