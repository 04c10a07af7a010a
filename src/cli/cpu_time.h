#pragma once

#include <rocketmq/result.h>

#include <chrono>
#include <vector>

namespace rocketmq::cli {

// User and system time, of all threads together.
std::chrono::microseconds own_cpu_time();
// The same of other processes of this machine, added up. To 10 ms, as the system counts.
Result<std::chrono::microseconds> cpu_time_of(const std::vector<int>& pids);

}  // namespace rocketmq::cli
