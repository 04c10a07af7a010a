#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <optional>
#include <random>
#include <set>
#include <tuple>
#include <vector>

#include "broker-lite/store/cleaner.h"
#include "broker-lite/store/recovery.h"
#include "broker-lite/store/store_test_support.h"
#include "protocol/bytes.h"

namespace rocketmq::broker {
namespace {

const std::string first_log_file = "commitlog/00000000000000000000";

// A store under load, and a list of what it acknowledged.
struct Load : TestStore {
  using Key = std::tuple<std::string, std::int32_t, std::int64_t>;  // topic, queue, offset
  struct Message {
    std::string body;
    std::int64_t position;
  };
  std::map<Key, Message> acknowledged;
  std::set<std::string> sent;
  std::vector<std::pair<Key, Message>> uncommitted;
  std::optional<Cleaner> cleaner;  // with it, files go as soon as they may
  int count = 0;

  void put_one(std::mt19937& random) {
    const std::string topic = random() % 3 == 0 ? "Topic-B" : "TopicA";
    const auto queue = static_cast<std::int32_t>(random() % 3);
    const std::string body = str(count++, ' ', std::string(random() % 150, 'x'));
    sent.insert(body);
    if (const auto placed = put(topic, queue, body)) {
      uncommitted.push_back({{topic, queue, placed->queue_offset}, {body, placed->position}});
    }
  }

  void commit() {
    const bool is_committed = bool(store->commit());
    auto messages = std::exchange(uncommitted, {});
    if (!is_committed) return;
    if (options.flush_mode == FlushMode::async) {
      for (const auto& [key, message] : messages) acknowledged[key] = message;
      return;
    }
    store->on_flushed(store->max_position(),
                      [this, messages = std::move(messages)](const Result<void>& result) {
                        if (!result) return;
                        for (const auto& [key, message] : messages) acknowledged[key] = message;
                      });
  }

  // Some turns of puts, commits and ticks; the same for the same seed.
  void run(unsigned seed, int turns) {
    std::mt19937 random(seed);
    for (int turn = 0; turn < turns; ++turn) {
      for (auto n = random() % 4; n > 0; --n) put_one(random);
      commit();
      if (random() % 2 == 0) run_posted();
      if (random() % 5 == 0) {
        now += 1500;
        store->tick(now);
        if (cleaner) cleaner->tick(Cleaner::TimePoint(std::chrono::milliseconds(now)), now);
      }
    }
  }

  void expect_all_acknowledged() {
    for (const auto& [key, message] : acknowledged) {
      const auto& [topic, queue, offset] = key;
      if (message.position < store->min_position()) {  // its file was removed
        EXPECT_GT(store->min_offset(topic, queue), offset);
        EXPECT_EQ(get(topic, queue, offset, 1).status, GetStatus::offset_too_small);
        continue;
      }
      const GetResult result = get(topic, queue, offset, 1);
      ASSERT_EQ(result.status, GetStatus::found) << topic << ' ' << queue << ' ' << offset;
      const auto record = protocol::decode_record(result.records.at(0));
      ASSERT_TRUE(record);
      EXPECT_EQ(record->body, message.body);
      EXPECT_EQ(record->queue_offset, offset);
    }
  }

  // Opens and, from then on, removes files, the disk being too full all the time.
  void open_and_clean() {
    open().value();
    RetentionOptions retention;
    retention.clean_resource_interval_ms = 1;
    retention.delete_file_batch_max = 1;
    directory.set_space(DiskSpace{.total = 100, .free = 12, .available = 12});
    cleaner.emplace(*store, directory, retention, [](std::string_view) {}, [] { return 0; });
  }

  // Whatever was lost, the rest makes sense.
  void expect_sane() {
    for (const char* topic : {"TopicA", "Topic-B"}) {
      for (std::int32_t queue = 0; queue < 3; ++queue) {
        std::int64_t last_offset = -1;
        std::int64_t offset = store->min_offset(topic, queue);
        while (offset < store->max_offset(topic, queue)) {
          const GetResult result = get(topic, queue, offset);
          for (const std::string_view bytes : result.records) {
            const auto record = protocol::decode_record(bytes);
            ASSERT_TRUE(record);
            EXPECT_EQ(record->topic, topic);
            EXPECT_EQ(record->queue_id, queue);
            EXPECT_GT(record->queue_offset, last_offset);
            EXPECT_TRUE(sent.contains(std::string(record->body))) << record->body;
            last_offset = record->queue_offset;
          }
          ASSERT_GT(result.next_begin_offset, offset);
          offset = result.next_begin_offset;
        }
      }
    }
  }
};

TEST(RecoveryUnderFaults, brings_back_everything_after_a_kill) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    Load load;
    load.open().value();
    for (unsigned life = 0; life < 4; ++life) {
      load.run(seed * 4 + life, 30);
      load.uncommitted.clear();
      load.reopen();
      load.expect_all_acknowledged();
      load.expect_sane();
    }
  }
}

TEST(RecoveryUnderFaults, brings_back_everything_after_a_clean_stop_reading_one_record) {
  Load load;
  load.open().value();
  for (unsigned life = 0; life < 5; ++life) {
    load.run(life, 30);
    load.commit();
    load.close();
    load.open().value();
    EXPECT_EQ(load.store->recovered().records, 1);
    load.expect_all_acknowledged();
    load.expect_sane();
  }
}

TEST(RecoveryUnderFaults, survives_a_failure_of_every_single_operation) {
  for (std::int64_t n = 0;; ++n) {
    Load load;
    load.open().value();
    load.directory.fail_operation(n);
    load.run(1, 40);
    const bool was_reached = load.directory.operations() > n + 20;
    load.directory.heal();
    load.uncommitted.clear();
    load.reopen();
    load.expect_all_acknowledged();
    load.expect_sane();
    load.run(2, 5);
    load.reopen();
    load.expect_all_acknowledged();
    if (testing::Test::HasFailure()) FAIL() << "operation " << n;
    if (!was_reached) break;
  }
}

TEST(RecoveryUnderFaults, loses_nothing_acknowledged_when_the_disk_dies_and_the_process_is_killed) {
  for (std::int64_t n = 0; n < 150; ++n) {
    Load load;
    load.open().value();
    load.directory.fail_from(n);
    load.run(3, 40);
    load.directory.heal();
    load.uncommitted.clear();
    load.reopen();
    load.expect_all_acknowledged();
    load.expect_sane();
    if (testing::Test::HasFailure()) FAIL() << "operation " << n;
  }
}

TEST(RecoveryUnderFaults, can_itself_be_interrupted_at_every_operation) {
  for (std::int64_t n = 0;; ++n) {
    Load load;
    load.open().value();
    load.run(4, 40);
    load.uncommitted.clear();
    load.kill();
    // Something to repair, too, and no checkpoint, so that everything is read.
    load.directory.overwrite(
        first_log_file,
        static_cast<std::int64_t>(load.directory.content(first_log_file).find("5 x")), "DAMAGED");
    load.directory.files().remove("checkpoint").value();
    load.directory.overwrite("abort", 0, "1 rmq-broker-lite elsewhere ");
    load.acknowledged.clear();
    load.directory.fail_from(n);
    const bool is_done = bool(load.open());
    load.kill();
    load.directory.heal();
    load.open().value();
    load.expect_sane();
    EXPECT_GT(load.store->max_position(), 2048) << "went on behind the damage";
    if (testing::Test::HasFailure()) FAIL() << "operation " << n;
    if (is_done) break;
  }
}

TEST(RecoveryUnderFaults, loses_nothing_acknowledged_to_a_power_cut_in_sync_mode) {
  for (std::int64_t n = 0; n < 200; ++n) {
    Load load;
    load.options.flush_mode = FlushMode::sync;
    load.open().value();
    load.directory.fail_from(n);
    load.run(5, 40);
    load.kill();
    load.directory.heal();
    load.directory.lose_power();
    load.open().value();
    load.expect_all_acknowledged();
    load.expect_sane();
    if (testing::Test::HasFailure()) FAIL() << "operation " << n;
  }
}

TEST(RecoveryUnderFaults, makes_sense_of_whatever_a_power_cut_leaves) {
  // With 3226 an entry that was on disk is written anew, and half of that is lost in the next cut;
  // with 17114 half an entry looks like one from long before.
  std::vector<unsigned> seeds(150);
  std::iota(seeds.begin(), seeds.end(), 0u);
  seeds.insert(seeds.end(), {3226, 17114});
  for (const unsigned seed : seeds) {
    std::mt19937 random(seed);
    Load load;
    load.options.flush_mode = seed % 2 == 0 ? FlushMode::sync : FlushMode::async;
    load.open().value();
    for (int life = 0; life < 3; ++life) {
      load.run(static_cast<unsigned>(random()), static_cast<int>(random() % 40));
      load.uncommitted.clear();
      load.kill();
      load.directory.lose_power(random);
      if (load.options.flush_mode == FlushMode::async) load.acknowledged.clear();
      load.open().value();
      load.expect_all_acknowledged();
      load.expect_sane();
    }
    if (testing::Test::HasFailure()) FAIL() << "seed " << seed;
  }
}

TEST(RecoveryUnderFaults, brings_back_what_was_not_removed_after_a_kill) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    Load load;
    for (unsigned life = 0; life < 4; ++life) {
      load.open_and_clean();
      load.expect_all_acknowledged();
      load.expect_sane();
      load.run(seed * 4 + life, 60);
      load.uncommitted.clear();
      if (life % 2 == 0) {
        load.kill();
      } else {
        load.close();
      }
    }
    load.open().value();
    EXPECT_GT(load.store->min_position(), 0);
    load.expect_all_acknowledged();
    if (testing::Test::HasFailure()) FAIL() << "seed " << seed;
  }
}

TEST(RecoveryUnderFaults, goes_on_after_a_failure_at_any_time_while_files_are_removed) {
  for (std::int64_t n = 0; n < 400; ++n) {
    Load load;
    load.open_and_clean();
    load.directory.fail_from(n);
    load.run(7, 60);
    load.kill();
    load.directory.heal();
    load.uncommitted.clear();
    load.open_and_clean();
    load.expect_all_acknowledged();
    load.expect_sane();
    load.run(8, 10);
    load.uncommitted.clear();
    load.reopen();
    load.expect_all_acknowledged();
    if (testing::Test::HasFailure()) FAIL() << "operation " << n;
  }
}

TEST(RecoveryUnderFaults, survives_power_cuts_while_files_are_removed) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    std::mt19937 random(seed);
    Load load;
    load.options.flush_mode = FlushMode::sync;
    for (int life = 0; life < 3; ++life) {
      load.open_and_clean();
      load.expect_all_acknowledged();
      load.expect_sane();
      load.run(static_cast<unsigned>(random()), static_cast<int>(random() % 60));
      load.uncommitted.clear();
      load.kill();
      load.directory.lose_power(random);
    }
    if (testing::Test::HasFailure()) FAIL() << "seed " << seed;
  }
}

TEST(RecoveryUnderFaults, builds_all_queues_again_when_they_are_gone) {
  for (const bool is_clean : {true, false}) {
    Load load;
    load.open().value();
    load.run(6, 60);
    load.commit();
    load.run_posted();
    if (is_clean) {
      load.close();
    } else {
      load.kill();
    }
    load.directory.files().remove_all("consumequeue").value();
    load.open().value();
    load.expect_all_acknowledged();
    load.expect_sane();
  }
}

}  // namespace
}  // namespace rocketmq::broker
