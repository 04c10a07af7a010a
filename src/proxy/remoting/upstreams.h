#pragma once

#include <rocketmq/result.h>

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/channel_pool.h"
#include "net/responder.h"
#include "net/router.h"
#include "net/task_set.h"
#include "proxy/remoting/front_options.h"
#include "proxy/remoting/kept_command.h"

namespace rocketmq::proxy {

// The connections to brokers of one client, which belong to nobody else: a broker sees each client
// as if it were there itself, and what a broker asks goes to that client. Belongs to the loop.
//
// Where there are connections that clients share, they take what a broker forgets once it has
// answered, to brokers with which the client has none of its own yet: what it asks one broker
// goes one way then, and nothing overtakes what was asked before.
class Upstreams {
 public:
  // What brokers ask goes to `client`. Where `slaves_have_addresses`, it can go to the slave that
  // an answer to a pull suggests; where all brokers share one address it cannot, and is not told.
  // `shared` outlives this; nullptr: none are.
  Upstreams(net::Loop& loop, const FrontOptions& options, net::ChannelHandle client,
            bool slaves_have_addresses, net::ChannelPool* shared);
  ~Upstreams();
  Upstreams(const Upstreams&) = delete;
  Upstreams& operator=(const Upstreams&) = delete;

  // Passes the command on to the broker at `address`, connecting first if need be, and its answer,
  // or why there is none, to the client.
  // In the bytes it came in where `header` is given, as it came.
  void relay(const std::string& address, const protocol::Command& command, net::Responder responder,
             std::string_view header = {});
  // The answer as it came, whatever its code; errors as the client is to be told them.
  net::Task<Result<KeptCommand>> ask(std::string address, SharedCommand command);
  // The same of several, side by side: the answers that came, and the last error.
  struct Answers {
    std::vector<KeptCommand> came;
    Error last_error{ResponseCode::service_not_available, "no broker is known for this"};
  };
  net::Task<Answers> ask_all(std::map<std::string, SharedCommand> by_address);

  void set_tls(std::shared_ptr<const net::TlsContext> tls) { pool_->set_tls(std::move(tls)); }

  bool is_sharing() const { return shared_ != nullptr; }
  // From now on everything goes over connections of its own.
  void share_nothing() { shared_ = nullptr; }

  // Addresses of the open ones of its own.
  const std::set<std::string>& open() const { return open_; }
  // Requests of the client that wait for a broker.
  std::size_t in_flight() const;

  // Told, before anything else is sent, that a connection of its own was made. Set before first
  // use.
  std::function<void(net::Channel& upstream)> on_opened;
  // Told of everything a broker asks.
  std::function<void(const std::string& address, const protocol::Command& command)> on_push;
  // Told that a broker could not be reached, or was lost.
  std::function<void()> on_lost;

 private:
  class Relay;
  struct Round;

  // Where a command of that code goes.
  net::ChannelPool& pool_for(const std::string& address, std::int32_t code);
  net::Task<> connect_and_relay(net::ChannelPool& pool, std::string address, SharedCommand command,
                                net::Responder responder);
  // In either direction; `address` is empty where it goes to the client.
  void send(net::Channel& channel, const std::string& address, const protocol::Command& command,
            net::Responder responder, net::Duration timeout, std::string_view header = {});
  net::Task<> ask_for(std::shared_ptr<Round> round, std::string address, SharedCommand command);
  void push(net::RequestContext& request);
  net::Duration timeout_of(const protocol::Command& command) const;
  // Of a call to the broker at `address`.
  Error refusal(const std::string& address, const Error& error);

  net::Loop& loop_;
  const FrontOptions& options_;
  const net::ChannelHandle client_;
  const bool slaves_have_addresses_;
  net::ChannelPool* shared_;
  std::set<std::string> open_;
  std::list<Relay> relays_;  // ends with this, which takes back those on shared connections
  net::Router pushes_;
  std::unique_ptr<net::ChannelPool> pool_;
  net::TaskSet tasks_;
};

}  // namespace rocketmq::proxy
