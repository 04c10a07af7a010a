#pragma once

#include <charconv>
#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace rocketmq::protocol {

// name="value", escaped as the text format wants it.
std::string prometheus_label(std::string_view name, std::string_view value);
// As stock writes names that are upper-case elsewhere.
std::string lower_case(std::string_view text);
std::string prometheus_labels(
    std::initializer_list<std::pair<std::string_view, std::string_view>> labels);

// Metrics in Prometheus' text format, version 0.0.4.
class PrometheusText {
 public:
  // Appends to `out`, which lives longer. `labels` are on every line.
  explicit PrometheusText(std::string& out, std::string labels = {})
      : out_(out), labels_(std::move(labels)) {}

  // Begins a metric; its lines follow.
  void metric(std::string_view name, std::string_view type, std::string_view help);
  // `suffix`: _bucket, _sum and _count of a histogram.
  template <class Number>
    requires(std::integral<Number> || std::floating_point<Number>)
  void line(Number value, std::string_view labels = {}, std::string_view suffix = {}) {
    char text[32];
    const auto written = std::to_chars(text, text + sizeof text, value);
    line(std::string_view(text, written.ptr), labels, suffix);
  }

 private:
  void line(std::string_view value, std::string_view labels, std::string_view suffix);

  std::string& out_;
  const std::string labels_;
  std::string name_;
};

}  // namespace rocketmq::protocol
