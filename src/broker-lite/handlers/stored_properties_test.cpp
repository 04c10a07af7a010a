#include "broker-lite/handlers/stored_properties.h"

#include <gmock/gmock.h>

namespace rocketmq::broker {
namespace {

using namespace std::string_literals;

const std::string ours = BrokerProperties("C", "R").text(true);

std::string stored(std::string_view sent) {
  std::string text;
  rewrite_properties(sent, ours, text);
  return text;
}

TEST(StoredProperties, end_with_the_brokers_own) {
  EXPECT_EQ(ours, "CLUSTER\1C\2MSG_REGION\1R\2TRACE_ON\1true\2"s);
  EXPECT_EQ(BrokerProperties("C", "R").text(false),
            "CLUSTER\1C\2MSG_REGION\1R\2TRACE_ON\1false\2"s);
  EXPECT_EQ(stored("a\1b\2"), "a\1b\2"s + ours);
  EXPECT_EQ(stored(""), ours);
}

TEST(StoredProperties, end_every_entry_whether_it_came_so_or_not) {
  EXPECT_EQ(stored("a\1b\2c\1d"), "a\1b\2c\1d\2"s + ours);
}

TEST(StoredProperties, lose_what_only_the_broker_may_say) {
  EXPECT_EQ(stored("CLUSTER\1x\2MSG_REGION\1x\2k\1v\2TRACE_ON\1x\2POP_CK\1x\2"), "k\1v\2"s + ours);
}

TEST(StoredProperties, drop_what_is_no_entry) {
  EXPECT_EQ(stored("ab\2\1\2x\1\2k\1v\2"), "k\1v\2"s + ours);
}

TEST(StoredProperties, keep_a_value_with_a_separator_in_it) {
  EXPECT_EQ(stored("k\1a\1b\2"), "k\1a\1b\2"s + ours);
}

TEST(StoredProperties, say_what_the_message_asks_for) {
  const std::string sent = "UNIQ_KEY\1AB12\2WAIT\1false\2";
  const Wishes wishes = read_wishes(sent);
  EXPECT_EQ(wishes.unique_key, "AB12");
  EXPECT_FALSE(wishes.waits_for_store);
  EXPECT_FALSE(wishes.waits());
  EXPECT_TRUE(read_wishes("").waits_for_store);
  EXPECT_TRUE(read_wishes("WAIT\1TRUE\2").waits_for_store);
}

TEST(StoredProperties, say_that_a_message_waits) {
  EXPECT_EQ(read_wishes("DELAY\0013\2").delay_level, 3);
  EXPECT_EQ(read_wishes("DELAY\1x\2").delay_level, 0);
  EXPECT_TRUE(read_wishes("TRAN_MSG\1True\2").is_half);
  EXPECT_EQ(read_wishes("TIMER_DELAY_MS\0019\2").timer.value, "9");
  EXPECT_TRUE(read_wishes("TIMER_DEL_UNIQKEY\1k\2").deletes_timer);
  for (const char* harmless : {"DELAY\0010\2", "DELAY\001-1\2", "TRAN_MSG\1false\2",
                               "TAGS\1DELAY\2", "TIMER_OUT_MS\0015\2", "DELAYED\0013\2"}) {
    EXPECT_FALSE(read_wishes(harmless).waits()) << harmless;
  }
}

TEST(StoredProperties, prefer_seconds_to_ms_to_a_time) {
  constexpr std::string_view all =
      "TIMER_DELIVER_MS\0013\2TIMER_DELAY_SEC\0011\2TIMER_DELAY_MS\0012\2";
  EXPECT_EQ(read_wishes(all).timer.name, "TIMER_DELAY_SEC");
  EXPECT_EQ(read_wishes("TIMER_DELIVER_MS\0013\2TIMER_DELAY_MS\0012\2").timer.name,
            "TIMER_DELAY_MS");
}

}  // namespace
}  // namespace rocketmq::broker
