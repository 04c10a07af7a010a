#include "cli/latencies.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace rocketmq::cli {
namespace {

using namespace std::chrono_literals;

TEST(Latencies, have_percentiles_right_to_two_percent) {
  std::mt19937 random(1);
  std::lognormal_distribution<double> distribution(12, 3);  // tens of ns to minutes
  Latencies latencies;
  std::vector<std::int64_t> all;
  for (int i = 0; i < 20'000; ++i) {
    all.push_back(static_cast<std::int64_t>(distribution(random)));
    latencies.add(std::chrono::nanoseconds(all.back()));
  }
  std::ranges::sort(all);
  for (const double percent : {0.0, 1.0, 50.0, 90.0, 99.0, 99.9}) {
    const auto exact = static_cast<double>(all[static_cast<std::size_t>(20'000 * percent / 100)]);
    const auto found = static_cast<double>(latencies.percentile(percent).count());
    EXPECT_GE(found, exact) << percent;
    EXPECT_LE(found, exact * 1.02 + 1) << percent;
  }
  EXPECT_EQ(latencies.max().count(), all.back());
  EXPECT_EQ(latencies.percentile(100).count(), all.back());
}

TEST(Latencies, of_several_are_those_of_all) {
  Latencies a, b, both;
  for (int i = 1; i <= 100; ++i) {
    (i % 2 == 0 ? a : b).add(i * 1ms);
    both.add(i * 1ms);
  }
  a.add(b);
  EXPECT_EQ(a.count(), 100u);
  for (const double percent : {10.0, 50.0, 99.0}) {
    EXPECT_EQ(a.percentile(percent), both.percentile(percent));
  }
  EXPECT_EQ(a.max(), 100ms);
}

TEST(Latencies, are_none_at_first) {
  EXPECT_EQ(Latencies().percentile(50).count(), 0);
  EXPECT_EQ(Latencies().max().count(), 0);
  Latencies one;
  one.add(-1ns);  // a clock may be set
  EXPECT_EQ(one.percentile(50).count(), 0);
  EXPECT_EQ(one.count(), 1u);
}

}  // namespace
}  // namespace rocketmq::cli
