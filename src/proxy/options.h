#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/http_settings.h"
#include "proxy/remoting/front_options.h"

namespace rocketmq::proxy {

// The settings of rmq-proxy, by the names they have in its configuration file. What they mean is
// told in docs/rmq-proxy.md; limits and times where they are used, in front_options.h.
struct ProxyOptions : HttpSettings {
  std::string namesrv_addr = "127.0.0.1:9876";
  std::string listen = "127.0.0.1:8080";
  std::string advertise;
  std::string addressing = "auto";  // bname, ports, auto
  std::string admin = "deny";       // deny, read, all

  // Who may use the proxy: a file of lines NAME:SECRET; empty: whoever reaches it. As whom the
  // cluster is asked then, or in any case; empty: signatures pass through.
  std::string users_file;
  std::string rules_file;  // what each of them may do; empty: everything
  std::string upstream_access_key;
  std::string upstream_secret_key;

  // With addressing=ports or auto: ports of brokers, and where it is kept whose they are.
  std::int32_t ports_first = 8100;
  std::int32_t ports_count = 100;
  std::string ports_file = "rmq-proxy.ports.json";

  std::string proxy_protocol = "disabled";  // disabled, permissive, enforcing
  std::string tls_cert;                     // empty: no TLS on the listener
  std::string tls_key;
  std::string tls_key_password;
  std::string tls_client_ca;  // empty: clients need no certificate
  bool tls_only = false;      // a client without TLS is not let in
  bool upstream_tls = false;
  std::string upstream_tls_ca;  // empty: the certificates of brokers are not checked
  std::string upstream_tls_cert;
  std::string upstream_tls_key;
  bool upstream_tls_verify_host = false;  // as in Java

  std::int64_t request_timeout_ms = 2500;
  // To a broker, TLS included. Longer than a request may take: who comes later finds it made.
  std::int64_t connect_timeout_ms = 10'000;
  std::int64_t admin_timeout_ms = 4500;
  std::int64_t held_margin_ms = 8000;
  std::int64_t push_timeout_ms = 10'000;
  std::int64_t heartbeat_interval_ms = 5000;
  std::int64_t route_ttl_ms = 20'000;
  std::int64_t idle_timeout_ms = 120'000;
  // A broker that owes answers and sends no byte for so long is connected to anew. More than a slow
  // disk takes: requests that wait for messages on the same connection are lost with it.
  std::int64_t silence_max_ms = 10'000;
  std::string metrics;      // HOST:PORT of /metrics, /healthz, /readyz; empty: there are none
  bool access_log = false;  // a line a request
  std::int64_t slow_request_threshold_ms = 1000;  // from here on a request is worth a line; 0: none
  std::int64_t drain_time_ms = 2000;  // from SIGTERM on; a second SIGTERM ends the process at once
  // Of clients. Each may have one to every broker as well: with one broker these are the 20,000
  // files that a process usually may open.
  std::int64_t connections_max = 10'000;
  // See SharedOptions. 0: each client has its own connections to brokers.
  std::int64_t shared_connections = 0;
  std::int64_t shared_in_flight_max = 262'144;
  std::int64_t shared_backlog_bytes_max = 32 * 1024 * 1024;
  std::int64_t registered_producers = 2;
  std::int64_t in_flight_max = 16'384;  // of one client
  std::int64_t frame_bytes_max = 16 * 1024 * 1024;
  // 0: no limit. Of a client (the user, else the host it comes from), and of what is sent to a
  // topic; more is refused with SYSTEM_BUSY.
  std::int64_t requests_per_second = 0;
  std::int64_t messages_per_second = 0;

  template <class V>
  static constexpr void fields(V&& v) {
    using O = ProxyOptions;
    v("namesrvAddr", &O::namesrv_addr);
    v("listen", &O::listen);
    v("advertise", &O::advertise);
    v("addressing", &O::addressing);
    v("admin", &O::admin);
    v("usersFile", &O::users_file);
    v("rulesFile", &O::rules_file);
    v("upstreamAccessKey", &O::upstream_access_key);
    v("upstreamSecretKey", &O::upstream_secret_key);
    v("portsFirst", &O::ports_first);
    v("portsCount", &O::ports_count);
    v("portsFile", &O::ports_file);
    v("proxyProtocol", &O::proxy_protocol);
    v("tlsCert", &O::tls_cert);
    v("tlsKey", &O::tls_key);
    v("tlsKeyPassword", &O::tls_key_password);
    v("tlsClientCa", &O::tls_client_ca);
    v("tlsOnly", &O::tls_only);
    v("upstreamTls", &O::upstream_tls);
    v("upstreamTlsCa", &O::upstream_tls_ca);
    v("upstreamTlsCert", &O::upstream_tls_cert);
    v("upstreamTlsKey", &O::upstream_tls_key);
    v("upstreamTlsVerifyHost", &O::upstream_tls_verify_host);
    v("requestTimeoutMs", &O::request_timeout_ms);
    v("connectTimeoutMs", &O::connect_timeout_ms);
    v("adminTimeoutMs", &O::admin_timeout_ms);
    v("heldMarginMs", &O::held_margin_ms);
    v("pushTimeoutMs", &O::push_timeout_ms);
    v("heartbeatIntervalMs", &O::heartbeat_interval_ms);
    v("routeTtlMs", &O::route_ttl_ms);
    v("idleTimeoutMs", &O::idle_timeout_ms);
    v("silenceMaxMs", &O::silence_max_ms);
    v("metrics", &O::metrics);
    v("accessLog", &O::access_log);
    v("slowRequestThresholdMs", &O::slow_request_threshold_ms);
    v("drainTimeMs", &O::drain_time_ms);
    v("connectionsMax", &O::connections_max);
    v("sharedConnections", &O::shared_connections);
    v("sharedInFlightMax", &O::shared_in_flight_max);
    v("sharedBacklogBytesMax", &O::shared_backlog_bytes_max);
    v("registeredProducers", &O::registered_producers);
    v("inFlightMax", &O::in_flight_max);
    v("frameBytesMax", &O::frame_bytes_max);
    v("requestsPerSecond", &O::requests_per_second);
    v("messagesPerSecond", &O::messages_per_second);
    HttpSettings::fields(v);
  }
  bool operator==(const ProxyOptions&) const = default;
};

// Sets what a configuration file says: lines of name=value, and of # and what follows it. An error
// begins with the number of its line: a setting that is misspelt is no setting.
Result<void> apply_file(ProxyOptions& options, std::string_view text);

// The file that would give these options.
std::string to_file(const ProxyOptions& options);

// What the front is told. Errors: invalid_argument, naming the setting. TLS files are read now.
Result<FrontOptions> front_options(const ProxyOptions& options);

// What is in a file that a setting names. An error names both.
Result<std::string> text_of_file(std::string_view setting, const std::string& path);

}  // namespace rocketmq::proxy
