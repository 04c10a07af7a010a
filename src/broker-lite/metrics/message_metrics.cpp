#include "broker-lite/metrics/message_metrics.h"

#include <utility>

namespace rocketmq::broker {
namespace {

using protocol::prometheus_labels;
using protocol::PrometheusText;

constexpr std::array<std::string_view, 4> type_names{"normal", "fifo", "delay", "transaction"};
// Java: BrokerMetricsManager.
constexpr std::array<std::int64_t, 6> size_bounds{1024, 4096, 524'288, 1 << 20, 2 << 20, 4 << 20};
constexpr std::array<std::int64_t, 6> finish_bounds{5, 60, 600, 3600, 43'200, 86'400};  // seconds

constexpr std::string_view counter_help = "default view for counter.";  // as stock says

std::string_view text_of(bool value) { return value ? "true" : "false"; }

std::pair<std::string_view, std::string_view> split(std::string_view pair) {
  const std::size_t at = pair.find('@');
  if (at == pair.npos) return {pair, pair};  // the others
  return {pair.substr(0, at), pair.substr(at + 1)};
}

}  // namespace

// ---- counting

const std::string& MessageMetrics::pair_of(std::string_view topic, std::string_view group) {
  pair_.assign(topic);
  pair_ += '@';  // in no name
  pair_ += group;
  return pair_;
}

void MessageMetrics::in(std::string_view topic, MessageType type, std::int64_t messages,
                        std::int64_t bytes) {
  if (!is_on_ || messages == 0) return;
  In& counted = in_.at(topic)[static_cast<std::size_t>(type)];
  counted.messages += messages;
  counted.bytes += bytes;
  if (!counted.sizes) counted.sizes.emplace(size_bounds);
  counted.sizes->add(static_cast<double>(bytes) / static_cast<double>(messages), messages);
}

void MessageMetrics::out(std::string_view topic, std::string_view group, Delivery by,
                         std::int64_t messages, std::int64_t bytes) {
  if (!is_on_ || messages == 0) return;
  Out& counted = out_.at(pair_of(topic, group))[static_cast<std::size_t>(by)];
  counted.messages += messages;
  counted.bytes += bytes;
}

void MessageMetrics::to_dead_letters(std::string_view topic, std::string_view group) {
  if (is_on_) ++dead_letters_.at(pair_of(topic, group));
}

void MessageMetrics::committed(std::string_view topic, std::int64_t after_ms) {
  if (!is_on_) return;
  Transactions& counted = transactions_.at(topic);
  ++counted.committed;
  if (!counted.latencies) counted.latencies.emplace(finish_bounds);
  counted.latencies->add(static_cast<double>(after_ms / 1000));  // seconds, whatever the name says
}

void MessageMetrics::rolled_back(std::string_view topic) {
  if (is_on_) ++transactions_.at(topic).rolled_back;
}

// ---- telling

void MessageMetrics::write(PrometheusText& text, const Names& names) {
  forget_what_is_gone(names);
  write_in(text, names);
  write_out(text, names);
  write_dead_letters(text, names);
  write_transactions(text);
}

void MessageMetrics::forget_what_is_gone(const Names& names) {
  const auto has_no_topic = [&](std::string_view topic) { return !names.has_topic(topic); };
  const auto pair_has_none = [&](std::string_view pair) {
    return !names.has_topic(split(pair).first);
  };
  in_.forget(has_no_topic);
  transactions_.forget(has_no_topic);
  out_.forget(pair_has_none);
  dead_letters_.forget(pair_has_none);
}

void MessageMetrics::write_in(PrometheusText& text, const Names& names) const {
  const auto for_each = [&](auto use) {
    for (const auto& [topic, by_type] : in_) {
      for (std::size_t type = 0; type < types; ++type) {
        if (by_type[type].messages == 0) continue;
        use(by_type[type],
            prometheus_labels({{"topic", topic},
                               {"message_type", type_names[type]},
                               {"is_system", text_of(names.is_system_topic(topic))}}));
      }
    }
  };
  if (in_.empty()) return;
  text.metric("rocketmq_messages_in_total", "counter", counter_help);
  for_each([&](const In& in, std::string_view labels) { text.line(in.messages, labels); });
  text.metric("rocketmq_throughput_in_total", "counter", counter_help);
  for_each([&](const In& in, std::string_view labels) { text.line(in.bytes, labels); });
  text.metric("rocketmq_message_size", "histogram", "Bytes of a stored message.");
  for_each([&](const In& in, std::string_view labels) { in.sizes->write(text, labels); });
}

std::string MessageMetrics::labels_of(std::string_view pair, Delivery by, const Names& names) {
  const auto [topic, group] = split(pair);
  const bool is_system = names.is_system_topic(topic) || names.is_system_group(group);
  std::string labels = prometheus_labels(
      {{"topic", topic}, {"consumer_group", group}, {"is_system", text_of(is_system)}});
  if (by == Delivery::pull) return labels;
  return labels + "," + protocol::prometheus_label("is_retry", text_of(by == Delivery::pop_again));
}

void MessageMetrics::write_out(PrometheusText& text, const Names& names) const {
  if (out_.empty()) return;
  const auto write = [&](std::string_view name, std::int64_t Out::* counter) {
    text.metric(name, "counter", counter_help);
    for (const auto& [pair, by_delivery] : out_) {
      for (std::size_t by = 0; by < deliveries; ++by) {
        const Out& out = by_delivery[by];
        if (out.messages == 0) continue;
        text.line(out.*counter, labels_of(pair, static_cast<Delivery>(by), names));
      }
    }
  };
  write("rocketmq_messages_out_total", &Out::messages);
  write("rocketmq_throughput_out_total", &Out::bytes);
}

void MessageMetrics::write_dead_letters(PrometheusText& text, const Names& names) const {
  if (dead_letters_.empty()) return;
  text.metric("rocketmq_send_to_dlq_messages_total", "counter", counter_help);
  for (const auto& [pair, messages] : dead_letters_) {
    text.line(messages, labels_of(pair, Delivery::pull, names));
  }
}

void MessageMetrics::write_transactions(PrometheusText& text) const {
  if (transactions_.empty()) return;
  const auto write = [&](std::string_view name, std::int64_t Transactions::* counter) {
    text.metric(name, "counter", counter_help);
    for (const auto& [topic, ended] : transactions_) {
      if (ended.*counter > 0) text.line(ended.*counter, protocol::prometheus_label("topic", topic));
    }
  };
  write("rocketmq_commit_messages_total", &Transactions::committed);
  write("rocketmq_rollback_messages_total", &Transactions::rolled_back);
  text.metric("rocketmq_finish_message_latency_milliseconds", "histogram",
              "Seconds from a half message to its commit.");
  for (const auto& [topic, ended] : transactions_) {
    if (ended.latencies) ended.latencies->write(text, protocol::prometheus_label("topic", topic));
  }
}

}  // namespace rocketmq::broker
