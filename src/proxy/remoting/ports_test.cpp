#include "proxy/remoting/ports.h"

#include <gtest/gtest.h>

namespace rocketmq::proxy {
namespace {

TEST(Ports, gives_each_broker_and_id_a_port_of_its_own) {
  Ports ports(8100, 3);
  EXPECT_EQ(ports.find_or_assign({"a", 0}), 8100);
  EXPECT_EQ(ports.find_or_assign({"a", 1}), 8101);
  EXPECT_EQ(ports.find_or_assign({"b", 0}), 8102);
  EXPECT_EQ(ports.find_or_assign({"a", 0}), 8100);
  EXPECT_EQ(ports.find_or_assign({"c", 0}), std::nullopt) << "all are taken";
  ASSERT_NE(ports.broker_at(8101), nullptr);
  EXPECT_EQ(*ports.broker_at(8101), (BrokerId{"a", 1}));
  EXPECT_EQ(ports.broker_at(8103), nullptr);
}

TEST(Ports, stay_the_same_over_a_restart) {
  Ports before(8100, 10);
  before.find_or_assign({"b:with:colons", 0});
  before.find_or_assign({"a", 1});
  Ports after(8100, 10);
  ASSERT_TRUE(after.load(before.to_text()));
  EXPECT_EQ(after.find_or_assign({"a", 1}), 8101);
  EXPECT_EQ(after.find_or_assign({"new", 0}), 8102);
  EXPECT_EQ(after.find_or_assign({"b:with:colons", 0}), 8100);
}

TEST(Ports, refuse_a_file_that_makes_no_sense) {
  for (const char* text : {"{", R"({"a":1})", R"({"a:x":8100})", R"({"a:0":0})", R"({"a:0":70000})",
                           R"({"a:0":8100,"b:0":8100})"}) {
    EXPECT_FALSE(Ports(8100, 10).load(text)) << text;
  }
}

}  // namespace
}  // namespace rocketmq::proxy
