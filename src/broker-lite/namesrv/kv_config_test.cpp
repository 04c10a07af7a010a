#include "broker-lite/namesrv/kv_config.h"

#include <gtest/gtest.h>

namespace rocketmq::namesrv {
namespace {

TEST(KvConfig, keeps_values_by_namespace_and_key) {
  KvConfig kv;
  EXPECT_EQ(kv.find("N", "k"), std::nullopt);
  ASSERT_TRUE(kv.put("N", "k", "v"));
  ASSERT_TRUE(kv.put("N", "k", "w"));
  EXPECT_EQ(kv.find("N", "k"), "w");
  EXPECT_EQ(kv.list("N"), (protocol::KVTable{{{"k", "w"}}}));
  EXPECT_EQ(kv.list("M"), std::nullopt);
  EXPECT_TRUE(kv.remove("N", "k"));
  EXPECT_FALSE(kv.remove("N", "k"));
  EXPECT_EQ(kv.list("N"), std::nullopt);
}

TEST(KvConfig, is_saved_as_stock_does_and_comes_back) {
  KvConfig kv;
  ASSERT_TRUE(kv.put("ORDER_TOPIC_CONFIG", "TopicX", "broker-a:4;broker-b:4"));
  const std::string json = kv.to_json();
  EXPECT_EQ(json,
            "{\n\t\"configTable\":{\n\t\t\"ORDER_TOPIC_CONFIG\":{\n"
            "\t\t\t\"TopicX\":\"broker-a:4;broker-b:4\"\n\t\t}\n\t}\n}");
  KvConfig loaded;
  ASSERT_TRUE(loaded.load(json));
  EXPECT_EQ(loaded.to_json(), json);
}

TEST(KvConfig, is_unharmed_by_a_broken_file) {
  KvConfig kv;
  ASSERT_TRUE(kv.put("N", "k", "v"));
  EXPECT_FALSE(kv.load(""));
  EXPECT_FALSE(kv.load(R"({"configTable":{"N":{"k":)"));
  EXPECT_EQ(kv.find("N", "k"), "v");
}

TEST(KvConfig, stops_growing_at_its_limit) {
  KvConfig kv({.bytes_max = 10});
  ASSERT_TRUE(kv.put("N", "k", "12345678"));
  EXPECT_FALSE(kv.put("N", "k", "123456789"));
  EXPECT_FALSE(kv.put("N", "l", ""));
  EXPECT_EQ(kv.find("N", "k"), "12345678");
  ASSERT_TRUE(kv.put("N", "k", ""));
  EXPECT_TRUE(kv.put("N", "l", ""));
  EXPECT_TRUE(kv.remove("N", "k"));
  EXPECT_TRUE(kv.remove("N", "l"));
  EXPECT_TRUE(kv.put("N", "k", "12345678"));
  EXPECT_FALSE(kv.load(R"({"configTable":{"N":{"k":"0123456789"}}})"));
}

}  // namespace
}  // namespace rocketmq::namesrv
