#include "broker-lite/store/commit_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker-lite/store/fault_file.h"

namespace rocketmq::broker {
namespace {

constexpr std::int64_t file_size = 100;
const std::string file_0 = "commitlog/00000000000000000000";
const std::string file_100 = "commitlog/00000000000000000100";

struct Log {
  FaultDirectory directory;
  CommitLog log{directory, file_size};
  Log() { log.load().value(); }

  std::int64_t append(std::string_view bytes) {
    const auto slot = log.append(bytes.size());
    bytes.copy(slot.bytes, bytes.size());
    return slot.position;
  }
};

TEST(MappedFileName, has_twenty_digits) {
  EXPECT_EQ(mapped_file_name(1073741824), "00000000001073741824");
  EXPECT_EQ(parse_mapped_file_name("00000000001073741824"), 1073741824);
  for (const char* name :
       {"", "1", "0000000000107374182x", "99999999999999999999", "09223372036854775807",
        "-0000000001073741824", "000000000010737418240"}) {
    EXPECT_EQ(parse_mapped_file_name(name), std::nullopt) << name;
  }
}

TEST(CommitLog, shows_nothing_before_it_is_written_out) {
  Log l;
  EXPECT_EQ(l.append("abc"), 0);
  EXPECT_EQ(l.append("de"), 3);
  EXPECT_FALSE(l.log.read(0, 3));
  EXPECT_FALSE(*l.directory.exists(file_0));
  l.log.write_out().value();
  EXPECT_EQ(l.log.read(0, 3)->bytes, "abc");
  EXPECT_EQ(l.log.read(3, 2)->bytes, "de");
  EXPECT_EQ(l.log.read_from(3)->bytes, "de");
  EXPECT_FALSE(l.log.read(3, 3)) << "behind the end";
  EXPECT_FALSE(l.log.read(-1, 1));
  EXPECT_FALSE(l.log.read(0, -1));
}

TEST(CommitLog, makes_files_of_full_size) {
  Log l;
  l.append("abc");
  l.log.write_out().value();
  EXPECT_EQ(l.directory.content(file_0).size(), 100U);
}

TEST(CommitLog, ends_a_file_with_the_blank_stock_writes) {
  Log l;
  l.append(std::string(80, 'a'));
  EXPECT_EQ(l.append(std::string(13, 'b')), 100) << "8 bytes always stay free";
  l.log.write_out().value();
  EXPECT_EQ(l.directory.content(file_0).substr(80),
            std::string("\0\0\0\x14\xcb\xd4\x31\x94", 8) + std::string(12, '\0'));
  EXPECT_EQ(l.log.read(100, 13)->bytes, std::string(13, 'b'));
}

TEST(CommitLog, fills_a_file_up_to_the_last_eight_bytes) {
  Log l;
  l.append(std::string(80, 'a'));
  EXPECT_EQ(l.append(std::string(12, 'b')), 80);
  EXPECT_EQ(l.append("c"), 100);
  EXPECT_EQ(l.log.block_size_max(), 92U);
  EXPECT_EQ(l.append(std::string(92, 'd')), 200);
  l.log.write_out().value();
  EXPECT_EQ(l.log.read(200, 92)->bytes, std::string(92, 'd'));
}

TEST(CommitLog, drops_all_that_is_pending_when_a_write_fails) {
  Log l;
  l.append("abc");
  l.log.write_out().value();
  l.append("lost");
  l.directory.fail_operation(0);
  EXPECT_FALSE(l.log.write_out());
  EXPECT_EQ(l.log.end(), 3);
  EXPECT_FALSE(l.log.has_pending());
  EXPECT_EQ(l.append("de"), 3);
  l.log.write_out().value();
  EXPECT_EQ(l.log.read_from(0)->bytes, "abcde");
}

TEST(CommitLog, cleans_up_behind_a_failed_write_even_over_two_files) {
  Log l;
  l.append(std::string(50, 'a'));
  l.log.write_out().value();
  l.append(std::string(40, 'b'));
  l.append(std::string(60, 'c'));
  l.directory.fail_operation(4);  // write, create folder entry, size, sync … then the second write
  EXPECT_FALSE(l.log.write_out());
  EXPECT_EQ(l.log.end(), 50);
  l.append("d");
  l.log.write_out().value();
  EXPECT_EQ(l.directory.content(file_0), std::string(50, 'a') + 'd' + std::string(49, '\0'));
  if (*l.directory.exists(file_100)) {
    EXPECT_EQ(l.directory.content(file_100), std::string(100, '\0'));
  }
}

TEST(CommitLog, loads_files_that_follow_each_other) {
  Log l;
  for (int i = 0; i < 5; ++i) l.append(std::string(60, 'a'));
  l.log.write_out().value();
  CommitLog again(l.directory, file_size);
  again.load().value();
  EXPECT_EQ(again.file_count(), 5U);
  again.truncate(460).value();
  EXPECT_EQ(again.committed(), 460);
  EXPECT_EQ(again.read(400, 60)->bytes, std::string(60, 'a'));
}

TEST(CommitLog, tolerates_a_last_file_whose_creation_was_cut_short) {
  Log l;
  l.append(std::string(60, 'a'));
  l.log.write_out().value();
  l.directory.files().open(file_100, OpenMode::create).value();
  CommitLog again(l.directory, file_size);
  again.load().value();
  EXPECT_EQ(l.directory.content(file_100).size(), 100U);
}

TEST(CommitLog, cuts_and_leaves_zeros) {
  Log l;
  for (int i = 0; i < 5; ++i) l.append(std::string(60, 'a'));
  l.log.write_out().value();
  l.log.truncate(130).value();
  EXPECT_EQ(l.directory.content(file_100), std::string(30, 'a') + std::string(70, '\0'));
  EXPECT_FALSE(*l.directory.exists("commitlog/00000000000000000200"));
  EXPECT_FALSE(l.log.read(130, 1));
  EXPECT_EQ(l.append("b"), 130);
}

TEST(CommitLog, makes_the_next_file_when_the_last_is_half_full) {
  Log l;
  l.append(std::string(49, 'a'));
  l.log.write_out().value();
  l.log.prepare_next_file();
  EXPECT_FALSE(*l.directory.exists(file_100));
  l.append("a");
  l.log.write_out().value();
  l.log.prepare_next_file();
  EXPECT_TRUE(*l.directory.exists(file_100));
  l.log.prepare_next_file();
  EXPECT_EQ(l.log.file_count(), 2U);
  l.log.remove_unused_files().value();
  EXPECT_FALSE(*l.directory.exists(file_100));
}

TEST(CommitLog, names_the_files_to_sync) {
  Log l;
  for (int i = 0; i < 3; ++i) l.append(std::string(60, 'a'));
  l.log.write_out().value();
  EXPECT_EQ(l.log.files_of(0, 260).size(), 3U);
  EXPECT_EQ(l.log.files_of(100, 200).size(), 1U);
  EXPECT_EQ(l.log.files_of(100, 100).size(), 0U);
}

}  // namespace
}  // namespace rocketmq::broker
