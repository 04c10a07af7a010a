#include "proxy/options.h"

#include <concepts>
#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

#include "net/address.h"
#include "net/proxy_header.h"
#include "net/tls_context.h"
#include "protocol/describe.h"
#include "protocol/split.h"
#include "protocol/str.h"
#include "proxy/remoting/sign_anew.h"

namespace rocketmq::proxy {
namespace {

Error wrong(std::string what) { return {Errc::invalid_argument, std::move(what)}; }

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool set_value(std::string_view text, std::string& value) {
  value = text;
  return true;
}
bool set_value(std::string_view text, bool& value) {
  value = text == "true";
  return value || text == "false";
}
template <std::signed_integral I>
bool set_value(std::string_view text, I& value) {
  return protocol::from_text(text, value);
}

std::string value_text(const std::string& value) { return value; }
std::string value_text(bool value) { return value ? "true" : "false"; }
std::string value_text(std::signed_integral auto value) { return std::to_string(value); }

Result<void> apply(ProxyOptions& options, std::string_view name, std::string_view text) {
  Result<void> applied = wrong(str("there is no setting ", name));
  ProxyOptions::fields([&](std::string_view field, auto member) {
    if (field != name) return;
    applied = {};
    if (!set_value(text, options.*member)) {
      applied = wrong(str(name, "=", text, " cannot be used"));
    }
  });
  return applied;
}

Result<Addressing> addressing_of(const std::string& text) {
  if (text == "bname") return Addressing::bname;
  if (text == "ports") return Addressing::ports;
  if (text == "auto") return Addressing::auto_by;
  return wrong(str("addressing=", text, ": write bname, ports or auto"));
}

Result<AdminPolicy> policy_of(const std::string& text) {
  if (text == "deny") return AdminPolicy::deny;
  if (text == "read") return AdminPolicy::read;
  if (text == "all") return AdminPolicy::all;
  return wrong(str("admin=", text, ": write deny, read or all"));
}

Result<void> check_numbers(const ProxyOptions& options) {
  const std::pair<std::string_view, std::int64_t> positive[] = {
      {"portsFirst", options.ports_first},
      {"portsCount", options.ports_count},
      {"requestTimeoutMs", options.request_timeout_ms},
      {"connectTimeoutMs", options.connect_timeout_ms},
      {"adminTimeoutMs", options.admin_timeout_ms},
      {"heldMarginMs", options.held_margin_ms},
      {"pushTimeoutMs", options.push_timeout_ms},
      {"routeTtlMs", options.route_ttl_ms},
      {"connectionsMax", options.connections_max},
      {"sharedInFlightMax", options.shared_in_flight_max},
      {"sharedBacklogBytesMax", options.shared_backlog_bytes_max},
      {"inFlightMax", options.in_flight_max},
      {"frameBytesMax", options.frame_bytes_max}};
  for (const auto& [name, value] : positive) {
    if (value < 1) return wrong(str(name, "=", value, " is below 1"));
  }
  const std::pair<std::string_view, std::int64_t> natural[] = {
      {"heartbeatIntervalMs", options.heartbeat_interval_ms},
      {"idleTimeoutMs", options.idle_timeout_ms},
      {"silenceMaxMs", options.silence_max_ms},
      {"slowRequestThresholdMs", options.slow_request_threshold_ms},
      {"drainTimeMs", options.drain_time_ms},
      {"sharedConnections", options.shared_connections},
      {"registeredProducers", options.registered_producers},
      {"requestsPerSecond", options.requests_per_second},
      {"messagesPerSecond", options.messages_per_second}};
  for (const auto& [name, value] : natural) {
    if (value < 0) return wrong(str(name, "=", value, " is below 0"));
  }
  if (std::int64_t{options.ports_first} + options.ports_count > 65536) {
    return wrong("portsFirst and portsCount go beyond port 65535");
  }
  if (options.frame_bytes_max > 16 * 1024 * 1024) {
    return wrong("frameBytesMax is over 16777216, which is where RocketMQ's frames end");
  }
  return {};
}

Result<void> use_tls(const ProxyOptions& options, FrontOptions& front) {
  if (options.tls_cert.empty()) {
    if (options.tls_only || !options.tls_client_ca.empty() || !options.tls_key.empty()) {
      return wrong("tlsKey, tlsClientCa and tlsOnly need tlsCert");
    }
    return {};
  }
  using Client = net::TlsSettings::ClientCertificate;
  auto context = net::TlsContext::for_server(
      {.ca_file = options.tls_client_ca,
       .cert_file = options.tls_cert,
       .key_file = options.tls_key,
       .key_password = options.tls_key_password,
       .client_certificate = options.tls_client_ca.empty() ? Client::none : Client::required});
  if (!context) return wrong(str("TLS: ", context.error().message));
  front.server.listen.tls = *std::move(context);
  front.server.listen.tls_mode =
      options.tls_only ? net::TlsMode::enforcing : net::TlsMode::permissive;
  return {};
}

Result<std::shared_ptr<const net::TlsContext>> upstream_tls(const ProxyOptions& options) {
  if (!options.upstream_tls) return std::shared_ptr<const net::TlsContext>();
  auto context = net::TlsContext::for_client({.ca_file = options.upstream_tls_ca,
                                              .cert_file = options.upstream_tls_cert,
                                              .key_file = options.upstream_tls_key,
                                              .verify_server = !options.upstream_tls_ca.empty(),
                                              .verify_host = options.upstream_tls_verify_host});
  if (!context) return wrong(str("upstream TLS: ", context.error().message));
  return *std::move(context);
}

Result<void> use_rules(const ProxyOptions& options, FrontOptions& front) {
  if (options.rules_file.empty()) return {};
  if (options.users_file.empty()) return wrong("rulesFile needs usersFile");
  const auto text = text_of_file("rulesFile", options.rules_file);
  if (!text) return text.error();
  auto rules = UserRules::read(*text);
  if (!rules) return wrong(str("rulesFile=", options.rules_file, ": ", rules.error().message));
  front.rules.emplace(*std::move(rules));
  return {};
}

Result<void> use_users(const ProxyOptions& options, FrontOptions& front) {
  if (options.users_file.empty()) return {};
  const auto text = text_of_file("usersFile", options.users_file);
  if (!text) return text.error();
  auto secrets = read_secrets(*text);
  if (!secrets) {
    return wrong(str("usersFile=", options.users_file, ": ", secrets.error().message));
  }
  front.users = *std::move(secrets);
  return {};
}

Result<net::RequestHook> upstream_hook(const ProxyOptions& options) {
  if (options.upstream_access_key.empty() != options.upstream_secret_key.empty()) {
    return wrong("upstreamAccessKey and upstreamSecretKey go together");
  }
  if (options.upstream_access_key.empty()) return net::RequestHook();
  return sign_anew(options.upstream_access_key, options.upstream_secret_key);
}

SharedOptions shared_of(const ProxyOptions& options) {
  return {.connections = static_cast<std::size_t>(options.shared_connections),
          .in_flight_max = static_cast<std::size_t>(options.shared_in_flight_max),
          .backlog_bytes_max = static_cast<std::size_t>(options.shared_backlog_bytes_max),
          .registered_producers = static_cast<std::size_t>(options.registered_producers)};
}

Result<void> use_addresses(const ProxyOptions& options, FrontOptions& front) {
  const auto names = net::parse_address_list(options.namesrv_addr);
  if (!names) return wrong(str("namesrvAddr=", options.namesrv_addr, ": ", names.error().message));
  for (const net::Address& each : *names) front.cluster.name_servers.push_back(to_string(each));
  const auto listen = net::parse_address(options.listen);
  if (!listen) return wrong(str("listen=", options.listen, ": ", listen.error().message));
  if (!options.metrics.empty() && !net::parse_address(options.metrics)) {
    return wrong(str("metrics=", options.metrics, ": write HOST:PORT"));
  }
  front.advertise = options.advertise;
  const bool is_host = options.advertise.find_first_of(":[]/ ") == options.advertise.npos;
  if (!is_host && !net::parse_address(options.advertise)) {
    return wrong(str("advertise=", options.advertise, ": write HOST or HOST:PORT"));
  }
  return {};
}

}  // namespace

Result<std::string> text_of_file(std::string_view setting, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return wrong(str(setting, '=', path, " cannot be read"));
  return std::string{std::istreambuf_iterator<char>(file), {}};
}

Result<void> apply_file(ProxyOptions& options, std::string_view text) {
  for (int number = 1; !text.empty(); ++number) {
    const std::string_view line = trimmed(protocol::take_until(text, '\n'));
    if (line.empty() || line.front() == '#') continue;
    std::string_view value = line;
    const std::string_view name = trimmed(protocol::take_until(value, '='));
    if (line.find('=') == line.npos) {
      return wrong(str("line ", number, ": ", line, " is not name=value"));
    }
    if (auto applied = apply(options, name, trimmed(value)); !applied) {
      return wrong(str("line ", number, ": ", applied.error().message));
    }
  }
  return {};
}

std::string to_file(const ProxyOptions& options) {
  std::string text;
  ProxyOptions::fields([&](std::string_view name, auto member) {
    const bool is_secret =
        name == "tlsKeyPassword" || name == "httpSecretKey" || name == "upstreamSecretKey";
    const std::string value = value_text(options.*member);
    text += str(name, '=', is_secret && !value.empty() ? "***" : value, '\n');
  });
  return text;
}

Result<FrontOptions> front_options(const ProxyOptions& options) {
  using std::chrono::milliseconds;
  FrontOptions front;
  const auto addressing = addressing_of(options.addressing);
  if (!addressing) return addressing.error();
  front.addressing = *addressing;
  const auto policy = policy_of(options.admin);
  if (!policy) return policy.error();
  front.admin = *policy;
  if (auto good = check_numbers(options); !good) return good.error();
  if (auto good = use_addresses(options, front); !good) return good.error();
  if (auto good = use_tls(options, front); !good) return good.error();
  if (auto good = use_users(options, front); !good) return good.error();
  if (auto good = use_rules(options, front); !good) return good.error();
  const auto proxy_protocol = net::proxy_protocol_from(options.proxy_protocol);
  if (!proxy_protocol) return proxy_protocol.error();
  front.server.listen.proxy_protocol = *proxy_protocol;

  front.request_timeout = milliseconds(options.request_timeout_ms);
  front.admin_timeout = milliseconds(options.admin_timeout_ms);
  front.held_margin = milliseconds(options.held_margin_ms);
  front.push_timeout = milliseconds(options.push_timeout_ms);
  front.heartbeat_interval = milliseconds(options.heartbeat_interval_ms);
  // Both tell all: whoever is asked for /metrics.
  front.metrics = {.counts = !options.metrics.empty() || options.http != "off",
                   .slow_from = milliseconds(options.slow_request_threshold_ms)};
  front.in_flight_max = static_cast<std::size_t>(options.in_flight_max);
  front.requests_per_second = static_cast<double>(options.requests_per_second);
  front.messages_per_second = static_cast<double>(options.messages_per_second);
  front.server.connections_max = static_cast<std::size_t>(options.connections_max);
  front.server.idle_timeout = milliseconds(options.idle_timeout_ms);
  front.server.channel.frame_bytes_max = static_cast<std::size_t>(options.frame_bytes_max);

  const auto tls = upstream_tls(options);
  if (!tls) return tls.error();
  auto hook = upstream_hook(options);
  if (!hook) return std::move(hook).error();
  net::ChannelPoolOptions upstream;
  upstream.channel.request_hook = *std::move(hook);
  upstream.connect.tls = *tls;
  upstream.connect.timeout = milliseconds(options.connect_timeout_ms);
  upstream.idle_timeout = front.server.idle_timeout;
  upstream.channel.frame_bytes_max = front.server.channel.frame_bytes_max;
  upstream.channel.pending_calls_max = front.in_flight_max;
  upstream.channel.silence_max = milliseconds(options.silence_max_ms);
  front.upstream = upstream;
  front.shared = shared_of(options);
  front.cluster.connections = upstream;
  front.cluster.timeout = front.request_timeout;
  front.cluster.route_ttl = milliseconds(options.route_ttl_ms);
  return front;
}

}  // namespace rocketmq::proxy
