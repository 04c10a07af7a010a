#include "broker-lite/state/request_modes.h"

#include <gtest/gtest.h>

namespace rocketmq::broker {
namespace {

using protocol::MessageRequestMode;

RequestModes::Mode pop(std::string topic, std::string group) {
  return {.consumer_group = std::move(group),
          .mode = MessageRequestMode::pop,
          .pop_share_queue_num = 2,
          .topic = std::move(topic)};
}

TEST(RequestModes, are_remembered_in_the_file_of_stock) {
  RequestModes modes;
  EXPECT_EQ(modes.find("T", "G"), nullptr);
  ASSERT_TRUE(modes.set(pop("T", "G")));
  EXPECT_EQ(modes.to_json(),
            R"({"messageRequestModeMap":{"T":{"G":{"consumerGroup":"G","mode":"POP",)"
            R"("popShareQueueNum":2,"topic":"T"}}}})");
  RequestModes loaded;
  ASSERT_TRUE(loaded.load(modes.to_json()));
  ASSERT_NE(loaded.find("T", "G"), nullptr);
  EXPECT_EQ(*loaded.find("T", "G"), pop("T", "G"));
  EXPECT_EQ(loaded.find("T", "H"), nullptr);
  EXPECT_FALSE(loaded.load("["));
  EXPECT_NE(loaded.find("T", "G"), nullptr);
}

TEST(RequestModes, are_no_more_than_there_is_room_for) {
  RequestModes modes(1);
  ASSERT_TRUE(modes.set(pop("T", "G")));
  EXPECT_FALSE(modes.set(pop("T", "H")));
  EXPECT_TRUE(modes.set({.consumer_group = "G", .topic = "T"}));  // of the same again
  EXPECT_EQ(modes.find("T", "G")->mode, MessageRequestMode::pull);
}

}  // namespace
}  // namespace rocketmq::broker
