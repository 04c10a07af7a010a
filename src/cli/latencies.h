#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace rocketmq::cli {

// How long things took, kept so that percentiles are right to 2 % whatever the range: 64 equal
// steps for each power of two, of nanoseconds.
class Latencies {
 public:
  using Duration = std::chrono::nanoseconds;

  void add(Duration took);
  void add(const Latencies& others);

  std::uint64_t count() const { return count_; }
  // The time that so many percent did not exceed; zero where there is none.
  Duration percentile(double percent) const;
  Duration max() const { return Duration(max_); }

 private:
  std::vector<std::uint64_t> counts_;  // as long as needed
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace rocketmq::cli
