#include "broker-lite/store/message_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker-lite/store/store_test_support.h"
#include "protocol/properties.h"

namespace rocketmq::broker {
namespace {

struct Reader : TestStore {
  Reader() {
    options.access_message_in_memory_bytes = 1 << 20;
    open().value();
  }
  void fill(int count, std::string_view properties = {}) {
    for (int i = 0; i < count; ++i) {
      put("T", 0, "0123456789", properties).value();
      store->commit().value();
    }
  }
  GetResult get_limited(GetRequest request) {
    request.topic = "T";
    GetResult result;
    store->get(request, result);
    return result;
  }
};

struct Case {
  std::int64_t offset;
  GetStatus status;
  std::int64_t next;
};

TEST(MessageReader, answers_every_offset_as_stock_does) {
  Reader r;
  EXPECT_EQ(r.get("T", 0, 5).status, GetStatus::no_matched_logic_queue);
  EXPECT_EQ(r.get("T", 0, 5).next_begin_offset, 0);
  r.fill(4);
  EXPECT_EQ(r.get("T", 1, 0).status, GetStatus::no_matched_logic_queue);
  for (const Case& c : {Case{-1, GetStatus::offset_too_small, 0}, Case{0, GetStatus::found, 4},
                        Case{3, GetStatus::found, 4}, Case{4, GetStatus::offset_overflow_one, 4},
                        Case{5, GetStatus::offset_overflow_badly, 4}}) {
    const GetResult result = r.get("T", 0, c.offset);
    EXPECT_EQ(result.status, c.status) << c.offset;
    EXPECT_EQ(result.next_begin_offset, c.next) << c.offset;
    EXPECT_EQ(result.min_offset, 0);
    EXPECT_EQ(result.max_offset, 4);
  }
  EXPECT_EQ(to_string(GetStatus::offset_overflow_badly), "OFFSET_OVERFLOW_BADLY");
}

TEST(MessageReader, returns_no_more_messages_than_asked_for) {
  Reader r;
  r.fill(10);
  const GetResult result = r.get("T", 0, 2, 3);
  EXPECT_EQ(result.records.size(), 3U);
  EXPECT_EQ(result.next_begin_offset, 5);
  EXPECT_EQ(r.get("T", 0, 2, 0).records.size(), 1U) << "one always passes";
}

TEST(MessageReader, returns_no_more_bytes_than_asked_for_but_for_the_first) {
  Reader r;
  r.fill(10);
  const auto size = static_cast<std::int32_t>(r.get("T", 0, 0, 1).bytes);
  EXPECT_EQ(r.get_limited({.bytes_max = size * 2}).records.size(), 2U);
  EXPECT_EQ(r.get_limited({.bytes_max = size * 3 - 1}).records.size(), 2U);
  EXPECT_EQ(r.get_limited({.bytes_max = 1}).records.size(), 1U);
}

TEST(MessageReader, is_modest_with_messages_that_may_be_on_disk) {
  Reader r;
  r.fill(20);
  EXPECT_EQ(r.get("T", 0, 0).records.size(), 20U);
  r.options.access_message_in_memory_bytes = 0;
  r.reopen();
  EXPECT_EQ(r.get("T", 0, 0).records.size(), 8U);
}

TEST(MessageReader, filters_by_the_hash_of_the_tag) {
  Reader r;
  r.fill(2, "TAGS\1TagA\2");
  r.fill(2, "TAGS\1TagB\2");
  r.fill(1);
  const std::array<std::int32_t, 1> wanted = {protocol::java_hash("TagB")};
  const GetResult result = r.get_limited({.tags_codes = wanted});
  EXPECT_EQ(result.status, GetStatus::found);
  EXPECT_EQ(result.records.size(), 2U);
  EXPECT_EQ(result.next_begin_offset, 5);
  const std::array<std::int32_t, 2> other = {1, 2};
  const GetResult nothing = r.get_limited({.offset = 1, .tags_codes = other});
  EXPECT_EQ(nothing.status, GetStatus::no_matched_message);
  EXPECT_EQ(nothing.next_begin_offset, 5);
}

TEST(MessageReader, gives_up_filtering_after_a_while) {
  Reader r;
  r.options.max_filter_message_size = 20 * 50;
  r.reopen();
  r.fill(120);
  const std::array<std::int32_t, 1> wanted = {1};
  const GetResult result = r.get_limited({.offset = 10, .messages_max = 3, .tags_codes = wanted});
  EXPECT_EQ(result.status, GetStatus::no_matched_message);
  EXPECT_EQ(result.next_begin_offset, 60);
}

TEST(MessageReader, steps_over_entries_whose_log_file_is_gone) {
  Reader r;
  r.fill(60);
  r.close();
  r.directory.files().remove("commitlog/00000000000000000000").value();
  // The queue still says it begins at 0, as between the removal of a log file and the correction.
  CommitLog log(r.directory, r.options.mapped_file_size_commit_log);
  log.load().value();
  log.truncate(6000).value();
  ConsumeQueues queues(r.directory, r.options);
  queues.load(0).value();
  const MessageReader reader(log, queues, r.options);
  GetResult result;
  reader.get({.topic = "T", .offset = 3}, result);
  EXPECT_EQ(result.status, GetStatus::found);
  EXPECT_EQ(protocol::decode_record(result.records.at(0))->physical_offset, 2048);
  reader.get({.topic = "T", .offset = 0, .messages_max = 1}, result);
  EXPECT_EQ(result.records.size(), 1U);
}

TEST(MessageReader, hands_out_nothing_else_when_an_entry_is_wrong) {
  Reader r;
  r.fill(10);
  r.tick();
  r.directory.overwrite("consumequeue/T/0/00000000000000000000", 3 * 20 + 7, "\x33");
  const GetResult result = r.get("T", 0, 3);
  EXPECT_EQ(result.records.size(), 6U);
  r.directory.overwrite("consumequeue/T/0/00000000000000000000", 9 * 20 + 7, "\x33");
  EXPECT_EQ(r.get("T", 0, 9).status, GetStatus::message_was_removing);
  EXPECT_EQ(r.get("T", 0, 9).next_begin_offset, 10);
}

TEST(MessageReader, says_where_to_go_on_when_a_queue_file_cannot_be_read) {
  Reader r;
  r.options.open_files_max = 1;
  r.reopen();
  r.fill(25);
  r.close();
  r.open().value();
  r.directory.files().remove("consumequeue/T/0/00000000000000000200").value();
  const GetResult result = r.get("T", 0, 13);
  EXPECT_EQ(result.status, GetStatus::offset_found_null);
  EXPECT_EQ(result.next_begin_offset, 20);
}

TEST(MessageReader, keeps_the_bytes_it_handed_out) {
  Reader r;
  r.fill(30);
  const GetResult result = r.get("T", 0, 0);
  const std::string before(result.records.at(0));
  EXPECT_EQ(result.owners.size(), 2U) << "one a log file";
  r.close();
  EXPECT_EQ(result.records[0], before);
}

TEST(MessageReader, finds_offsets_by_time) {
  Reader r;
  for (const std::int64_t time : {1000, 2000, 2000, 2000, 5000}) {
    r.store->put(r.message("T", 0, "x"), time).value();
  }
  r.store->commit().value();
  const auto lower = [&](std::int64_t t) {
    return r.store->offset_by_time("T", 0, t, TimeBoundary::lower);
  };
  const auto upper = [&](std::int64_t t) {
    return r.store->offset_by_time("T", 0, t, TimeBoundary::upper);
  };
  EXPECT_EQ(lower(1), 0);
  EXPECT_EQ(lower(1000), 0);
  EXPECT_EQ(lower(1001), 1);
  EXPECT_EQ(lower(2000), 1);
  EXPECT_EQ(lower(2001), 4);
  EXPECT_EQ(lower(5001), 5) << "all are older";
  EXPECT_EQ(upper(1), 0) << "all are newer";
  EXPECT_EQ(upper(1000), 0);
  EXPECT_EQ(upper(2000), 3);
  EXPECT_EQ(upper(4999), 3);
  EXPECT_EQ(upper(9999), 4);
  EXPECT_EQ(r.store->offset_by_time("U", 0, 1, TimeBoundary::lower), 0);
  EXPECT_EQ(r.store->store_time("T", 0, 4), 5000);
  EXPECT_EQ(r.store->store_time("T", 0, 5), std::nullopt);
  EXPECT_EQ(r.store->store_time("T", 0, -1), std::nullopt);
  EXPECT_EQ(r.store->earliest_store_time("T", 0), 1000);
}

TEST(MessageReader, finds_a_record_only_where_one_begins) {
  Reader r;
  const Placed placed = r.put_and_commit("T", 0, "a");
  EXPECT_EQ(r.store->record_at(placed.position)->record.body, "a");
  for (const std::int64_t position : {-1L, 1L, 50L, 100'000L, INT64_MAX, INT64_MIN}) {
    EXPECT_EQ(r.store->record_at(position).error().code, ResponseCode::query_not_found) << position;
  }
}

}  // namespace
}  // namespace rocketmq::broker
