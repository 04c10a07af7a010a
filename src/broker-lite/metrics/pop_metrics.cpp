#include "broker-lite/metrics/pop_metrics.h"

#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

using protocol::prometheus_label;
using protocol::prometheus_labels;
using protocol::PrometheusText;

constexpr std::string_view counter_help = "default view for counter.";  // as stock says
constexpr std::array<std::string_view, 2> kind_names{"CK", "ACK"};

// Topics and groups have no '@' in their names.
std::string labels_of(std::string_view pair) {
  const std::size_t at = pair.find('@');
  const bool is_pair = at != pair.npos;
  return prometheus_labels({{"consumer_group", is_pair ? pair.substr(at + 1) : pair},
                            {"topic", is_pair ? pair.substr(0, at) : pair}});
}

// Java: PutMessageStatus.
template <class Puts>
void write_puts(PrometheusText& text, const Puts& puts, const std::string& labels) {
  if (puts.stored > 0) text.line(puts.stored, labels + R"(,put_status="PUT_OK")");
  if (puts.refused > 0) text.line(puts.refused, labels + R"(,put_status="UNKNOWN_ERROR")");
}

}  // namespace

PopMetrics::Counted& PopMetrics::of(std::string_view topic, std::string_view group) {
  pair_.assign(topic).append(1, '@').append(group);
  return counted_.at(pair_);
}

void PopMetrics::put(Record record, std::string_view topic, std::string_view group,
                     bool is_stored) {
  if (!is_on_) return;
  Puts& puts = of(topic, group).put[static_cast<std::size_t>(record)];
  ++(is_stored ? puts.stored : puts.refused);
}

void PopMetrics::read(Record record, std::string_view topic, std::string_view group,
                      std::int32_t queue_id) {
  if (is_on_) ++of(topic, group).read[{static_cast<std::size_t>(record), queue_id}];
}

void PopMetrics::came_back(std::string_view topic, std::string_view group, bool is_stored) {
  if (!is_on_) return;
  Puts& puts = of(topic, group).came_back;
  ++(is_stored ? puts.stored : puts.refused);
}

void PopMetrics::write(PrometheusText& text,
                       const std::function<bool(std::string_view topic)>& has_topic) {
  counted_.forget(
      [&](std::string_view pair) { return !has_topic(pair.substr(0, pair.find('@'))); });
  if (counted_.empty()) return;
  write_put(text);
  write_read(text);
  write_came_back(text);
}

void PopMetrics::write_put(PrometheusText& text) const {
  text.metric("rocketmq_pop_revive_in_message_total", "counter", counter_help);
  for (const auto& [pair, counted] : counted_) {
    for (std::size_t kind = 0; kind < kinds; ++kind) {
      write_puts(
          text, counted.put[kind],
          str(labels_of(pair), ',', prometheus_label("revive_message_type", kind_names[kind])));
    }
  }
}

void PopMetrics::write_read(PrometheusText& text) const {
  text.metric("rocketmq_pop_revive_out_message_total", "counter", counter_help);
  for (const auto& [pair, counted] : counted_) {
    for (const auto& [place, count] : counted.read) {
      const auto [kind, queue_id] = place;
      text.line(count, str(labels_of(pair), ",queue_id=\"", queue_id, "\",",
                           prometheus_label("revive_message_type", kind_names[kind])));
    }
  }
}

void PopMetrics::write_came_back(PrometheusText& text) const {
  text.metric("rocketmq_pop_revive_retry_messages_total", "counter", counter_help);
  for (const auto& [pair, counted] : counted_) {
    write_puts(text, counted.came_back, labels_of(pair));
  }
}

}  // namespace rocketmq::broker
