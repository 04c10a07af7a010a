#pragma once

#include <rocketmq/options.h>
#include <rocketmq/result.h>

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_server.h"
#include "net/loop.h"

namespace rocketmq::gateway {

struct GatewayOptions {
  ClientOptions cluster;  // what it talks to, and as whom

  net::HttpServerOptions server = default_server();

  // Who may use it. Both empty: everybody who can reach it.
  std::map<std::string, std::string> users;  // access key → secret, for Basic
  std::vector<std::string> tokens;           // for Bearer

  std::string producer_group = "rmq-gateway";
  std::size_t message_bytes_max = 4 * 1024 * 1024;  // as brokers have it
  // Of a request, unpacked: a few large messages in base64. JSON takes several times that in memory
  // while it is read.
  std::size_t body_bytes_max = 16 * 1024 * 1024;
  std::chrono::milliseconds receive_wait_max{30'000};
  std::chrono::milliseconds transaction_timeout{60'000};  // then it is rolled back
  std::size_t transactions_max = 1000;                    // that are open
  // Of a stream, not taken by the peer: no more messages are popped meanwhile.
  std::size_t stream_bytes_max = 1024 * 1024;
  // Questions to several servers, one after the other, on threads of their own.
  std::size_t admin_threads = 4;
  std::size_t admin_calls_max = 64;

  net::LogLine log;
  net::LogLine access_log;  // a line for each request; none: not logged

  static net::HttpServerOptions default_server();
};

// RocketMQ for those who speak HTTP: /openapi.json says what is served. It keeps nothing but open
// transactions, so any number may stand side by side.
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
  // No more connections, and /readyz says so; what is there goes on.
  void drain();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rocketmq::gateway
