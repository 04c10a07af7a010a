#include "proxy/command_line.h"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iterator>
#include <utility>

#include "protocol/str.h"

namespace rocketmq::proxy {
namespace {

// The flags as written; empty: not given.
struct Flags {
  std::string namesrv;
  std::string listen;
  std::string http;
  std::string advertise;
  std::string addressing;
  std::string admin;
  std::string ports_file;
  std::string config;
  std::string metrics;
  std::string tls_cert;
  std::string tls_key;
  std::string tls_client_ca;
  std::string log_format = "text";
  std::string log_level = "info";
  bool print = false;
  bool ready_json = false;
};

void declare(CLI::App& app, Flags& flags) {
  app.set_version_flag("--version", "rmq-proxy " ROCKETMQ_VERSION);
  app.add_option("-n,--namesrv", flags.namesrv,
                 "name servers of the cluster behind it: a:9876;b:9876 [127.0.0.1:9876]");
  app.add_option("--listen", flags.listen,
                 "HOST:PORT for RocketMQ clients [127.0.0.1:8080]; port 0: any");
  app.add_option("--http", flags.http,
                 "HOST:PORT of the HTTP gateway, or off [127.0.0.1:8082]; port 0: any");
  app.add_option("--advertise", flags.advertise,
                 "HOST[:PORT] that routes carry [the address a client came by]");
  app.add_option("--addressing", flags.addressing,
                 "how a request's broker is known: bname, ports or auto [auto]");
  app.add_option("--ports-file", flags.ports_file,
                 "keeps which port is which broker's [rmq-proxy.ports.json]");
  app.add_option("--admin", flags.admin, "what tools may do: deny, read or all [deny]");
  app.add_option("--metrics", flags.metrics, "HOST:PORT of /metrics, /healthz and /readyz [none]");
  app.add_option("-c,--config", flags.config, "a file of settings; flags win over it");
  app.add_option("--tls-cert", flags.tls_cert, "TLS on the listeners: certificate chain, PEM");
  app.add_option("--tls-key", flags.tls_key, "and its key");
  app.add_option("--tls-client-ca", flags.tls_client_ca,
                 "clients must show a certificate of this authority");
  app.add_flag("-p", flags.print, "print the effective configuration and exit");
  app.add_flag("--ready-json", flags.ready_json, "when ready, one line of JSON on stdout");
  app.add_option("--log-format", flags.log_format, "of the log on stderr")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  app.add_option("--log-level", flags.log_level, "lines below it are left out")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();
}

Error wrong(std::string what) { return Error{Errc::invalid_argument, std::move(what)}; }

Result<void> read_config(const std::string& path, ProxyOptions& options) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return wrong(str("cannot read ", path));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (auto applied = apply_file(options, text); !applied) {
    return wrong(str(path, ", ", applied.error().message));
  }
  return {};
}

Result<CommandLine> evaluate(const Flags& flags) {
  CommandLine line;
  line.ready_json = flags.ready_json;
  line.log_format = flags.log_format == "json" ? LogFormat::json : LogFormat::text;
  line.log_level = flags.log_level;
  ProxyOptions& options = line.options;
  if (!flags.config.empty()) {
    if (auto read = read_config(flags.config, options); !read) return std::move(read).error();
  }
  const std::pair<const std::string&, std::string&> over[] = {
      {flags.namesrv, options.namesrv_addr},
      {flags.listen, options.listen},
      {flags.http, options.http},
      {flags.advertise, options.advertise},
      {flags.addressing, options.addressing},
      {flags.admin, options.admin},
      {flags.ports_file, options.ports_file},
      {flags.metrics, options.metrics},
      {flags.tls_cert, options.tls_cert},
      {flags.tls_key, options.tls_key},
      {flags.tls_client_ca, options.tls_client_ca}};
  for (const auto& [flag, option] : over) {
    if (!flag.empty()) option = flag;
  }
  auto front = front_options(options);
  if (!front) return std::move(front).error();
  line.front = *std::move(front);
  auto http = gateway_options(options, line.front);
  if (!http) return std::move(http).error();
  line.http = *std::move(http);
  if (flags.print) line.print = to_file(options);
  return line;
}

}  // namespace

Result<CommandLine> parse_command_line(std::span<const std::string> arguments) {
  CLI::App app("One address for RocketMQ clients and HTTP, in front of a cluster", "rmq-proxy");
  Flags flags;
  declare(app, flags);
  CommandLine only_print;
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    only_print.print = app.help();
    return only_print;
  } catch (const CLI::CallForVersion& version) {
    only_print.print = str(version.what(), "\n");
    return only_print;
  } catch (const CLI::ParseError& error) {
    return wrong(error.what());
  }
  return evaluate(flags);
}

}  // namespace rocketmq::proxy
