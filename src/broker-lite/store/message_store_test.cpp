#include "broker-lite/store/message_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker-lite/store/store_test_support.h"

namespace rocketmq::broker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Store : TestStore {
  Store() { open().value(); }
};

TEST(MessageStore, gives_each_message_the_next_offset_of_its_queue) {
  Store s;
  EXPECT_EQ(s.put("T", 0, "a")->queue_offset, 0);
  EXPECT_EQ(s.put("T", 1, "b")->queue_offset, 0);
  EXPECT_EQ(s.put("T", 0, "c")->queue_offset, 1);
  EXPECT_EQ(s.put("U", 0, "d")->queue_offset, 0);
}

TEST(MessageStore, shows_messages_only_after_the_commit) {
  Store s;
  s.put("T", 0, "a").value();
  EXPECT_EQ(s.store->max_offset("T", 0), 0);
  EXPECT_EQ(s.get("T", 0, 0).status, GetStatus::no_message_in_queue);
  s.store->commit().value();
  EXPECT_EQ(s.store->max_offset("T", 0), 1);
  EXPECT_THAT(s.bodies("T", 0), ElementsAre("a"));
}

TEST(MessageStore, stores_exactly_the_record_that_was_put) {
  Store s;
  protocol::RecordView message = s.message("T", 3, "body", "TAGS\1TagA\2");
  message.flag = 5;
  message.reconsume_times = 2;
  message.born_host = protocol::parse_host("[fd00::2]:1").value();
  const Placed placed = s.store->put(message, 1'800'000'000'000).value();
  s.store->commit().value();
  const GetResult result = s.get("T", 3, 0);
  const auto record = protocol::decode_record(result.records.at(0));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->queue_offset, 0);
  EXPECT_EQ(record->physical_offset, placed.position);
  EXPECT_EQ(record->store_timestamp, 1'800'000'000'000);
  EXPECT_EQ(record->born_host, message.born_host);
  EXPECT_EQ(record->flag, 5);
  EXPECT_EQ(record->reconsume_times, 2);
  EXPECT_EQ(record->properties, message.properties);
  EXPECT_EQ(record->body, "body");
}

TEST(MessageStore, writes_all_messages_of_a_turn_at_once) {
  Store s;
  s.put_and_commit("T", 0, "creates the first file");
  const std::int64_t before = s.directory.operations();
  for (int i = 0; i < 5; ++i) s.put("T", i, "a").value();
  s.store->commit().value();
  EXPECT_EQ(s.directory.operations(), before + 1);
}

TEST(MessageStore, keeps_a_record_in_one_file) {
  Store s;
  std::vector<std::string> sent;
  for (int i = 0; i < 60; ++i) {
    sent.push_back(std::string(static_cast<std::size_t>(i * 7 % 90), 'x') + std::to_string(i));
    const Placed placed = s.put("T", 0, sent.back()).value();
    EXPECT_EQ(placed.position / 2048, (placed.end - 1) / 2048);
    if (i % 7 == 0) s.store->commit().value();
  }
  s.store->commit().value();
  EXPECT_EQ(s.bodies("T", 0), sent);
}

TEST(MessageStore, tells_listeners_when_all_of_a_turn_can_be_read) {
  Store s;
  std::vector<std::string> told;
  s.store->set_arrived([&](const Arrival& arrival) {
    told.push_back(
        str(arrival.topic, ' ', arrival.queue_id, ' ', arrival.max_offset, ' ', arrival.tags_code));
    EXPECT_EQ(s.store->max_offset("T", 1), 2);
  });
  s.put("T", 1, "a", "TAGS\1TagA\2").value();
  s.put("T", 1, "b").value();
  EXPECT_THAT(told, IsEmpty());
  s.store->commit().value();
  EXPECT_THAT(told, ElementsAre("T 1 1 2598919", "T 1 2 0"));
}

TEST(MessageStore, never_lets_store_times_go_back) {
  Store s;
  const auto first = s.store->put(s.message("T", 0, "a"), 5000).value();
  const auto second = s.store->put(s.message("T", 0, "b"), 4000).value();
  EXPECT_EQ(first.store_timestamp, 5000);
  EXPECT_EQ(second.store_timestamp, 5000);
}

TEST(MessageStore, refuses_what_stock_refuses) {
  Store s;
  s.options.max_message_size = 100;
  s.reopen();
  const std::string long_topic(128, 't');
  const std::string retry_topic = "%RETRY%" + std::string(140, 'g');
  const auto code_of = [&](const protocol::RecordView& message) {
    const auto placed = s.store->put(message, 1);
    return placed ? std::error_code() : placed.error().code;
  };
  EXPECT_EQ(code_of(s.message("T", 0, std::string(101, 'x'))), ResponseCode::message_illegal);
  EXPECT_EQ(code_of(s.message("T", 0, "", std::string(32768, 'x'))), ResponseCode::message_illegal);
  EXPECT_EQ(code_of(s.message(long_topic, 0, "")), ResponseCode::message_illegal);
  EXPECT_EQ(code_of(s.message(std::string(256, 't'), 0, "")), ResponseCode::message_illegal);
  EXPECT_EQ(code_of(s.message("T", -1, "")), ResponseCode::message_illegal);
  for (const char* topic : {"", "..", "a/b", "a.b"}) {
    EXPECT_EQ(code_of(s.message(topic, 0, "")), ResponseCode::message_illegal) << topic;
  }
  EXPECT_EQ(code_of(s.message("T", 0, std::string(100, 'x'))), std::error_code());
  EXPECT_EQ(code_of(s.message(retry_topic, 0, "")), std::error_code());
}

TEST(MessageStore, puts_a_batch_as_single_messages_side_by_side) {
  Store s;
  s.put("T", 2, "before").value();
  std::string body;
  protocol::append_batch_entry(body, {.flag = 1, .body = "a", .properties = "TAGS\1TagA\2"});
  protocol::append_batch_entry(body, {.flag = 2, .body = "b", .properties = ""});
  const auto batch = s.store->put_batch(s.message("T", 2, ""), body, 7);
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->placed.queue_offset, 1);
  ASSERT_EQ(batch->positions.size(), 2U);
  s.store->commit().value();
  EXPECT_THAT(s.bodies("T", 2), ElementsAre("before", "a", "b"));
  const auto second = s.store->record_at(batch->positions[1]);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->record.flag, 2);
  EXPECT_EQ(second->record.queue_offset, 2);
}

TEST(MessageStore, refuses_a_broken_or_empty_batch_as_a_whole) {
  Store s;
  std::string body;
  protocol::append_batch_entry(body, {.body = "a"});
  body += "rubbish";
  EXPECT_EQ(s.store->put_batch(s.message("T", 2, ""), body, 7).error().code,
            ResponseCode::message_illegal);
  EXPECT_FALSE(s.store->put_batch(s.message("T", 2, ""), "", 7));
  EXPECT_FALSE(s.store->has_uncommitted());
  EXPECT_EQ(s.put("T", 2, "a")->queue_offset, 0);
}

TEST(MessageStore, moves_a_batch_that_does_not_fit_into_the_next_file_whole) {
  Store s;
  std::string body;
  for (int i = 0; i < 8; ++i) protocol::append_batch_entry(body, {.body = "0123456789"});
  for (int i = 0; i < 6; ++i) {
    const auto batch = s.store->put_batch(s.message("T", 0, ""), body, 7).value();
    EXPECT_EQ(batch.placed.position / 2048, (batch.placed.end - 1) / 2048);
  }
  s.store->commit().value();
  EXPECT_EQ(s.bodies("T", 0).size(), 48U);
}

TEST(MessageStore, takes_everything_back_when_the_write_fails) {
  Store s;
  s.put_and_commit("T", 0, "kept");
  s.directory.fail_operation(0);
  s.put("T", 0, "lost 1").value();
  s.put("T", 1, "lost 2").value();
  EXPECT_EQ(s.store->commit().error().code, ResponseCode::service_not_available);
  EXPECT_THAT(s.bodies("T", 0), ElementsAre("kept"));

  EXPECT_EQ(s.put("T", 0, "again")->queue_offset, 1);
  EXPECT_EQ(s.put("T", 1, "again")->queue_offset, 0);
  s.store->commit().value();
  EXPECT_THAT(s.bodies("T", 0), ElementsAre("kept", "again"));
  s.reopen();
  EXPECT_THAT(s.bodies("T", 0), ElementsAre("kept", "again"));
  EXPECT_THAT(s.bodies("T", 1), ElementsAre("again"));
}

TEST(MessageStore, does_not_revive_what_a_failed_write_left_behind) {
  Store s;
  s.put_and_commit("T", 0, "kept");
  s.directory.fail_operation(0);
  for (int i = 0; i < 6; ++i) s.put("T", 0, "taken back").value();
  EXPECT_FALSE(s.store->commit());
  s.put_and_commit("T", 0, "a");  // shorter than what lies behind it
  s.reopen();
  EXPECT_THAT(s.bodies("T", 0), ElementsAre("kept", "a"));
  EXPECT_EQ(s.store->recovered().damaged_bytes, 0);
}

TEST(MessageStore, syncs_in_the_background_in_async_mode) {
  Store s;
  const Placed placed = s.put_and_commit("T", 0, "a");
  s.tick();
  EXPECT_EQ(s.store->flushed_position(), placed.end);
}

TEST(MessageStore, acknowledges_in_sync_mode_when_the_disk_has_it) {
  Store s;
  s.options.flush_mode = FlushMode::sync;
  s.reopen();
  const Placed placed = s.put_and_commit("T", 0, "a");
  std::vector<std::string> events;
  s.store->set_arrived([&](const Arrival&) { events.push_back("arrived"); });
  s.store->on_flushed(placed.end, [&](const Result<void>& result) {
    events.push_back(result ? "flushed" : "failed");
  });
  EXPECT_THAT(events, IsEmpty());
  EXPECT_EQ(s.store->max_offset("T", 0), 0) << "not readable before it is safe";
  s.run_posted();
  EXPECT_THAT(events, ElementsAre("flushed", "arrived"));
  EXPECT_EQ(s.store->max_offset("T", 0), 1);
}

TEST(MessageStore, syncs_once_for_all_that_came_during_the_last_sync) {
  Store s;
  s.options.flush_mode = FlushMode::sync;
  s.reopen();
  int flushed = 0;
  const auto put = [&] {
    const Placed placed = s.put_and_commit("T", 0, "a");
    s.store->on_flushed(placed.end, [&](const Result<void>& result) { flushed += result ? 1 : 0; });
  };
  put();
  for (int i = 0; i < 5; ++i) put();
  EXPECT_EQ(s.posted.size(), 1U);
  s.run_posted();
  EXPECT_EQ(flushed, 6);
}

TEST(MessageStore, stops_for_good_when_a_sync_fails) {
  for (const FlushMode mode : {FlushMode::sync, FlushMode::async}) {
    Store s;
    s.options.flush_mode = mode;
    s.options.flush_interval_commit_log_ms = 0;
    s.reopen();
    s.put_and_commit("T", 0, "first");
    s.run_posted();
    const Placed placed = s.put("T", 0, "a").value();
    s.directory.fail_operation(1);  // after the write
    s.store->commit().value();
    std::vector<bool> results;
    s.store->on_flushed(placed.end, [&](const Result<void>& r) { results.push_back(bool(r)); });
    s.run_posted();
    EXPECT_THAT(results, ElementsAre(false));
    EXPECT_FALSE(s.store->is_writable());
    EXPECT_EQ(s.put("T", 0, "b").error().code, ResponseCode::service_not_available);
    s.store->on_flushed(placed.end, [&](const Result<void>& r) { results.push_back(bool(r)); });
    s.tick();
    EXPECT_THAT(results, ElementsAre(false, false)) << "syncing again would prove nothing";
    EXPECT_FALSE(s.store->close(s.now));
    EXPECT_EQ(RunningMark(s.directory).read()->kind, LastStop::Kind::crash_of_ours);
  }
}

TEST(MessageStore, refuses_messages_while_queue_entries_cannot_be_written) {
  Store s;
  s.put_and_commit("T", 0, "a");
  s.directory.fail_from(0);
  s.tick();
  EXPECT_FALSE(s.store->is_writable());
  EXPECT_FALSE(s.put("T", 0, "b"));
  EXPECT_THAT(s.bodies("T", 0), ElementsAre("a")) << "reading goes on";
}

TEST(MessageStore, goes_on_by_itself_after_a_full_disk) {
  Store s;
  s.put_and_commit("T", 0, "a");
  s.tick();
  s.put("T", 5, "b").value();
  s.store->commit().value();
  s.directory.fail_operation(0);
  s.store->tick(s.now += 100);  // too early for a sync, so the queue's folder fails
  EXPECT_FALSE(s.store->is_writable());
  s.directory.heal();
  s.tick();
  EXPECT_TRUE(s.store->is_writable());
  s.put_and_commit("T", 5, "c");
  s.reopen();
  EXPECT_THAT(s.bodies("T", 5), ElementsAre("b", "c"));
}

TEST(MessageStore, makes_the_next_log_file_in_time) {
  Store s;
  while (s.store->max_position() < 1500) s.put_and_commit("T", 0, "some text");
  s.tick();
  EXPECT_TRUE(*s.directory.exists("commitlog/00000000000000002048"));
  s.close();
  EXPECT_FALSE(*s.directory.exists("commitlog/00000000000000002048")) << "unused, so removed";
}

TEST(MessageStore, deletes_a_topic_and_begins_it_anew) {
  Store s;
  for (int i = 0; i < 25; ++i) s.put_and_commit("T", 0, "old");
  s.put_and_commit("U", 0, "stays");
  s.tick();
  s.store->delete_topic("T").value();
  EXPECT_FALSE(s.store->has_queue("T", 0));
  EXPECT_FALSE(*s.directory.exists("consumequeue/T"));
  EXPECT_EQ(s.get("T", 0, 0).status, GetStatus::no_matched_logic_queue);
  EXPECT_EQ(s.put("T", 0, "new")->queue_offset, 0);
  s.store->commit().value();
  EXPECT_THAT(s.bodies("T", 0), ElementsAre("new"));
  s.reopen();
  EXPECT_THAT(s.bodies("T", 0), ElementsAre("new"));
  EXPECT_THAT(s.bodies("U", 0), ElementsAre("stays"));
}

TEST(MessageStore, deletes_no_topic_while_somebody_waits_for_a_commit) {
  Store s;
  s.put("U", 0, "x").value();
  EXPECT_FALSE(s.store->delete_topic("T"));
  s.store->commit().value();
  EXPECT_TRUE(s.store->delete_topic("T"));
}

TEST(MessageStore, leaves_no_place_in_a_queue_for_half_messages_and_rollbacks) {
  Store s;
  protocol::RecordView half = s.message("T", 0, "half");
  half.sys_flag = protocol::sys_flag::transaction_prepared;
  const Placed placed = s.store->put(half, 1).value();
  s.put("T", 0, "a").value();
  s.store->commit().value();
  EXPECT_THAT(s.bodies("T", 0), ElementsAre("a"));
  EXPECT_EQ(s.store->record_at(placed.position)->record.body, "half");
  s.reopen();
  EXPECT_THAT(s.bodies("T", 0), ElementsAre("a"));
}

TEST(MessageStore, lets_its_owner_say_what_queues_hold_beside_a_position) {
  Store s;
  s.options.tags_code = [](const protocol::RecordView& record, std::int64_t) {
    return static_cast<std::int64_t>(record.body.size());
  };
  s.reopen();
  std::int64_t code = 0;
  s.store->set_arrived([&](const Arrival& arrival) { code = arrival.tags_code; });
  s.put_and_commit("T", 0, "four");
  EXPECT_EQ(code, 4);
}

TEST(MessageStore, is_not_opened_twice) {
  Store s;
  EXPECT_FALSE(MessageStore::open(s.options, s.directory, s.flusher, 1));
}

TEST(MessageStore, refuses_file_sizes_that_cannot_work) {
  TestStore s;
  s.options.mapped_file_size_commit_log = 7;
  EXPECT_EQ(s.open().error().code, Errc::invalid_argument);
  s.options = TestStore::small_files();
  s.options.mapped_file_size_consume_queue = 0;
  EXPECT_EQ(s.open().error().code, Errc::invalid_argument);
  s.options.mapped_file_size_consume_queue = 199;  // rounded up, as stock does
  s.open().value();
  s.put_and_commit("T", 0, "a");
  s.tick();
  EXPECT_EQ(s.directory.content("consumequeue/T/0/00000000000000000000").size(), 200U);
}

TEST(MessageStore, ignores_what_is_posted_after_its_end) {
  Store s;
  s.options.flush_interval_commit_log_ms = 0;
  s.reopen();
  s.put_and_commit("T", 0, "a");
  s.store.reset();
  EXPECT_FALSE(s.posted.empty());
  s.run_posted();
}

}  // namespace
}  // namespace rocketmq::broker
