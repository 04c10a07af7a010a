#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "broker-lite/metrics/series.h"
#include "protocol/prometheus_text.h"

namespace rocketmq::broker {

// Counts what POP writes down and what comes of it, by topic and group, under the names of stock
// 5.x. Does nothing unless it is switched on. Java: PopMetricsManager.
class PopMetrics {
 public:
  static constexpr std::size_t names_max = 2000;  // pairs of topic and group counted by name

  enum class Record { check_point, ack };

  void switch_on() { is_on_ = true; }

  void put(Record record, std::string_view topic, std::string_view group, bool is_stored);
  // In the revive topic.
  void read(Record record, std::string_view topic, std::string_view group, std::int32_t queue_id);
  // Put into a retry topic, since nobody has acknowledged it.
  void came_back(std::string_view topic, std::string_view group, bool is_stored);

  void write(protocol::PrometheusText& text,
             const std::function<bool(std::string_view topic)>& has_topic);

 private:
  static constexpr std::size_t kinds = 2;
  struct Puts {
    std::int64_t stored = 0;
    std::int64_t refused = 0;
  };
  struct Counted {
    std::array<Puts, kinds> put;
    std::map<std::pair<std::size_t, std::int32_t>, std::int64_t> read;  // by kind and queue
    Puts came_back;
  };

  Counted& of(std::string_view topic, std::string_view group);
  void write_put(protocol::PrometheusText& text) const;
  void write_read(protocol::PrometheusText& text) const;
  void write_came_back(protocol::PrometheusText& text) const;

  bool is_on_ = false;
  Series<Counted> counted_{names_max};  // by topic@group
  std::string pair_;
};

}  // namespace rocketmq::broker
