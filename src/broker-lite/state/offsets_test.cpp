#include "broker-lite/state/offsets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rocketmq::broker {
namespace {

constexpr std::int64_t t0 = 1'700'000'000'000;

TEST(Offsets, are_kept_for_each_queue_of_each_group) {
  Offsets offsets;
  EXPECT_EQ(offsets.find("G", "T", 0), std::nullopt);
  offsets.commit("G", "T", 0, 5, t0);
  offsets.commit("G", "T", 1, 7, t0);
  offsets.commit("H", "T", 0, 9, t0);
  EXPECT_EQ(offsets.find("G", "T", 0), 5);
  EXPECT_EQ(offsets.find("G", "T", 1), 7);
  EXPECT_EQ(offsets.find("H", "T", 0), 9);
  EXPECT_EQ(offsets.find("T", "G", 0), std::nullopt);
  EXPECT_EQ(*offsets.find("G", "T"), (Offsets::Queues{{0, 5}, {1, 7}}));
}

TEST(Offsets, may_go_backwards) {
  Offsets offsets;
  offsets.commit("G", "T", 0, 5, t0);
  offsets.commit("G", "T", 0, 2, t0);
  EXPECT_EQ(offsets.find("G", "T", 0), 2);
}

TEST(Offsets, are_to_be_saved_only_after_a_change) {
  Offsets offsets;
  EXPECT_FALSE(offsets.is_dirty());
  offsets.commit("G", "T", 0, 5, t0);
  EXPECT_TRUE(offsets.is_dirty());
  offsets.saved();
  offsets.commit("G", "T", 0, 5, t0);
  EXPECT_FALSE(offsets.is_dirty());
  offsets.commit("G", "T", 0, 6, t0);
  EXPECT_TRUE(offsets.is_dirty());
  offsets.saved();
  offsets.remove_topic("unknown");
  EXPECT_FALSE(offsets.is_dirty());
  offsets.remove_group("G");
  EXPECT_TRUE(offsets.is_dirty());
}

TEST(Offsets, of_a_removed_topic_or_group_are_gone) {
  Offsets offsets;
  for (const char* const topic : {"T", "U"}) {
    for (const char* const group : {"G", "H"}) offsets.commit(group, topic, 0, 1, t0);
  }
  offsets.pulled("G", "T", 0, 4);
  EXPECT_THAT(offsets.topics_of("G"), testing::ElementsAre("T", "U"));
  EXPECT_THAT(offsets.groups_of("T"), testing::ElementsAre("G", "H"));
  offsets.remove_topic("T");
  EXPECT_THAT(offsets.topics_of("G"), testing::ElementsAre("U"));
  EXPECT_EQ(offsets.find_pulled("G", "T", 0), std::nullopt);
  offsets.remove_group("G");
  EXPECT_THAT(offsets.groups_of("U"), testing::ElementsAre("H"));
}

TEST(Offsets, change_their_version_every_500_commits) {
  Offsets offsets;
  for (int i = 1; i <= 1000; ++i) offsets.commit("G", "T", 0, i, t0 + i);
  EXPECT_THAT(offsets.to_json(), testing::HasSubstr("\"counter\":2,\n"));
  EXPECT_THAT(offsets.to_json(), testing::HasSubstr("\"timestamp\":1700000001000\n"));
}

TEST(Offsets, are_saved_as_stock_does_and_come_back) {
  Offsets offsets;
  offsets.commit("CG_SPEC", "TopicA", 0, 3, t0);
  offsets.commit("CG_SPEC", "TopicA", 1, 3, t0);
  const std::string json = offsets.to_json();
  EXPECT_EQ(json,
            "{\n"
            "\t\"dataVersion\":{\n"
            "\t\t\"counter\":0,\n"
            "\t\t\"stateVersion\":0,\n"
            "\t\t\"timestamp\":0\n"
            "\t},\n"
            "\t\"groupTopicMap\":{\n"
            "\t\t\"CG_SPEC\":[\n"
            "\t\t\t\"TopicA\"\n"
            "\t\t]\n"
            "\t},\n"
            "\t\"offsetTable\":{\n"
            "\t\t\"TopicA@CG_SPEC\":{\n"
            "\t\t\t0:3,\n"
            "\t\t\t1:3\n"
            "\t\t}\n"
            "\t},\n"
            "\t\"pullOffsetTable\":{}\n"
            "}");
  Offsets loaded;
  ASSERT_TRUE(loaded.load(json));
  EXPECT_FALSE(loaded.is_dirty());
  EXPECT_EQ(loaded.to_json(), json);
}

TEST(Offsets, take_files_of_stock_of_either_dialect) {
  Offsets offsets;
  ASSERT_TRUE(
      offsets.load("{\n\t\"offsetTable\":{\n\t\t\"T@G\":{0:3,1:3,2:3,3:4\n\t\t},\n"
                   "\t\t\"%RETRY%G@G\":{\"0\":7},\"noseparator\":{0:1}\n\t}\n}"));
  EXPECT_EQ(offsets.find("G", "T", 3), 4);
  EXPECT_EQ(offsets.find("G", "%RETRY%G", 0), 7);
}

TEST(Offsets, are_unharmed_by_a_broken_file) {
  Offsets offsets;
  offsets.commit("G", "T", 0, 5, t0);
  EXPECT_FALSE(offsets.load(""));
  EXPECT_FALSE(offsets.load(R"({"offsetTable":{"T@G":{0:)"));
  EXPECT_EQ(offsets.find("G", "T", 0), 5);
}

}  // namespace
}  // namespace rocketmq::broker
