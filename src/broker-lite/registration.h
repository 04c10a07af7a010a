#pragma once

#include <functional>
#include <list>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "broker-lite/core.h"
#include "broker-lite/every.h"
#include "net/channel_pool.h"
#include "net/log.h"
#include "net/task_set.h"
#include "net/wait.h"

namespace rocketmq::broker {

// Keeps every name server knowing this broker and its topics. Java: BrokerOuterAPI and
// BrokerController.registerBrokerAll.
//
// One connection a name server, which stays open: a name server forgets a broker whose connection
// closes. One registration at a time over it, which tells all that has changed since the last that
// succeeded; so whoever has a version of ours has everything up to that version. After a failure,
// or on a new connection, everything is told again.
class Registration {
 public:
  // `core` and its topics outlive this. `name_servers`: "host:port" each. `tls`: nullptr for none.
  Registration(net::Loop& loop, Core& core, std::vector<std::string> name_servers,
               std::shared_ptr<const net::TlsContext> tls, net::LogLine log);
  ~Registration();
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

  // Connections from now on show this certificate.
  void set_tls(std::shared_ptr<const net::TlsContext> tls) { pool_.set_tls(std::move(tls)); }

  // Registers with all, now and every register_name_server_period_ms.
  void start();

  // Told at once: the topic is new, or looks different.
  void topic_changed(std::string_view topic);
  // Everything is told at once.
  void all_changed();

  // Calls `done` once every name server that can be reached knows all changes made so far: at once
  // where they do, and after settle_timeout at the latest.
  void when_settled(std::function<void()> done);

  // See Core::find_route. The first name server that answers is right.
  using RouteFound = std::function<void(const Result<protocol::TopicRouteData>&)>;
  void find_route(std::string topic, RouteFound done);

  // Unregisters from the name servers there is a connection to, then calls `done`, within a second
  // or so. Nothing is registered from then on.
  void stop(std::function<void()> done);

 private:
  struct NameServer {
    explicit NameServer(std::string where) : address(std::move(where)) {}

    const std::string address;
    bool wants_all = false;
    std::set<std::string, std::less<>> changed;  // topics, where not all is wanted
    bool is_busy = false;
    bool is_failing = false;  // the last attempt failed
    net::Event has_work;

    bool is_settled() const { return is_failing || (!is_busy && !wants_all && changed.empty()); }
  };

  net::Task<> keep_registered(NameServer* server);
  net::Task<Result<void>> tell(NameServer* server, protocol::RegisterBrokerBody body);
  net::Task<> unregister(std::string address);
  net::Task<> ask_route(std::string topic, RouteFound done);
  protocol::RegisterBrokerBody whole_body() const;
  protocol::RegisterBrokerBody body_of(const std::set<std::string, std::less<>>& changed) const;
  void restrict_perms(protocol::RegisterBrokerBody& body) const;
  void take_order_topics(std::string_view body);
  void wake(NameServer& server);
  void note(NameServer& server, const Result<void>& result);
  void release_settled();
  void finish_stop();

  net::Loop& loop_;
  Core& core_;
  const net::LogLine log_;
  const std::string ha_address_;
  std::vector<std::unique_ptr<NameServer>> servers_;

  struct Waiter {
    std::function<void()> done;
    std::unique_ptr<net::Timer> timer;
  };
  std::list<Waiter> waiters_;

  bool is_stopping_ = false;
  int leaving_ = 0;
  std::function<void()> on_stopped_;
  std::unique_ptr<net::Timer> stop_timer_;
  std::unique_ptr<Every> period_;

  net::ChannelPool pool_;
  net::TaskSet tasks_;
};

}  // namespace rocketmq::broker
