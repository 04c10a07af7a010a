#include "client/local_offset_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "protocol/testing/temporary_folder.h"

namespace rocketmq::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

struct LocalOffsetFileTest : testing::Test {
  void write(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path) << text;
  }
  std::string read(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  const TemporaryFolder folder;
  const std::string& dir = folder.path;
  const LocalOffsetFile file{LocalOffsetFile::path_for(dir, "1.2.3.4@x", "g")};
  const MessageQueue first{"T", "b-a", 0};
  const MessageQueue second{"T", "b-a", 1};
};

TEST_F(LocalOffsetFileTest, is_where_java_looks_for_it) {
  EXPECT_EQ(file.path(), dir + "/1.2.3.4@x/g/offsets.json");
}

TEST_F(LocalOffsetFileTest, reads_what_java_writes) {
  write(file.path(),
        "{\n\t\"offsetTable\":{{\n\t\t\t\"brokerName\":\"b-a\",\n\t\t\t\"queueId\":0,"
        "\n\t\t\t\"topic\":\"T\"\n\t\t}:5\n\t}\n}");
  EXPECT_THAT(*file.load(), ElementsAre(Pair(first, 5)));
}

TEST_F(LocalOffsetFileTest, is_nothing_where_there_is_none) {
  EXPECT_THAT(*file.load(), IsEmpty());
}

TEST_F(LocalOffsetFileTest, keeps_the_offsets_of_queues_it_is_not_told_of) {
  ASSERT_TRUE(file.save({{first, 5}}));
  ASSERT_TRUE(file.save({{second, 7}}));
  EXPECT_THAT(*file.load(), ElementsAre(Pair(first, 5), Pair(second, 7)));
}

TEST_F(LocalOffsetFileTest, has_a_backup_of_what_was_there_before) {
  ASSERT_TRUE(file.save({{first, 5}}));
  const std::string before = read(file.path());
  ASSERT_TRUE(file.save({{first, 6}}));
  EXPECT_EQ(read(file.path() + ".bak"), before);
  write(file.path(), "{ half");
  EXPECT_THAT(*file.load(), ElementsAre(Pair(first, 5)));
  std::filesystem::remove(file.path());
  EXPECT_THAT(*file.load(), ElementsAre(Pair(first, 5)));
}

TEST_F(LocalOffsetFileTest, fails_where_nothing_can_be_read) {
  write(file.path(), "{ half");
  write(file.path() + ".bak", "{ half");
  const auto loaded = file.load();
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, Errc::invalid_argument);
  EXPECT_THAT(loaded.error().message, HasSubstr("offsets.json.bak"));
}

TEST_F(LocalOffsetFileTest, says_where_it_cannot_write) {
  write(dir, "");  // a file where the folder should be
  const auto saved = file.save({{first, 1}});
  ASSERT_FALSE(saved);
  EXPECT_THAT(saved.error().message, HasSubstr(file.path()));
}

}  // namespace
}  // namespace rocketmq::client
