// rmq-proxy: one address for RocketMQ clients and HTTP, in front of a cluster.

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "process/large_memory.h"
#include "process/process_log.h"
#include "process/stop_signal.h"
#include "protocol/json.h"
#include "protocol/str.h"
#include "proxy/command_line.h"
#include "proxy/fronts.h"

namespace rocketmq::proxy {
namespace {

constexpr int exit_failed = 1;
constexpr int exit_bad_usage = 2;

int fail(int code, std::string_view what) {
  std::cerr << "rmq-proxy: " << what << '\n';
  return code;
}

std::string ready_line(const Fronts& fronts) {
  std::string text;
  protocol::JsonWriter json(text);
  json.begin_object();
  json.key("ready");
  json.boolean(true);
  json.key("pid");
  json.integer(::getpid());
  json.key("remoting");
  json.string(fronts.remoting_address());
  if (const std::string address = fronts.http_address(); !address.empty()) {
    json.key("http");
    json.string(address);
  }
  if (const std::string address = fronts.metrics_address(); !address.empty()) {
    json.key("metrics");
    json.string(address);
  }
  json.end_object();
  return text;
}

void reload(Fronts& fronts, ProcessLog& log) {
  if (const auto reloaded = fronts.reload(); !reloaded) {
    return log.warn(str("SIGHUP: nothing is changed: ", reloaded.error().message));
  }
  log.info("SIGHUP: users and certificates were read anew");
}

int run(const CommandLine& line) {
  give_back_large_memory();
  block_signals();
  ProcessLog log(line.log_format, line.log_level);
  auto fronts = Fronts::start(line, {.warn = [&log](std::string_view text) { log.warn(text); },
                                     .info = [&log](std::string_view text) { log.info(text); }});
  if (!fronts) return fail(exit_failed, fronts.error().message);
  const std::string ready = ready_line(**fronts);
  if (line.ready_json) std::cout << ready << std::endl;
  log.info(str("started: ", ready));

  while (wait_for_signal() == Signal::reload) reload(**fronts, log);
  log.info("stopping");
  if (const auto drained = (*fronts)->drain(); !drained) {
    // What would be destroyed is still in use.
    std::_Exit(fail(exit_failed, drained.error().message));
  }
  fronts->reset();
  log.info("stopped");
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace rocketmq::proxy

int main(int argc, char** argv) {
  using namespace rocketmq::proxy;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto line = parse_command_line(arguments);
  if (!line) return fail(exit_bad_usage, line.error().message);
  if (line->print) {
    std::cout << *line->print << std::flush;
    return std::cout ? EXIT_SUCCESS : exit_failed;
  }
  return run(*line);
}
