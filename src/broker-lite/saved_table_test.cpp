#include "broker-lite/saved_table.h"

#include <gmock/gmock.h>

#include <deque>
#include <filesystem>

#include "broker-lite/store/mem_file.h"
#include "broker-lite/store/posix_file.h"
#include "broker-lite/store/saved_state.h"
#include "protocol/str.h"
#include "protocol/testing/temporary_folder.h"

namespace rocketmq::broker {
namespace {

// Runs its jobs when told to, and can be told to fail.
class StepFlusher final : public Flusher {
 public:
  void run(Job job, Done done) override { items.push_back({std::move(job), std::move(done)}); }
  void step(bool fails = false) {
    const auto [job, done] = items.front();
    items.pop_front();
    done(fails ? Result<void>(Error{Errc::io_error, "no space"}) : job());
  }
  std::deque<std::pair<Job, Done>> items;
};

struct SavedTableTest : ::testing::Test {
  std::string saved() {
    const auto found = load_state(directory, "t.json", [](std::string_view) { return true; });
    return found && *found ? **found : "nothing";
  }
  SavedTable::Done note(std::string name) {
    return [this, name](const Result<void>& result) { told += name + (result ? "+" : "-"); };
  }

  MemDirectory directory;
  StepFlusher flusher;
  std::string text = "0";
  std::string told;
  SavedTable table{directory, flusher, "t.json", [this] { return text; }};
};

TEST_F(SavedTableTest, saves_what_the_table_is_when_it_changes) {
  text = "1";
  table.changed();
  EXPECT_FALSE(table.is_saved());
  flusher.step();
  EXPECT_TRUE(table.is_saved());
  EXPECT_EQ(saved(), "1");
}

TEST_F(SavedTableTest, saves_changes_made_during_a_save_together) {
  table.changed();
  text = "1";
  table.changed();
  text = "2";
  table.changed();
  flusher.step();
  EXPECT_EQ(flusher.items.size(), 1u);
  flusher.step();
  EXPECT_TRUE(flusher.items.empty());
  EXPECT_EQ(saved(), "2");
}

TEST_F(SavedTableTest, tells_each_when_its_own_change_is_saved) {
  table.when_saved(note("now"));
  table.changed();
  table.when_saved(note(" first"));
  table.changed();
  table.when_saved(note(" second"));
  EXPECT_EQ(told, "now+");
  flusher.step();
  EXPECT_EQ(told, "now+ first+");
  flusher.step();
  EXPECT_EQ(told, "now+ first+ second+");
}

TEST_F(SavedTableTest, tells_of_a_failure_and_tries_again_when_asked) {
  table.changed();
  table.when_saved(note("a"));
  flusher.step(true);
  EXPECT_EQ(told, "a-");
  EXPECT_FALSE(table.is_saved());
  EXPECT_TRUE(table.is_idle());
  table.when_saved(note(" b"));
  flusher.step();
  EXPECT_EQ(told, "a- b+");
  EXPECT_EQ(saved(), "0");
}

TEST_F(SavedTableTest, keeps_secrets_from_all_but_the_owner) {
  TemporaryFolder folder;
  const auto disk = open_posix_directory(folder.path).value();
  SavedTable users(
      *disk, flusher, "users.json", [] { return std::string("secret"); }, OpenMode::create_private);
  const auto rights = [&](std::string_view suffix) {
    const auto path = std::filesystem::path(folder.path) / "config" / str("users.json", suffix);
    return static_cast<unsigned>(std::filesystem::status(path).permissions());
  };
  disk->create_directories("config").value();
  disk->open("config/users.json.tmp", OpenMode::create).value();  // of an older version
  users.changed();
  flusher.step();
  EXPECT_EQ(rights(""), 0600u);
  users.changed();
  flusher.step();
  EXPECT_EQ(rights(""), 0600u);
  EXPECT_EQ(rights(".bak"), 0600u);
}

TEST_F(SavedTableTest, saves_at_the_end_only_what_is_not_saved) {
  EXPECT_TRUE(table.save_now());
  EXPECT_EQ(saved(), "nothing");
  table.changed();
  flusher.step(true);
  EXPECT_TRUE(table.save_now());
  EXPECT_EQ(saved(), "0");
}

TEST_F(SavedTableTest, loads_what_was_saved_and_refuses_what_cannot_be_used) {
  std::string loaded = "untouched";
  const auto load = [&loaded](std::string_view given) -> Result<void> {
    if (given == "bad") return Error{Errc::bad_message, "no JSON"};
    loaded = given;
    return {};
  };
  EXPECT_TRUE(table.load(load));
  EXPECT_EQ(loaded, "untouched");
  ASSERT_TRUE(save_state(directory, "t.json", "good"));
  EXPECT_TRUE(table.load(load));
  EXPECT_EQ(loaded, "good");
  ASSERT_TRUE(save_state(directory, "t.json", "bad"));
  EXPECT_TRUE(table.load(load));  // the one before it
  ASSERT_TRUE(save_state(directory, "t.json", "bad"));
  EXPECT_FALSE(table.load(load));
}

}  // namespace
}  // namespace rocketmq::broker
