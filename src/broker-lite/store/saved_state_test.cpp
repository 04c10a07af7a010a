#include "broker-lite/store/saved_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker-lite/store/checkpoint.h"
#include "broker-lite/store/fault_file.h"

namespace rocketmq::broker {
namespace {

const IsUsable is_bracketed = [](std::string_view text) {
  return text.front() == '{' && text.back() == '}';
};

TEST(SavedState, is_nothing_before_the_first_save) {
  FaultDirectory directory;
  EXPECT_EQ(load_state(directory, "topics.json", is_bracketed).value(), std::nullopt);
}

TEST(SavedState, keeps_the_text_before_as_stock_does) {
  FaultDirectory directory;
  save_state(directory, "topics.json", "{1}").value();
  save_state(directory, "topics.json", "{2}").value();
  EXPECT_EQ(load_state(directory, "topics.json", is_bracketed).value(), "{2}");
  EXPECT_EQ(directory.content("config/topics.json"), "{2}");
  EXPECT_EQ(directory.content("config/topics.json.bak"), "{1}");
}

TEST(SavedState, falls_back_where_the_text_is_of_no_use) {
  for (const char* broken : {"", "{half"}) {
    FaultDirectory directory;
    save_state(directory, "topics.json", "{1}").value();
    save_state(directory, "topics.json", "{2}").value();
    directory.files().remove("config/topics.json").value();
    directory.files()
        .open("config/topics.json", OpenMode::create)
        .value()
        ->write(0, broken)
        .value();
    EXPECT_EQ(load_state(directory, "topics.json", is_bracketed).value(), "{1}");
    save_state(directory, "topics.json", "{3}").value();
    EXPECT_EQ(load_state(directory, "topics.json", is_bracketed).value(), "{3}");
  }
}

TEST(SavedState, loses_neither_text_whatever_fails) {
  for (const bool loses_power : {false, true}) {
    for (std::int64_t n = 0;; ++n) {
      FaultDirectory directory;
      save_state(directory, "o.json", "{old}").value();
      save_state(directory, "o.json", "{some longer text}").value();
      directory.fail_from(n);
      const bool is_saved = bool(save_state(directory, "o.json", "{new}"));
      directory.heal();
      if (loses_power) directory.lose_power();
      const auto text = load_state(directory, "o.json", is_bracketed).value();
      ASSERT_TRUE(text) << n;
      if (is_saved) {
        EXPECT_EQ(text, "{new}");
        break;
      }
      EXPECT_TRUE(text == "{some longer text}" || text == "{new}") << n << *text;
    }
  }
}

TEST(SavedState, survives_failing_again_and_again) {
  FaultDirectory directory;
  save_state(directory, "o.json", "{good}").value();
  for (std::int64_t n = 0; n < 20; ++n) {
    directory.fail_operation(n % 5);
    (void)save_state(directory, "o.json", "{a new one}");
    directory.heal();
    EXPECT_TRUE(load_state(directory, "o.json", is_bracketed).value()) << n;
  }
}

TEST(Checkpoint, is_kept_as_stock_keeps_it) {
  FaultDirectory directory;
  EXPECT_EQ(load_checkpoint(directory).value(), Checkpoint{});
  const Checkpoint checkpoint{0x1a1fe79c99d, 0x1a1fe79c99e, 3, 4, 0x12dc9ae};
  save_checkpoint(directory, checkpoint).value();
  EXPECT_EQ(load_checkpoint(directory).value(), checkpoint);
  const std::string content = directory.content("checkpoint");
  EXPECT_EQ(content.size(), 4096U);
  EXPECT_EQ(content.substr(0, 8), std::string("\0\0\x01\xa1\xfe\x79\xc9\x9d", 8));
  EXPECT_EQ(content.substr(32, 8), std::string("\0\0\0\0\x01\x2d\xc9\xae", 8));
}

TEST(Checkpoint, reads_as_zeros_where_it_is_short) {
  FaultDirectory directory;
  directory.files().open("checkpoint", OpenMode::create).value()->write(0, "abc").value();
  EXPECT_EQ(load_checkpoint(directory).value(), Checkpoint{});
}

TEST(Checkpoint, leaves_three_seconds_for_clocks) {
  EXPECT_EQ((Checkpoint{10'000, 9'000}.min_timestamp()), 6'000);
  EXPECT_EQ((Checkpoint{10, 9}.min_timestamp()), 0);
}

}  // namespace
}  // namespace rocketmq::broker
