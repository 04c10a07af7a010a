#include "client/batch_accumulator.h"

#include <gmock/gmock.h>

#include <memory>

#include "client/batch_prep.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

const net::TimePoint t0{};

class BatchAccumulatorTest : public ::testing::Test {
 protected:
  Send& make(Message message) {
    auto prepared = prepare(message, {}, BodyMemory::copy);
    sends.push_back(Send::make(*std::move(prepared), NoAnswer{}, t0, pending));
    return *sends.back();
  }
  Send& make(std::string topic = "T", std::string tag = "") {
    return make(Message{.topic = std::move(topic), .body = "hello", .tag = std::move(tag)});
  }

  std::shared_ptr<PendingSends> pending = std::make_shared<PendingSends>(1000, 1 << 30);
  std::vector<std::unique_ptr<Send>> sends;
};

TEST_F(BatchAccumulatorTest, keeps_messages_until_the_first_has_waited_long_enough) {
  BatchAccumulator accumulator({.linger = 10ms}, 1 << 22);
  Send& first = make();
  Send& second = make();
  EXPECT_EQ(accumulator.next_ready(), std::nullopt);
  ASSERT_TRUE(accumulator.add(first, t0));
  ASSERT_TRUE(accumulator.add(second, t0 + 5ms));
  EXPECT_EQ(accumulator.next_ready(), t0 + 10ms);
  EXPECT_EQ(accumulator.take_ready(t0 + 9ms), std::nullopt);
  EXPECT_THAT(*accumulator.take_ready(t0 + 10ms), ElementsAre(&first, &second));
  EXPECT_EQ(accumulator.take_ready(t0 + 10ms), std::nullopt);
  EXPECT_EQ(accumulator.next_ready(), std::nullopt);
}

TEST_F(BatchAccumulatorTest, gives_a_batch_at_once_that_is_full) {
  Send& first = make();
  Send& second = make();
  const std::size_t one = batch_entry_size(first.message);
  BatchAccumulator accumulator({.batch_bytes_max = one}, 1 << 22);
  ASSERT_TRUE(accumulator.add(first, t0));
  EXPECT_EQ(accumulator.take_ready(t0), std::nullopt);  // not more than that
  ASSERT_TRUE(accumulator.add(second, t0));
  EXPECT_THAT(*accumulator.take_ready(t0), ElementsAre(&first, &second));
}

TEST_F(BatchAccumulatorTest, puts_together_only_what_may_go_together) {
  BatchAccumulator accumulator({}, 1 << 22);
  Message hasty{.topic = "T", .body = "hello"};
  hasty.wait_for_store = false;
  Message keyed{.topic = "T", .body = "hello"};
  keyed.sharding_key = "k";
  Send* const all[] = {&make("T"), &make("U"), &make("T", "tag"), &make(hasty), &make(keyed)};
  for (Send* const send : all) ASSERT_TRUE(accumulator.add(*send, t0));
  for (Send* const send : all) EXPECT_THAT(*accumulator.take(), ElementsAre(send));
  EXPECT_EQ(accumulator.take(), std::nullopt);
}

TEST_F(BatchAccumulatorTest, holds_no_more_than_it_may) {
  Send& first = make();
  BatchAccumulator accumulator({.held_bytes_max = batch_entry_size(first.message)}, 1 << 22);
  EXPECT_TRUE(accumulator.add(first, t0));
  EXPECT_FALSE(accumulator.add(make(), t0));
  ASSERT_TRUE(accumulator.take());
  EXPECT_TRUE(accumulator.add(make(), t0));
}

TEST_F(BatchAccumulatorTest, makes_no_batch_longer_than_a_message_may_be) {
  Send& first = make();
  Send& second = make();
  BatchAccumulator accumulator({}, 2 * batch_entry_size(first.message) - 1);
  ASSERT_TRUE(accumulator.add(first, t0));
  ASSERT_TRUE(accumulator.add(second, t0));
  EXPECT_THAT(*accumulator.take_ready(t0), ElementsAre(&first));
  EXPECT_THAT(*accumulator.take(), ElementsAre(&second));
}

TEST_F(BatchAccumulatorTest, forgets_a_message_whose_time_is_over) {
  Send& first = make();
  Send& second = make();
  BatchAccumulator accumulator({.held_bytes_max = 2 * batch_entry_size(first.message)}, 1 << 22);
  ASSERT_TRUE(accumulator.add(first, t0));
  ASSERT_TRUE(accumulator.add(second, t0));
  accumulator.remove(first);
  EXPECT_TRUE(accumulator.add(first, t0));  // there is room again
  EXPECT_THAT(*accumulator.take(), ElementsAre(&second, &first));
  ASSERT_TRUE(accumulator.add(first, t0));
  accumulator.remove(first);
  EXPECT_EQ(accumulator.next_ready(), std::nullopt);
  EXPECT_EQ(accumulator.take(), std::nullopt);
}

}  // namespace
}  // namespace rocketmq::client
