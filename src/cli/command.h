#pragma once

#include <rocketmq/rocketmq.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <functional>
#include <string>

#include "cli/output.h"

namespace rocketmq::cli {

// What every command shares. A command adds its flags to the app and, when it is the one called,
// leaves what is to be done in `run`.
struct Context {
  std::string name_servers;
  std::string output = "table";
  int timeout_ms = 0;  // 0: the command's own default
  std::function<ExitCode()> run;

  bool json() const { return output == "json"; }
  std::chrono::milliseconds timeout(std::chrono::milliseconds otherwise) const {
    return timeout_ms > 0 ? std::chrono::milliseconds(timeout_ms) : otherwise;
  }
  // `request_timeout` bounds one request and its answer.
  Client client(std::chrono::milliseconds request_timeout = std::chrono::seconds(3),
                std::size_t callback_threads = 2) const;
};

void add_topic_commands(CLI::App& app, Context& context);
void add_cluster_command(CLI::App& app, Context& context);
void add_produce_command(CLI::App& app, Context& context);
void add_bench_command(CLI::App& app, Context& context);
void add_consume_command(CLI::App& app, Context& context);

}  // namespace rocketmq::cli
