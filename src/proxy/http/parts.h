#pragma once

#include <rocketmq/producer.h>
#include <rocketmq/result.h>

#include <initializer_list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/core.h"
#include "net/http_call.h"
#include "net/task.h"
#include "net/task_set.h"
#include "net/token_buckets.h"
#include "proxy/http/access.h"
#include "proxy/http/admin_workers.h"
#include "proxy/http/gateway.h"
#include "proxy/http/gateway_metrics.h"
#include "proxy/http/json.h"
#include "proxy/http/open_transactions.h"
#include "proxy/http/problem.h"
#include "proxy/http/resource.h"
#include "proxy/http/workers.h"

namespace rocketmq::gateway {

class PullLeases;
class SocketSession;

// What the operations work with. Belongs to the loop.
struct Parts {
  const GatewayOptions& options;
  std::shared_ptr<Client::Core> core;
  std::shared_ptr<Producer::Impl> producer;
  AdminWorkers& admin;
  Workers* other_metrics;  // null: there are no others
  OpenTransactions& transactions;
  GatewayMetrics& metrics;
  net::TaskSet& tasks;
  const Access& access;
  net::TokenBuckets& clients;  // frames of WebSockets are requests, too
  net::TokenBuckets& topics;
  std::set<SocketSession*> sockets;
  bool is_draining = false;
  PullLeases& pull_leases;

  net::Loop& loop() const { return core->loop(); }
};

// A request on its way to its answer.
struct Request {
  net::HttpCall call;
  Resource resource;
  std::string id;    // Rmq-Request-Id
  std::string user;  // who asks, as Access knows it; empty: nobody has said

  const net::HttpRequest& head() const { return call.request(); }
  const std::string& part(std::string_view name) const { return resource.part(name); }
};
using RequestPtr = std::shared_ptr<Request>;

// What an operation comes to; nothing: it has seen to the answer itself.
using Reply = Result<std::optional<net::HttpResponse>>;
using Operate = net::Task<Reply>(Parts& parts, RequestPtr request);

Reply json_reply(const Json& json, unsigned status = 200);
Reply empty_reply();  // 204

// The whole body within the gateway's limit; where it is wrong the Error says so to the peer.
net::Task<Result<std::string>> read_body(Parts& parts, RequestPtr request);
// "application/json" of "application/json; charset=utf-8", in lower case; empty: none.
std::string content_type(const net::HttpRequest& request);
Result<void> expect_json(const net::HttpRequest& request);
inline constexpr std::string_view request_id_header = "Rmq-Request-Id";
// What every answer has: which request it was, and that the page that asked may see it.
std::vector<net::HttpHeader> headers_of_all(const Request& request);
// An answer in pieces.
net::HttpResponse stream_head(const Request& request, std::string_view type);

// As Prometheus reads it.
std::string metrics_text(Parts& parts);

// Errors: Slug::throttled.
Result<void> count_request(Parts& parts, const Request& request);
Result<void> count_message(Parts& parts, const std::string& topic);

// Names as they come in paths and bodies.
Result<void> check_topic(std::string_view topic);
Result<void> check_group(std::string_view group);

}  // namespace rocketmq::gateway
