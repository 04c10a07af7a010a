#pragma once

#include <rocketmq/options.h>
#include <rocketmq/result.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_server.h"
#include "net/loop.h"
#include "proxy/http/resource.h"

namespace rocketmq::gateway {

class Jwt;

// Of WebSockets.
struct SocketOptions {
  std::size_t frame_bytes_max = 8 * 1024 * 1024;
  std::size_t subscriptions_max = 100;
  std::int64_t credit_max = 1000;  // of a subscription: messages lent and not acknowledged
  // Frames that are being answered; more are not read until some are.
  std::size_t in_flight_max = 256;
  std::chrono::milliseconds hello_timeout{5000};  // to say who it is
  std::chrono::milliseconds ping_interval{30'000};
  std::chrono::milliseconds watch_interval{2000};
};

// Of receiving from brokers without POP, where the gateway itself keeps what is lent.
struct LeaseOptions {
  // Of one queue, ahead of what its group is done with; so much comes again when a gateway dies.
  std::size_t messages_max = 1024;
  std::size_t bytes_max = 16 * 1024 * 1024;
  // At a time: what is lent holds its queue up.
  std::chrono::milliseconds time_max{900'000};
  // What is given back for longer waits at its broker.
  std::chrono::milliseconds kept_delay_max{60'000};
  // A group that nobody receives for is left after so long: others get its queues.
  std::chrono::milliseconds idle_timeout{60'000};
  std::size_t subscriptions_max = 1000;  // groups, each with each of its topics

  bool operator==(const LeaseOptions&) const = default;
};

struct GatewayOptions {
  ClientOptions cluster;  // what it talks to, and as whom

  net::HttpServerOptions server = default_server();

  // Who may use it. All empty: everybody who can reach it.
  std::map<std::string, std::string> users;  // access key → secret, for Basic
  std::vector<std::string> tokens;           // for Bearer
  std::shared_ptr<const Jwt> jwt;            // the same, issued by others; null: by nobody
  Right right_max = Right::change;           // what any of them may do
  std::vector<std::string> origins;          // of pages that may use it beside its own host's
  // By which names it is asked, beside localhost, while everybody may use it: see hosts.h.
  std::vector<std::string> hosts;

  // 0: no limit. Of a client (the user, else the address it comes from) and of a topic; beyond
  // them it is 429.
  double requests_per_second = 0;
  double messages_per_second = 0;

  std::string producer_group = "rmq-gateway";
  std::size_t message_bytes_max = 4 * 1024 * 1024;  // as brokers have it
  // Of a request, unpacked: a few large messages in base64. JSON takes several times that in memory
  // while it is read.
  std::size_t body_bytes_max = 16 * 1024 * 1024;
  std::chrono::milliseconds receive_wait_max{30'000};
  std::chrono::milliseconds transaction_timeout{60'000};  // then it is rolled back
  std::size_t transactions_max = 1000;                    // that are open
  // Of a stream or WebSocket, not taken by the peer: no more messages are popped meanwhile, and
  // after a while it is let go.
  std::size_t stream_bytes_max = 1024 * 1024;
  // Less than the 10 s after which the system ends a connection that takes nothing: it says no why.
  std::chrono::milliseconds slow_peer_timeout{5000};
  SocketOptions sockets;
  // Questions to several servers, one after the other, on threads of their own.
  std::size_t admin_threads = 4;
  std::size_t admin_calls_max = 64;

  // What others in this process have to tell on /metrics. It may wait: called on a thread for that.
  std::function<std::string()> other_metrics;

  net::LogLine log;
  net::LogLine access_log;  // a line for each request; none: not logged

  LeaseOptions leases;

  static net::HttpServerOptions default_server();
};

// RocketMQ for those who speak HTTP: /openapi.json says what is served. It keeps nothing but open
// transactions, and what it lends of brokers without POP, so any number may stand side by side.
class Gateway {
 public:
  // From any thread. `loop` outlives it.
  Gateway(net::Loop& loop, GatewayOptions options);
  // From another thread than the loop's, while that runs, or while nobody runs it.
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  // The address with its real port. Errors: of the options, and where it cannot be had.
  Result<std::string> listen(std::string_view address);
  // Takes users, tokens and the certificate from these: of requests and connections from now on. A
  // WebSocket that is open goes on as who it was.
  void reload(const GatewayOptions& options);
  // Peers should go elsewhere: /readyz says so, each answer is the last of its connection, who
  // waits for messages gets none, streams end, WebSockets do after `grace`.
  void drain(std::chrono::milliseconds grace);
  std::size_t connection_count() const;
  // As Prometheus reads it, without those of others.
  std::string metrics() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rocketmq::gateway
