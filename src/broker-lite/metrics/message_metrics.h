#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "broker-lite/metrics/series.h"
#include "protocol/histogram.h"
#include "protocol/prometheus_text.h"

namespace rocketmq::broker {

// As stock tells them apart. Java: TopicMessageType.parseFromMessageProperty.
enum class MessageType { normal, fifo, delay, transaction };

// How messages go out: only of what POP hands out stock tells whether it comes again.
enum class Delivery { pull, pop, pop_again };

// Counts the messages that come and go, by topic and group, under the names of stock 5.x. Does
// nothing unless it is switched on. Java: BrokerMetricsManager.
class MessageMetrics {
 public:
  // Topics, and pairs of topic and group, that are counted by name.
  static constexpr std::size_t names_max = 2000;

  void switch_on() { is_on_ = true; }
  bool is_on() const { return is_on_; }

  // Stored in `topic`, which for those that wait is one of the broker's own.
  void in(std::string_view topic, MessageType type, std::int64_t messages, std::int64_t bytes);
  void out(std::string_view topic, std::string_view group, Delivery by, std::int64_t messages,
           std::int64_t bytes);
  void to_dead_letters(std::string_view topic, std::string_view group);
  void committed(std::string_view topic, std::int64_t after_ms);
  void rolled_back(std::string_view topic);

  // What the broker knows of topics and groups when it is asked.
  struct Names {
    std::function<bool(std::string_view topic)> has_topic;
    std::function<bool(std::string_view topic)> is_system_topic;
    std::function<bool(std::string_view group)> is_system_group;
  };
  void write(protocol::PrometheusText& text, const Names& names);

 private:
  static constexpr std::size_t types = 4;
  static constexpr std::size_t deliveries = 3;
  struct In {
    std::int64_t messages = 0;
    std::int64_t bytes = 0;
    std::optional<protocol::Histogram> sizes;
  };
  struct Out {
    std::int64_t messages = 0;
    std::int64_t bytes = 0;
  };
  struct Transactions {
    std::int64_t committed = 0;
    std::int64_t rolled_back = 0;
    std::optional<protocol::Histogram> latencies;
  };

  const std::string& pair_of(std::string_view topic, std::string_view group);
  void forget_what_is_gone(const Names& names);
  void write_in(protocol::PrometheusText& text, const Names& names) const;
  void write_out(protocol::PrometheusText& text, const Names& names) const;
  void write_dead_letters(protocol::PrometheusText& text, const Names& names) const;
  static std::string labels_of(std::string_view pair, Delivery by, const Names& names);
  void write_transactions(protocol::PrometheusText& text) const;

  bool is_on_ = false;
  Series<std::array<In, types>> in_{names_max};
  Series<std::array<Out, deliveries>> out_{names_max};  // by topic@group
  Series<std::int64_t> dead_letters_{names_max};        // by topic@group
  Series<Transactions> transactions_{names_max};
  std::string pair_;
};

}  // namespace rocketmq::broker
