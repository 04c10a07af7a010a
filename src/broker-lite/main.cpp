// rmq-broker-lite: a name server and a broker on one loop, in one process.

#include <unistd.h>

#include <cstdlib>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "broker-lite/command_line.h"
#include "broker-lite/servers.h"
#include "net/event_loop.h"
#include "net/http_server.h"
#include "net/status_pages.h"
#include "process/large_memory.h"
#include "process/process_log.h"
#include "process/stop_signal.h"
#include "protocol/json.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

constexpr int exit_failed = 1;
constexpr int exit_bad_usage = 2;
constexpr auto stop_time_max = std::chrono::milliseconds(2800);  // the promise is 3 s

int fail(int code, std::string_view what) {
  std::cerr << "rmq-broker-lite: " << what << '\n';
  return code;
}

struct Status {
  std::unique_ptr<net::HttpServer> server;  // none: nobody wants it
  std::string address;
};

// Before the loop runs; `servers` are there once it does.
Result<Status> serve_status(net::Loop& loop, const CommandLine& line,
                            const std::unique_ptr<Servers>& servers, ProcessLog& log) {
  Status status;
  if (line.metrics_listen.empty()) return status;
  net::HttpServerOptions options;
  options.log = [&log](std::string_view text) { log.warn(text); };
  status.server = std::make_unique<net::HttpServer>(
      loop, std::move(options),
      net::status_pages({.metrics = [&servers] { return servers->metrics(); },
                         .readiness = [&servers] { return servers->readiness(); }}));
  auto address = status.server->listen(line.metrics_listen);
  if (!address) return std::move(address).error();
  status.address = *std::move(address);
  return status;
}

std::string ready_line(const CommandLine& line, const Servers& servers,
                       const std::string& metrics_address) {
  std::string text;
  protocol::JsonWriter json(text);
  const auto add = [&json](std::string_view key, std::string_view value) {
    json.key(key);
    json.string(value);
  };
  json.begin_object();
  json.key("ready");
  json.boolean(true);
  json.key("pid");
  json.integer(::getpid());
  add("role", line.runs_namesrv ? (line.runs_broker ? "all" : "namesrv") : "broker");
  if (line.runs_namesrv) add("namesrv", servers.namesrv_address());
  if (line.runs_broker) {
    add("broker", servers.broker_address());
    add("broker_name", line.broker.broker_name);
    add("cluster", line.broker.broker_cluster_name);
    add("store", line.broker.store_path_root_dir);
  }
  if (!metrics_address.empty()) add("metrics", metrics_address);
  json.end_object();
  return text;
}

int run(const CommandLine& line) {
  give_back_large_memory();
  block_stop_signals();
  ProcessLog log(line.log_format, line.log_level);
  for (const std::string& warning : line.warnings) log.warn(warning);

  net::EventLoop loop;
  std::unique_ptr<Servers> servers;
  auto status = serve_status(loop, line, servers, log);
  if (!status) return fail(exit_failed, str("metrics: ", status.error().message));
  std::promise<void> ready;
  {
    auto started = Servers::start(
        loop, line, [&log](std::string_view text) { log.warn(text); },
        [&ready] { ready.set_value(); });
    if (!started) return fail(exit_failed, started.error().message);
    servers = *std::move(started);
  }
  loop.start();
  ready.get_future().wait();
  if (line.ready_json) std::cout << ready_line(line, *servers, status->address) << std::endl;
  log.info(str("started: ", ready_line(line, *servers, status->address)));

  wait_for_stop_signal();
  log.info("stopping");
  std::promise<Result<void>> stopped;
  loop.post([&] {
    servers->stop([&stopped](const Result<void>& result) { stopped.set_value(result); });
  });
  std::future<Result<void>> stop_result = stopped.get_future();
  if (stop_result.wait_for(stop_time_max) != std::future_status::ready) {
    std::cerr << "rmq-broker-lite: did not stop in time\n";
    std::_Exit(exit_failed);  // what would be destroyed is still in use
  }
  net::run_in(loop, [&] {
    status->server.reset();
    servers.reset();
  });
  loop.stop();
  const Result<void> result = stop_result.get();
  if (!result) return fail(exit_failed, result.error().message);
  log.info("stopped");
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace rocketmq::broker

int main(int argc, char** argv) {
  using namespace rocketmq::broker;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto line = parse_command_line(arguments);
  if (!line) return fail(exit_bad_usage, line.error().message);
  if (line->print) {
    std::cout << *line->print << std::flush;
    return std::cout ? EXIT_SUCCESS : exit_failed;
  }
  return run(*line);
}
