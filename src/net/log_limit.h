#pragma once

#include <cstdint>

#include "net/loop.h"

namespace rocketmq::net {

// Keeps a flood of failures from becoming a flood of lines: so many a second, the rest are counted.
class LogLimit {
 public:
  explicit LogLimit(std::uint64_t lines_per_second = 10) : lines_per_second_(lines_per_second) {}

  struct Verdict {
    bool may_log;
    std::uint64_t suppressed;  // lines left out before this one
  };
  Verdict ask(TimePoint now);

 private:
  const std::uint64_t lines_per_second_;
  TimePoint second_began_{};
  std::uint64_t lines_ = 0;
  std::uint64_t suppressed_ = 0;
};

}  // namespace rocketmq::net
