#include "broker-lite/store/key_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "broker-lite/store/store_test_support.h"
#include "protocol/bytes.h"
#include "protocol/properties.h"

namespace rocketmq::broker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t always = std::numeric_limits<std::int64_t>::max();

// Files of 3 slots and 9 entries, so that chains are long and a dozen keys fill a file.
struct KeyIndexTest : testing::Test {
  KeyIndexTest() {
    s.options.index_geometry = {.slots = 3, .entries = 10};
    s.open().value();
  }
  void put(const std::string& key, std::string_view body) {
    s.put_and_commit("T", 0, body, protocol::encode_properties({{"KEYS", key}}));
  }
  std::vector<std::string> find(KeyQuery query) const {
    std::vector<std::string> bodies;
    const auto found = s.store->find_by_key(query);
    for (const StoredRecord& stored : found.value().records) {
      bodies.emplace_back(stored.record.body);
    }
    return bodies;
  }
  std::vector<std::string> find(std::string_view key) const {
    return find(KeyQuery{.topic = "T", .key = key, .end_timestamp = always});
  }
  void tick() {
    s.store->tick(s.now);
    s.run_posted();
  }
  std::vector<std::string> files() {
    std::vector<std::string> names;
    for (const DirectoryEntry& entry : s.directory.list("index").value()) {
      names.push_back("index/" + entry.name);
    }
    return names;
  }

  TestStore s;
};

TEST_F(KeyIndexTest, finds_a_message_before_and_after_its_keys_are_in_a_file) {
  put("a", "1");
  EXPECT_THAT(find("a"), ElementsAre("1"));
  EXPECT_THAT(files(), IsEmpty());
  tick();
  EXPECT_EQ(files().size(), 1U);
  EXPECT_THAT(find("a"), ElementsAre("1"));
  EXPECT_THAT(find("b"), IsEmpty());
}

TEST_F(KeyIndexTest, knows_each_key_the_unique_key_and_the_tag) {
  s.put_and_commit(
      "T", 0, "1",
      protocol::encode_properties({{"KEYS", "a  b c"}, {"UNIQ_KEY", "7F00"}, {"TAGS", "red"}}));
  s.put_and_commit("U", 0, "other topic", protocol::encode_properties({{"KEYS", "a"}}));
  for (const std::string_view key : {"a", "b", "c", "7F00"}) {
    EXPECT_THAT(find(key), ElementsAre("1")) << key;
  }
  EXPECT_THAT(find("red"), IsEmpty()) << "a tag is no key";
  EXPECT_THAT(find(""), IsEmpty());
  const KeyQuery by_tag{.topic = "T", .key = "red", .kind = KeyKind::tag, .end_timestamp = always};
  EXPECT_THAT(find(by_tag), ElementsAre("1"));
}

TEST_F(KeyIndexTest, finds_keys_in_every_file) {
  for (int i = 0; i < 40; ++i) {
    put("k" + std::to_string(i % 7), std::to_string(i));
    if (i % 5 == 0) tick();
  }
  tick();
  EXPECT_EQ(files().size(), 5U) << "nine keys a file";
  EXPECT_THAT(find("k3"), ElementsAre("3", "10", "17", "24", "31", "38"));
  EXPECT_THAT(find("k6"), ElementsAre("6", "13", "20", "27", "34"));
}

TEST_F(KeyIndexTest, gives_the_newest_in_the_order_they_came) {
  for (const char* body : {"1", "2", "3", "4"}) put("a", body);
  tick();
  put("a", "5");
  const KeyQuery two{.topic = "T", .key = "a", .messages_max = 2, .end_timestamp = always};
  EXPECT_THAT(find(two), ElementsAre("4", "5"));
  s.options.max_msgs_num_batch = 3;
  s.close();
  s.open().value();
  EXPECT_THAT(find("a"), ElementsAre("3", "4", "5"));
}

TEST_F(KeyIndexTest, looks_between_times) {
  put("a", "1");
  s.now = TestStore::t0 + 1500;
  put("a", "2");
  s.now = TestStore::t0 + 3000;
  put("a", "3");
  const auto between = [&](std::int64_t begin, std::int64_t end) {
    return find(KeyQuery{.topic = "T",
                         .key = "a",
                         .begin_timestamp = TestStore::t0 + begin,
                         .end_timestamp = TestStore::t0 + end});
  };
  for (int in_file = 0; in_file < 2; ++in_file) {
    EXPECT_THAT(between(0, 3000), ElementsAre("1", "2", "3"));
    EXPECT_THAT(between(1500, 2999), ElementsAre("2"));
    EXPECT_THAT(between(1501, 2999), IsEmpty());
    EXPECT_THAT(between(-5, -1), IsEmpty());
    EXPECT_THAT(between(3001, 9000), IsEmpty());
    tick();
  }
}

TEST_F(KeyIndexTest, a_message_is_given_once_whatever_its_keys) {
  put("a a a", "1");
  EXPECT_THAT(find("a"), ElementsAre("1"));
  tick();
  EXPECT_THAT(find("a"), ElementsAre("1"));
}

TEST_F(KeyIndexTest, survives_a_clean_stop_without_reading_the_log_again) {
  put("a", "1");
  put("b", "2");
  s.close();
  const std::string before = s.directory.content(files().front());
  s.open().value();
  EXPECT_THAT(find("a"), ElementsAre("1"));
  put("a", "3");
  EXPECT_THAT(find("a"), ElementsAre("1", "3"));
  tick();
  const std::string after = s.directory.content(files().front());
  EXPECT_EQ(protocol::load_big<std::int32_t>(before.data() + 36), 3);
  EXPECT_EQ(protocol::load_big<std::int32_t>(after.data() + 36), 4) << "each key once";
}

TEST_F(KeyIndexTest, reads_from_the_log_what_a_killed_process_had_in_memory) {
  for (int i = 0; i < 5; ++i) put("a", std::to_string(i));
  tick();
  put("a", "5");
  s.reopen();
  EXPECT_THAT(find("a"), ElementsAre("0", "1", "2", "3", "4", "5"));
}

TEST_F(KeyIndexTest, forgets_the_keys_of_what_could_not_be_written) {
  put("a", "1");
  s.directory.fail_operation(0);
  s.put("T", 0, "lost", protocol::encode_properties({{"KEYS", "a"}})).value();
  EXPECT_FALSE(s.store->commit());
  put("a", "2");
  EXPECT_THAT(find("a"), ElementsAre("1", "2"));
  tick();
  const std::string file = s.directory.content(files().front());
  EXPECT_EQ(protocol::load_big<std::int32_t>(file.data() + 36), 3)
      << "one more than there are keys";
}

// The log's files hold a few messages each, and what is left of one is a blank.
TEST_F(KeyIndexTest, takes_each_key_once_where_the_log_goes_on_in_another_file) {
  const std::string body(100, 'x');
  for (int i = 0; i < 40; ++i) put("k" + std::to_string(i), body);
  for (int i = 0; i < 10; ++i) tick();
  for (int i = 0; i < 40; ++i) EXPECT_EQ(find("k" + std::to_string(i)).size(), 1U) << i;
  std::int32_t keys = 0;
  for (const std::string& file : files()) {
    keys += protocol::load_big<std::int32_t>(s.directory.content(file).data() + 36) - 1;
  }
  EXPECT_EQ(keys, 40);
}

TEST_F(KeyIndexTest, is_made_anew_from_the_log_where_there_is_none) {
  for (int i = 0; i < 40; ++i) put("k" + std::to_string(i % 2), std::to_string(i));
  s.close();
  for (const std::string& file : files()) s.directory.remove(file).value();
  s.open().value();
  EXPECT_EQ(find("k0").size(), 20U);
}

// Killed between writing slots and the header: the slots tell of entries that are not there yet.
TEST_F(KeyIndexTest, takes_slots_that_are_ahead_of_the_header) {
  put("a", "1");
  put("b", "2");
  tick();
  const std::string file = files().front();
  const std::string header = s.directory.content(file).substr(0, 40);
  put("a", "3");
  put("b", "4");
  tick();
  s.kill();
  s.directory.overwrite(file, 0, header);
  s.open().value();
  EXPECT_THAT(find("a"), ElementsAre("1", "3"));
  EXPECT_THAT(find("b"), ElementsAre("2", "4"));
  tick();
  EXPECT_THAT(find("a"), ElementsAre("1", "3"));
  EXPECT_THAT(find("b"), ElementsAre("2", "4"));
}

TEST(KeyIndex, loses_no_key_whatever_operation_fails_once) {
  for (std::int64_t failing = 0;; ++failing) {
    TestStore s;
    s.open().value();
    s.put_and_commit("T", 0, "1",
                     "KEYS\1"
                     "a\2");
    const std::int64_t before = s.directory.operations();
    s.directory.fail_operation(failing);
    s.tick();
    const bool has_failed = s.directory.operations() - before > failing;
    s.directory.heal();
    s.tick();
    s.reopen();
    const auto found = s.store->find_by_key({.topic = "T", .key = "a", .end_timestamp = always});
    EXPECT_EQ(found.value().records.size(), 1U) << failing;
    if (!has_failed) break;
  }
}

TEST(KeyIndex, finds_all_that_a_power_cut_has_left) {
  std::mt19937 random(5);
  for (int round = 0; round < 100; ++round) {
    TestStore s;
    s.options.index_geometry = {.slots = 3, .entries = 10};
    s.open().value();
    for (int i = 0; i < 25; ++i) {
      const std::string number = std::to_string(i);
      s.put_and_commit("T", 0, number, protocol::encode_properties({{"KEYS", number}}));
      if (random() % 4 == 0) s.tick();
    }
    s.kill();
    s.directory.lose_power(random);
    s.open().value();
    for (const std::string& body : s.bodies("T", 0)) {
      const auto found = s.store->find_by_key({.topic = "T", .key = body, .end_timestamp = always});
      EXPECT_EQ(found.value().records.size(), 1U) << body << " in round " << round;
    }
  }
}

TEST_F(KeyIndexTest, refuses_files_of_another_size) {
  put("a", "1");
  s.close();
  s.options.index_geometry.entries = 11;
  const auto opened = s.open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::store_corrupt);
  EXPECT_THAT(opened.error().message, testing::HasSubstr("maxHashSlotNum and maxIndexNum"));
}

TEST_F(KeyIndexTest, ends_a_walk_after_so_many_entries) {
  put("a", "1");
  for (int i = 0; i < 8; ++i) put("d", "d");  // in the slot of a
  tick();
  s.options.index_steps_max = 4;
  s.close();
  s.open().value();
  EXPECT_THAT(find("a"), IsEmpty());
  EXPECT_EQ(find("d").size(), 4U);
}

TEST_F(KeyIndexTest, is_not_made_where_it_is_not_wanted) {
  s.options.message_index_enable = false;
  s.close();
  s.open().value();
  put("a", "1");
  tick();
  EXPECT_THAT(find("a"), IsEmpty());
  EXPECT_THAT(files(), IsEmpty());
}

TEST(IndexHash, is_that_of_stock) {
  EXPECT_EQ(index_hash(index_text("TopicA", "KEY1", KeyKind::key)), 640873123);
  EXPECT_EQ(index_hash("polygenelubricants"), 0) << "its Java hash has no opposite";
}

}  // namespace
}  // namespace rocketmq::broker
