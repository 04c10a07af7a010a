#include <rocketmq/admin.h>

#include <algorithm>

#include "client/core.h"
#include "client/names.h"
#include "protocol/bodies/stats_data.h"
#include "protocol/requests/broker_admin.h"
#include "protocol/requests/topic_group_admin.h"

namespace rocketmq {
namespace {

constexpr int perm_read = 4;  // Java: PermName
constexpr int perm_write = 2;
constexpr int queues_max = 65'536;

Error at_address(const std::string& address, Error error) {
  error.message = str("broker at ", address, ": ", error.message);
  return error;
}

Result<void> check(const TopicOptions& options) {
  if (auto topic = client::check_topic(options.name); !topic) return topic;
  if (options.queues < 1 || options.queues > queues_max) {
    return Error{Errc::invalid_argument, str(options.queues, " queues, not 1 to ", queues_max)};
  }
  return {};
}

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
  const auto master = broker->second.broker_addrs.find(client::master_id);
  return master == broker->second.broker_addrs.end() ? nullptr : &master->second;
}

// The addresses of all masters; an error where a broker has none, for it would be passed over.
Result<std::vector<std::string>> masters_of(const protocol::ClusterInfo& info,
                                            const std::string& cluster) {
  std::vector<std::string> addresses;
  std::string without;
  for (const std::string& name : info.cluster_addr_table.at(cluster)) {
    if (const std::string* const master = master_of(info, name)) {
      addresses.push_back(*master);
    } else {
      without += without.empty() ? name : ", " + name;
    }
  }
  if (addresses.empty()) return Error{Errc::no_route, str("cluster ", cluster, " has no master")};
  if (!without.empty()) {
    return Error{Errc::no_route, str("no master in cluster ", cluster, " for broker ", without)};
  }
  return addresses;
}

TopicDescription describe_route(const client::Route& route) {
  TopicDescription description{.name = route.topic};
  for (const protocol::QueueData& queues : route.queues) {
    TopicBroker& broker = description.brokers.emplace_back();
    broker.broker_name = queues.broker_name;
    broker.read_queues = queues.read_queue_nums;
    broker.write_queues = queues.write_queue_nums;
    broker.readable = (queues.perm & perm_read) != 0;
    broker.writable = (queues.perm & perm_write) != 0;
    const auto data =
        std::ranges::find(route.brokers, queues.broker_name, &protocol::BrokerData::broker_name);
    if (data == route.brokers.end()) continue;
    const auto master = data->broker_addrs.find(client::master_id);
    if (master != data->broker_addrs.end()) broker.address = master->second;
  }
  return description;
}

void add_queues(const protocol::TopicStatsTable& table, TopicDescription& description) {
  for (const auto& [queue, offsets] : table.offset_table) {
    const std::chrono::milliseconds stored(
        std::max<std::int64_t>(offsets.last_update_timestamp, 0));
    description.queues.push_back({.queue = {queue.topic, queue.broker_name, queue.queue_id},
                                  .min_offset = offsets.min_offset,
                                  .max_offset = offsets.max_offset,
                                  .last_store_time = Timestamp(stored)});
  }
}

}  // namespace

// Asks one server after the other: these are questions of people and scripts.
class Admin::Impl {
 public:
  explicit Impl(std::shared_ptr<Client::Core> core) : core_(std::move(core)) {}

  Client::Core& core() { return *core_; }

  net::Task<Result<std::vector<std::string>>> topics() {
    auto answer = co_await core_->call_name_server(protocol::GetAllTopicListFromNameserver{});
    if (!answer) co_return std::move(answer).error();
    auto list = protocol::from_json<protocol::TopicList>(answer->body, "topic list");
    if (!list) co_return std::move(list).error();
    std::ranges::sort(list->topic_list);
    co_return std::move(list->topic_list);
  }

  net::Task<Result<void>> create_topic(TopicOptions options) {
    if (auto checked = check(options); !checked) co_return checked;
    auto info = co_await cluster_info();
    if (!info) co_return std::move(info).error();
    const auto cluster = choose_cluster(*info, options.cluster);
    if (!cluster) co_return cluster.error();
    const auto masters = masters_of(*info, *cluster);
    if (!masters) co_return masters.error();

    protocol::UpdateAndCreateTopic request;
    request.topic = options.name;
    request.default_topic = client::template_topic;
    request.read_queue_nums = request.write_queue_nums = options.queues;
    request.perm = (options.readable ? perm_read : 0) | (options.writable ? perm_write : 0);
    request.topic_filter_type = "SINGLE_TAG";
    request.topic_sys_flag = 0;
    request.order = false;
    for (const std::string& address : *masters) {
      auto done = co_await core_->pool().call(address, request, {}, timeout());
      if (!done) co_return at_address(address, std::move(done).error());
    }
    co_return Result<void>();
  }

  net::Task<Result<TopicDescription>> describe_topic(std::string topic) {
    auto data = co_await core_->ask_for_route(topic);
    if (!data && data.error().code == ResponseCode::topic_not_exist) {
      co_return Error{Errc::no_route, str("topic ", topic, " does not exist")};
    }
    if (!data) co_return std::move(data).error();
    TopicDescription description = describe_route(client::make_route(topic, *std::move(data)));
    for (const TopicBroker& broker : description.brokers) {
      if (broker.address.empty()) continue;
      protocol::GetTopicStatsInfo request{.topic = topic};
      auto answer = co_await core_->pool().call(broker.address, request, {}, timeout());
      if (!answer) co_return at_address(broker.address, std::move(answer).error());
      auto table = protocol::from_json<protocol::TopicStatsTable>(answer->body, "topic statistics");
      if (!table) co_return std::move(table).error();
      add_queues(*table, description);
    }
    std::sort(description.queues.begin(), description.queues.end(),
              [](const QueueStatus& a, const QueueStatus& b) { return a.queue < b.queue; });
    co_return description;
  }

  net::Task<Result<std::vector<BrokerStatus>>> cluster() {
    auto info = co_await cluster_info();
    if (!info) co_return std::move(info).error();
    std::vector<BrokerStatus> brokers;
    for (const auto& [name, broker] : info->broker_addr_table) {
      for (const auto& [id, address] : broker.broker_addrs) {
        BrokerStatus status{
            .cluster = broker.cluster, .broker_name = name, .broker_id = id, .address = address};
        auto runtime = co_await runtime_info(address);
        if (runtime) {
          status.runtime = *std::move(runtime);
        } else {
          status.problem = to_string(runtime.error());
        }
        brokers.push_back(std::move(status));
      }
    }
    co_return brokers;
  }

 private:
  net::Duration timeout() const { return core_->options().request_timeout; }

  net::Task<Result<protocol::ClusterInfo>> cluster_info() {
    auto answer = co_await core_->call_name_server(protocol::GetBrokerClusterInfo{});
    if (!answer) co_return std::move(answer).error();
    co_return protocol::from_json<protocol::ClusterInfo>(answer->body, "cluster");
  }

  net::Task<Result<std::map<std::string, std::string>>> runtime_info(std::string address) {
    auto answer =
        co_await core_->pool().call(address, protocol::GetBrokerRuntimeInfo{}, {}, timeout());
    if (!answer) co_return std::move(answer).error();
    auto table = protocol::from_json<protocol::KVTable>(answer->body, "runtime information");
    if (!table) co_return std::move(table).error();
    co_return std::move(table->table);
  }

  const std::shared_ptr<Client::Core> core_;
};

Result<Admin> Client::create_admin() {
  if (!core_->usable()) return core_->usable().error();
  return Admin(std::make_unique<Admin::Impl>(core_));
}

Admin::Admin(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Admin::Admin(Admin&&) noexcept = default;
Admin& Admin::operator=(Admin&&) noexcept = default;
Admin::~Admin() = default;

Result<std::vector<std::string>> Admin::topics() {
  return impl_->core().wait<std::vector<std::string>>([this] { return impl_->topics(); });
}

Result<void> Admin::create_topic(const TopicOptions& options) {
  return impl_->core().wait<void>([this, &options] { return impl_->create_topic(options); });
}

Result<TopicDescription> Admin::describe_topic(const std::string& topic) {
  return impl_->core().wait<TopicDescription>(
      [this, &topic] { return impl_->describe_topic(topic); });
}

Result<std::vector<BrokerStatus>> Admin::cluster() {
  return impl_->core().wait<std::vector<BrokerStatus>>([this] { return impl_->cluster(); });
}

}  // namespace rocketmq
