#pragma once

#include <rocketmq/result.h>

#include <iosfwd>
#include <string>
#include <vector>

namespace rocketmq::cli {

// What scripts may rely on; documented in `rmq --help`.
enum class ExitCode { ok = 0, refused = 1, bad_usage = 2, not_reachable = 3, timed_out = 4 };

ExitCode exit_code_of(const Error& error);

// One line on stderr, with what to do next where we know; returns the exit code that fits.
ExitCode report(std::ostream& err, const Error& error);

// Rows whose columns line up. A column whose cells are all numbers is set flush right.
class Table {
 public:
  explicit Table(std::vector<std::string> titles) : titles_(std::move(titles)) {}
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  void print(std::ostream& out) const;

 private:
  std::vector<std::string> titles_;
  std::vector<std::vector<std::string>> rows_;
};

// "2026-11-24 07:30:00.123" in local time; "-" for the epoch, which stands for "never".
std::string local_time(std::int64_t unix_ms);

// Bytes as a terminal can show them: control characters and what is not UTF-8 as \xNN.
std::string printable(std::string_view bytes);
bool is_utf8(std::string_view bytes);
std::string base64(std::string_view bytes);

}  // namespace rocketmq::cli
