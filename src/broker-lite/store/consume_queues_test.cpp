#include "broker-lite/store/consume_queues.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker-lite/store/fault_file.h"
#include "broker-lite/store/store_test_support.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string file_0 = "consumequeue/T/3/00000000000000000000";
const std::string file_200 = "consumequeue/T/3/00000000000000000200";

// Ten entries a file, three in memory a queue.
struct Queues {
  FaultDirectory directory;
  StoreOptions options = TestStore::small_files();
  std::unique_ptr<ConsumeQueues> queues = std::make_unique<ConsumeQueues>(directory, options);

  ConsumeQueue& queue(std::int32_t id = 3) { return queues->find_or_create("T", id); }
  void append(std::int64_t position, std::int32_t id = 3) {
    queues->append(queue(id), {position, 100, position * 2});
  }
  void append_many(std::int64_t from, std::int64_t to) {
    for (std::int64_t i = from; i < to; ++i) append(i * 100);
  }
  void load_again(std::int64_t log_min = 0) {
    queues = std::make_unique<ConsumeQueues>(directory, options);
    queues->load(log_min).value();
    queues->load_all().value();
  }
  std::vector<std::int64_t> positions() {
    std::vector<std::int64_t> all;
    std::vector<QueueEntry> block(7);
    for (std::int64_t offset = queue().min_offset(); offset < queue().max_offset();) {
      const std::size_t count = queue().read(offset, block).value();
      if (count == 0) break;
      for (const auto& entry : std::span(block).first(count)) {
        all.push_back(entry.is_blank() ? -1 : entry.position);
      }
      offset += static_cast<std::int64_t>(count);
    }
    return all;
  }
};

std::vector<std::int64_t> hundreds(std::int64_t from, std::int64_t to) {
  std::vector<std::int64_t> all;
  for (std::int64_t i = from; i < to; ++i) all.push_back(i * 100);
  return all;
}

TEST(ConsumeQueue, reads_entries_from_memory_and_from_files_alike) {
  Queues q;
  for (std::int64_t i = 0; i < 35; ++i) {
    q.append(i * 100);
    EXPECT_EQ(q.positions(), hundreds(0, i + 1));
  }
  q.queues->write_all().value();
  EXPECT_EQ(q.positions(), hundreds(0, 35));
}

TEST(ConsumeQueue, writes_entries_as_stock_does) {
  Queues q;
  q.queues->append(q.queue(), {0, 0x118, 2598919});
  q.queues->append(q.queue(), {0x42d, 0x107, -2});
  q.queues->write_all().value();
  const std::string content = q.directory.content(file_0);
  ASSERT_EQ(content.size(), 200U) << "full size";
  EXPECT_EQ(content.substr(0, 40),
            std::string("\0\0\0\0\0\0\0\0\0\0\x01\x18\0\0\0\0\0\x27\xa8\x07"
                        "\0\0\0\0\0\0\x04\x2d\0\0\x01\x07\xff\xff\xff\xff\xff\xff\xff\xfe",
                        40));
}

TEST(ConsumeQueue, is_found_again) {
  Queues q;
  q.append_many(0, 20);
  q.append(5000, 11);
  q.queues->write_all().value();
  q.load_again();
  EXPECT_EQ(q.positions(), hundreds(0, 20));
  EXPECT_EQ(q.queue().last_position(), 1900);
  EXPECT_EQ(q.queue().next_offset, 20);
  EXPECT_EQ(q.queues->find("T", 11)->max_offset(), 1);
  EXPECT_EQ(q.queues->find("T", 4), nullptr);
  EXPECT_EQ(q.queues->find("U", 3), nullptr);
  EXPECT_EQ(q.queues->find("T", -1), nullptr);
}

TEST(ConsumeQueues, are_loaded_with_the_first_of_their_topic_that_is_asked_for) {
  Queues q;
  q.append_many(0, 4);
  q.append(400, 7);
  q.queues->append(q.queues->find_or_create("U", 0), {500, 100, 0});
  q.queues->write_all().value();

  q.queues = std::make_unique<ConsumeQueues>(q.directory, q.options);
  q.queues->load(0).value();
  EXPECT_THAT(q.queues->all(), IsEmpty());
  EXPECT_THAT(q.queues->topics(), testing::UnorderedElementsAre("T", "U"));
  EXPECT_EQ(q.queues->find("no such topic", 0), nullptr);
  EXPECT_THAT(q.queues->all(), IsEmpty());
  EXPECT_EQ(q.queues->find("T", 3)->max_offset(), 4);
  EXPECT_EQ(q.queues->all().size(), 2U);
  EXPECT_THAT(q.queues->topics(), testing::UnorderedElementsAre("T", "U"));
}

TEST(ConsumeQueues, try_again_to_load_what_could_not_be) {
  Queues q;
  q.append_many(0, 4);
  q.queues->write_all().value();
  q.queues = std::make_unique<ConsumeQueues>(q.directory, q.options);
  q.queues->load(0).value();
  const std::string stray = "consumequeue/T/3/00000000000000000600";
  (void)q.directory.open(stray, OpenMode::create).value();
  EXPECT_FALSE(q.queues->load_topic("T"));
  EXPECT_EQ(q.queues->find("T", 3), nullptr);
  EXPECT_THAT(q.queues->all(), IsEmpty());
  q.directory.remove(stray).value();
  EXPECT_EQ(q.queues->find("T", 3)->max_offset(), 4);
}

TEST(ConsumeQueues, drop_entries_behind_the_end_of_the_log_that_recovery_did_not_see) {
  Queues q;
  q.append_many(0, 4);
  q.queues->write_all().value();
  q.queues = std::make_unique<ConsumeQueues>(q.directory, q.options);
  q.queues->load(0).value();
  q.queues->log_ends_at(200);
  EXPECT_THAT(q.positions(), IsEmpty()) << "not loaded by find_or_create()";
  q.queues = std::make_unique<ConsumeQueues>(q.directory, q.options);
  q.queues->load(0).value();
  q.queues->log_ends_at(200);
  q.queues->load_topic("T").value();
  EXPECT_THAT(q.positions(), ElementsAre(0, 100));
}

TEST(ConsumeQueue, fills_the_file_before_a_first_offset_that_is_not_zero) {
  Queues q;
  q.queue().restart_at(13).value();
  q.append(7700);
  q.queues->write_all().value();
  const std::string content = q.directory.content(file_200);
  const std::string blank("\0\0\0\0\0\0\0\0\x7f\xff\xff\xff\0\0\0\0\0\0\0\0", 20);
  EXPECT_EQ(content.substr(0, 60), blank + blank + blank);
  EXPECT_FALSE(*q.directory.exists(file_0));
  q.load_again();
  EXPECT_EQ(q.queue().max_offset(), 14);
  q.queue().follow_log(0).value();
  EXPECT_EQ(q.queue().min_offset(), 13);
}

TEST(ConsumeQueue, follows_the_log_with_its_first_offset) {
  Queues q;
  q.append_many(0, 35);
  q.queues->write_all().value();
  for (const std::int64_t log_min : {0, 1, 100, 1250, 3400}) {
    q.queue().follow_log(log_min).value();
    EXPECT_EQ(q.queue().min_offset(), (log_min + 99) / 100);
  }
}

TEST(ConsumeQueue, goes_on_where_the_log_has_left_all_its_entries_behind) {
  Queues q;
  q.append_many(0, 14);
  q.queues->write_all().value();
  q.queues->log_begins_at(5000);
  const std::string before = q.directory.content(file_200).substr(0, 80);
  EXPECT_EQ(q.queues->find("T", 3)->min_offset(), 14);
  q.append(6000);
  q.queues->write_all().value();
  EXPECT_EQ(q.directory.content(file_200).substr(0, 80), before) << "nothing is written twice";
  q.load_again(5000);
  EXPECT_EQ(q.queue().min_offset(), 14);
  EXPECT_THAT(q.positions(), ElementsAre(6000));
}

TEST(ConsumeQueues, follow_the_log_when_they_are_looked_at) {
  Queues q;
  q.append_many(0, 35);
  q.append(1200, 1);
  q.queues->write_all().value();
  q.queues->log_begins_at(1250);
  EXPECT_EQ(q.queues->find("T", 3)->min_offset(), 13);
  EXPECT_EQ(q.queues->find("T", 1)->min_offset(), 1);
  q.append(3500);
  EXPECT_EQ(q.queues->find("T", 3)->min_offset(), 13);
}

TEST(ConsumeQueues, remove_files_the_log_has_left_behind_but_the_last) {
  Queues q;
  q.append_many(0, 35);
  q.queues->write_all().value();
  const auto files = [&q] {
    std::vector<std::string> names;
    for (const auto& entry : q.directory.list("consumequeue/T/3").value()) {
      names.push_back(entry.name.substr(17));
    }
    return names;
  };
  q.queues->log_begins_at(1850);
  EXPECT_FALSE(q.queues->remove_old_files(10).value()) << "none are left";
  EXPECT_THAT(files(), ElementsAre("200", "400", "600")) << "one still has an entry";
  q.queues->log_begins_at(99'000);
  EXPECT_TRUE(q.queues->remove_old_files(1).value()) << "there may be more";
  EXPECT_THAT(files(), ElementsAre("400", "600"));
  EXPECT_FALSE(q.queues->remove_old_files(10).value());
  EXPECT_THAT(files(), ElementsAre("600"));
  q.load_again(99'000);
  EXPECT_EQ(q.queue().min_offset(), 35);
  EXPECT_EQ(q.queue().max_offset(), 35) << "the offsets go on";
}

TEST(ConsumeQueues, leave_no_gap_where_removing_files_fails_or_stops) {
  for (std::int64_t n = 0; n < 3; ++n) {
    Queues q;
    q.append_many(0, 35);
    q.queues->write_all().value();
    q.queues->log_begins_at(3450);
    q.directory.fail_operation(n);
    EXPECT_FALSE(q.queues->remove_old_files(10)) << n;
    EXPECT_EQ(q.queues->find("T", 3)->min_offset(), 35);
    q.load_again(3450);
    EXPECT_EQ(q.queue().min_offset(), 35);
    EXPECT_FALSE(q.queues->remove_old_files(10).value());
    EXPECT_EQ(q.directory.list("consumequeue/T/3")->size(), 1U);
  }
}

TEST(ConsumeQueue, drops_what_points_behind_a_position) {
  for (std::int64_t keep = 0; keep <= 35; ++keep) {
    Queues q;
    q.append_many(0, 35);
    q.queues->write_all().value();
    q.queue().drop_from_position(keep * 100, ConsumeQueue::Zero::if_shorter).value();
    EXPECT_EQ(q.positions(), hundreds(0, keep));
    q.append(99'000);
    q.queues->write_all().value();
    q.load_again();
    EXPECT_EQ(q.queue().max_offset(), keep + 1) << "nothing stale behind the end";
  }
}

TEST(ConsumeQueue, zeroes_stale_entries_behind_a_hole) {
  Queues q;
  q.append_many(0, 9);
  q.queues->write_all().value();
  q.directory.overwrite(file_0, 4 * 20, std::string(20, '\0'));
  q.load_again();
  q.queue().drop_from_position(400, ConsumeQueue::Zero::always).value();
  EXPECT_EQ(q.directory.content(file_0).substr(80), std::string(120, '\0'));
}

TEST(ConsumeQueue, keeps_blanks_of_lost_records_in_order) {
  Queues q;
  q.append_many(0, 4);
  q.queues->mark_unwritten(q.queue(), 700);
  q.queue().fill_to(7, 700);
  q.append_many(7, 30);
  EXPECT_EQ(q.positions()[5], -1);
  q.queues->write_all().value();
  q.queue().drop_from_position(600, ConsumeQueue::Zero::if_shorter).value();
  EXPECT_EQ(q.queue().max_offset(), 4);
}

TEST(ConsumeQueue, keeps_its_tail_when_writing_fails) {
  for (std::int64_t n = 0; n < 4; ++n) {  // folder, file, size, entries
    Queues q;
    q.append(100);
    q.append(200);
    q.directory.fail_operation(n);
    EXPECT_FALSE(q.queues->write_all()) << n;
    EXPECT_THAT(q.positions(), ElementsAre(100, 200));
    EXPECT_EQ(q.queues->written_to(500), 100);
    q.queues->write_all().value();
    q.load_again();
    EXPECT_THAT(q.positions(), ElementsAre(100, 200));
  }
}

TEST(ConsumeQueues, write_those_that_waited_longest_first) {
  Queues q;
  q.append(100, 1);
  q.append(200, 2);
  q.append(300, 1);
  q.append(400, 3);
  EXPECT_EQ(q.queues->written_to(500), 100);
  q.queues->write(500, 1).value();
  EXPECT_EQ(q.queues->written_to(500), 200) << "queue 1 with both its entries";
  q.queues->write(300, 10).value();
  EXPECT_EQ(q.queues->written_to(500), 400) << "only what began before 300";
  q.queues->write_all().value();
  EXPECT_EQ(q.queues->written_to(500), 500);
}

TEST(ConsumeQueues, count_as_synced_only_what_was_synced) {
  Queues q;
  q.append(100, 1);
  EXPECT_EQ(q.queues->synced_to(500), 100);
  q.queues->write_all().value();
  EXPECT_EQ(q.queues->synced_to(500), 100);
  const auto files = q.queues->begin_sync();
  EXPECT_THAT(files, ElementsAre("consumequeue/T/1/", "consumequeue/T/1/00000000000000000000"));
  q.append(300, 2);
  EXPECT_EQ(q.queues->synced_to(500), 100);
  ConsumeQueues::sync(q.directory, files).value();
  q.queues->end_sync();
  EXPECT_EQ(q.queues->synced_to(500), 300);
  EXPECT_FALSE(q.queues->has_unsynced());
}

TEST(ConsumeQueues, do_not_mind_syncing_a_topic_that_was_removed) {
  Queues q;
  q.append(100);
  q.queues->write_all().value();
  const auto files = q.queues->begin_sync();
  q.queues->remove_topic("T").value();
  ConsumeQueues::sync(q.directory, files).value();
  EXPECT_THAT(q.queues->all(), IsEmpty());
}

TEST(ConsumeQueues, keep_few_files_open) {
  Queues q;
  for (std::int32_t id = 0; id < 50; ++id) q.append(id * 100, id);
  q.queues->write_all().value();
  for (std::int32_t id = 0; id < 50; ++id) {
    QueueEntry entry;
    EXPECT_EQ(q.queue(id).read(0, std::span(&entry, 1)).value(), 1U);
    EXPECT_EQ(entry.position, id * 100);
  }
}

TEST(OpenFiles, closes_the_one_not_used_for_the_longest_time) {
  MemDirectory directory;
  OpenFiles files(directory, 2);
  int opened = 0;
  const auto use = [&](std::uint64_t queue) {
    (void)files.get({queue, 0}, [&](Directory& d) {
      ++opened;
      return d.open(str("f", queue), OpenMode::create);
    });
  };
  for (const std::uint64_t queue : {1U, 2U, 1U, 3U, 1U, 2U}) use(queue);
  EXPECT_EQ(opened, 4) << "1, 2, 3 and again 2";
  EXPECT_EQ(files.size(), 2U);
  files.forget(1);
  EXPECT_EQ(files.size(), 1U);
}

TEST(TopicName, may_not_lead_out_of_the_folder) {
  EXPECT_TRUE(is_topic_name("%RETRY%group-1_x|y"));
  EXPECT_TRUE(is_topic_name(std::string(255, 'a')));
  for (const char* name : {"", ".", "..", "../x", "a/b", "a b", "a\\b", "ü"}) {
    EXPECT_FALSE(is_topic_name(name)) << name;
  }
  EXPECT_FALSE(is_topic_name(std::string(256, 'a')));
  EXPECT_FALSE(is_topic_name(std::string_view("a\0b", 3)));
}

}  // namespace
}  // namespace rocketmq::broker
