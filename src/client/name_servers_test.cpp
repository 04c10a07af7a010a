#include "client/name_servers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rocketmq::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(NameServers, goes_round_from_where_it_starts) {
  NameServers servers({"a", "b", "c"}, 4);
  EXPECT_EQ(servers.current(), "b");
  servers.failed("b");
  servers.failed("b");  // somebody else who was there at the same time
  EXPECT_EQ(servers.current(), "c");
  servers.failed("c");
  EXPECT_EQ(servers.current(), "a");
}

TEST(NameServers, another_list_keeps_the_current_one_if_it_is_in_it) {
  NameServers servers({"a", "b"}, 1);
  EXPECT_THAT(servers.replace({"c", "b", "d"}, 0), ElementsAre("a"));
  EXPECT_EQ(servers.current(), "b");
  EXPECT_THAT(servers.replace({"d", "c"}, 3), ElementsAre("b"));
  EXPECT_EQ(servers.current(), "c");
  EXPECT_THAT(servers.replace({"c", "d"}, 0), IsEmpty());
  EXPECT_THAT(servers.replace({}, 5), ElementsAre("c", "d"));
  EXPECT_TRUE(servers.empty());
  EXPECT_THAT(servers.replace({"e"}, 5), IsEmpty());
  EXPECT_EQ(servers.current(), "e");
}

}  // namespace
}  // namespace rocketmq::client
