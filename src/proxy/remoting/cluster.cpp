#include "proxy/remoting/cluster.h"

#include <rocketmq/request_code.h>

#include <random>
#include <set>
#include <utility>

#include "protocol/requests/namesrv.h"
#include "protocol/str.h"
#include "proxy/remoting/command_call.h"

namespace rocketmq::proxy {
namespace {

SharedCommand make_request(RequestCode code, protocol::Fields fields) {
  protocol::Command request;
  request.code = static_cast<std::int32_t>(code);
  request.fields = std::move(fields);
  return std::make_shared<KeptCommand>(request);
}

Error unavailable(std::string what) {
  return {ResponseCode::service_not_available, std::move(what)};
}

}  // namespace

Cluster::Cluster(net::Loop& loop, ClusterOptions options)
    : loop_(loop),
      options_(std::move(options)),
      name_servers_(options_.name_servers, std::random_device()()),
      pool_(loop, options_.connections) {}

// ---- routes

Cluster::Route Cluster::find_route(std::string_view topic) const {
  const auto found = routes_.find(topic);
  if (found == routes_.end()) return nullptr;
  return loop_.now() - found->second.asked_at < options_.route_ttl ? found->second.route : nullptr;
}

Cluster::Route Cluster::last_known(std::string_view topic) const {
  const auto found = routes_.find(topic);
  return found == routes_.end() ? nullptr : found->second.route;
}

net::Task<Result<Cluster::Route>> Cluster::route(std::string topic) {
  if (Route known = find_route(topic)) co_return known;
  const std::shared_ptr<Asking> asking = begin_asking(topic);
  co_await asking->done.wait();
  co_return *asking->result;
}

std::shared_ptr<Cluster::Asking> Cluster::begin_asking(const std::string& topic) {
  if (const auto found = asking_.find(topic); found != asking_.end()) return found->second;
  const auto asking = std::make_shared<Asking>();
  asking_.emplace(topic, asking);
  tasks_.start(ask_for_route(topic, asking));
  return asking;
}

net::Task<> Cluster::ask_for_route(std::string topic, std::shared_ptr<Asking> asking) {
  const protocol::Fields fields{{"topic", topic}, {"acceptStandardJsonOnly", "true"}};
  const SharedCommand request = make_request(RequestCode::get_routeinfo_by_topic, fields);
  const auto answer = co_await ask(request, options_.timeout);
  asking->result.emplace(took_route(topic, answer));
  asking_.erase(topic);
  asking->done.set();
}

Result<Cluster::Route> Cluster::took_route(const std::string& topic,
                                           const Result<KeptCommand>& answer) {
  const auto known = routes_.find(topic);
  Error failure;
  if (!answer) {
    failure = answer.error();
  } else if ((*answer)->code != 0) {
    failure = Error{static_cast<ResponseCode>((*answer)->code), std::string((*answer)->remark)};
    if (failure.code == ResponseCode::topic_not_exist) {
      if (known != routes_.end()) routes_.erase(known);
      return failure;
    }
  } else {
    auto data = protocol::from_json<protocol::TopicRouteData>((*answer)->body, "route");
    if (data) {
      for (const protocol::BrokerData& broker : data->broker_datas) learn(broker);
      Route route = std::make_shared<const protocol::TopicRouteData>(*std::move(data));
      make_room();
      routes_[topic] = {route, loop_.now()};
      return route;
    }
    failure = unavailable(data.error().message);
  }
  if (known != routes_.end()) return known->second.route;
  return failure;
}

void Cluster::make_room() {
  if (routes_.size() < options_.routes_max) return;
  std::erase_if(routes_, [this](const auto& entry) {
    return loop_.now() - entry.second.asked_at >= options_.route_ttl;
  });
  if (routes_.size() >= options_.routes_max) routes_.clear();
}

// ---- brokers

void Cluster::learn(const protocol::BrokerData& broker) {
  if (!broker.broker_addrs.empty()) brokers_[broker.broker_name] = broker.broker_addrs;
}

const std::string* Cluster::find_broker(std::string_view name, std::int64_t id) const {
  const auto broker = brokers_.find(name);
  if (broker == brokers_.end()) return nullptr;
  const auto& addresses = broker->second;
  const auto found = addresses.find(id);
  if (found != addresses.end()) return &found->second;
  return id == 0 ? &addresses.begin()->second : nullptr;
}

net::Task<Result<std::string>> Cluster::broker(std::string name, std::int64_t id) {
  if (const std::string* const known = find_broker(name, id)) co_return *known;
  doubt();
  if (is_asking_for_brokers_) co_await brokers_asked_.wait();
  if (const std::string* const known = find_broker(name, id)) co_return *known;
  co_return Error{ResponseCode::broker_not_exist,
                  str("no name server knows broker ", name, " with id ", id)};
}

net::Task<Result<std::string>> Cluster::only_broker(std::string topic) {
  std::set<std::string> names;
  if (!topic.empty()) {
    const auto known = co_await route(topic);
    if (known) {
      for (const protocol::BrokerData& broker : (*known)->broker_datas) {
        names.insert(broker.broker_name);
      }
    } else if (known.error().code != ResponseCode::topic_not_exist) {
      co_return known.error();
    }
  }
  if (names.empty()) {  // a topic may be about to be made
    if (!brokers_asked_at_ || loop_.now() - *brokers_asked_at_ >= options_.route_ttl) doubt();
    if (is_asking_for_brokers_) co_await brokers_asked_.wait();
    for (const auto& [name, addresses] : brokers_) names.insert(name);
  }
  if (names.size() == 1) co_return co_await broker(*names.begin());
  if (names.empty()) co_return unavailable("no name server knows a broker");
  co_return Error{ResponseCode::version_not_supported,
                  str("Request doesn't have field bname, and there are ", names.size(),
                      " brokers: start the proxy with addressing=ports for this client")};
}

net::Task<std::set<std::string>> Cluster::brokers_of(std::set<std::string> topics) {
  std::vector<std::shared_ptr<Asking>> unknown;
  for (const std::string& topic : topics) {
    if (find_route(topic) != nullptr) continue;
    const std::shared_ptr<Asking> asking = begin_asking(topic);
    if (last_known(topic) == nullptr) unknown.push_back(asking);
  }
  for (const std::shared_ptr<Asking>& asking : unknown) co_await asking->done.wait();
  std::set<std::string> addresses;
  for (const std::string& topic : topics) {
    const Route known = last_known(topic);
    if (known == nullptr) continue;
    for (const protocol::BrokerData& broker : known->broker_datas) {
      const std::string* const address = find_broker(broker.broker_name);
      if (address != nullptr) addresses.insert(*address);
    }
  }
  co_return addresses;
}

void Cluster::doubt() {
  const net::TimePoint now = loop_.now();
  if (is_asking_for_brokers_) return;
  if (brokers_asked_at_ && now - *brokers_asked_at_ < options_.doubt_interval) return;
  brokers_asked_at_ = now;
  is_asking_for_brokers_ = true;
  brokers_asked_.reset();
  tasks_.start(ask_for_brokers());
}

net::Task<> Cluster::ask_for_brokers() {
  const SharedCommand request = make_request(RequestCode::get_broker_cluster_info, {});
  const auto answer = co_await ask(request, options_.timeout);
  if (answer && (*answer)->code == 0) {
    const auto info = protocol::from_json<protocol::ClusterInfo>((*answer)->body, "cluster info");
    if (info) {
      brokers_.clear();
      for (const auto& [name, broker] : info->broker_addr_table) learn(broker);
    }
  }
  is_asking_for_brokers_ = false;
  brokers_asked_.set();
}

// ---- name servers

net::Task<Result<KeptCommand>> Cluster::ask(SharedCommand request, net::Duration timeout) {
  Error last = unavailable("the proxy knows no name server");
  const net::TimePoint deadline = loop_.now() + timeout;
  const std::size_t count = name_servers_.size();
  for (std::size_t tried = 0; tried < count; ++tried) {
    const std::string address = name_servers_.current();
    const auto share = (deadline - loop_.now()) / static_cast<net::Duration::rep>(count - tried);
    auto answer = co_await ask_one(address, request, share);
    if (answer) co_return answer;
    last = unavailable(str("name server ", address, ": ", answer.error().message));
    name_servers_.failed(address);
  }
  co_return last;
}

net::Task<Result<KeptCommand>> Cluster::ask_one(std::string address, SharedCommand request,
                                                net::Duration timeout) {
  const net::TimePoint deadline = loop_.now() + timeout;
  const auto connected = co_await pool_.get(std::move(address), timeout);
  if (!connected) co_return connected.error();
  net::Channel* const channel = connected->get();
  if (channel == nullptr) co_return Error{Errc::not_connected, "the connection was lost"};
  co_return co_await CommandCall(*channel, **request, deadline - loop_.now());
}

}  // namespace rocketmq::proxy
