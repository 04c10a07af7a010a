#include "client/admin_calls.h"

namespace rocketmq {
namespace client {
namespace {

// The name of the cluster that was asked for, or of the only one there is.
Result<std::string> choose_cluster(const protocol::ClusterInfo& info, const std::string& wanted) {
  std::string names;
  for (const auto& [name, brokers] : info.cluster_addr_table) {
    if (name == wanted) return name;
    names += names.empty() ? name : ", " + name;
  }
  if (!wanted.empty()) {
    return Error{Errc::invalid_argument, str("no cluster ", wanted, "; there is ", names)};
  }
  if (info.cluster_addr_table.empty()) return Error{Errc::no_route, "there is no broker"};
  if (info.cluster_addr_table.size() > 1) {
    return Error{Errc::invalid_argument, str("there are several clusters; choose of ", names)};
  }
  return names;
}

const std::string* master_of(const protocol::ClusterInfo& info, const std::string& broker_name) {
  const auto broker = info.broker_addr_table.find(broker_name);
  if (broker == info.broker_addr_table.end()) return nullptr;
  const auto master = broker->second.broker_addrs.find(master_id);
  return master == broker->second.broker_addrs.end() ? nullptr : &master->second;
}

Result<std::vector<MasterBroker>> masters_of(const protocol::ClusterInfo& info,
                                             const std::string& cluster) {
  std::vector<MasterBroker> masters;
  std::string without;
  for (const std::string& name : info.cluster_addr_table.at(cluster)) {
    if (const std::string* const master = master_of(info, name)) {
      masters.push_back({name, *master});
    } else {
      without += without.empty() ? name : ", " + name;
    }
  }
  if (masters.empty()) return Error{Errc::no_route, str("cluster ", cluster, " has no master")};
  if (!without.empty()) {
    return Error{Errc::no_route, str("no master in cluster ", cluster, " for broker ", without)};
  }
  return masters;
}

}  // namespace

Error AdminCalls::at(const std::string& address, Error error) {
  error.message = str("broker at ", address, ": ", error.message);
  return error;
}

net::Task<Result<protocol::ClusterInfo>> AdminCalls::cluster_info() {
  return ask_name_server(protocol::GetBrokerClusterInfo{});
}

net::Task<Result<std::vector<MasterBroker>>> AdminCalls::masters_of_cluster(std::string cluster) {
  const auto info = co_await cluster_info();
  if (!info) co_return info.error();
  const auto chosen = choose_cluster(*info, cluster);
  if (!chosen) co_return chosen.error();
  co_return masters_of(*info, *chosen);
}

net::Task<Result<std::vector<std::string>>> AdminCalls::addresses(std::string cluster,
                                                                  std::string broker_address) {
  if (!broker_address.empty()) co_return std::vector<std::string>{broker_address};
  const auto masters = co_await masters_of_cluster(cluster);
  if (!masters) co_return masters.error();
  std::vector<std::string> addresses;
  for (const MasterBroker& master : *masters) addresses.push_back(master.address);
  co_return addresses;
}

net::Task<Result<std::vector<MasterBroker>>> AdminCalls::masters_of_topic(std::string topic) {
  const auto route = co_await core_.ask_for_route(topic);
  if (!route && route.error().code == ResponseCode::topic_not_exist) {
    co_return Error{Errc::no_route, str("topic ", topic, " does not exist")};
  }
  if (!route) co_return route.error();
  std::vector<MasterBroker> masters;
  for (const protocol::BrokerData& broker : route->broker_datas) {
    const auto master = broker.broker_addrs.find(master_id);
    if (master != broker.broker_addrs.end()) {
      masters.push_back({broker.broker_name, master->second});
    }
  }
  if (masters.empty()) co_return Error{Errc::no_route, str("topic ", topic, " has no master")};
  co_return masters;
}

net::Task<Result<std::string>> AdminCalls::address_of(std::string broker_name) {
  const auto info = co_await cluster_info();
  if (!info) co_return info.error();
  if (const std::string* const master = master_of(*info, broker_name)) co_return *master;
  co_return Error{Errc::no_route, str("broker ", broker_name, " has no known master")};
}

}  // namespace client

// ---- the public handle

Result<Admin> Client::create_admin() {
  if (!core_->usable()) return core_->usable().error();
  return Admin(std::make_unique<Admin::Impl>(core_));
}

Admin::Admin(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Admin::Admin(Admin&&) noexcept = default;
Admin& Admin::operator=(Admin&&) noexcept = default;
Admin::~Admin() = default;

}  // namespace rocketmq
