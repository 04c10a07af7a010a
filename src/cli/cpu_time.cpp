#include "cli/cpu_time.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace rocketmq::cli {
namespace {

using std::chrono::microseconds;

microseconds us_of(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + microseconds(time.tv_usec);
}

// man 5 proc: utime and stime are fields 14 and 15; the name, field 2, may hold anything.
Result<std::int64_t> ticks_of(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::size_t name_end = text.rfind(')');
  if (name_end == text.npos) {
    return Error{Errc::invalid_argument, "there is no process " + std::to_string(pid)};
  }
  std::istringstream rest(text.substr(name_end + 1));
  std::string field;
  constexpr int fields_before = 14 - 3;
  for (int i = 0; i < fields_before; ++i) rest >> field;
  std::int64_t user = 0;
  std::int64_t system = 0;
  rest >> user >> system;
  return user + system;
}

}  // namespace

microseconds own_cpu_time() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return us_of(used.ru_utime) + us_of(used.ru_stime);
}

Result<microseconds> cpu_time_of(const std::vector<int>& pids) {
  std::int64_t ticks = 0;
  for (const int pid : pids) {
    const auto found = ticks_of(pid);
    if (!found) return found.error();
    ticks += *found;
  }
  return microseconds(ticks * 1'000'000 / sysconf(_SC_CLK_TCK));
}

}  // namespace rocketmq::cli
