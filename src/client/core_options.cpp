#include "client/core_options.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <memory>
#include <random>
#include <string_view>
#include <utility>

#include "client/local_host.h"
#include "client/names.h"
#include "net/address.h"
#include "protocol/signature.h"
#include "protocol/str.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds duration_min = 1ms;
constexpr std::chrono::milliseconds duration_max = 24h;
// Of a server; whoever has less patience for a call may be too hasty about the connection.
constexpr net::Duration silence_min = 1s;

Error refused(std::string why) { return {Errc::invalid_argument, std::move(why)}; }

Result<void> check_durations(const ClientOptions& options) {
  const std::pair<std::string_view, std::chrono::milliseconds> durations[] = {
      {"connect_timeout", options.connect_timeout},
      {"request_timeout", options.request_timeout},
      {"route_refresh_interval", options.route_refresh_interval},
      {"heartbeat_interval", options.heartbeat_interval},
      {"rebalance_interval", options.rebalance_interval},
      {"offset_commit_interval", options.offset_commit_interval},
      {"tls.reload_interval", std::max(options.tls.reload_interval, duration_min)},
  };
  for (const auto& [name, duration] : durations) {
    if (duration < duration_min || duration > duration_max) {
      return refused(str(name, " is ", duration.count(), " ms, not 1 ms to 24 h"));
    }
  }
  if (options.tls.reload_interval < 0ms) return refused("tls.reload_interval is negative");
  return {};
}

Result<void> check_limits(const ClientOptions& options) {
  const std::pair<std::string_view, std::size_t> limits[] = {
      {"frame_bytes_max", options.frame_bytes_max},
      {"pending_requests_max", options.pending_requests_max},
      {"callback_threads", options.callback_threads},
  };
  for (const auto& [name, limit] : limits) {
    if (limit == 0) return refused(str(name, " is 0"));
  }
  return {};
}

Result<void> check_namespaces(const ClientOptions& options) {
  for (const std::string* const ns : {&options.ns, &options.ns_v2}) {
    if (ns->empty()) continue;
    if (auto checked = check_namespace(*ns); !checked) return checked;
  }
  if (!options.ns.empty() && !options.ns_v2.empty()) return refused("ns and ns_v2 are both set");
  return {};
}

void add_signature(net::OutgoingRequest& request, protocol::Signer& signer,
                   const Credentials& who) {
  request.add("AccessKey", who.access_key);
  if (!who.security_token.empty()) request.add("SecurityToken", who.security_token);
  std::vector<protocol::SignedField> fields;
  for (const protocol::Field& field : request.fields()) fields.push_back({field.name, field.value});
  request.add("Signature", signer.sign(fields, request.body()));
}

}  // namespace

Result<void> check_options(const ClientOptions& options) {
  if (auto checked = check_durations(options); !checked) return checked;
  if (auto checked = check_limits(options); !checked) return checked;
  if (!options.name_servers.empty() && !options.address_server.empty()) {
    return refused("name_servers and address_server are both set");
  }
  return check_namespaces(options);
}

std::chrono::milliseconds bounded(std::chrono::milliseconds duration) {
  return std::clamp(duration, duration_min, duration_max);
}

std::string make_client_id(const ClientOptions& options) {
  std::string id = str(ip_text(local_host()), '@', options.instance_name);
  if (options.instance_name.empty()) id += str(getpid(), '#', std::random_device{}());
  if (!options.unit_name.empty()) id += str('@', options.unit_name);
  return id;
}

Result<std::vector<std::string>> name_server_list(const ClientOptions& options) {
  if (!options.address_server.empty()) return std::vector<std::string>();
  std::string list = options.name_servers;
  if (list.empty()) {
    const char* const environment = std::getenv("NAMESRV_ADDR");
    if (environment != nullptr) list = environment;
  }
  if (list.empty()) {
    return Error{Errc::no_name_server,
                 "ClientOptions::name_servers is empty, and so is NAMESRV_ADDR"};
  }
  // Java: NameServerAddressUtils.getNameSrvAddrFromNamesrvEndpoint.
  if (list.starts_with("http://")) list.erase(0, list.rfind('/') + 1);
  const auto addresses = net::parse_address_list(list);
  if (!addresses) return refused(str("name_servers: ", addresses.error().message));
  std::vector<std::string> texts;
  for (const net::Address& address : *addresses) texts.push_back(to_string(address));
  return texts;
}

std::string namespace_of(const ClientOptions& options) {
  if (!options.ns.empty() || !options.ns_v2.empty()) return options.ns;
  // Java: NameServerAddressUtils.validateInstanceEndpoint, parseInstanceIdFromEndpoint.
  std::string_view endpoint = options.name_servers;
  const std::size_t scheme = endpoint.find("://");
  if (scheme != std::string_view::npos) endpoint.remove_prefix(scheme + 3);
  const std::string_view instance = endpoint.substr(0, endpoint.find('.'));
  const bool has_two_parts =
      instance.starts_with("MQ_INST_") &&
      instance.find('_', std::string_view("MQ_INST_").size() + 1) != std::string_view::npos;
  if (!has_two_parts || instance.size() == endpoint.size() || instance.ends_with('_') ||
      !check_namespace(instance)) {
    return {};
  }
  return std::string(instance);
}

net::RequestHook request_hook(const ClientOptions& options) {
  const bool signs = !options.credentials.access_key.empty();
  if (!signs && options.ns_v2.empty()) return {};
  std::shared_ptr<protocol::Signer> signer;
  if (signs) signer = std::make_shared<protocol::Signer>(options.credentials.secret_key);
  return [signer, who = options.credentials, ns = options.ns_v2](net::OutgoingRequest& request) {
    if (!ns.empty()) {
      request.add("nsd", "true");
      request.add("ns", ns);
    }
    if (signer != nullptr) add_signature(request, *signer, who);
  };
}

net::ChannelPoolOptions pool_options(const ClientOptions& options, std::uint64_t random_seed) {
  net::ChannelPoolOptions connections;
  connections.connect.timeout = bounded(options.connect_timeout);
  // What may wait for a broker that does not read is limited by its producers, message by message.
  connections.connect.stream.output_bytes_max = std::numeric_limits<std::size_t>::max();
  connections.channel.codec = options.header_encoding == HeaderEncoding::json
                                  ? protocol::HeaderCodec::json
                                  : protocol::HeaderCodec::rocketmq;
  connections.channel.frame_bytes_max = options.frame_bytes_max;
  connections.channel.pending_calls_max = options.pending_requests_max;
  connections.channel.silence_max =
      std::max<net::Duration>(bounded(options.request_timeout), silence_min);
  connections.channel.request_hook = request_hook(options);
  connections.random_seed = random_seed;
  return connections;
}

}  // namespace rocketmq::client
