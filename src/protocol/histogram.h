#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "protocol/prometheus_text.h"
#include "protocol/str.h"

namespace rocketmq::protocol {

// How many values there were up to each of some bounds. `bounds` outlive it.
class Histogram {
 public:
  explicit Histogram(std::span<const std::int64_t> bounds)
      : bounds_(bounds), counts_(bounds.size() + 1) {}

  void add(double value, std::int64_t times = 1) {
    const auto bound = std::ranges::lower_bound(bounds_, value);
    counts_[static_cast<std::size_t>(bound - bounds_.begin())] += times;
    count_ += times;
    sum_ += value * static_cast<double>(times);
  }
  std::int64_t count() const { return count_; }

  // The lines of a metric of the type histogram.
  void write(protocol::PrometheusText& text, std::string_view labels) const {
    const std::string_view comma = labels.empty() ? "" : ",";
    std::int64_t below = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      below += counts_[i];
      const std::string bound = i < bounds_.size() ? str(bounds_[i]) : "+Inf";
      text.line(below, str(labels, comma, "le=\"", bound, '"'), "_bucket");
    }
    text.line(sum_, labels, "_sum");
    text.line(count_, labels, "_count");
  }

 private:
  std::span<const std::int64_t> bounds_;
  std::vector<std::int64_t> counts_;  // the last: above all bounds
  std::int64_t count_ = 0;
  double sum_ = 0;
};

}  // namespace rocketmq::protocol
