// rmq-proxy: one address for RocketMQ clients and HTTP, in front of a cluster.

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "net/event_loop.h"
#include "process/process_log.h"
#include "process/stop_signal.h"
#include "protocol/json.h"
#include "protocol/str.h"
#include "proxy/command_line.h"
#include "proxy/http_front.h"
#include "proxy/proxy.h"

namespace rocketmq::proxy {
namespace {

constexpr int exit_failed = 1;
constexpr int exit_bad_usage = 2;
// Connections of clients that do not close theirs last a second longer.
constexpr auto stop_time_beyond_drain = std::chrono::seconds(3);
constexpr auto look_for_peers_every = std::chrono::milliseconds(20);

int fail(int code, std::string_view what) {
  std::cerr << "rmq-proxy: " << what << '\n';
  return code;
}

std::string ready_line(const Proxy& proxy, const HttpFront* http) {
  std::string text;
  protocol::JsonWriter json(text);
  json.begin_object();
  json.key("ready");
  json.boolean(true);
  json.key("pid");
  json.integer(::getpid());
  json.key("remoting");
  json.string(proxy.remoting_address());
  if (http != nullptr) {
    json.key("http");
    json.string(http->address());
  }
  if (!proxy.metrics_address().empty()) {
    json.key("metrics");
    json.string(proxy.metrics_address());
  }
  json.end_object();
  return text;
}

// None: it is off.
Result<std::unique_ptr<HttpFront>> start_http(const CommandLine& line, ProcessLog& log) {
  if (!line.http) return std::unique_ptr<HttpFront>();
  gateway::GatewayOptions options = *line.http;
  options.log = [&log](std::string_view text) { log.warn(text); };
  if (line.options.http_access_log) {
    options.access_log = [&log](std::string_view text) { log.info(text); };
  }
  if (options.users.empty() && options.tokens.empty()) {
    log.info(
        "whoever reaches the HTTP gateway may use it: httpUsersFile and httpTokensFile are unset");
  }
  return HttpFront::start(std::move(options), line.options.http);
}

// A peer whose connection is open may have a request on its way.
void wait_until_drained(const HttpFront& http, std::chrono::steady_clock::time_point deadline) {
  while (!http.is_drained() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(look_for_peers_every);
  }
}

// The files that settings name are read anew: users, certificates. One that is wrong changes
// nothing.
void reload(const CommandLine& line, net::Loop& loop, Proxy& proxy, ProcessLog& log) {
  const auto front = front_options(line.options);
  if (!front) return log.warn(str("SIGHUP: nothing is changed: ", front.error().message));
  net::run_in(loop, [&] { proxy.reload(*front); });
  log.info("SIGHUP: users and certificates were read anew");
}

int run(const CommandLine& line) {
  block_signals();
  ProcessLog log(line.log_format, line.log_level);
  auto http = start_http(line, log);
  if (!http) return fail(exit_failed, http.error().message);
  net::EventLoop loop;
  std::unique_ptr<Proxy> proxy;
  {
    FrontOptions front = line.front;
    if (line.options.access_log) {
      front.metrics.access_log = [&log](std::string_view text) { log.info(text); };
    }
    auto started =
        Proxy::start(loop, line.options, front, [&log](std::string_view text) { log.warn(text); });
    if (!started) return fail(exit_failed, started.error().message);
    proxy = *std::move(started);
  }
  loop.start();
  const std::string ready = ready_line(*proxy, http->get());
  if (line.ready_json) std::cout << ready << std::endl;
  log.info(str("started: ", ready));

  while (wait_for_signal() == Signal::reload) reload(line, loop, *proxy, log);
  log.info("stopping");
  const std::chrono::milliseconds drain_time(line.options.drain_time_ms);
  const auto drained_by = std::chrono::steady_clock::now() + drain_time;
  // What is given back, and said in the end, needs some of the time.
  if (*http) (*http)->drain(drain_time * 3 / 4);
  std::promise<void> stopped;
  loop.post([&] { proxy->stop([&stopped] { stopped.set_value(); }); });
  if (*http) wait_until_drained(**http, drained_by);
  http->reset();
  const auto stop_time_max = drain_time + stop_time_beyond_drain;
  if (stopped.get_future().wait_for(stop_time_max) != std::future_status::ready) {
    std::cerr << "rmq-proxy: did not stop in time\n";
    std::_Exit(exit_failed);  // what would be destroyed is still in use
  }
  net::run_in(loop, [&] { proxy.reset(); });
  loop.stop();
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
