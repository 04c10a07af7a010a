#include "broker-lite/store/cleaner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "broker-lite/store/store_test_support.h"

namespace rocketmq::broker {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::int64_t hour_ms = 3'600'000;

// Log files of three messages, queue files of ten, index files of some dozens. The disk is as full
// as the test says; removing a log file makes `percent_a_file` of it free.
struct Cleaned : TestStore {
  RetentionOptions retention;
  std::vector<std::string> log;
  std::int64_t needed_from = std::numeric_limits<std::int64_t>::max();
  std::int32_t used_percent = 0;
  std::int32_t percent_a_file = 0;
  std::optional<Cleaner> cleaner;

  void open() {
    TestStore::open().value();
    retention.delete_when = {local_hour(now)};
    cleaner.emplace(
        *store, directory, retention, [this](std::string_view line) { log.emplace_back(line); },
        [this] { return needed_from; });
  }

  void put_many(int count) {
    for (int i = 0; i < count; ++i) {
      const std::string properties = protocol::encode_properties({{"KEYS", str("k", put_count)}});
      put_and_commit("T", put_count % 2, str(put_count, ' ', std::string(400, 'x')), properties);
      ++put_count;
    }
    tick();  // writes and syncs the entries
  }

  void clean(std::int64_t after_ms = 10'000) {
    now += after_ms;
    const auto files = log_files().size();
    directory.set_space(DiskSpace{100, 100 - used_percent, 100 - used_percent});
    store->tick(now);
    run_posted();
    cleaner->tick(Cleaner::TimePoint(std::chrono::milliseconds(now)), now);
    run_posted();
    used_percent -= static_cast<std::int32_t>(files - log_files().size()) * percent_a_file;
  }
  // A run, and all that comes of it.
  void clean_all() {
    clean(0);
    for (int i = 0; i < 200; ++i) clean(100);
  }

  std::vector<std::string> names(const std::string& folder) {
    std::vector<std::string> all;
    const auto entries = directory.list(folder).value();
    for (const auto& entry : entries) all.push_back(entry.name);
    return all;
  }
  std::vector<std::string> log_files() { return names("commitlog"); }

  int put_count = 0;
};

TEST(Cleaner, removes_expired_files_and_what_points_there) {
  Cleaned s;
  s.retention.delete_file_batch_max = 100;
  s.open();
  s.put_many(68);
  ASSERT_GT(s.log_files().size(), 15U);
  s.clean_all();
  EXPECT_EQ(s.store->min_position(), 0) << "nothing is old enough";

  s.now += 72 * hour_ms;
  s.put_many(1);
  s.clean_all();
  EXPECT_LE(s.log_files().size(), 3U) << "the last stays, and the one made for what is to come";
  EXPECT_EQ(s.log_files().front(), mapped_file_name(s.store->min_position()));
  EXPECT_THAT(s.names("consumequeue/T/0"), ElementsAre("00000000000000000600"));
  EXPECT_THAT(s.log, Contains("commitlog/00000000000000000000 is removed: it was written more than "
                              "72 hours ago"));

  const std::int64_t min = s.store->min_offset("T", 0);
  EXPECT_GE(min, 31);
  EXPECT_EQ(s.store->max_offset("T", 0), 35);
  const GetResult below = s.get("T", 0, 0);
  EXPECT_EQ(below.status, GetStatus::offset_too_small);
  EXPECT_EQ(below.next_begin_offset, min);
  EXPECT_FALSE(s.store->record_at(0));
  EXPECT_EQ(s.store->offset_by_time("T", 0, TestStore::t0, TimeBoundary::lower), min);
  EXPECT_THAT(s.bodies("T", 0), Contains(StartsWith("68 ")));
}

TEST(Cleaner, leaves_keys_of_removed_messages_unfound) {
  Cleaned s;
  s.retention.delete_file_batch_max = 100;
  s.options.index_geometry = {.slots = 16, .entries = 20};
  s.open();
  s.put_many(68);
  s.now += 72 * hour_ms;
  s.put_many(1);
  ASSERT_EQ(s.names("index").size(), 4U);
  s.clean_all();
  EXPECT_EQ(s.names("index").size(), 1U);
  const auto find = [&s](const char* key) {
    const auto found = s.store->find_by_key({.topic = "T", .key = key, .end_timestamp = s.now});
    return found.value().records.size();
  };
  EXPECT_EQ(find("k0"), 0U);
  EXPECT_EQ(find("k68"), 1U);
  s.reopen();
  EXPECT_EQ(find("k0"), 0U);
  EXPECT_EQ(find("k68"), 1U);
}

TEST(Cleaner, removes_nothing_at_another_hour_unless_asked) {
  Cleaned s;
  s.open();
  s.put_many(60);
  s.now += 73 * hour_ms;
  s.clean_all();
  EXPECT_EQ(s.store->min_position(), 0);
  s.cleaner->run_by_hand();
  s.clean_all();
  EXPECT_GT(s.store->min_position(), 0);
}

TEST(Cleaner, removes_some_files_a_run_with_a_pause_between_them) {
  Cleaned s;
  s.retention.delete_file_batch_max = 3;
  s.open();
  s.put_many(60);
  s.now += 72 * hour_ms;
  s.clean(0);
  s.clean(10'000);
  EXPECT_EQ(s.store->min_position(), 2048);
  s.clean(99);
  EXPECT_EQ(s.store->min_position(), 2048);
  for (int i = 0; i < 50; ++i) s.clean(100);
  EXPECT_EQ(s.store->min_position(), 3 * 2048);
  for (int i = 0; i < 100; ++i) s.clean(100);
  EXPECT_EQ(s.store->min_position(), 6 * 2048);
}

TEST(Cleaner, removes_no_more_of_a_full_disk_than_it_must) {
  Cleaned s;
  s.open();
  s.put_many(60);
  s.used_percent = 89;
  s.percent_a_file = 2;
  s.clean_all();
  EXPECT_EQ(s.store->min_position(), 2 * 2048) << "85 % are left";
  EXPECT_THAT(s.log,
              ElementsAre("commitlog/00000000000000000000 is removed: the disk is 89 % full",
                          "commitlog/00000000000000002048 is removed: the disk is 87 % full"));
}

TEST(Cleaner, never_removes_the_file_that_is_written_to) {
  Cleaned s;
  s.retention.delete_file_batch_max = 100;
  s.open();
  s.put_many(60);
  const std::int64_t end = s.store->max_position();
  s.used_percent = 95;
  s.clean_all();
  EXPECT_EQ(s.store->min_position(), end / 2048 * 2048);
  EXPECT_THAT(s.log,
              Contains("disk space will be full soon: 95 % are used, and no file of messages "
                       "may be removed"));
}

TEST(Cleaner, keeps_an_expired_file_that_is_needed) {
  Cleaned s;
  s.open();
  s.put_many(60);
  s.needed_from = 5000;
  s.now += 72 * hour_ms;
  s.clean_all();
  EXPECT_EQ(s.store->min_position(), 4096);
}

TEST(Cleaner, has_messages_refused_while_the_disk_is_too_full) {
  Cleaned s;
  s.retention.clean_file_forcibly_enable = false;
  s.open();
  s.put_many(10);
  s.used_percent = 90;
  s.clean();
  s.put_and_commit("T", 0, "still taken");
  s.used_percent = 91;
  s.clean();
  const auto refused = s.put("T", 0, "refused");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ResponseCode::service_not_available);
  EXPECT_THAT(
      refused.error().message,
      HasSubstr("the broker's disk is full [CL:  0.91 CQ:  0.91 INDEX:  0.91], messages are"));
  EXPECT_THAT(refused.error().message, HasSubstr("messages are taken at 90 % again"));
  EXPECT_EQ(s.bodies("T", 0).back(), "still taken");
  s.clean();
  s.used_percent = 90;
  s.clean();
  s.put_and_commit("T", 0, "taken again");
  EXPECT_THAT(s.log, ElementsAre(HasSubstr("no file of messages may be removed")));
}

TEST(Cleaner, does_not_care_where_there_is_no_disk) {
  Cleaned s;
  s.open();
  s.put_many(10);
  s.now += 10'000;
  s.cleaner->tick(Cleaner::TimePoint(std::chrono::milliseconds(s.now)), s.now);
  s.put_and_commit("T", 0, "taken");
  EXPECT_THAT(s.log, IsEmpty());
}

TEST(Cleaner, tries_again_where_a_file_was_not_removed) {
  Cleaned s;
  s.open();
  s.put_many(60);
  s.now += 72 * hour_ms;
  s.clean(0);
  s.now += 10'000;
  s.directory.fail_from(0);
  s.cleaner->tick(Cleaner::TimePoint(std::chrono::milliseconds(s.now)), s.now);
  s.run_posted();
  s.directory.heal();
  EXPECT_EQ(s.store->min_position(), 0);
  EXPECT_THAT(s.log, ElementsAre(HasSubstr("commitlog/00000000000000000000 was not removed: ")));
  EXPECT_EQ(s.get("T", 0, 0).status, GetStatus::found) << "as if nothing had been";
  s.clean(1000);
  EXPECT_EQ(s.store->min_position(), 0) << "not before the next run";
  s.clean_all();
  EXPECT_GT(s.store->min_position(), 0);
}

TEST(Cleaner, keeps_files_whose_queue_entries_are_not_on_disk) {
  Cleaned s;
  s.open();
  for (int i = 0; i < 20; ++i) s.put_and_commit("T", 0, std::string(400, 'y'));
  s.run_posted();
  s.now += 1000;
  s.put_and_commit("T", 0, "starts a sync");
  s.run_posted();
  ASSERT_EQ(s.store->flushed_position(), s.store->max_position());
  EXPECT_FALSE(s.store->oldest_file());
  s.tick();
  ASSERT_TRUE(s.store->oldest_file());
  EXPECT_EQ(s.store->oldest_file()->end, 2048);
}

}  // namespace
}  // namespace rocketmq::broker
