#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace rocketmq::protocol {

// What became of requests of one code. times[i] were answered in less than 2^i ms, and not in less
// than half of that; the last one has the rest.
struct CallCounter {
  std::uint64_t answered = 0;  // refusals too
  std::uint64_t refused = 0;   // answered with another code than success
  std::uint64_t failed = 0;    // not answered: in time, or because the connection ended
  std::uint64_t total_us = 0;  // all that were answered took, together
  std::array<std::uint64_t, 17> times{};
};

// The same of all codes. Belongs to a loop, shared by its sessions. Allocates for a code's first
// call only.
class CallCounters {
 public:
  using Duration = std::chrono::steady_clock::duration;

  void answered(std::int32_t code, std::int32_t answer_code, Duration took) {
    CallCounter& counter = by_code_[code];
    ++counter.answered;
    if (answer_code != 0) ++counter.refused;
    const std::int64_t us = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
    const auto whole_us = static_cast<std::uint64_t>(std::max<std::int64_t>(us, 0));
    counter.total_us += whole_us;
    const auto width = std::bit_width(whole_us / 1000);
    ++counter.times[std::min(static_cast<std::size_t>(width), counter.times.size() - 1)];
  }
  void failed(std::int32_t code) { ++by_code_[code].failed; }
  void add_under_way(std::ptrdiff_t calls) { under_way_ += calls; }

  const std::unordered_map<std::int32_t, CallCounter>& by_code() const { return by_code_; }
  // Calls that wait for an answer now.
  std::ptrdiff_t under_way() const { return under_way_; }

 private:
  std::unordered_map<std::int32_t, CallCounter> by_code_;
  std::ptrdiff_t under_way_ = 0;
};

}  // namespace rocketmq::protocol
