#include "client/fetched_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/message_view.h"

namespace rocketmq::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

MessageView message_at(std::int64_t offset, bool is_readable = true) {
  auto data = std::make_shared<MessageView::Data>();
  data->record.queue_offset = offset;
  data->is_readable = is_readable;
  return MessageView(std::move(data));
}

struct FetchedQueueTest : ::testing::Test {
  void fetch(std::int64_t offset, bool is_readable = true) {
    left_out += queue.add({{message_at(offset, is_readable), queue.in_hand().add(offset, 10)}});
  }
  std::vector<std::int64_t> take(std::size_t count_max = 100) {
    std::vector<std::int64_t> offsets;
    for (const MessageView& message : queue.take(count_max)) {
      offsets.push_back(message.queue_offset());
    }
    return offsets;
  }

  FetchedQueue queue{40, {.messages_max = 3, .bytes_max = 1000, .offset_span_max = 100}};
  std::size_t left_out = 0;
};

TEST_F(FetchedQueueTest, stands_where_it_began_until_something_is_taken) {
  EXPECT_EQ(queue.position(), 40);
  fetch(40);
  fetch(41);
  EXPECT_EQ(queue.position(), 40);
  EXPECT_EQ(queue.next_offset(), 42);
  EXPECT_THAT(take(1), ElementsAre(40));
  EXPECT_EQ(queue.position(), 41);
  EXPECT_THAT(take(), ElementsAre(41));
  EXPECT_EQ(queue.position(), 42);
  EXPECT_THAT(take(), IsEmpty());
}

TEST_F(FetchedQueueTest, passes_unwanted_messages_once_those_before_are_taken) {
  fetch(40);
  queue.in_hand().advance_to(45);
  EXPECT_EQ(queue.position(), 40);
  take();
  EXPECT_EQ(queue.position(), 45);
}

TEST_F(FetchedQueueTest, is_full_beyond_its_limit_and_has_room_when_messages_are_taken) {
  for (std::int64_t offset = 40; offset < 43; ++offset) fetch(offset);
  EXPECT_FALSE(queue.is_full());
  fetch(43);
  EXPECT_TRUE(queue.is_full());
  take(1);
  EXPECT_FALSE(queue.is_full());
}

TEST_F(FetchedQueueTest, leaves_out_what_cannot_be_read_and_goes_on_behind_it) {
  fetch(40, false);
  fetch(41);
  EXPECT_EQ(left_out, 1U);
  EXPECT_EQ(queue.position(), 41);
  EXPECT_THAT(take(), ElementsAre(41));
}

TEST_F(FetchedQueueTest, forgets_what_will_come_again_when_it_is_moved_back) {
  for (std::int64_t offset = 40; offset < 43; ++offset) fetch(offset);
  queue.move_to(41);
  EXPECT_EQ(queue.next_offset(), 41);
  EXPECT_THAT(take(), ElementsAre(40));
  EXPECT_EQ(queue.position(), 41);
}

TEST_F(FetchedQueueTest, still_gives_what_it_has_when_it_is_moved_on) {
  fetch(40);
  queue.move_to(90);
  EXPECT_EQ(queue.next_offset(), 90);
  EXPECT_THAT(take(), ElementsAre(40));
  EXPECT_EQ(queue.position(), 90);
}

}  // namespace
}  // namespace rocketmq::client
