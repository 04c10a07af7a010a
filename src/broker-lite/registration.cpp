#include "broker-lite/registration.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "net/address.h"
#include "protocol/json_body.h"
#include "protocol/message_codec.h"
#include "protocol/requests/namesrv.h"
#include "protocol/str.h"

namespace rocketmq::broker {

using namespace std::chrono_literals;
using protocol::RegisterBrokerBody;

namespace {

// After a failure. Connecting has a backoff of its own; this is for a name server that refuses us.
constexpr net::Duration retry_delay = 1s;
// How long an admin may wait for the name servers: less than a tool waits for us.
constexpr net::Duration settle_timeout = 3s;
constexpr net::Duration stop_timeout = 1s;
// Clients wait three seconds for their assignment.
constexpr std::chrono::milliseconds route_timeout = 1s;
constexpr std::chrono::milliseconds period_min = 10s;
constexpr std::chrono::milliseconds period_max = 60s;

net::ChannelPoolOptions pool_options(std::shared_ptr<const net::TlsContext> tls) {
  net::ChannelPoolOptions options;
  options.connect.tls = std::move(tls);
  options.idle_timeout = {};  // never: the connection is what keeps us registered
  return options;
}

// Java: haListenPort, which is one more than listenPort. Nobody listens there; name servers and
// slaves want the field.
std::string ha_address_of(const std::string& address) {
  auto parsed = net::parse_address(address);
  if (!parsed) return address;
  ++parsed->port;
  return to_string(*parsed);
}

}  // namespace

Registration::Registration(net::Loop& loop, Core& core, std::vector<std::string> name_servers,
                           std::shared_ptr<const net::TlsContext> tls, net::LogLine log)
    : loop_(loop),
      core_(core),
      log_(std::move(log)),
      ha_address_(ha_address_of(core.address)),
      pool_(loop, pool_options(std::move(tls))) {
  for (std::string& address : name_servers) {
    const bool is_twice = std::any_of(servers_.begin(), servers_.end(),
                                      [&](const auto& s) { return s->address == address; });
    if (!is_twice) servers_.push_back(std::make_unique<NameServer>(std::move(address)));
  }
  pool_.on_closed = [this](const std::string& address, const Error&) {
    for (const auto& server : servers_) {
      if (server->address != address) continue;
      server->wants_all = true;
      wake(*server);
    }
  };
}

Registration::~Registration() = default;

void Registration::start() {
  const std::chrono::milliseconds period(core_.options.register_name_server_period_ms);
  for (const auto& server : servers_) tasks_.start(keep_registered(server.get()));
  all_changed();
  period_ = std::make_unique<Every>(loop_, std::clamp(period, period_min, period_max),
                                    [this] { all_changed(); });
}

void Registration::topic_changed(std::string_view topic) {
  for (const auto& server : servers_) {
    server->changed.emplace(topic);
    wake(*server);
  }
}

void Registration::all_changed() {
  for (const auto& server : servers_) {
    server->wants_all = true;
    wake(*server);
  }
}

void Registration::wake(NameServer& server) {
  if (!is_stopping_) server.has_work.set();
}

net::Task<> Registration::keep_registered(NameServer* server) {
  for (;;) {
    co_await server->has_work.wait();
    server->has_work.reset();
    const bool is_all = std::exchange(server->wants_all, false);
    const auto changed = std::exchange(server->changed, {});
    if (is_stopping_ || (!is_all && changed.empty())) continue;

    server->is_busy = true;
    // A variable of its own: g++ 12 destroys a conditional temporary inside co_await twice.
    RegisterBrokerBody body = is_all ? whole_body() : body_of(changed);
    const Result<void> told = co_await tell(server, std::move(body));
    server->is_busy = false;
    if (is_stopping_) continue;
    if (!told) {
      server->wants_all = true;
      server->has_work.set();
    }
    note(*server, told);
    release_settled();
    if (!told) co_await net::sleep_for(loop_, retry_delay);
  }
}

net::Task<Result<void>> Registration::tell(NameServer* server, RegisterBrokerBody body) {
  restrict_perms(body);
  const std::string text = protocol::to_json(body);
  const BrokerOptions& options = core_.options;
  const protocol::RegisterBroker request{
      .broker_name = options.broker_name,
      .broker_addr = core_.address,
      .cluster_name = options.broker_cluster_name,
      .ha_server_addr = ha_address_,
      .broker_id = options.broker_id,
      .enable_acting_master = false,
      .compressed = false,
      .body_crc32 = static_cast<std::int32_t>(protocol::body_crc(text)),
  };
  const std::chrono::milliseconds timeout(options.register_broker_timeout_ms);
  const auto answer = co_await pool_.call(server->address, request, text, timeout);
  if (!answer) co_return answer.error();
  take_order_topics(answer->body);
  co_return Result<void>();
}

RegisterBrokerBody Registration::whole_body() const { return {.topics = core_.topics.wrapper()}; }

RegisterBrokerBody Registration::body_of(const std::set<std::string, std::less<>>& changed) const {
  RegisterBrokerBody body;
  for (const std::string& topic : changed) {
    auto one = core_.topics.wrapper(topic);
    one.topic_config_table.merge(body.topics.topic_config_table);
    body.topics = std::move(one);
  }
  return body;
}

// A broker that may not be written to, or read from, says so of every topic.
void Registration::restrict_perms(RegisterBrokerBody& body) const {
  const std::int32_t permission = core_.options.broker_permission;
  if (permission == (perm_read | perm_write)) return;
  for (auto& [name, topic] : body.topics.topic_config_table) topic.perm &= permission;
}

// Java: handleRegisterBrokerResult, updateOrderTopicConfig.
void Registration::take_order_topics(std::string_view body) {
  if (body.empty()) return;
  const auto order_topics = protocol::from_json<protocol::KVTable>(body, "order topics");
  if (!order_topics || !core_.topics.set_ordered(*order_topics, loop_.wall_ms())) return;
  for (const auto& [topic, conf] : order_topics->table) {
    if (core_.topics.find(topic) != nullptr) core_.topic_changed(topic);
  }
}

// One line when it begins to fail, and one when it works again.
void Registration::note(NameServer& server, const Result<void>& result) {
  const bool was_failing = std::exchange(server.is_failing, !result);
  if (!log_ || was_failing == server.is_failing) return;
  log_(result ? str("registered with name server ", server.address, " again")
              : str("cannot register with name server ", server.address, ": ",
                    to_string(result.error()), "; trying on"));
}

void Registration::when_settled(std::function<void()> done) {
  Waiter& waiter = waiters_.emplace_back(Waiter{std::move(done), {}});
  waiter.timer = loop_.after(settle_timeout, [this, &waiter] {
    const auto at = std::find_if(waiters_.begin(), waiters_.end(),
                                 [&](const Waiter& w) { return &w == &waiter; });
    const auto told = std::move(at->done);
    waiters_.erase(at);
    told();
  });
  release_settled();
}

void Registration::release_settled() {
  const bool is_settled = std::all_of(servers_.begin(), servers_.end(),
                                      [](const auto& server) { return server->is_settled(); });
  if (!is_settled && !is_stopping_) return;
  for (Waiter& waiter : std::exchange(waiters_, {})) waiter.done();
}

void Registration::find_route(std::string topic, RouteFound done) {
  tasks_.start(ask_route(std::move(topic), std::move(done)));
}

net::Task<> Registration::ask_route(std::string topic, RouteFound done) {
  Result<protocol::TopicRouteData> route = Error{Errc::not_connected, "there is no name server"};
  for (const auto& server : servers_) {
    if (is_stopping_) break;
    const protocol::GetRouteInfoByTopic request{.topic = topic};
    const auto answer = co_await pool_.call(server->address, request, {}, route_timeout);
    if (answer) {
      route = protocol::from_json<protocol::TopicRouteData>(answer->body, "topic route");
    } else {
      route = answer.error();
    }
    if (route || route.error().code == ResponseCode::topic_not_exist) break;
  }
  done(route);
}

void Registration::stop(std::function<void()> done) {
  is_stopping_ = true;
  on_stopped_ = std::move(done);
  period_.reset();
  release_settled();
  stop_timer_ = loop_.after(stop_timeout, [this] { finish_stop(); });
  leaving_ = 1;
  for (const auto& server : servers_) {
    if (pool_.find(server->address) == nullptr) continue;
    ++leaving_;
    tasks_.start(unregister(server->address));
  }
  if (--leaving_ == 0) stop_timer_ = loop_.after({}, [this] { finish_stop(); });
}

net::Task<> Registration::unregister(std::string address) {
  const BrokerOptions& options = core_.options;
  const protocol::UnregisterBroker request{.broker_name = options.broker_name,
                                           .broker_addr = core_.address,
                                           .cluster_name = options.broker_cluster_name,
                                           .broker_id = options.broker_id};
  // Whatever the answer: the connection closes after it, which says the same.
  (void)co_await pool_.call(address, request, {}, stop_timeout);
  if (--leaving_ == 0) stop_timer_ = loop_.after({}, [this] { finish_stop(); });
}

void Registration::finish_stop() {
  pool_.close_all();
  if (const auto done = std::exchange(on_stopped_, nullptr)) done();
}

}  // namespace rocketmq::broker
