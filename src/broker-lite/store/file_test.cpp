#include "broker-lite/store/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "broker-lite/store/fault_file.h"
#include "broker-lite/store/mem_file.h"
#include "broker-lite/store/posix_file.h"
#include "protocol/testing/temporary_folder.h"

namespace rocketmq::broker {
namespace {

using testing::ElementsAre;

// The same promises for every kind of folder.
class AnyDirectory : public testing::TestWithParam<const char*> {
 protected:
  AnyDirectory() {
    if (GetParam() == std::string_view("posix")) {
      directory_ = open_posix_directory(folder_.path).value();
    } else if (GetParam() == std::string_view("memory")) {
      directory_ = std::make_unique<MemDirectory>();
    } else {
      directory_ = std::make_unique<FaultDirectory>();
    }
  }

  std::shared_ptr<File> create(const std::string& path) {
    return directory_->open(path, OpenMode::create).value();
  }
  std::vector<std::string> names(const std::string& path) {
    std::vector<std::string> all;
    const auto entries = directory_->list(path).value();
    for (const auto& entry : entries) all.push_back(entry.name + (entry.is_directory ? "/" : ""));
    return all;
  }
  static std::string read(const File& file, std::int64_t position, std::size_t size) {
    std::string bytes(size, '?');
    bytes.resize(file.read(position, bytes.data(), size).value());
    return bytes;
  }

  TemporaryFolder folder_;
  std::unique_ptr<Directory> directory_;
};

INSTANTIATE_TEST_SUITE_P(All, AnyDirectory, testing::Values("posix", "memory", "faulty"),
                         [](const auto& kind) { return std::string(kind.param); });

TEST_P(AnyDirectory, reads_what_was_written) {
  const auto file = create("f");
  const std::array<std::string_view, 3> pieces = {"ab", "", "cdef"};
  file->write(3, pieces).value();
  EXPECT_EQ(file->size().value(), 9);
  EXPECT_EQ(read(*file, 0, 100), std::string("\0\0\0abcdef", 9));
  EXPECT_EQ(read(*file, 5, 2), "cd");
  EXPECT_EQ(read(*file, 9, 2), "");
  file->sync().value();
}

TEST_P(AnyDirectory, writes_more_pieces_than_one_call_takes) {
  const auto file = create("f");
  const std::vector<std::string_view> pieces(1000, "abc");
  file->write(0, pieces).value();
  EXPECT_EQ(file->size().value(), 3000);
  EXPECT_EQ(read(*file, 2997, 3), "abc");
}

TEST_P(AnyDirectory, resizes_with_zeros) {
  const auto file = create("f");
  file->write(0, "abc").value();
  file->resize(1 << 30).value();
  EXPECT_EQ(read(*file, 2, 3), std::string("c\0\0", 3));
  EXPECT_EQ(read(*file, (1 << 30) - 1, 3), std::string("\0", 1));
  file->resize(2).value();
  file->resize(4).value();
  EXPECT_EQ(read(*file, 0, 4), std::string("ab\0\0", 4));
}

TEST_P(AnyDirectory, makes_the_rest_zero_and_keeps_the_size) {
  const auto file = create("f");
  file->write(0, std::string(10000, 'x')).value();
  file->zero_from(5000).value();
  EXPECT_EQ(file->size().value(), 10000);
  EXPECT_EQ(read(*file, 4999, 2), std::string("x\0", 2));
  EXPECT_EQ(read(*file, 5000, 5000), std::string(5000, '\0'));
  file->zero_from(20000).value();
  EXPECT_EQ(file->size().value(), 10000);
}

TEST_P(AnyDirectory, shows_later_writes_in_a_view) {
  const auto file = create("f");
  file->write(0, "early").value();
  file->resize(8192).value();
  const auto view = file->view(8192).value();
  EXPECT_EQ(view->bytes().substr(0, 6), std::string_view("early\0", 6));
  file->write(4000, "later").value();
  EXPECT_EQ(view->bytes().substr(4000, 5), "later");
  EXPECT_EQ(read(*file, 4000, 5), "later");
  file->zero_from(4002).value();
  EXPECT_EQ(view->bytes().substr(4000, 3), std::string_view("la\0", 3));
}

TEST_P(AnyDirectory, knows_where_data_may_be) {
  const auto file = create("f");
  file->resize(1 << 20).value();
  EXPECT_FALSE(file->data_range(0) && file->data_range(0)->begin > 0);
  file->write(100, "abc").value();
  const auto range = file->data_range(50);
  ASSERT_TRUE(range);
  EXPECT_LE(range->begin, 100);
  EXPECT_GE(range->end, 103);
}

TEST_P(AnyDirectory, lists_and_makes_and_removes) {
  EXPECT_THAT(names("nowhere"), ElementsAre());
  directory_->create_directories("a/b/c").value();
  directory_->create_directories("a/b/c").value();
  create("a/f2");
  create("a/f1");
  EXPECT_THAT(names("a"), ElementsAre("b/", "f1", "f2"));
  EXPECT_THAT(names(""), ElementsAre("a/"));
  EXPECT_TRUE(directory_->exists("a/b").value());
  EXPECT_FALSE(directory_->exists("a/x").value());

  directory_->rename("a/f1", "a/f2").value();
  EXPECT_THAT(names("a"), ElementsAre("b/", "f2"));
  directory_->remove("a/f2").value();
  directory_->remove("a/f2").value();
  directory_->remove_all("a/b").value();
  EXPECT_THAT(names("a"), ElementsAre());
  directory_->sync("a").value();
  directory_->remove_all("nowhere").value();
}

TEST_P(AnyDirectory, says_which_file_is_missing) {
  const auto file = directory_->open("missing", OpenMode::existing);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, Errc::io_error);
  EXPECT_THAT(file.error().message, testing::HasSubstr("missing"));
  EXPECT_FALSE(directory_->open("no/folder", OpenMode::create));
}

TEST_P(AnyDirectory, keeps_a_removed_file_for_those_who_have_it_open) {
  const auto file = create("f");
  file->write(0, "abc").value();
  directory_->remove("f").value();
  EXPECT_EQ(read(*file, 0, 3), "abc");
}

TEST_P(AnyDirectory, is_locked_by_one_at_a_time) {
  auto lock = directory_->lock("lock", "lock");
  ASSERT_TRUE(lock);
  EXPECT_EQ(read_text(*directory_, "lock", 100).value(), "lock");
  EXPECT_FALSE(directory_->lock("lock", "lock"));
  lock->reset();
  EXPECT_TRUE(directory_->lock("lock", "lock"));
}

TEST_P(AnyDirectory, reads_no_text_longer_than_allowed) {
  create("f")->write(0, "abc").value();
  EXPECT_EQ(read_text(*directory_, "f", 3).value(), "abc");
  EXPECT_FALSE(read_text(*directory_, "f", 2));
}

TEST_P(AnyDirectory, knows_when_a_file_was_written) {
  const std::int64_t before = MemDirectory::system_ms();
  const auto file = create("f");
  file->write(0, "abc").value();
  const std::int64_t written = file->modified_ms().value();
  EXPECT_GE(written, before - 100);  // a system's files have a coarser clock
  EXPECT_LE(written, MemDirectory::system_ms());
}

TEST(MemFile, is_as_old_as_its_last_write) {
  std::int64_t now = 1000;
  MemDirectory directory([&now] { return now; });
  const auto file = directory.open("f", OpenMode::create).value();
  EXPECT_EQ(file->modified_ms().value(), 1000);
  now = 2000;
  EXPECT_EQ(directory.open("f", OpenMode::existing).value()->modified_ms().value(), 1000);
  file->write(0, "abc").value();
  EXPECT_EQ(file->modified_ms().value(), 2000);
}

TEST(DiskSpace, counts_what_root_keeps_back_as_not_there) {
  EXPECT_EQ((DiskSpace{.total = 1000, .free = 1000, .available = 1000}.used_percent()), 0);
  EXPECT_EQ((DiskSpace{.total = 1000, .free = 250, .available = 200}.used_percent()), 79);
  EXPECT_EQ((DiskSpace{.total = 1000, .free = 250, .available = 250}.used_percent()), 75);
  EXPECT_EQ((DiskSpace{.total = 1000, .free = 50, .available = 0}.used_percent()), 100);
  EXPECT_EQ(DiskSpace{}.used_percent(), 0);
}

TEST(PosixDirectory, knows_its_disk) {
  const TemporaryFolder folder;
  const auto space = open_posix_directory(folder.path).value()->space();
  ASSERT_TRUE(space);
  EXPECT_GT(space->total, 0);
  EXPECT_GE(space->total, space->free);
  EXPECT_GE(space->free, space->available);
  EXPECT_GT(space->used_percent(), 0);
}

TEST(PosixDirectory, says_what_the_system_said) {
  const auto directory = open_posix_directory("/dev/null/x");
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().code, Errc::io_error);
}

TEST(PosixFile, reports_a_full_disk_as_an_error) {
  auto directory = open_posix_directory("/dev").value();
  auto full = directory->open("full", OpenMode::existing);
  ASSERT_TRUE(full);
  const auto written = (*full)->write(0, "abc");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Errc::io_error);
  EXPECT_THAT(written.error().message, testing::HasSubstr("No space left"));
}

TEST(FaultDirectory, fails_on_command_and_half_does_a_write) {
  FaultDirectory directory;
  auto file = directory.open("f", OpenMode::create).value();
  directory.fail_operation(1);
  file->write(0, "abcd").value();
  EXPECT_FALSE(file->write(4, "efgh"));
  EXPECT_EQ(directory.content("f"), "abcdef");
  file->write(4, "efgh").value();
  directory.fail_from(0);
  EXPECT_FALSE(file->sync());
  EXPECT_FALSE(file->sync());
  directory.heal();
  file->sync().value();
}

TEST(FaultDirectory, forgets_what_was_not_synced_when_power_is_lost) {
  FaultDirectory directory;
  auto file = directory.open("f", OpenMode::create).value();
  file->write(0, "abcd").value();
  file->sync().value();
  file->write(2, "xxxx").value();
  file->write(1, "y").value();
  directory.lose_power();
  EXPECT_EQ(directory.content("f"), std::string("abcd\0\0", 6));
}

}  // namespace
}  // namespace rocketmq::broker
