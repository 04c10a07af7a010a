#include "cli/output.h"

#include <gtest/gtest.h>

#include <sstream>

namespace rocketmq::cli {
namespace {

TEST(Table, lines_columns_up_and_sets_numbers_right) {
  Table table({"TOPIC", "QUEUES"});
  table.row({"标签", "8"});
  table.row({"orders-eu", "16"});
  std::ostringstream out;
  table.print(out);
  EXPECT_EQ(out.str(),
            "TOPIC      QUEUES\n"
            "标签              8\n"
            "orders-eu      16\n");
}

TEST(ExitCode, tells_a_refusal_from_silence) {
  EXPECT_EQ(exit_code_of({Errc::timeout, ""}), ExitCode::timed_out);
  EXPECT_EQ(exit_code_of({Errc::not_connected, ""}), ExitCode::not_reachable);
  EXPECT_EQ(exit_code_of({Errc::no_name_server, ""}), ExitCode::not_reachable);
  EXPECT_EQ(exit_code_of({Errc::invalid_argument, ""}), ExitCode::bad_usage);
  EXPECT_EQ(exit_code_of({ResponseCode::topic_not_exist, ""}), ExitCode::refused);
}

TEST(Report, says_what_to_do_next) {
  std::ostringstream err;
  EXPECT_EQ(report(err, {Errc::not_connected, "127.0.0.1:9876 refused"}), ExitCode::not_reachable);
  EXPECT_NE(err.str().find("127.0.0.1:9876 refused (not_connected)"), std::string::npos);
  EXPECT_NE(err.str().find("-n HOST:PORT"), std::string::npos);
}

TEST(Printable, shows_control_characters_and_broken_utf8) {
  EXPECT_EQ(printable(std::string_view("a\x1b[2J\xff标\xe6", 10)), "a\\x1b[2J\\xff标\\xe6");
  EXPECT_TRUE(is_utf8("标签 plain"));
  EXPECT_FALSE(is_utf8("\xc3\x28"));
  EXPECT_FALSE(is_utf8("\xe6\xa0"));
}

TEST(Base64, pads) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
}

TEST(LocalTime, has_milliseconds_and_a_dash_for_never) {
  EXPECT_EQ(local_time(0), "-");
  EXPECT_EQ(local_time(-1), "-");
  EXPECT_EQ(local_time(1'700'000'000'007).substr(19), ".007");
}

}  // namespace
}  // namespace rocketmq::cli
