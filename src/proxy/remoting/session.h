#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/router.h"
#include "net/task_set.h"
#include "proxy/remoting/cluster.h"
#include "proxy/remoting/front_options.h"
#include "proxy/remoting/heartbeat.h"
#include "proxy/remoting/ports.h"
#include "proxy/remoting/producer_seats.h"
#include "proxy/remoting/recent.h"
#include "proxy/remoting/route_rewrite.h"
#include "proxy/remoting/session_counts.h"
#include "proxy/remoting/shared_upstreams.h"
#include "proxy/remoting/upstreams.h"

namespace rocketmq::proxy {

// What sessions share and do not own.
struct SessionContext {
  net::Loop& loop;
  const FrontOptions& options;
  Cluster& cluster;
  SessionCounts& counts;
  SharedUpstreams& shared;
  ProducerSeats& seats;
  // The broker that has this local address to itself, or nullptr.
  std::function<const BrokerId*(std::string_view local)> broker_of;
  // Where the client of this request is told that brokers are.
  std::function<AddressOf(const net::Channel& client, const protocol::Command& request)> addresses;
};

// One connection of a client: knows what the client has to do with, and sends each of its requests
// the way that forward.h says. Destroyed when the client is gone, and its connections to brokers
// with it. Belongs to the loop.
class Session {
 public:
  Session(SessionContext& context, net::Channel& client);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // It is answered sooner or later, whatever happens to brokers and name servers.
  void handle(net::RequestContext& request);

  std::size_t in_flight() const { return upstreams_.in_flight() + tasks_.size(); }
  std::size_t upstream_count() const { return upstreams_.open().size(); }

  // Of connections to brokers from now on.
  void set_tls(std::shared_ptr<const net::TlsContext> tls) { upstreams_.set_tls(std::move(tls)); }

 private:
  using Task = net::Task<>;

  // ---- to one broker
  void to_broker(net::RequestContext& request);
  // Where the broker is that a command is for, if that can be told without asking; or null.
  // Not to be kept.
  const std::string* address_now(const protocol::Command& command) const;
  net::Task<Result<std::string>> address_later(SharedCommand command);
  Task find_and_relay(SharedCommand command, net::Responder responder);
  Task to_broker_of_topic(SharedCommand command, net::Responder responder);
  Task to_broker_of_group(SharedCommand command, net::Responder responder);

  Task register_and_relay(SharedCommand command, net::Responder responder);

  // ---- to several
  void heartbeat(net::RequestContext& request);
  net::Task<std::set<std::string>> brokers_to_tell();
  bool is_to_be_known_at(const std::string& address);
  net::Task<Result<void>> be_known();
  Task beat(SharedCommand command, net::Responder responder);
  Task unregister(SharedCommand command, net::Responder responder);
  Task lock(SharedCommand command, net::Responder responder);
  Task query(SharedCommand command, net::Responder responder);

  // ---- to name servers
  void route(net::RequestContext& request);
  Task ask_for_route(SharedCommand command, net::Responder responder);
  void answer_route(const protocol::Command& command, const protocol::TopicRouteData& known,
                    net::Responder responder);
  Task ask_name_server(SharedCommand command, net::Responder responder);

  void follow(std::string_view topic);
  void remember_check(const std::string& address, const protocol::Command& check);
  void start(net::RequestContext& request, Task (Session::*task)(SharedCommand, net::Responder));

  SessionContext& context_;
  const net::ChannelHandle client_;
  const std::optional<BrokerId> broker_;  // whose address the client came by
  Heartbeat heartbeat_;
  std::map<ProducerSeats::Place, ProducerSeats::Seat> seats_;
  std::vector<net::Responder> same_heartbeats_;  // that wait for the answer to the first
  std::set<std::string, std::less<>> topics_;    // the client asked where they are
  Recent<std::string> checks_;                   // transaction -> its broker's address
  Recent<std::size_t> queries_;                  // query -> how often it was asked
  Upstreams upstreams_;
  net::TaskSet tasks_;
};

}  // namespace rocketmq::proxy
