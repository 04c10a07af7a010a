#include "broker-lite/store/retention.h"

#include <gtest/gtest.h>

namespace rocketmq::broker {
namespace {

constexpr std::int64_t now_ms = 1'700'000'000'000;
constexpr std::int64_t old = now_ms - 72 * 3'600'000LL;
constexpr std::int64_t young = old + 1;

// What a run that begins at the hour with so much of the disk used says of a file.
Removal judge(std::int32_t hour, std::int32_t used_percent, std::int64_t modified_ms,
              bool is_needed = false, RetentionOptions options = {}) {
  Retention retention(options);
  retention.begin_run(hour, used_percent);
  return retention.judge(modified_ms, is_needed, now_ms, used_percent);
}

TEST(Retention, removes_expired_files_at_the_hour) {
  EXPECT_EQ(judge(4, 0, old), Removal::expired);
  EXPECT_EQ(judge(4, 0, young), Removal::no);
  EXPECT_EQ(judge(3, 0, old), Removal::no);
  EXPECT_EQ(judge(23, 0, old, false, {.delete_when = {3, 23}}), Removal::expired);
}

TEST(Retention, removes_expired_files_at_any_hour_where_the_disk_fills_up) {
  EXPECT_EQ(judge(3, 75, old), Removal::no);
  EXPECT_EQ(judge(3, 76, old), Removal::expired);
  EXPECT_EQ(judge(3, 85, young), Removal::no);
}

TEST(Retention, removes_any_file_where_the_disk_is_nearly_full) {
  EXPECT_EQ(judge(3, 86, young), Removal::disk_full);
  EXPECT_EQ(judge(3, 86, young, false, {.clean_file_forcibly_enable = false}), Removal::no);
  EXPECT_EQ(judge(3, 86, old, false, {.clean_file_forcibly_enable = false}), Removal::expired);
  EXPECT_EQ(judge(3, 86, young, false, {.disk_max_used_space_ratio = 95}), Removal::disk_full);
}

TEST(Retention, keeps_what_is_waited_for_as_long_as_there_is_room) {
  EXPECT_EQ(judge(4, 80, old, true), Removal::no);
  EXPECT_EQ(judge(4, 86, old, true), Removal::disk_full);
}

TEST(Retention, removes_no_more_files_a_run_than_allowed) {
  Retention retention({.delete_file_batch_max = 2});
  EXPECT_EQ(retention.judge(old, false, now_ms, 0), Removal::no) << "no run has begun";
  for (int run = 0; run < 2; ++run) {
    retention.begin_run(4, 0);
    for (int file = 0; file < 2; ++file) {
      EXPECT_EQ(retention.judge(old, false, now_ms, 0), Removal::expired);
      retention.removed();
    }
    EXPECT_FALSE(retention.is_running());
    EXPECT_EQ(retention.judge(old, false, now_ms, 0), Removal::no);
  }
}

TEST(Retention, goes_for_twenty_runs_when_asked_to) {
  Retention retention({});
  retention.run_by_hand();
  for (int run = 0; run < 20; ++run) {
    retention.begin_run(3, 0);
    EXPECT_EQ(retention.judge(old, false, now_ms, 0), Removal::expired);
    EXPECT_EQ(retention.judge(young, false, now_ms, 0), Removal::no);
  }
  retention.begin_run(3, 0);
  EXPECT_FALSE(retention.is_running());
}

TEST(Retention, reads_its_hours) {
  EXPECT_EQ(parse_delete_when("04").value(), std::vector<std::int32_t>{4});
  EXPECT_EQ(parse_delete_when("4;16;00;").value(), (std::vector<std::int32_t>{4, 16, 0}));
  for (const char* text : {"", "x", "24", "-1", "4,5", ";04", "4.5"}) {
    EXPECT_FALSE(parse_delete_when(text)) << text;
  }
}

}  // namespace
}  // namespace rocketmq::broker
