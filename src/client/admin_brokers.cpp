#include "client/admin_calls.h"
#include "protocol/java_properties.h"
#include "protocol/requests/broker_admin.h"
#include "protocol/requests/broker_maintenance.h"
#include "protocol/requests/namesrv_admin.h"

namespace rocketmq {
namespace {

using client::AdminCalls;

net::Task<Result<std::vector<BrokerStatus>>> cluster(AdminCalls& calls) {
  const auto info = co_await calls.cluster_info();
  if (!info) co_return info.error();
  std::vector<BrokerStatus> brokers;
  for (const auto& [name, broker] : info->broker_addr_table) {
    for (const auto& [id, address] : broker.broker_addrs) {
      BrokerStatus status{
          .cluster = broker.cluster, .broker_name = name, .broker_id = id, .address = address};
      auto runtime = co_await calls.ask_body(address, protocol::GetBrokerRuntimeInfo{});
      if (runtime) {
        status.runtime = std::move(runtime->table);
      } else {
        status.problem = to_string(runtime.error());
      }
      brokers.push_back(std::move(status));
    }
  }
  co_return brokers;
}

// The body of the answer is a text of settings.
template <class Req>
net::Task<Result<Settings>> settings_of(AdminCalls& calls, std::string address, Req request) {
  const auto answer = co_await calls.ask(address, request);
  if (!answer) co_return answer.error();
  Settings settings;
  for (const protocol::JavaProperty& each : protocol::parse_java_properties(answer->body)) {
    settings[each.name] = each.value;
  }
  co_return settings;
}

// The body of the request is one.
template <class Req>
net::Task<Result<void>> update_settings(AdminCalls& calls, std::vector<std::string> addresses,
                                        Settings settings, Req request) {
  std::string text;
  for (const auto& [name, value] : settings) protocol::append_java_property(text, name, value);
  co_return co_await calls.tell(std::move(addresses), request, text);
}

net::Task<Result<BrokerRate>> broker_rate(AdminCalls& calls, std::string address, std::string name,
                                          std::string key) {
  const auto data = co_await calls.ask_body(
      address, protocol::ViewBrokerStatsData{.stats_name = name, .stats_key = key});
  if (!data) co_return data.error();
  const auto window = [](const protocol::BrokerStatsItem& item) {
    return BrokerRate::Window{.sum = item.sum, .per_second = item.tps, .average = item.average};
  };
  co_return BrokerRate{
      .minute = window(data->minute), .hour = window(data->hour), .day = window(data->day)};
}

template <class Req>
net::Task<Result<void>> tell_one(AdminCalls& calls, std::string address, Req request) {
  const auto done = co_await calls.ask(address, request);
  if (!done) co_return done.error();
  co_return Result<void>();
}

net::Task<Result<int>> set_broker_writable(AdminCalls& calls, std::string broker_name,
                                           bool writable) {
  int topics = 0;
  for (const std::string& address : calls.core().name_servers().all()) {
    if (writable) {
      const auto done =
          co_await calls.ask(address, protocol::AddWritePermOfBroker{.broker_name = broker_name});
      if (!done) co_return done.error();
      topics = done->header.add_topic_count;
    } else {
      const auto done =
          co_await calls.ask(address, protocol::WipeWritePermOfBroker{.broker_name = broker_name});
      if (!done) co_return done.error();
      topics = done->header.wipe_topic_count;
    }
  }
  co_return topics;
}

net::Task<Result<std::map<std::string, std::string>>> kv_configs(AdminCalls& calls,
                                                                 std::string ns) {
  auto table = co_await calls.ask_name_server(protocol::GetKVListByNamespace{.ns = ns});
  if (!table) co_return std::move(table).error();
  co_return std::move(table->table);
}

net::Task<Result<void>> put_kv_config(AdminCalls& calls, std::string ns, std::string key,
                                      std::string value) {
  co_return co_await calls.tell(calls.core().name_servers().all(),
                                protocol::PutKVConfig{.ns = ns, .key = key, .value = value});
}

net::Task<Result<void>> delete_kv_config(AdminCalls& calls, std::string ns, std::string key) {
  co_return co_await calls.tell(calls.core().name_servers().all(),
                                protocol::DeleteKVConfig{.ns = ns, .key = key});
}

}  // namespace

Result<std::vector<BrokerStatus>> Admin::cluster() {
  return impl_->run<std::vector<BrokerStatus>>(rocketmq::cluster);
}

Result<Settings> Admin::broker_settings(const std::string& address) {
  return impl_->run<Settings>(
      [&](AdminCalls& calls) { return settings_of(calls, address, protocol::GetBrokerConfig{}); });
}

Result<void> Admin::update_broker_settings(const std::string& address, const Settings& settings) {
  return impl_->run<void>([&](AdminCalls& calls) {
    return update_settings(calls, {address}, settings, protocol::UpdateBrokerConfig{});
  });
}

Result<BrokerRate> Admin::broker_rate(const std::string& address, const std::string& name,
                                      const std::string& key) {
  return impl_->run<BrokerRate>(
      [&](AdminCalls& calls) { return rocketmq::broker_rate(calls, address, name, key); });
}

Result<Settings> Admin::name_server_settings(const std::string& address) {
  return impl_->run<Settings>(
      [&](AdminCalls& calls) { return settings_of(calls, address, protocol::GetNamesrvConfig{}); });
}

Result<void> Admin::update_name_server_settings(const Settings& settings) {
  return impl_->run<void>([&](AdminCalls& calls) {
    return update_settings(calls, calls.core().name_servers().all(), settings,
                           protocol::UpdateNamesrvConfig{});
  });
}

Result<int> Admin::set_broker_writable(const std::string& broker_name, bool writable) {
  return impl_->run<int>([&](AdminCalls& calls) {
    return rocketmq::set_broker_writable(calls, broker_name, writable);
  });
}

Result<void> Admin::delete_expired_commit_log(const std::string& address) {
  return impl_->run<void>([&](AdminCalls& calls) {
    return tell_one(calls, address, protocol::DeleteExpiredCommitLog{});
  });
}

Result<void> Admin::clean_expired_consume_queue(const std::string& address) {
  return impl_->run<void>([&](AdminCalls& calls) {
    return tell_one(calls, address, protocol::CleanExpiredConsumeQueue{});
  });
}

Result<void> Admin::clean_unused_topics(const std::string& address) {
  return impl_->run<void>(
      [&](AdminCalls& calls) { return tell_one(calls, address, protocol::CleanUnusedTopic{}); });
}

Result<std::map<std::string, std::string>> Admin::kv_configs(const std::string& ns) {
  return impl_->run<std::map<std::string, std::string>>(
      [&](AdminCalls& calls) { return rocketmq::kv_configs(calls, ns); });
}

Result<void> Admin::put_kv_config(const std::string& ns, const std::string& key,
                                  const std::string& value) {
  return impl_->run<void>(
      [&](AdminCalls& calls) { return rocketmq::put_kv_config(calls, ns, key, value); });
}

Result<void> Admin::delete_kv_config(const std::string& ns, const std::string& key) {
  return impl_->run<void>(
      [&](AdminCalls& calls) { return rocketmq::delete_kv_config(calls, ns, key); });
}

}  // namespace rocketmq
