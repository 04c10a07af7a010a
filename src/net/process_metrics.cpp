#include "net/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/split.h"

namespace rocketmq::net {
namespace {

std::string first_line_of(const char* path) {
  std::string line;
  std::ifstream file(path);
  std::getline(file, line);
  return line;
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  return parsed.ec == std::errc() ? std::optional(value) : std::nullopt;
}

// man 5 proc: the fields behind the name, which may hold blanks itself; the first is number 3.
std::vector<std::string_view> stat_fields(std::string_view line) {
  std::vector<std::string_view> fields;
  const std::size_t name_end = line.rfind(')');
  if (name_end == line.npos || name_end + 2 > line.size()) return fields;
  std::string_view rest = line.substr(name_end + 2);
  while (!rest.empty()) fields.push_back(protocol::take_until(rest, ' '));
  return fields;
}

std::optional<double> boot_seconds() {
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("btime ")) return number(std::string_view(line).substr(6));
  }
  return std::nullopt;
}

void gauge(protocol::PrometheusText& text, std::string_view name, std::string_view help,
           std::optional<double> value) {
  if (!value) return;
  text.metric(name, "gauge", help);
  text.line(*value);
}

std::optional<double> open_files() {
  std::error_code failed;
  const std::filesystem::directory_iterator entries("/proc/self/fd", failed);
  if (failed) return std::nullopt;
  return static_cast<double>(std::distance(begin(entries), end(entries)) - 1);  // not this one
}

std::optional<double> files_max() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
    return std::nullopt;
  }
  return static_cast<double>(limit.rlim_cur);
}

}  // namespace

void write_process(protocol::PrometheusText& text) {
  rusage used{};
  if (::getrusage(RUSAGE_SELF, &used) == 0) {
    const auto seconds = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    text.metric("process_cpu_seconds_total", "counter", "User and system CPU time spent.");
    text.line(seconds(used.ru_utime) + seconds(used.ru_stime));
  }
  gauge(text, "process_open_fds", "Open files and connections.", open_files());
  gauge(text, "process_max_fds", "How many there may be.", files_max());

  constexpr std::size_t start_time = 22 - 3, virtual_bytes = 23 - 3, resident_pages = 24 - 3;
  const std::string line = first_line_of("/proc/self/stat");
  const auto fields = stat_fields(line);
  if (fields.size() <= resident_pages) return;
  gauge(text, "process_virtual_memory_bytes", "Address space, files mapped included.",
        number(fields[virtual_bytes]));
  if (const auto pages = number(fields[resident_pages])) {
    gauge(text, "process_resident_memory_bytes", "Memory in use.",
          *pages * static_cast<double>(::sysconf(_SC_PAGESIZE)));
  }
  const auto ticks = number(fields[start_time]);
  const auto boot = boot_seconds();
  if (ticks && boot) {
    gauge(text, "process_start_time_seconds", "Start of the process, seconds since 1970.",
          *boot + *ticks / static_cast<double>(::sysconf(_SC_CLK_TCK)));
  }
}

}  // namespace rocketmq::net
