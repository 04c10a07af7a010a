#pragma once

#include <optional>
#include <string>

#include "net/channel_pool.h"
#include "net/request_metrics.h"
#include "net/server.h"
#include "proxy/remoting/cluster.h"
#include "proxy/remoting/forward.h"
#include "proxy/remoting/user_rules.h"
#include "proxy/remoting/users.h"

namespace rocketmq::proxy {

// How a broker is known that a request is for.
enum class Addressing : std::uint8_t {
  bname,    // by its name in the request: all brokers share one address
  ports,    // by the port the request comes to: each broker has one
  auto_by,  // ports for clients that do not name their broker, where there are several
};

// Connections to brokers that clients share which need none of their own: those that send, and
// tools that look.
struct SharedOptions {
  std::size_t connections = 0;  // to each broker; 0: every client has its own
  // Requests that wait for an answer on one of them, of all clients together.
  std::size_t in_flight_max = 262'144;
  // What one of them may hold back that the broker has not read yet; more is refused. A dozen of
  // the largest messages.
  std::size_t backlog_bytes_max = 32 * 1024 * 1024;
  // Clients of each group of producers that are registered with a broker all the same: it asks one
  // of them what became of a half message. A second, for while the first goes.
  std::size_t registered_producers = 2;
};

struct FrontOptions {
  ClusterOptions cluster;
  net::ServerOptions server;
  net::ChannelPoolOptions upstream;  // to brokers
  SharedOptions shared;

  net::RequestMetrics::Options metrics;

  AdminPolicy admin = AdminPolicy::deny;
  Secrets users;                   // who may use the proxy; none: whoever reaches it
  std::optional<UserRules> rules;  // what each of them may do; none: everything
  // See Limits. Of a client: the user, else all connections from its host; and of a topic.
  double requests_per_second = 0;
  double messages_per_second = 0;
  Addressing addressing = Addressing::auto_by;
  // HOST or HOST:PORT that routes carry; empty: the address by which the client came.
  std::string advertise;

  // Programs wait 3 s for an answer unless told otherwise: ours must be there before.
  net::Duration request_timeout = std::chrono::milliseconds(2500);
  // Tools wait 5 s. Java: DefaultMQAdminExt.
  net::Duration admin_timeout = std::chrono::milliseconds(4500);
  // A broker that holds a request back as long as it was told to may be late by this. Java's
  // clients wait 10 s or more beyond it.
  net::Duration held_margin = std::chrono::seconds(8);
  net::Duration held_max = std::chrono::minutes(5);
  // The client is asked by a broker. Java: the broker gives it 10 s.
  net::Duration push_timeout = std::chrono::seconds(10);
  // See Heartbeat::is_repeated.
  net::Duration heartbeat_interval = std::chrono::seconds(5);

  // Requests of one client that are under way. Java's clients stop at 65535; a busy one has a pull
  // a queue and some thousand sends.
  std::size_t in_flight_max = 16'384;
  // Topics of one client that its heartbeats follow.
  std::size_t topics_max = 4'096;
  // Half messages a broker asked this client for, and the answer may come without the broker's
  // name.
  std::size_t checks_max = 1'024;
  // Queries by key of one client of which is kept to which brokers they went.
  std::size_t queries_max = 64;
};

}  // namespace rocketmq::proxy
