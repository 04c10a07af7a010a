#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/latencies.h"

namespace rocketmq::cli {

// What `rmq bench produce` and `rmq bench consume` share.
struct BenchOptions {
  std::string topic;
  std::size_t connections = 16;
  double seconds = 10;
  double warm_up_seconds = 1;
  std::vector<int> server_pids;  // whose CPU time to measure, too
};
void add_bench_options(CLI::App& command, BenchOptions& options);

// What was measured, in the time between warm-up and end.
struct BenchResult {
  double seconds = 0;
  std::uint64_t messages = 0;
  std::uint64_t failed = 0;
  std::uint64_t bytes = 0;  // of bodies
  Latencies latencies;
  std::chrono::microseconds client_cpu{};
  std::optional<std::chrono::microseconds> server_cpu;
};

// A row of a table, or a document with `settings` and everything that was measured.
using Settings = std::vector<std::pair<std::string, std::int64_t>>;
void print_bench(const Context& context, const Settings& settings, const BenchResult& result);

// Waits out the warm-up and then the time to be measured, or for an interrupt or `is_over`. Between
// them calls `begin`, behind it `end`; the clocks of the result are set.
Result<void> run_bench(
    const BenchOptions& options, BenchResult& result, const std::function<void()>& begin,
    const std::function<void()>& end, const std::function<bool()>& is_over = [] { return false; });

void add_bench_produce(CLI::App& bench, Context& context);
void add_bench_consume(CLI::App& bench, Context& context);

}  // namespace rocketmq::cli
