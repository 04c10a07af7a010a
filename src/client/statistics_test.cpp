#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocketmq/statistics.h>

#include <sstream>

#include "client/testing/client_fixture.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;

class StatisticsTest : public testing::ClientFixture {};

class FakeHandle final : public Handle {
 public:
  Result<void> close_handle(std::chrono::milliseconds) override { return {}; }
  HandleStatistics handle_statistics() override {
    return {.kind = "producer", .group = "g", .done = 7};
  }
};

TEST_F(StatisticsTest, tells_what_a_client_has_done) {
  loop.link("a:10911").delay = 5ms;
  const auto core = make_core();
  auto handle = std::make_shared<FakeHandle>();
  ASSERT_TRUE(core->add_handle(handle));
  ASSERT_TRUE(net::run_task(loop, core->routes().get("T")));
  ASSERT_TRUE(net::run_task(loop, core->call("a", protocol::GetMaxOffset{.topic = "T"}, {}, 3s)));

  const ClientStatistics seen = core->statistics();
  EXPECT_EQ(seen.client_id, core->client_id());
  EXPECT_EQ(seen.connections, 2U);
  EXPECT_GT(seen.bytes_sent, 0U);
  EXPECT_GT(seen.bytes_received, 0U);
  EXPECT_EQ(seen.topics, 1U);
  ASSERT_EQ(seen.handles.size(), 1U);
  EXPECT_EQ(seen.handles[0].done, 7U);
  ASSERT_EQ(seen.requests.size(), 2U);
  EXPECT_EQ(seen.requests[0].request, "GET_MAX_OFFSET");
  EXPECT_EQ(seen.requests[0].answered, 1U);
  EXPECT_EQ(seen.requests[0].counts[4], 1U) << "10 ms: 8 to 16";
  EXPECT_EQ(seen.requests[0].total_us, 10'000U);

  handle.reset();
  EXPECT_TRUE(core->statistics().handles.empty());
}

TEST(Prometheus, is_written_as_its_text_format_wants) {
  ClientStatistics statistics{.client_id = "10.0.0.9@a\"b\\c", .connections = 2};
  statistics.handles.push_back({.kind = "producer", .group = "g", .done = 7});
  statistics.requests.push_back(
      {.request = "HEART_BEAT", .answered = 3, .counts = {1, 0, 2}, .total_us = 2'500'000});
  std::ostringstream out;
  statistics.to_prometheus(out);
  const std::string id = R"(client_id="10.0.0.9@a\"b\\c")";
  EXPECT_THAT(
      out.str(),
      AllOf(HasSubstr("# TYPE rocketmq_client_connections gauge\nrocketmq_client_connections{" +
                      id + "} 2\n"),
            HasSubstr("rocketmq_client_messages_done_total{" + id +
                      ",kind=\"producer\",group=\"g\"} 7\n"),
            HasSubstr("_bucket{" + id + ",request=\"HEART_BEAT\",le=\"0.001\"} 1\n"),
            HasSubstr("_bucket{" + id + ",request=\"HEART_BEAT\",le=\"0.002\"} 1\n"),
            HasSubstr("_bucket{" + id + ",request=\"HEART_BEAT\",le=\"+Inf\"} 3\n"),
            HasSubstr("_count{" + id + ",request=\"HEART_BEAT\"} 3\n"),
            HasSubstr("_sum{" + id + ",request=\"HEART_BEAT\"} 2.5\n")));
}

}  // namespace
}  // namespace rocketmq::client
