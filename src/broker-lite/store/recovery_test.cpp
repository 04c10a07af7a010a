#include "broker-lite/store/recovery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker-lite/store/store_test_support.h"
#include "protocol/bytes.h"

namespace rocketmq::broker {
namespace {

using testing::ElementsAre;

const std::string first_log_file = "commitlog/00000000000000000000";

TEST(Recovery, cuts_a_torn_last_record_at_every_byte) {
  for (std::size_t torn = 0;; ++torn) {
    TestStore s;
    s.open().value();
    s.put_and_commit("T", 0, "first");
    const Placed last = s.put("T", 0, "the last one", "k\1v\2").value();
    s.store->commit().value();
    s.kill();
    const auto size = static_cast<std::size_t>(last.end - last.position);
    if (torn == size) break;
    const std::string zeros(size - torn, '\0');
    s.directory.overwrite(first_log_file, last.position + static_cast<std::int64_t>(torn), zeros);
    s.open().value();
    EXPECT_THAT(s.bodies("T", 0), ElementsAre("first")) << torn;
    EXPECT_EQ(s.store->max_position(), last.position);
    const std::string content = s.directory.content(first_log_file);
    EXPECT_EQ(content.find_first_not_of('\0', static_cast<std::size_t>(last.position)),
              std::string::npos)
        << "zero behind the cut";
    EXPECT_EQ(s.put_and_commit("T", 0, "next").queue_offset, 1);
  }
}

TEST(Recovery, loses_only_the_damaged_record_whichever_bit_of_it_flips) {
  Placed damaged;
  for (std::size_t bit = 0;; ++bit) {
    TestStore s;
    s.open().value();
    s.put_and_commit("T", 0, "first");
    damaged = s.put_and_commit("T", 0, "damaged");
    s.put_and_commit("T", 1, "behind it");
    s.put_and_commit("T", 0, "far behind it");
    s.kill();
    const auto size = static_cast<std::size_t>(damaged.end - damaged.position);
    if (bit == size * 8) break;
    const std::int64_t at = damaged.position + static_cast<std::int64_t>(bit / 8);
    char byte = s.directory.content(first_log_file)[static_cast<std::size_t>(at)];
    byte = static_cast<char>(byte ^ (1 << bit % 8));
    s.directory.overwrite(first_log_file, at, std::string_view(&byte, 1));

    s.open().value();
    const auto in_0 = s.bodies("T", 0);
    const auto in_1 = s.bodies("T", 1);
    ASSERT_FALSE(in_0.empty() || in_1.empty()) << bit;
    EXPECT_EQ(in_0.front(), "first") << bit;
    EXPECT_EQ(in_0.back(), "far behind it") << bit;
    EXPECT_EQ(in_1.back(), "behind it") << bit;
    s.reopen();
    EXPECT_EQ(s.bodies("T", 0), in_0) << "and stays so";
  }
}

TEST(Recovery, sets_damaged_bytes_aside_so_that_stock_can_read_on) {
  TestStore s;
  s.open().value();
  s.put_and_commit("T", 0, "first");
  const Placed damaged = s.put_and_commit("T", 0, "a damaged message, not so short");
  s.put_and_commit("T", 0, "last");
  s.kill();
  s.directory.overwrite(first_log_file, damaged.position + 4, "????");
  s.open().value();
  EXPECT_EQ(s.store->recovered().damaged_bytes, damaged.end - damaged.position);
  EXPECT_THAT(s.bodies("T", 0), ElementsAre("first", "last"));
  EXPECT_EQ(s.store->max_offset("T", 0), 3) << "a blank keeps its place";

  const std::string content = s.directory.content(first_log_file);
  protocol::RecordReader records(content);
  std::vector<std::string> topics;
  while (const auto record = records.next()) topics.emplace_back(record->topic);
  EXPECT_THAT(topics, ElementsAre("T", damaged_topic, "T"));
  EXPECT_EQ(s.store->max_offset(damaged_topic, 0), 1);
  EXPECT_EQ(s.bodies(damaged_topic, 0).at(0).substr(4, 4), "????");
}

TEST(Recovery, steps_over_a_damaged_end_of_a_file) {
  TestStore s;
  s.open().value();
  while (s.store->max_position() < 6000) s.put_and_commit("T", 0, "some message");
  const std::int64_t count = s.store->max_offset("T", 0);
  s.kill();
  s.directory.overwrite(first_log_file, 1900, std::string(148, '?'));
  s.open().value();
  EXPECT_EQ(s.store->max_offset("T", 0), count);
  EXPECT_EQ(s.bodies("T", 0).size(), static_cast<std::size_t>(count - 1));
}

TEST(Recovery, does_not_revive_records_left_behind_an_earlier_cut) {
  // Stock does not clean behind a cut. Make such a tail: good records, older than the last one.
  TestStore s;
  s.open().value();
  s.put_and_commit("T", 0, "first");
  const Placed second = s.put_and_commit("T", 0, "stale 1");
  s.put_and_commit("T", 0, "stale 2");
  const std::string stale = s.directory.content(first_log_file);
  s.kill();
  s.directory.overwrite(first_log_file, second.position, std::string(400, '\0'));
  s.open().value();
  s.now += 1000;
  const Placed last = s.put_and_commit("T", 0, "ok");
  s.kill();
  s.directory.overwrite(first_log_file, last.end,
                        stale.substr(static_cast<std::size_t>(last.end), 400));
  s.open().value();
  EXPECT_THAT(s.bodies("T", 0), ElementsAre("first", "ok"));
  EXPECT_EQ(s.store->recovered().damaged_bytes, 0);
  EXPECT_GT(s.store->recovered().cut_bytes, 0);
}

TEST(Recovery, reads_only_what_queues_lack_after_a_kill) {
  TestStore s;
  s.open().value();
  for (int i = 0; i < 200; ++i) s.put_and_commit("T", i % 4, "old");
  s.store->tick(s.now);  // the checkpoint has no time to move
  s.reopen();
  EXPECT_EQ(s.store->recovered().records, 1) << "the last, of which the queues know";
  s.store->tick(s.now);
  s.put_and_commit("T", 0, "new");
  s.put_and_commit("T", 2, "newer");
  s.reopen();
  EXPECT_EQ(s.store->recovered().records, 3);
  EXPECT_EQ(s.bodies("T", 0).size(), 51U);
  EXPECT_EQ(s.bodies("T", 2).size(), 51U);
}

TEST(Recovery, reads_only_what_was_written_since_the_checkpoint) {
  TestStore s;
  s.open().value();
  for (int i = 0; i < 200; ++i) s.put_and_commit("T", i % 4, "old");
  for (int i = 0; i < 4; ++i) s.tick();
  s.now += 10'000;
  s.put_and_commit("T", 0, "new");
  for (int i = 0; i < 4; ++i) s.tick();
  s.put_and_commit("T", 0, "newer");
  s.kill();
  s.directory.lose_power();
  s.open().value();
  EXPECT_LT(s.store->recovered().records, 5);
  EXPECT_GE(s.bodies("T", 0).size(), 51U);
}

TEST(Recovery, takes_the_start_of_a_file_after_a_crash_of_stock) {
  TestStore s;
  s.open().value();
  while (s.store->max_position() < 9000) s.put_and_commit("T", 0, "old");
  for (int i = 0; i < 8; ++i) s.tick();
  s.put_and_commit("T", 0, "later");
  for (int i = 0; i < 3; ++i) s.tick();
  s.put_and_commit("T", 0, "new");
  s.kill();
  s.directory.files().remove("abort").value();
  auto abort = s.directory.files().open("abort", OpenMode::create).value();
  abort->write(0, "4711").value();
  s.open().value();
  EXPECT_EQ(s.store->recovered().start % 2048, 0);
  EXPECT_GT(s.store->recovered().start, 0);
  EXPECT_EQ(s.bodies("T", 0).back(), "new");
}

TEST(Recovery, goes_further_back_when_a_queue_lacks_entries) {
  TestStore s;
  s.open().value();
  for (int i = 0; i < 60; ++i) s.put_and_commit("T", i % 2, std::to_string(i));
  for (int i = 0; i < 8; ++i) s.tick();
  for (int i = 60; i < 64; ++i) s.put_and_commit("T", i % 2, std::to_string(i));
  s.kill();
  // As if the file system had lost a page of the queue.
  s.directory.overwrite("consumequeue/T/0/00000000000000000200", 100, std::string(100, '\0'));
  s.directory.files().remove("consumequeue/T/0/00000000000000000400").value();
  s.directory.files().remove("consumequeue/T/0/00000000000000000600").value();
  s.open().value();
  EXPECT_EQ(s.bodies("T", 0).size(), 32U);
  EXPECT_EQ(s.bodies("T", 1).size(), 32U);
}

TEST(Recovery, drops_queue_entries_that_point_behind_the_end_of_the_log) {
  TestStore s;
  s.open().value();
  for (int i = 0; i < 12; ++i) s.put_and_commit("T", 0, "kept");
  const Placed lost = s.put_and_commit("T", 0, "lost");
  for (int i = 0; i < 12; ++i) s.put_and_commit("T", 0, "lost");
  s.tick();
  s.kill();
  auto log = s.directory.files().open("commitlog/00000000000000000000", OpenMode::existing).value();
  log->zero_from(lost.position).value();
  s.directory.files().remove("commitlog/00000000000000002048").value();
  s.open().value();
  EXPECT_EQ(s.store->max_offset("T", 0), 12);
  EXPECT_EQ(s.put_and_commit("T", 0, "next").queue_offset, 12);
  s.close();
  s.open().value();
  EXPECT_EQ(s.store->max_offset("T", 0), 13);
}

TEST(Recovery, begins_a_queue_at_the_first_offset_the_log_still_has) {
  TestStore s;
  s.open().value();
  for (int i = 0; i < 50; ++i) s.put_and_commit("T", 0, std::to_string(i));
  s.close();
  // The oldest log file and all queue files go, as after retention and a lost folder.
  s.directory.files().remove(first_log_file).value();
  s.directory.files().remove_all("consumequeue").value();
  s.open().value();
  const std::int64_t min = s.store->min_offset("T", 0);
  EXPECT_GT(min, 0);
  EXPECT_EQ(s.store->max_offset("T", 0), 50);
  EXPECT_EQ(s.bodies("T", 0).front(), std::to_string(min));
  s.close();
  s.open().value();
  EXPECT_EQ(s.store->min_offset("T", 0), min) << "blanks before it do not count";
  EXPECT_EQ(s.get("T", 0, 0).status, GetStatus::offset_too_small);
}

TEST(Recovery, corrects_the_smallest_offset_to_what_the_log_still_has) {
  TestStore s;
  s.open().value();
  for (int i = 0; i < 50; ++i) s.put_and_commit("T", 0, std::to_string(i));
  s.close();
  s.directory.files().remove(first_log_file).value();
  s.open().value();
  const std::int64_t min = s.store->min_offset("T", 0);
  EXPECT_GT(min, 0);
  EXPECT_EQ(s.bodies("T", 0).front(), std::to_string(min));
  EXPECT_EQ(s.bodies("T", 0).size(), static_cast<std::size_t>(50 - min));
}

TEST(Recovery, drops_all_queues_when_there_is_no_log) {
  TestStore s;
  s.open().value();
  for (int i = 0; i < 15; ++i) s.put_and_commit("T", 0, "a");
  s.close();
  s.directory.files().remove_all("commitlog").value();
  s.open().value();
  EXPECT_EQ(s.store->max_offset("T", 0), 0);
  EXPECT_EQ(s.put_and_commit("T", 0, "a").queue_offset, 0);
}

TEST(Recovery, refuses_files_that_contradict_each_other) {
  TestStore s;
  s.open().value();
  for (int i = 0; i < 50; ++i) s.put_and_commit("T", 0, "a");
  s.close();
  s.options.mapped_file_size_commit_log = 4096;
  EXPECT_EQ(s.open().error().code, Errc::store_corrupt);
  s.options.mapped_file_size_commit_log = 2048;
  s.options.mapped_file_size_consume_queue = 400;
  EXPECT_EQ(s.open().error().code, Errc::store_corrupt);
  s.options.mapped_file_size_consume_queue = 200;
  s.directory.files().remove("commitlog/00000000000000002048").value();
  EXPECT_EQ(s.open().error().code, Errc::store_corrupt) << "a gap";
}

TEST(Recovery, leaves_folders_alone_that_are_no_topics) {
  TestStore s;
  for (const char* path : {"consumequeue/..evil/0", "consumequeue/T/007", "consumequeue/T/x"}) {
    s.directory.files().create_directories(path).value();
  }
  s.open().value();
  EXPECT_FALSE(s.store->has_queue("..evil", 0));
  EXPECT_FALSE(s.store->has_queue("T", 7));
}

}  // namespace
}  // namespace rocketmq::broker
