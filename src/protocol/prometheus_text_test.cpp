#include "protocol/prometheus_text.h"

#include <gtest/gtest.h>

namespace rocketmq::protocol {
namespace {

TEST(PrometheusText, writes_metrics_and_their_lines) {
  std::string out;
  PrometheusText text(out, prometheus_label("node", "a\\b\"c\nd"));
  text.metric("things", "gauge", "How many.");
  text.line(7);
  text.line(-1.5, prometheus_label("kind", "x"));
  text.line(1e15, {}, "_sum");
  EXPECT_EQ(out,
            "# HELP things How many.\n# TYPE things gauge\n"
            "things{node=\"a\\\\b\\\"c\\nd\"} 7\n"
            "things{node=\"a\\\\b\\\"c\\nd\",kind=\"x\"} -1.5\n"
            "things_sum{node=\"a\\\\b\\\"c\\nd\"} 1e+15\n");
}

TEST(PrometheusText, needs_no_labels) {
  std::string out;
  PrometheusText text(out);
  text.metric("n", "counter", "N.");
  text.line(1);
  text.line(2, "a=\"b\"");
  EXPECT_EQ(out, "# HELP n N.\n# TYPE n counter\nn 1\nn{a=\"b\"} 2\n");
}

}  // namespace
}  // namespace rocketmq::protocol
