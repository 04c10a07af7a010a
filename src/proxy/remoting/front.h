#pragma once

#include <rocketmq/result.h>

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "net/log.h"
#include "net/request_metrics.h"
#include "net/router.h"
#include "net/server.h"
#include "protocol/prometheus_text.h"
#include "proxy/remoting/cluster.h"
#include "proxy/remoting/front_options.h"
#include "proxy/remoting/limits.h"
#include "proxy/remoting/ports.h"
#include "proxy/remoting/producer_seats.h"
#include "proxy/remoting/session.h"
#include "proxy/remoting/shared_upstreams.h"
#include "proxy/remoting/user_rules.h"
#include "proxy/remoting/users.h"

namespace rocketmq::proxy {

// What RocketMQ clients connect to, as to a name server and as to every broker. Belongs to its
// loop.
class Front {
 public:
  // `ports`: as they were last time. `save_ports` is told when a broker got a new one.
  Front(net::Loop& loop, FrontOptions options, Ports ports,
        std::function<void(const Ports&)> save_ports, net::LogLine log);
  ~Front();
  Front(const Front&) = delete;
  Front& operator=(const Front&) = delete;

  // Gives the address with its real port. The ports of brokers are listened on as they are told to
  // clients, and those of last time at once.
  Result<std::string> listen(const std::string& address);

  // See net::Server::stop.
  void stop(net::Duration grace, std::function<void()> on_stopped);

  // Takes users, rules and certificates from these: of requests and connections from now on.
  void reload(const FrontOptions& options);

  // Prometheus' text: what stock's broker and proxy name as they do, and rocketmq_proxy_… of ours.
  void write_metrics(protocol::PrometheusText& text) const;

  std::size_t client_count() const { return server_->connection_count(); }

 private:
  Result<void> check_user(const net::RequestContext& request);
  Result<void> check_rules(const net::RequestContext& request);
  Result<void> check_limits(const net::RequestContext& request);
  void handle(net::RequestContext& request);
  const BrokerId* broker_of(std::string_view local) const;
  AddressOf addresses(const net::Channel& client, const protocol::Command& request);
  bool wants_ports(const protocol::Command& request) const;
  // Empty: it cannot have one.
  std::string port_address(const std::string& host, const BrokerId& broker);
  bool listen_for(const BrokerId& broker, std::uint16_t port);

  net::Loop& loop_;
  FrontOptions options_;
  Ports ports_;
  Users users_;
  std::optional<UserRules> rules_;
  SessionCounts counts_;
  Limits limits_;
  net::RequestMetrics requests_;
  const std::function<void(const Ports&)> save_ports_;
  const net::LogLine log_;
  std::string host_;              // we listen on
  std::uint16_t port_ = 0;        // the one for all
  std::set<std::uint16_t> open_;  // the ports of brokers that are listened on
  Cluster cluster_;
  SharedUpstreams shared_;
  ProducerSeats seats_;
  SessionContext context_;
  net::Router router_;
  std::unordered_map<net::Channel*, std::unique_ptr<Session>> sessions_;
  std::unique_ptr<net::Server> server_;
};

}  // namespace rocketmq::proxy
