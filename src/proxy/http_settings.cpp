#include "proxy/http_settings.h"

#include <fstream>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "net/address.h"
#include "net/jws_key.h"
#include "protocol/split.h"
#include "protocol/str.h"
#include "proxy/http/jwt.h"
#include "proxy/options.h"

namespace rocketmq::proxy {
namespace {

Error wrong(std::string what) { return {Errc::invalid_argument, std::move(what)}; }

Result<std::vector<std::string>> lines_of(std::string_view setting, const std::string& path) {
  std::vector<std::string> lines;
  if (path.empty()) return lines;
  std::ifstream file(path, std::ios::binary);
  if (!file) return wrong(str(setting, "=", path, " cannot be read"));
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty() && line.front() != '#') lines.push_back(std::move(line));
  }
  // Everybody would be let in where somebody meant to keep people out.
  if (lines.empty()) return wrong(str(setting, "=", path, " has no line"));
  return lines;
}

Result<void> read_users(const HttpSettings& settings, gateway::GatewayOptions& gateway) {
  const auto users = lines_of("httpUsersFile", settings.http_users_file);
  if (!users) return users.error();
  for (std::size_t i = 0; i < users->size(); ++i) {
    const std::string& line = (*users)[i];
    const std::size_t colon = line.find(':');
    if (colon == 0 || colon == line.npos || colon + 1 == line.size()) {
      return wrong(
          str("httpUsersFile=", settings.http_users_file, ": user ", i + 1, " is not NAME:SECRET"));
    }
    gateway.users.insert_or_assign(line.substr(0, colon), line.substr(colon + 1));
  }
  auto tokens = lines_of("httpTokensFile", settings.http_tokens_file);
  if (!tokens) return std::move(tokens).error();
  gateway.tokens = *std::move(tokens);
  return {};
}

Result<void> read_jwt(const HttpSettings& settings, gateway::GatewayOptions& gateway) {
  const bool has_secret = !settings.http_jwt_secret_file.empty();
  const bool has_keys = !settings.http_jwt_key_file.empty();
  if (has_secret && has_keys) {
    return wrong("httpJwtKeyFile and httpJwtSecretFile: choose one, RS256 or HS256");
  }
  if (!has_secret && !has_keys) {
    if (settings.http_jwt_issuer.empty() && settings.http_jwt_audience.empty()) return {};
    return wrong("httpJwtIssuer and httpJwtAudience need httpJwtKeyFile or httpJwtSecretFile");
  }
  const auto [setting, path] = has_secret
                                   ? std::pair("httpJwtSecretFile", settings.http_jwt_secret_file)
                                   : std::pair("httpJwtKeyFile", settings.http_jwt_key_file);
  auto text = text_of_file(setting, path);
  if (!text) return std::move(text).error();
  if (has_secret && text->ends_with('\n')) text->pop_back();
  auto key =
      has_secret ? net::JwsKey::secret(*std::move(text)) : net::JwsKey::rsa_public_keys(*text);
  if (!key) return wrong(str(setting, "=", path, ": ", key.error().message));
  gateway.jwt = std::make_shared<const gateway::Jwt>(*std::move(key), settings.http_jwt_issuer,
                                                     settings.http_jwt_audience);
  return {};
}

Result<void> check_numbers(const HttpSettings& settings) {
  const std::pair<std::string_view, std::int64_t> positive[] = {
      {"httpConnectionsMax", settings.http_connections_max},
      {"httpBodyBytesMax", settings.http_body_bytes_max},
      {"httpMessageBytesMax", settings.http_message_bytes_max},
      {"httpHeadBytesMax", settings.http_head_bytes_max},
      {"httpRequestTimeoutMs", settings.http_request_timeout_ms},
      {"httpBodyTimeoutMs", settings.http_body_timeout_ms},
      {"httpReceiveWaitMaxMs", settings.http_receive_wait_max_ms},
      {"httpSlowPeerTimeoutMs", settings.http_slow_peer_timeout_ms},
      {"httpLeaseMessagesMax", settings.http_lease_messages_max},
      {"httpLeaseBytesMax", settings.http_lease_bytes_max},
      {"httpLeaseTimeMaxMs", settings.http_lease_time_max_ms},
      {"httpLeaseIdleTimeoutMs", settings.http_lease_idle_timeout_ms},
      {"httpLeaseSubscriptionsMax", settings.http_lease_subscriptions_max},
      {"httpTransactionsMax", settings.http_transactions_max},
      {"httpTransactionTimeoutMs", settings.http_transaction_timeout_ms}};
  for (const auto& [name, value] : positive) {
    if (value < 1) return wrong(str(name, "=", value, " is below 1"));
  }
  const std::pair<std::string_view, std::int64_t> natural[] = {
      {"httpRequestsPerSecond", settings.http_requests_per_second},
      {"httpMessagesPerSecond", settings.http_messages_per_second}};
  for (const auto& [name, value] : natural) {
    if (value < 0) return wrong(str(name, "=", value, " is below 0"));
  }
  return {};
}

std::vector<std::string> names_in(std::string_view list) {
  std::vector<std::string> names;
  while (!list.empty()) names.emplace_back(protocol::take_until(list, ';'));
  return names;
}

ClientOptions cluster_of(const ProxyOptions& options) {
  using std::chrono::milliseconds;
  ClientOptions cluster;
  cluster.name_servers = options.namesrv_addr;
  cluster.credentials = {.access_key = options.http_access_key,
                         .secret_key = options.http_secret_key};
  cluster.tls = {.enabled = options.upstream_tls,
                 .ca_file = options.upstream_tls_ca,
                 .cert_file = options.upstream_tls_cert,
                 .key_file = options.upstream_tls_key,
                 .verify_certificate = !options.upstream_tls_ca.empty(),
                 .verify_host = options.upstream_tls_verify_host};
  cluster.connect_timeout = milliseconds(options.connect_timeout_ms);
  cluster.request_timeout = milliseconds(options.request_timeout_ms);
  return cluster;
}

net::HttpServerOptions server_of(const HttpSettings& settings) {
  using std::chrono::milliseconds;
  net::HttpServerOptions server = gateway::GatewayOptions::default_server();
  server.connections_max = static_cast<std::size_t>(settings.http_connections_max);
  server.head_bytes_max = static_cast<std::size_t>(settings.http_head_bytes_max);
  server.request_timeout = milliseconds(settings.http_request_timeout_ms);
  server.body_timeout = milliseconds(settings.http_body_timeout_ms);
  return server;
}

gateway::LeaseOptions leases_of(const HttpSettings& settings) {
  using std::chrono::milliseconds;
  gateway::LeaseOptions leases;
  leases.messages_max = static_cast<std::size_t>(settings.http_lease_messages_max);
  leases.bytes_max = static_cast<std::size_t>(settings.http_lease_bytes_max);
  leases.time_max = milliseconds(settings.http_lease_time_max_ms);
  leases.idle_timeout = milliseconds(settings.http_lease_idle_timeout_ms);
  leases.subscriptions_max = static_cast<std::size_t>(settings.http_lease_subscriptions_max);
  return leases;
}

gateway::Right right_of(AdminPolicy policy) {
  if (policy == AdminPolicy::deny) return gateway::Right::use;
  return policy == AdminPolicy::read ? gateway::Right::read : gateway::Right::change;
}

}  // namespace

Result<std::optional<gateway::GatewayOptions>> gateway_options(const ProxyOptions& options,
                                                               const FrontOptions& front) {
  using std::chrono::milliseconds;
  if (options.http == "off") return std::optional<gateway::GatewayOptions>();
  if (const auto address = net::parse_address(options.http); !address) {
    return wrong(str("http=", options.http, ": write HOST:PORT or off"));
  }
  if (options.http_access_key.empty() != options.http_secret_key.empty()) {
    return wrong("httpAccessKey and httpSecretKey go together");
  }
  if (auto good = check_numbers(options); !good) return good.error();
  gateway::GatewayOptions gateway;
  if (auto read = read_users(options, gateway); !read) return read.error();
  if (auto read = read_jwt(options, gateway); !read) return read.error();
  gateway.cluster = cluster_of(options);
  gateway.server = server_of(options);
  gateway.server.listen.tls = front.server.listen.tls;
  // Secrets travel in every request, so with a certificate there is no other way in.
  if (gateway.server.listen.tls) gateway.server.listen.tls_mode = net::TlsMode::enforcing;
  gateway.right_max = right_of(front.admin);
  gateway.origins = names_in(options.http_origins);
  gateway.hosts = names_in(options.http_hosts);
  // The name it listens on is its own.
  gateway.hosts.push_back(net::parse_address(options.http)->host);
  gateway.requests_per_second = static_cast<double>(options.http_requests_per_second);
  gateway.messages_per_second = static_cast<double>(options.http_messages_per_second);
  gateway.producer_group = options.http_producer_group;
  gateway.message_bytes_max = static_cast<std::size_t>(options.http_message_bytes_max);
  gateway.body_bytes_max = static_cast<std::size_t>(options.http_body_bytes_max);
  gateway.receive_wait_max = milliseconds(options.http_receive_wait_max_ms);
  gateway.slow_peer_timeout = milliseconds(options.http_slow_peer_timeout_ms);
  gateway.leases = leases_of(options);
  gateway.transactions_max = static_cast<std::size_t>(options.http_transactions_max);
  gateway.transaction_timeout = milliseconds(options.http_transaction_timeout_ms);
  return std::optional(std::move(gateway));
}

}  // namespace rocketmq::proxy
