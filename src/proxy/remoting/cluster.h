#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/name_servers.h"
#include "net/channel_pool.h"
#include "net/loop.h"
#include "net/task.h"
#include "net/task_set.h"
#include "net/wait.h"
#include "protocol/bodies/route_data.h"
#include "proxy/remoting/kept_command.h"

namespace rocketmq::proxy {

struct ClusterOptions {
  std::vector<std::string> name_servers;
  // A route is asked for again after this long. Clients ask every 30 s.
  net::Duration route_ttl = std::chrono::seconds(20);
  // All of one question to the name servers.
  net::Duration timeout = std::chrono::milliseconds(2500);
  // A client can make up topics as it likes; those that exist are far fewer.
  std::size_t routes_max = 10'000;
  // Which brokers there are is asked for again at most this often when one is unknown or gone.
  net::Duration doubt_interval = std::chrono::seconds(1);
  net::ChannelPoolOptions connections;
};

// What name servers tell of the cluster behind the proxy, kept for all clients: routes, and where
// each broker is. Belongs to its loop.
class Cluster {
 public:
  using Route = std::shared_ptr<const protocol::TopicRouteData>;

  Cluster(net::Loop& loop, ClusterOptions options);

  // What is known and fresh, or nullptr.
  Route find_route(std::string_view topic) const;
  // The same, or asks; who wants the same topic at the same time shares the question. When no name
  // server answers, what was known last counts. Errors: topic_not_exist, service_not_available.
  net::Task<Result<Route>> route(std::string topic);

  // Where that broker is, or nullptr. A master that is gone is stood in for by who has the lowest
  // id, as for the brokers' own clients.
  const std::string* find_broker(std::string_view name, std::int64_t id = 0) const;
  // The same, or asks which brokers there are. Errors: broker_not_exist, service_not_available.
  net::Task<Result<std::string>> broker(std::string name, std::int64_t id = 0);
  // The only broker of the topic; of one that does not exist, or of none, that of the cluster.
  // Errors: service_not_available, and version_not_supported when there are several.
  net::Task<Result<std::string>> only_broker(std::string topic);
  // Addresses of all brokers of these topics, a master each, by the routes known last: only topics
  // that were never heard of are waited for, all at the same time. Of those that do not exist:
  // none.
  net::Task<std::set<std::string>> brokers_of(std::set<std::string> topics);

  void set_tls(std::shared_ptr<const net::TlsContext> tls) { pool_.set_tls(std::move(tls)); }

  // A hint that brokers may have moved.
  void doubt();

  // A request as it is, to whichever name server answers. Errors: service_not_available.
  net::Task<Result<KeptCommand>> ask(SharedCommand request, net::Duration timeout);

 private:
  struct Known {
    Route route;
    net::TimePoint asked_at{};
  };
  struct Asking {
    net::Event done;
    std::optional<Result<Route>> result;
  };

  Route last_known(std::string_view topic) const;
  std::shared_ptr<Asking> begin_asking(const std::string& topic);
  net::Task<> ask_for_route(std::string topic, std::shared_ptr<Asking> asking);
  Result<Route> took_route(const std::string& topic, const Result<KeptCommand>& answer);
  void make_room();
  void learn(const protocol::BrokerData& broker);
  net::Task<> ask_for_brokers();
  net::Task<Result<KeptCommand>> ask_one(std::string address, SharedCommand request,
                                         net::Duration timeout);

  net::Loop& loop_;
  const ClusterOptions options_;
  client::NameServers name_servers_;
  net::ChannelPool pool_;
  std::map<std::string, Known, std::less<>> routes_;
  std::map<std::string, std::shared_ptr<Asking>> asking_;
  std::map<std::string, std::map<std::int64_t, std::string>, std::less<>> brokers_;
  std::optional<net::TimePoint> brokers_asked_at_;
  bool is_asking_for_brokers_ = false;
  net::Event brokers_asked_;
  net::TaskSet tasks_;
};

}  // namespace rocketmq::proxy
