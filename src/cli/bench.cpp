#include "cli/bench.h"

#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/cpu_time.h"
#include "cli/interrupt.h"

namespace rocketmq::cli {
namespace {

using std::chrono::duration;
using Clock = std::chrono::steady_clock;

struct Percentile {
  const char* title;
  const char* key;
  double percent;
};
constexpr Percentile percentiles[] = {{"P50", "p50", 50},
                                      {"P90", "p90", 90},
                                      {"P99", "p99", 99},
                                      {"P99.9", "p99_9", 99.9},
                                      {"MAX", "max", 100}};

std::string decimal(double number, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, number);
  return text;
}

double micros(std::chrono::nanoseconds time) { return duration<double, std::micro>(time).count(); }

double a_message(std::chrono::microseconds time, const BenchResult& result) {
  return static_cast<double>(time.count()) /
         static_cast<double>(std::max<std::uint64_t>(1, result.messages));
}

std::string upper(std::string text) {
  for (char& c : text) c = c == '_' ? ' ' : static_cast<char>(std::toupper(c));
  return text;
}

void print_table(const Settings& settings, const BenchResult& result, double rate) {
  std::vector<std::string> titles;
  std::vector<std::string> cells;
  const auto column = [&](std::string title, std::string cell) {
    titles.push_back(std::move(title));
    cells.push_back(std::move(cell));
  };
  for (const auto& [name, value] : settings) column(upper(name), std::to_string(value));
  column("MESSAGES", std::to_string(result.messages));
  column("FAILED", std::to_string(result.failed));
  column("PER SECOND", decimal(rate, 0));
  column("MB/S", decimal(static_cast<double>(result.bytes) / 1e6 / result.seconds, 1));
  if (result.latencies.count() > 0) {
    for (const auto& [title, key, percent] : percentiles) {
      column(std::string(title) + " US", decimal(micros(result.latencies.percentile(percent)), 0));
    }
  }
  column("CLIENT US/MSG", decimal(a_message(result.client_cpu, result), 2));
  if (result.server_cpu) {
    column("SERVER US/MSG", decimal(a_message(*result.server_cpu, result), 2));
  }
  Table table(titles);
  table.row(cells);
  table.print(std::cout);
}

void print_json(const Settings& settings, const BenchResult& result, double rate) {
  nlohmann::ordered_json document;
  for (const auto& [name, value] : settings) document[name] = value;
  document["seconds"] = result.seconds;
  document["messages"] = result.messages;
  document["failed"] = result.failed;
  document["bytes"] = result.bytes;
  document["per_second"] = rate;
  if (result.latencies.count() > 0) {
    for (const auto& [title, key, percent] : percentiles) {
      document["latency_us"][key] = micros(result.latencies.percentile(percent));
    }
  }
  document["client_cpu_us_a_message"] = a_message(result.client_cpu, result);
  if (result.server_cpu) {
    document["server_cpu_us_a_message"] = a_message(*result.server_cpu, result);
  }
  std::cout << document.dump(2) << '\n';
}

}  // namespace

void add_bench_options(CLI::App& command, BenchOptions& options) {
  command.add_option("topic", options.topic, "the topic")->required();
  command.add_option("--connections", options.connections, "clients, each with its connection")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command.add_option("--seconds", options.seconds, "how long to measure")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
  command.add_option("--warm-up", options.warm_up_seconds, "seconds before that")
      ->check(CLI::Range(0.0, 3600.0))
      ->capture_default_str();
  command.add_option("--server-pid", options.server_pids,
                     "a server's process on this machine, to measure its CPU time; may be given "
                     "several times");
}

void print_bench(const Context& context, const Settings& settings, const BenchResult& result) {
  const double rate = static_cast<double>(result.messages) / result.seconds;
  context.json() ? print_json(settings, result, rate) : print_table(settings, result, rate);
}

Result<void> run_bench(const BenchOptions& options, BenchResult& result,
                       const std::function<void()>& begin, const std::function<void()>& end,
                       const std::function<bool()>& is_over) {
  const auto wait = [&](double seconds) {
    const auto until =
        Clock::now() + std::chrono::duration_cast<Clock::duration>(duration<double>(seconds));
    while (Clock::now() < until && !interrupted && !is_over()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  };
  wait(options.warm_up_seconds);
  auto servers_before = cpu_time_of(options.server_pids);
  if (!servers_before) return std::move(servers_before).error();
  const auto own_before = own_cpu_time();
  const auto began = Clock::now();
  begin();
  wait(options.seconds);
  end();
  result.seconds = duration<double>(Clock::now() - began).count();
  result.client_cpu = own_cpu_time() - own_before;
  if (options.server_pids.empty()) return {};
  auto servers_after = cpu_time_of(options.server_pids);
  if (!servers_after) return std::move(servers_after).error();
  result.server_cpu = *servers_after - *servers_before;
  return {};
}

void add_bench_command(CLI::App& app, Context& context) {
  CLI::App* const bench = app.add_subcommand("bench", "measure a cluster, from this machine");
  bench->require_subcommand(1);
  bench->fallthrough();
  add_bench_produce(*bench, context);
  add_bench_consume(*bench, context);
}

}  // namespace rocketmq::cli
