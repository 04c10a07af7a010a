// rmq: the command line, a user of the SDK like any other.
#include <cstdlib>
#include <iostream>

#include "cli/command.h"

namespace rocketmq::cli {

Client Context::client(std::chrono::milliseconds request_timeout,
                       std::size_t callback_threads) const {
  ClientOptions options;
  options.name_servers = name_servers;
  options.request_timeout = request_timeout;
  options.callback_threads = callback_threads;
  options.log_level = LogLevel::warning;
  if (std::getenv("RMQ_DEBUG") != nullptr) options.log_level = LogLevel::debug;
  options.log = [](LogLevel level, std::string_view text) {
    if (level >= LogLevel::error || std::getenv("RMQ_DEBUG") != nullptr) std::cerr << text << '\n';
  };
  return Client(std::move(options));
}

}  // namespace rocketmq::cli

int main(int argc, char** argv) {
  using namespace rocketmq::cli;
  CLI::App app("rmq: send, receive and look after Apache RocketMQ clusters", "rmq");
  app.require_subcommand(1);
  app.fallthrough();  // -n, -o and --timeout may stand anywhere
  app.footer(
      "Exit codes: 0 ok, 1 the cluster said no, 2 bad usage, 3 not reachable, 4 timed out.\n"
      "RMQ_DEBUG=1 in the environment shows what the client does.");

  Context context;
  app.add_option("-n,--namesrv", context.name_servers, "name servers, host:port;host:port")
      ->envname("NAMESRV_ADDR")
      ->default_str("127.0.0.1:9876");
  app.add_option("-o,--output", context.output, "table or json")
      ->check(CLI::IsMember({"table", "json"}));
  app.add_option("--timeout", context.timeout_ms, "milliseconds to wait for an answer")
      ->check(CLI::Range(1, 3'600'000));
  add_topic_commands(app, context);
  add_cluster_command(app, context);
  add_produce_command(app, context);
  add_consume_command(app, context);
  add_bench_command(app, context);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : static_cast<int>(ExitCode::bad_usage);
  }
  if (context.name_servers.empty()) context.name_servers = "127.0.0.1:9876";
  return static_cast<int>(context.run());
}
