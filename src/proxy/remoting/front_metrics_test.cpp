#include "protocol/prometheus_text.h"
#include "proxy/remoting/front.h"
#include "proxy/remoting/front_rig.h"

namespace rocketmq::proxy {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class FrontMetricsTest : public FrontTest {
 protected:
  FrontMetricsTest() { options_.metrics.counts = true; }

  std::string metrics() const {
    std::string out;
    protocol::PrometheusText text(out);
    front_->write_metrics(text);
    return out;
  }
};

TEST_F(FrontMetricsTest, counts_requests_by_code_and_answer) {
  start();
  FakeClient& client = connect();
  client.call(offset_at("a"));
  client.call(offset_at("a"));
  client.call(command(RequestCode::update_broker_config));
  EXPECT_THAT(metrics(),
              HasSubstr(R"(rocketmq_rpc_latency_milliseconds_count{protocol_type="remoting",)"
                        R"(request_code="get_max_offset",response_code="success",)"
                        R"(result="success",is_long_polling="false"} 2)"));
  EXPECT_THAT(metrics(),
              HasSubstr(R"(request_code="update_broker_config",response_code="no_permission")"));
  EXPECT_THAT(metrics(), HasSubstr("rocketmq_proxy_acl_denied_total 1\n"));
}

TEST_F(FrontMetricsTest, tells_what_there_is_now) {
  start();
  FakeClient& client = connect();
  connect();
  a_.is_silent = true;
  const auto waiting = client.begin(offset_at("a"));
  loop_.run_ready();
  EXPECT_THAT(metrics(),
              HasSubstr("rocketmq_proxy_downstream_connections{protocol=\"remoting\"} 2\n"));
  EXPECT_THAT(metrics(), HasSubstr("rocketmq_proxy_upstream_connections 1\n"));
  EXPECT_THAT(metrics(), HasSubstr("rocketmq_proxy_inflight_requests{protocol=\"remoting\"} 1\n"));
  a_.parked.clear();
  loop_.run_ready();
  EXPECT_THAT(metrics(), HasSubstr("rocketmq_proxy_inflight_requests{protocol=\"remoting\"} 0\n"));
}

TEST_F(FrontMetricsTest, counts_who_is_kept_out_and_routes_told_from_memory) {
  options_.users = {{"ann", "secret"}};
  options_.in_flight_max = 1;
  start();
  connect().call(route_of("T"));
  EXPECT_THAT(metrics(), HasSubstr("rocketmq_proxy_auth_failures_total 1\n"));
  options_.users.clear();
  front_->reload(options_);
  FakeClient& client = connect();
  client.call(route_of("T"));
  client.call(route_of("T"));
  EXPECT_THAT(metrics(), HasSubstr("rocketmq_proxy_route_cache_misses_total 1\n"));
  EXPECT_THAT(metrics(), HasSubstr("rocketmq_proxy_route_cache_hits_total 1\n"));
  a_.is_silent = true;
  const auto waiting = client.begin(offset_at("a"));
  EXPECT_EQ(client.call(offset_at("a")).code, static_cast<int>(ResponseCode::system_busy));
  EXPECT_THAT(metrics(), HasSubstr("rocketmq_proxy_throttled_total{reason=\"in_flight\"} 1\n"));
}

TEST_F(FrontMetricsTest, logs_what_is_slow_and_not_what_is_held) {
  options_.metrics.slow_from = 1s;
  start();
  FakeClient& client = connect();
  a_.is_silent = true;
  client.call(offset_at("a"));
  EXPECT_THAT(log_, Contains(HasSubstr("slow request: code=get_max_offset took_ms=2500")));
  log_.clear();
  client.call(command(RequestCode::pull_message,
                      {{"bname", "a"}, {"sysFlag", "2"}, {"suspendTimeoutMillis", "15000"}}));
  EXPECT_THAT(log_, Not(Contains(HasSubstr("slow request"))));
}

TEST_F(FrontMetricsTest, logs_every_request_where_asked_to) {
  std::vector<std::string> lines;
  options_.metrics.access_log = [&lines](std::string_view line) { lines.emplace_back(line); };
  start();
  connect().call(offset_at("a"));
  EXPECT_THAT(lines, Contains(HasSubstr("request: code=get_max_offset took_ms=0 answer=success")));
}

}  // namespace
}  // namespace rocketmq::proxy
