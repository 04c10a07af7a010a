#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <optional>
#include <string>

#include "proxy/http/gateway.h"
#include "proxy/remoting/front_options.h"

namespace rocketmq::proxy {

struct ProxyOptions;

// The settings of the HTTP gateway, a part of ProxyOptions. What they mean is told in
// docs/http-gateway.md.
struct HttpSettings {
  std::string http = "127.0.0.1:8082";  // or off
  // Who may use it: a file of lines NAME:SECRET, for Basic, and one of lines TOKEN, for Bearer.
  // Neither: everybody who can reach it.
  std::string http_users_file;
  std::string http_tokens_file;
  // Of JWTs, for Bearer too: the public keys that they are signed by (PEM, RS256), or the secret
  // (HS256, the file as it is but for its last newline). Who must have issued them, and for whom;
  // empty: whoever has the key, for whomever.
  std::string http_jwt_key_file;
  std::string http_jwt_secret_file;
  std::string http_jwt_issuer;
  std::string http_jwt_audience;
  std::string http_origins;  // of pages that may use it: https://a.example;https://b.example
  // By which names it is asked beside localhost, while everybody may use it: a.example;b.example
  std::string http_hosts;
  // As whom it sends and receives; empty: as nobody, for clusters without ACL.
  std::string http_access_key;
  std::string http_secret_key;
  std::string http_producer_group = "rmq-gateway";
  bool http_access_log = false;

  std::int64_t http_connections_max = 10'000;
  // 0: no limit. Of a client, its frames too; and of what is sent to a topic.
  std::int64_t http_requests_per_second = 0;
  std::int64_t http_messages_per_second = 0;
  // Of one request, unpacked: a few large messages in base64. JSON takes several times that in
  // memory while it is read.
  std::int64_t http_body_bytes_max = 16 * 1024 * 1024;
  std::int64_t http_message_bytes_max = 4 * 1024 * 1024;  // as brokers have it
  // Of properties too, which may come as headers.
  std::int64_t http_head_bytes_max = 32 * 1024;
  std::int64_t http_request_timeout_ms = 30'000;  // for a head, and between two requests
  std::int64_t http_body_timeout_ms = 60'000;
  std::int64_t http_receive_wait_max_ms = 30'000;
  // For a peer that reads nothing of its events or frames; beyond 10 s the system ends it anyway.
  std::int64_t http_slow_peer_timeout_ms = 5000;
  // Of receiving from brokers without POP: what is pulled ahead of each queue, how long messages
  // are lent at a time, when a group that nobody receives for is left, and how many groups and
  // topics.
  std::int64_t http_lease_messages_max = 1024;
  std::int64_t http_lease_bytes_max = 16 * 1024 * 1024;
  std::int64_t http_lease_time_max_ms = 900'000;
  std::int64_t http_lease_idle_timeout_ms = 60'000;
  std::int64_t http_lease_subscriptions_max = 1000;
  std::int64_t http_transactions_max = 1000;          // open at a time
  std::int64_t http_transaction_timeout_ms = 60'000;  // then one is rolled back

  template <class V>
  static constexpr void fields(V&& v) {
    using S = HttpSettings;
    v("http", &S::http);
    v("httpUsersFile", &S::http_users_file);
    v("httpTokensFile", &S::http_tokens_file);
    v("httpJwtKeyFile", &S::http_jwt_key_file);
    v("httpJwtSecretFile", &S::http_jwt_secret_file);
    v("httpJwtIssuer", &S::http_jwt_issuer);
    v("httpJwtAudience", &S::http_jwt_audience);
    v("httpOrigins", &S::http_origins);
    v("httpHosts", &S::http_hosts);
    v("httpAccessKey", &S::http_access_key);
    v("httpSecretKey", &S::http_secret_key);
    v("httpProducerGroup", &S::http_producer_group);
    v("httpAccessLog", &S::http_access_log);
    v("httpConnectionsMax", &S::http_connections_max);
    v("httpRequestsPerSecond", &S::http_requests_per_second);
    v("httpMessagesPerSecond", &S::http_messages_per_second);
    v("httpBodyBytesMax", &S::http_body_bytes_max);
    v("httpMessageBytesMax", &S::http_message_bytes_max);
    v("httpHeadBytesMax", &S::http_head_bytes_max);
    v("httpRequestTimeoutMs", &S::http_request_timeout_ms);
    v("httpBodyTimeoutMs", &S::http_body_timeout_ms);
    v("httpReceiveWaitMaxMs", &S::http_receive_wait_max_ms);
    v("httpSlowPeerTimeoutMs", &S::http_slow_peer_timeout_ms);
    v("httpLeaseMessagesMax", &S::http_lease_messages_max);
    v("httpLeaseBytesMax", &S::http_lease_bytes_max);
    v("httpLeaseTimeMaxMs", &S::http_lease_time_max_ms);
    v("httpLeaseIdleTimeoutMs", &S::http_lease_idle_timeout_ms);
    v("httpLeaseSubscriptionsMax", &S::http_lease_subscriptions_max);
    v("httpTransactionsMax", &S::http_transactions_max);
    v("httpTransactionTimeoutMs", &S::http_transaction_timeout_ms);
  }
  bool operator==(const HttpSettings&) const = default;
};

// What the gateway is told; nothing: http=off. `front` follows from the same options. Errors:
// invalid_argument, naming the setting. The files are read now.
Result<std::optional<gateway::GatewayOptions>> gateway_options(const ProxyOptions& options,
                                                               const FrontOptions& front);

}  // namespace rocketmq::proxy
