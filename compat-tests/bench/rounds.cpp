#include "bench/rounds.h"

#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

namespace rocketmq::bench {
namespace {

#ifdef __clang__
constexpr const char* compiler = __VERSION__;
#else
constexpr const char* compiler = "g++ " __VERSION__;
#endif
#ifdef NDEBUG
constexpr const char* build = ", release";
#else
constexpr const char* build = ", debug";
#endif

std::int64_t microseconds(const timeval& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000 + time.tv_usec;
}

// Of all threads; in microseconds.
std::int64_t cpu_time() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
}

void print(const nlohmann::json& line) { std::cout << line.dump() << std::endl; }

}  // namespace

int run_rounds(const SendRound& send) {
  using Clock = std::chrono::steady_clock;
  print({{"ready", std::string(compiler) + build}});
  std::size_t body_bytes = 0;
  std::size_t count = 0;
  while (std::cin >> body_bytes >> count) {
    const Clock::time_point begun = Clock::now();
    const std::int64_t cpu_before = cpu_time();
    const std::size_t failures = send(body_bytes, count);
    print({{"cpu_us", cpu_time() - cpu_before},
           {"seconds", std::chrono::duration<double>(Clock::now() - begun).count()},
           {"failures", failures}});
  }
  return 0;
}

}  // namespace rocketmq::bench
