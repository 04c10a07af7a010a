#include "proxy/http/time_page.h"

#include <gmock/gmock.h>

#include "client/message_view.h"
#include "protocol/base64.h"
#include "proxy/http/problem.h"

namespace rocketmq::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

MessageView message_at(std::int64_t offset, std::int64_t store_ms) {
  auto data = std::make_shared<MessageView::Data>();
  data->record.queue_offset = offset;
  data->record.store_timestamp = store_ms;
  return MessageView(std::move(data));
}
Timestamp at(std::int64_t ms) { return Timestamp(std::chrono::milliseconds(ms)); }

std::vector<std::int64_t> times_of(const TimePage& page) {
  std::vector<std::int64_t> times;
  for (const MessageView& message : page.messages) {
    times.push_back(message.store_time().time_since_epoch().count());
  }
  return times;
}

const MessageQueue first{"T", "a", 0};
const MessageQueue second{"T", "b", 1};

std::vector<QueuePart> two_queues() {
  return {{first, 10, 13, {message_at(10, 100), message_at(11, 200), message_at(12, 500)}},
          {second, 0, 2, {message_at(0, 150), message_at(1, 300)}}};
}

TEST(TimePage, has_the_messages_of_all_queues_by_time) {
  const TimePage page = page_by_time(two_queues(), at(0), at(1000), 32);
  EXPECT_THAT(times_of(page), ElementsAre(100, 150, 200, 300, 500));
  EXPECT_THAT(page.next, IsEmpty());
}

TEST(TimePage, goes_on_where_the_last_one_ended) {
  const TimePage page = page_by_time(two_queues(), at(0), at(1000), 3);
  EXPECT_THAT(times_of(page), ElementsAre(100, 150, 200));
  EXPECT_THAT(page.next, ElementsAre(Pair(first, 12), Pair(second, 1)));
}

TEST(TimePage, has_nothing_of_other_times) {
  const TimePage page = page_by_time(two_queues(), at(150), at(300), 32);
  EXPECT_THAT(times_of(page), ElementsAre(150, 200, 300));
  EXPECT_THAT(page.next, IsEmpty()) << "500 is too late, and so is all behind it";
}

TEST(TimePage, ends_where_a_queue_has_more_than_was_read) {
  std::vector<QueuePart> parts = two_queues();
  parts[1].end = 3;
  const TimePage page = page_by_time(parts, at(0), at(1000), 32);
  EXPECT_THAT(times_of(page), ElementsAre(100, 150, 200, 300)) << "400 may be next";
  EXPECT_THAT(page.next, ElementsAre(Pair(first, 12), Pair(second, 2)));
}

TEST(TimePage, goes_on_behind_what_was_too_early) {
  const TimePage page =
      page_by_time({{first, 10, 13, {message_at(10, 100)}}}, at(150), at(1000), 32);
  EXPECT_THAT(page.messages, IsEmpty());
  EXPECT_THAT(page.next, ElementsAre(Pair(first, 11)));
}

TEST(TimePage, does_not_go_on_where_nothing_could_be_read) {
  EXPECT_THAT(page_by_time({{first, 10, 13, {}}}, at(0), at(1000), 32).next, IsEmpty());
}

TEST(TimePage, has_a_cursor) {
  const QueuePositions positions{{first, 12}, {second, 1}};
  EXPECT_EQ(parse_cursor(to_cursor(positions), "T").value(), positions);
  for (const std::string_view plain : {"", "a", "a\t0", "a\tx\t1", "a\t0\t-1", "a\t0\t1\t2"}) {
    EXPECT_EQ(parse_cursor(protocol::to_base64_url(plain), "T").error().code, Slug::bad_request)
        << plain;
  }
  EXPECT_FALSE(parse_cursor("%%", "T"));
}

}  // namespace
}  // namespace rocketmq::gateway
