#include "proxy/remoting/recent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rocketmq::proxy {
namespace {

using testing::IsNull;
using testing::Pointee;

TEST(Recent, finds_what_was_noted) {
  Recent<int> recent(2);
  EXPECT_THAT(recent.find("a"), IsNull());
  EXPECT_EQ(recent.at("a")++, 0);
  EXPECT_EQ(recent.at("a")++, 1);
  EXPECT_THAT(recent.find("a"), Pointee(2));
}

TEST(Recent, forgets_the_oldest_where_there_are_too_many) {
  Recent<int> recent(2);
  recent.at("a") = 1;
  recent.at("b") = 2;
  recent.at("a") = 3;  // is there already
  recent.at("c") = 4;
  EXPECT_EQ(recent.size(), 2U);
  EXPECT_THAT(recent.find("a"), IsNull());
  EXPECT_THAT(recent.find("b"), Pointee(2));
  EXPECT_THAT(recent.find("c"), Pointee(4));
}

}  // namespace
}  // namespace rocketmq::proxy
