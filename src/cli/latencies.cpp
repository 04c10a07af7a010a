#include "cli/latencies.h"

#include <algorithm>
#include <bit>

namespace rocketmq::cli {
namespace {

constexpr int step_bits = 6;
constexpr std::uint64_t steps = 1 << step_bits;

// Below 64 ns a step each; above, the power of two and the next six bits.
std::size_t index_of(std::uint64_t ns) {
  if (ns < steps) return ns;
  const int shift = static_cast<int>(std::bit_width(ns)) - 1 - step_bits;
  return static_cast<std::size_t>(shift + 1) * steps + ((ns >> shift) & (steps - 1));
}

std::uint64_t last_of(std::size_t index) {
  if (index < steps) return index;
  const std::size_t shift = index / steps - 1;
  return (((steps + index % steps + 1) << shift)) - 1;
}

}  // namespace

void Latencies::add(Duration took) {
  const auto ns = static_cast<std::uint64_t>(std::max<Duration::rep>(took.count(), 0));
  const std::size_t index = index_of(ns);
  if (index >= counts_.size()) counts_.resize(index + 1);
  ++counts_[index];
  ++count_;
  max_ = std::max(max_, ns);
}

void Latencies::add(const Latencies& others) {
  counts_.resize(std::max(counts_.size(), others.counts_.size()));
  for (std::size_t i = 0; i < others.counts_.size(); ++i) counts_[i] += others.counts_[i];
  count_ += others.count_;
  max_ = std::max(max_, others.max_);
}

Latencies::Duration Latencies::percentile(double percent) const {
  const auto wanted = static_cast<std::uint64_t>(static_cast<double>(count_) * percent / 100);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen > wanted || seen == count_) return Duration(std::min(last_of(i), max_));
  }
  return Duration(0);
}

}  // namespace rocketmq::cli
