#include "broker-lite/metrics/broker_metrics.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "broker-lite/metrics/lag_metrics.h"
#include "broker-lite/state/names.h"
#include "protocol/str.h"
#include "protocol/version_name.h"

namespace rocketmq::broker {
namespace {

using protocol::prometheus_label;
using protocol::prometheus_labels;
using protocol::PrometheusText;

constexpr std::string_view gauge_help = "default view for gauge.";  // as stock says

// One number, of a metric that is nothing else.
template <class Number>
void gauge(PrometheusText& text, std::string_view name, Number value,
           std::string_view labels = {}) {
  text.metric(name, "gauge", gauge_help);
  text.line(value, labels);
}

// "cluster", "node_type", "node_id", and what metricsLabel adds: "k:v,k:v".
std::string common_labels(const BrokerOptions& options) {
  std::string labels = prometheus_labels({{"cluster", options.broker_cluster_name},
                                          {"node_type", "broker"},
                                          {"node_id", options.broker_name}});
  for (const auto& [name, value] : parse_metrics_label(options.metrics_label).value()) {
    labels += str(',', prometheus_label(name, value));
  }
  return labels;
}

std::string_view mode_name(protocol::ConsumeType type) {
  switch (type) {
    case protocol::ConsumeType::consume_actively:
      return "pull";
    case protocol::ConsumeType::consume_passively:
      return "push";
    case protocol::ConsumeType::consume_pop:
      return "pop";
  }
  return "";
}

void write_tables(PrometheusText& text, const Core& core) {
  gauge(text, "rocketmq_broker_permission", core.options.broker_permission);
  gauge(text, "rocketmq_topic_number", core.topics.size());
  gauge(text, "rocketmq_consumer_group_number", core.groups.size());
}

// One loop does everything at once: no request stands in a queue before it.
void write_watermarks(PrometheusText& text) {
  static constexpr std::array<std::string_view, 12> processors{
      "send",          "async_put",        "pull",      "ack",
      "query_message", "client_manager",   "heartbeat", "lite_pull",
      "transaction",   "consumer_manager", "admin",     "reply"};
  text.metric("rocketmq_processor_watermark", "gauge", gauge_help);
  for (const std::string_view processor : processors) {
    text.line(0, prometheus_label("processor", processor));
  }
}

void write_connections(PrometheusText& text, const Core& core) {
  const auto who = [](const ClientMember& member) {
    return str(
        prometheus_label("language", protocol::lower_case(to_string(member.language))), ',',
        prometheus_label("version", protocol::lower_case(protocol::version_name(member.version))),
        ",protocol_type=\"remoting\"");
  };
  std::map<std::string, int> producers;
  core.clients.for_each_producer(
      [&](const std::string&, const ClientMember& member) { ++producers[who(member)]; });
  std::map<std::string, int> consumers;
  core.clients.for_each_consumer_group([&](const std::string& name, const ConsumerGroup& group) {
    const bool is_system = name.starts_with(system_group_prefix);
    const std::string labels = prometheus_labels({{"consumer_group", name},
                                                  {"consume_mode", mode_name(group.consume_type)},
                                                  {"is_system", is_system ? "true" : "false"}});
    for (const ClientMember& member : group.members) ++consumers[str(labels, ',', who(member))];
  });
  const auto write = [&](std::string_view name, const std::map<std::string, int>& counts) {
    if (counts.empty()) return;
    text.metric(name, "gauge", gauge_help);
    for (const auto& [labels, count] : counts) text.line(count, labels);
  };
  write("rocketmq_producer_connections", producers);
  write("rocketmq_consumer_connections", consumers);
}

void write_store(PrometheusText& text, const MetricsSources& sources) {
  const Core& core = sources.core;
  const MessageStore& store = core.store;
  constexpr std::string_view labels = "storage_type=\"local\",storage_medium=\"disk\"";
  if (const auto space = sources.directory.space()) {
    gauge(text, "rocketmq_storage_size_bytes", space->total - space->free, labels);
  }
  gauge(text, "rocketmq_storage_flush_behind_bytes",
        store.max_position() - store.flushed_position(), labels);
  gauge(text, "rocketmq_storage_dispatch_behind_bytes", 0, labels);  // what is stored can be read
  const auto first = store.record_at(store.min_position());
  const std::int64_t kept_ms =
      first ? core.loop.wall_ms() - first->record.store_timestamp : std::int64_t{0};
  gauge(text, "rocketmq_storage_message_reserve_time_milliseconds", kept_ms, labels);
  gauge(text, "rocketmq_timing_messages", sources.timers.waiting(), labels);
  const std::int64_t late_ms = core.loop.wall_ms() - sources.timers.next_due_ms();
  gauge(text, "rocketmq_timer_dequeue_latency_milliseconds", std::max<std::int64_t>(0, late_ms),
        labels);
  // Ours: whether messages are taken, and if not the log says why.
  text.metric("rocketmq_storage_writable", "gauge", "1 while messages are taken.");
  text.line(store.is_writable() ? 1 : 0, labels);
}

void write_pop(PrometheusText& text, const MetricsSources& sources) {
  Core& core = sources.core;
  core.pop_metrics.write(
      text, [&core](std::string_view topic) { return core.topics.find(topic) != nullptr; });
  const std::vector<PopReviver::Lag> lags = sources.reviver.lags();
  const auto write = [&](std::string_view name, std::int64_t PopReviver::Lag::* number) {
    text.metric(name, "gauge", gauge_help);
    for (std::size_t id = 0; id < lags.size(); ++id) {
      text.line(lags[id].*number, prometheus_label("queue_id", std::to_string(id)));
    }
  };
  write("rocketmq_pop_revive_lag_milliseconds", &PopReviver::Lag::records);  // as stock means it
  write("rocketmq_pop_revive_latency_milliseconds", &PopReviver::Lag::late_ms);
  // What is popped and acknowledged is written down at once.
  gauge(text, "rocketmq_pop_offset_buffer_size", 0);
  gauge(text, "rocketmq_pop_checkpoint_buffer_size", 0);
}

MessageMetrics::Names names_of(const Core& core) {
  return {
      .has_topic = [&core](std::string_view topic) { return core.topics.find(topic) != nullptr; },
      .is_system_topic = [&core](std::string_view topic) { return core.topics.is_system(topic); },
      .is_system_group =
          [](std::string_view group) { return group.starts_with(system_group_prefix); }};
}

}  // namespace

std::string broker_metrics(const MetricsSources& sources) {
  Core& core = sources.core;
  std::string out;
  PrometheusText text(out, common_labels(core.options));
  write_tables(text, core);
  write_watermarks(text);
  core.message_metrics.write(text, names_of(core));
  write_lags(text, core);
  write_connections(text, core);
  write_pop(text, sources);
  write_store(text, sources);
  gauge(text, "rocketmq_half_messages", sources.transactions.open());
  sources.requests.write(text);
  return out;
}

}  // namespace rocketmq::broker
