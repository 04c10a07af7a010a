#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/route_table.h"
#include "net/loop.h"
#include "net/task.h"
#include "net/task_set.h"
#include "net/wait.h"

namespace rocketmq::client {

struct RoutesOptions {
  net::Duration refresh_interval = std::chrono::seconds(30);
  // A topic nobody sent to for this long is forgotten, so that a client that sends to ever new
  // topics does not grow for ever.
  net::Duration forget_after = std::chrono::minutes(30);
  // A route that seems to be wrong is asked for again at most this often.
  net::Duration doubt_interval = std::chrono::seconds(1);
};

// The routes of a client, kept fresh. Belongs to the loop.
class Routes {
 public:
  // How a name server is asked for a topic. Errors: topic_not_exist, no_name_server, timeout, …
  using Ask = std::function<net::Task<Result<protocol::TopicRouteData>>(std::string topic)>;
  using Jitter = std::function<net::Duration(net::Duration)>;

  Routes(net::Loop& loop, const RoutesOptions& options, Ask ask, Jitter jitter);

  // What is known, without asking: nullptr when that is nothing. The quick way for who sends often.
  RoutePtr find(std::string_view topic) { return table_.find(topic, loop_.now()); }

  // What is known, or asks. Callers that want the same topic at the same time share one request.
  // Errors: no_route (the topic does not exist), no_name_server, timeout.
  net::Task<Result<RoutePtr>> get(std::string topic);
  // For sending: a topic that does not exist gets the route it will have once a broker creates it.
  net::Task<Result<RoutePtr>> get_to_send(std::string topic, int queues);
  // Asks even when known. A topic that no longer exists keeps its old route, as in Java: a name
  // server that was restarted knows nothing yet.
  net::Task<Result<RoutePtr>> refresh(std::string topic);
  // A hint that a broker of this topic may have moved: asks again soon, in the background.
  void doubt(const std::string& topic);

  // A consumer's topics: kept fresh until unpinned.
  void pin(const std::string& topic) { table_.pin(topic); }
  void unpin(const std::string& topic) { table_.unpin(topic); }

  const RouteTable& table() const { return table_; }

  // No route is asked for again by itself: the end of the client has begun.
  void stop() { refreshing_.cancel(); }

  // Told, on the loop, after a topic's route has changed or become known. Any number may listen;
  // the id is for remove_listener(). A listener may remove itself.
  using Listener = std::function<void(const RoutePtr&)>;
  int add_listener(Listener listener);
  void remove_listener(int id);
  // Told when a broker address became known. Set before first use.
  std::function<void()> on_new_broker;

 private:
  struct Asking {
    net::Event done;
    std::optional<Result<RoutePtr>> result;
  };

  net::Task<> ask(std::string topic, std::shared_ptr<Asking> asking);
  net::Task<> refresh_again_and_again();
  net::Task<> refresh_in_background(std::string topic);
  RoutePtr store(Route route);

  net::Loop& loop_;
  const RoutesOptions options_;
  const Ask ask_;
  const Jitter jitter_;
  RouteTable table_;
  std::map<std::string, std::shared_ptr<Asking>> asking_;
  std::map<std::string, net::TimePoint> doubted_at_;
  std::map<int, Listener> listeners_;
  int next_listener_ = 1;
  net::TaskSet tasks_;
  net::Task<> refreshing_;
};

}  // namespace rocketmq::client
