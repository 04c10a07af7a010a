#include "protocol/pop_info.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rocketmq::protocol {
namespace {

using testing::ElementsAre;
using testing::Pair;

constexpr PopQueue queue_1{PopTopicKind::normal, 1};
constexpr PopQueue retry_queue_1{PopTopicKind::retry_v1, 1};

// wire-protocol.md section 9, made by stock Java.
TEST(PopCheckpoint, is_written_and_read_as_in_java) {
  const PopCheckpoint checkpoint{.start_offset = 100,
                                 .pop_time = 1700000000000,
                                 .invisible_time = 60000,
                                 .revive_queue_id = 3,
                                 .kind = pop_topic_kind("%RETRY%CG_T"),
                                 .broker_name = "b-a",
                                 .queue_id = 1,
                                 .offset = 105};
  constexpr std::string_view text = "100 1700000000000 60000 3 1 b-a 1 105";
  EXPECT_EQ(to_string(checkpoint), text);
  const auto parsed = parse_pop_checkpoint(text);
  ASSERT_TRUE(parsed) << parsed.error();
  EXPECT_EQ(*parsed, checkpoint);
  EXPECT_FALSE(parsed->is_ordered());
  EXPECT_EQ(parsed->visible_again(), 1700000060000);
}

TEST(PopCheckpoint, may_carry_what_a_proxy_adds) {
  const auto parsed = parse_pop_checkpoint("100 1 2 3 1 b-a 1 105 32442 more");
  ASSERT_TRUE(parsed) << parsed.error();
  EXPECT_EQ(to_string(*parsed), "100 1 2 3 1 b-a 1 105");
}

TEST(PopCheckpoint, refuses_what_is_none) {
  for (const std::string_view text :
       {"", "100", "100 1 2 3 1 b-a 1", "100 1 2 3 3 b-a 1 105", "100 1 2 3 11 b-a 1 105",
        "x 1 2 3 1 b-a 1 105", "100 1 2 3 1 b-a 9999999999 105", "100  1 2 3 1 b-a 1 105"}) {
    const auto parsed = parse_pop_checkpoint(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, Errc::invalid_argument);
  }
}

TEST(PopTopic, is_named_by_its_kind) {
  EXPECT_EQ(pop_topic(PopTopicKind::normal, "T", "CG"), "T");
  EXPECT_EQ(pop_topic(PopTopicKind::retry_v1, "T", "CG"), "%RETRY%CG_T");
  EXPECT_EQ(pop_topic(PopTopicKind::retry_v2, "T", "CG"), "%RETRY%CG+T");
  EXPECT_EQ(pop_topic_kind("T+"), PopTopicKind::normal);
  EXPECT_EQ(pop_topic_kind("%RETRY%CG_T"), PopTopicKind::retry_v1);
  EXPECT_EQ(pop_topic_kind("%RETRY%CG+T"), PopTopicKind::retry_v2);
}

TEST(PopInfo, lists_are_written_and_read) {
  std::string starts;
  append_start_offset(starts, queue_1, 100);
  append_start_offset(starts, retry_queue_1, -5);
  EXPECT_EQ(starts, "0 1 100;1 1 -5");
  EXPECT_THAT(parse_start_offsets(starts).value(),
              ElementsAre(Pair(queue_1, 100), Pair(retry_queue_1, -5)));

  std::string offsets;
  append_message_offsets(offsets, queue_1, std::array<std::int64_t, 3>{100, 101, 103});
  append_message_offsets(offsets, retry_queue_1, std::array<std::int64_t, 1>{7});
  EXPECT_EQ(offsets, "0 1 100,101,103;1 1 7");
  EXPECT_THAT(
      parse_message_offsets(offsets).value(),
      ElementsAre(Pair(queue_1, ElementsAre(100, 101, 103)), Pair(retry_queue_1, ElementsAre(7))));

  std::string counts;
  append_order_count(counts, queue_1, 2);
  append_order_count(counts, queue_1, 101, 5);
  EXPECT_EQ(counts, "0 1 2;0 qo1%101 5");
  const auto parsed = parse_order_counts(counts);
  ASSERT_TRUE(parsed) << parsed.error();
  EXPECT_EQ(parsed->count(queue_1, 100), 2);
  EXPECT_EQ(parsed->count(queue_1, 101), 5);
  EXPECT_EQ(parsed->count(retry_queue_1, 101), 0);
}

TEST(PopInfo, lists_that_are_none_are_refused) {
  for (const std::string_view text : {"0 1", "0 1 2 3", "9 1 2", "0 x 2", "0 1 x", "0 1 2;;0 2 3",
                                      "0 1 99999999999999999999", " "}) {
    EXPECT_FALSE(parse_start_offsets(text)) << text;
    EXPECT_FALSE(parse_message_offsets(text)) << text;
    EXPECT_FALSE(parse_order_counts(text)) << text;
  }
  EXPECT_FALSE(parse_message_offsets("0 1 1,,2"));
  EXPECT_FALSE(parse_message_offsets("0 1 "));
  EXPECT_FALSE(parse_order_counts("0 qo1 3"));
  EXPECT_FALSE(parse_order_counts("0 qo1%x 3"));
  EXPECT_EQ(parse_start_offsets("").value().size(), 0u);
}

PopMessageResponse answer() {
  return {.pop_time = 1000, .invisible_time = 60, .revive_queue_id = 4, .rest_num = 0};
}

TEST(PoppedInfos, tell_where_each_message_lies) {
  PopMessageResponse popped = answer();
  popped.start_offset_info = "0 1 100;1 1 7;0 2 30";
  popped.msg_offset_info = "0 1 100,103;1 1 7;0 2 30";
  const PoppedMessage messages[] = {
      // Not in the order of their offsets.
      {"T", 1, 103},
      {"T", 1, 100},
      {"T", 2, 30},
      {"%RETRY%CG_T", 1, 7},
  };
  const auto infos = popped_infos(popped, "b", messages);
  ASSERT_TRUE(infos) << infos.error();
  ASSERT_EQ(infos->size(), 4u);
  EXPECT_EQ((*infos)[0].checkpoint, "100 1000 60 4 0 b 1 103");
  EXPECT_EQ((*infos)[1].checkpoint, "100 1000 60 4 0 b 1 100");
  EXPECT_EQ((*infos)[2].checkpoint, "30 1000 60 4 0 b 2 30");
  EXPECT_EQ((*infos)[3].checkpoint, "7 1000 60 4 1 b 1 7");
}

TEST(PoppedInfos, keep_what_the_broker_has_set) {
  PopMessageResponse popped = answer();
  popped.start_offset_info = "0 1 100;1 1 7";
  popped.msg_offset_info = "0 1 100;1 1 7";
  popped.order_count_info = "1 1 3";
  // Renamed from the retry topic: the same queue number, but another queue.
  constexpr std::string_view given = "7 1000 60 4 1 b 1 7";
  const PoppedMessage messages[] = {{"T", 1, 7, given}, {"T", 1, 100}};
  const auto infos = popped_infos(popped, "b", messages);
  ASSERT_TRUE(infos) << infos.error();
  EXPECT_EQ((*infos)[0].checkpoint, given);
  EXPECT_EQ((*infos)[0].reconsume_times, 3);
  EXPECT_EQ((*infos)[1].checkpoint, "100 1000 60 4 0 b 1 100");
  EXPECT_EQ((*infos)[1].reconsume_times, 0);
}

TEST(PoppedInfos, start_at_the_first_message_where_nothing_is_told) {
  const PoppedMessage messages[] = {{"T", 1, 12}, {"T", 1, 10}, {"T", 2, 5}};
  const auto infos = popped_infos(answer(), "b", messages);
  ASSERT_TRUE(infos) << infos.error();
  EXPECT_EQ((*infos)[0].checkpoint, "10 1000 60 4 0 b 1 12");
  EXPECT_EQ((*infos)[1].checkpoint, "10 1000 60 4 0 b 1 10");
  EXPECT_EQ((*infos)[2].checkpoint, "5 1000 60 4 0 b 2 5");
}

TEST(PoppedInfos, fail_where_the_answer_contradicts_itself) {
  PopMessageResponse popped = answer();
  popped.start_offset_info = "0 1 100";
  popped.msg_offset_info = "0 1 100";
  const PoppedMessage foreign_queue[] = {{"T", 2, 100}};
  const PoppedMessage too_many[] = {{"T", 1, 100}, {"T", 1, 101}};
  for (const std::span<const PoppedMessage> messages :
       {std::span<const PoppedMessage>(foreign_queue), std::span<const PoppedMessage>(too_many)}) {
    const auto infos = popped_infos(popped, "b", messages);
    ASSERT_FALSE(infos);
    EXPECT_EQ(infos.error().code, Errc::bad_frame);
  }
}

}  // namespace
}  // namespace rocketmq::protocol
