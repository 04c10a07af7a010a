#include "net/watched_files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "net/sim_loop.h"
#include "protocol/testing/temporary_folder.h"

namespace rocketmq::net {
namespace {

using namespace std::chrono_literals;

TEST(WatchedFiles, say_when_one_changes_comes_or_goes) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.path);
  const std::string a = folder.path + "/a", b = folder.path + "/b";
  std::ofstream(a) << "one";
  SimLoop loop;
  int changes = 0;
  const WatchedFiles watched(loop, {a, "", b}, 10s, [&] { ++changes; });
  loop.advance(1min);
  EXPECT_EQ(changes, 0);
  std::ofstream(a) << "two";
  loop.advance(9s);
  EXPECT_EQ(changes, 0);
  loop.advance(1s);
  EXPECT_EQ(changes, 1);
  std::ofstream(b).flush();
  loop.advance(10s);
  EXPECT_EQ(changes, 2) << "there now, if empty";
  std::filesystem::remove(b);
  loop.advance(1min);
  EXPECT_EQ(changes, 3) << "once";
}

}  // namespace
}  // namespace rocketmq::net
