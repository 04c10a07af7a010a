#include "broker-lite/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

#include "broker-lite/local_address.h"
#include "net/address.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

// The flags as written; empty: not given.
struct Flags {
  std::string role = "all";
  std::string listen;
  std::string namesrv_listen = "127.0.0.1:9876";
  std::string namesrv;
  std::string advertise;
  std::string config;
  std::string store;
  std::string metrics;
  std::string log_format = "text";
  std::string log_level = "info";
  bool print = false;
  bool ready_json = false;
  bool insecure = false;
};

void declare(CLI::App& app, Flags& flags) {
  app.set_version_flag("--version", "rmq-broker-lite " ROCKETMQ_VERSION);
  app.add_option("--role", flags.role, "what runs in this process")
      ->check(CLI::IsMember({"all", "broker", "namesrv"}))
      ->capture_default_str();
  app.add_option("--listen", flags.listen, "the broker's HOST:PORT [127.0.0.1:10911]; port 0: any");
  app.add_option("--namesrv-listen", flags.namesrv_listen, "the built-in name server's HOST:PORT")
      ->capture_default_str();
  app.add_option("-n,--namesrv", flags.namesrv, "name servers to register with: a:9876;b:9876");
  app.add_option("--advertise", flags.advertise, "HOST[:PORT] that routes carry");
  app.add_option("-c,--config", flags.config, "a broker.conf; flags win over it");
  app.add_flag("-p", flags.print, "print the effective configuration and exit");
  app.add_option("--store", flags.store, "folder [./rocketmq-store]; :memory: keeps nothing");
  app.add_option("--metrics", flags.metrics,
                 "HOST:PORT of Prometheus text at /metrics, and /healthz, /readyz [off]");
  app.add_flag("--ready-json", flags.ready_json, "when ready, one line of JSON on stdout");
  app.add_option("--log-format", flags.log_format, "of the log on stderr")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  app.add_option("--log-level", flags.log_level, "lines below it are left out")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();
  app.add_flag("--insecure", flags.insecure, "listen beyond this machine without access control");
}

Error wrong(std::string what) { return Error{Errc::invalid_argument, std::move(what)}; }

Result<void> read_config(const std::string& path, CommandLine& line) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return wrong(str("cannot read ", path));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto warnings = apply_properties(line.broker, parse_java_properties(text));
  if (!warnings) return wrong(str(path, ": ", warnings.error().message));
  for (const std::string& warning : *warnings) line.warnings.push_back(str(path, ": ", warning));
  return {};
}

Result<void> apply_listen(const std::string& text, BrokerOptions& options) {
  const auto address = net::parse_address(text);
  if (!address) return wrong(str("--listen ", text, ": ", address.error().message));
  options.bind_address = address->host;
  options.listen_port = address->port;
  return {};
}

Result<void> apply_metrics(const std::string& text, BrokerOptions& options) {
  const auto address = net::parse_address(text);
  if (!address) return wrong(str("--metrics ", text, ": ", address.error().message));
  options.metrics_exporter_type = MetricsExporterType::prom;
  options.metrics_prom_exporter_host = address->host;
  options.metrics_prom_exporter_port = address->port;
  return {};
}

Result<void> apply_advertise(const std::string& text, BrokerOptions& options) {
  if (const auto address = net::parse_address(text)) {
    options.broker_ip1 = address->host;
    options.advertise_port = address->port;
  } else if (text.find_first_of(":[]/ ") == text.npos) {
    options.broker_ip1 = text;
  } else {
    return wrong(str("--advertise ", text, ": ", address.error().message));
  }
  return {};
}

Result<void> check_exposure(std::string_view host, bool insecure) {
  if (insecure || is_loopback(host)) return {};
  return wrong(str("listening on ", host.empty() ? "every address" : host,
                   " lets anybody in reach of this machine use the broker; add --insecure if that "
                   "is what you want"));
}

// Nobody is asked who he is there, whatever access control the broker has.
Result<void> find_metrics_address(bool insecure, CommandLine& line) {
  const BrokerOptions& options = line.broker;
  if (options.metrics_exporter_type == MetricsExporterType::disable) return {};
  const std::string& host = options.metrics_prom_exporter_host.empty()
                                ? options.bind_address
                                : options.metrics_prom_exporter_host;
  line.metrics_listen =
      to_string(net::Address{host, static_cast<std::uint16_t>(options.metrics_prom_exporter_port)});
  if (insecure || is_loopback(host)) return {};
  return wrong(str("metrics on ", line.metrics_listen,
                   " let anybody in reach of this machine read the names of topics and groups; add "
                   "--insecure if that is what you want"));
}

Result<void> check_network(const Flags& flags, CommandLine& line) {
  BrokerOptions& options = line.broker;
  const auto namesrv = net::parse_address(line.namesrv_listen);
  if (!namesrv) {
    return wrong(str("--namesrv-listen ", line.namesrv_listen, ": ", namesrv.error().message));
  }
  if (line.runs_namesrv) {
    if (auto safe = check_exposure(namesrv->host, flags.insecure); !safe) return safe;
  }
  if (auto found = find_metrics_address(flags.insecure, line); !found) return found;
  if (!line.runs_broker) return {};
  const bool asks_who = options.authentication_enabled || options.acl_enable;
  if (auto safe = check_exposure(options.bind_address, flags.insecure || asks_who); !safe) {
    return safe;
  }
  if (!options.namesrv_addr.empty()) {
    if (auto list = net::parse_address_list(options.namesrv_addr); !list) {
      return wrong(str("The Name Server Address[", options.namesrv_addr, "] illegal, ",
                       list.error().message));
    }
  } else if (!line.runs_namesrv) {
    line.warnings.push_back("no name server is given: clients will not find this broker");
  }
  if (!options.broker_ip1.empty() && !is_loopback(options.broker_ip1) &&
      is_loopback(options.bind_address)) {
    line.warnings.push_back(str("clients are told to connect to ", options.broker_ip1,
                                ", but the broker listens on ", options.bind_address, " only"));
  }
  return {};
}

std::string configuration_text(const CommandLine& line) {
  std::string text;
  for (const JavaProperty& property : to_properties(line.broker)) {
    append_java_property(text, property.name, property.value);
  }
  return text;
}

Result<CommandLine> evaluate(const Flags& flags) {
  CommandLine line;
  line.runs_namesrv = flags.role != "broker";
  line.runs_broker = flags.role != "namesrv";
  line.namesrv_listen = flags.namesrv_listen;
  line.ready_json = flags.ready_json;
  line.log_format = flags.log_format == "json" ? LogFormat::json : LogFormat::text;
  line.log_level = flags.log_level;
  if (const char* home = std::getenv("ROCKETMQ_HOME")) line.broker.acl_home = home;
  if (!flags.config.empty()) {
    if (auto read = read_config(flags.config, line); !read) return std::move(read).error();
  }
  if (!flags.listen.empty()) {
    if (auto applied = apply_listen(flags.listen, line.broker); !applied) {
      return std::move(applied).error();
    }
  }
  if (!flags.advertise.empty()) {
    if (auto applied = apply_advertise(flags.advertise, line.broker); !applied) {
      return std::move(applied).error();
    }
  }
  if (!flags.metrics.empty()) {
    if (auto applied = apply_metrics(flags.metrics, line.broker); !applied) {
      return std::move(applied).error();
    }
  }
  if (!flags.namesrv.empty()) line.broker.namesrv_addr = flags.namesrv;
  if (!flags.store.empty()) line.broker.store_path_root_dir = flags.store;
  if (auto good = check(line.broker); !good) return std::move(good).error();
  if (auto good = check_network(flags, line); !good) return std::move(good).error();
  if (flags.print) line.print = configuration_text(line);
  return line;
}

}  // namespace

Result<CommandLine> parse_command_line(std::span<const std::string> arguments) {
  CLI::App app("RocketMQ name server and broker in one process", "rmq-broker-lite");
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

}  // namespace rocketmq::broker
