#include "broker-lite/metrics/pop_metrics.h"

#include "broker-lite/handlers/pop_rig.h"

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

struct PopMetricsTest : PopTest {
  PopMetricsTest() {
    client.reset();
    other.reset();
    rig.kill();
    rig.options.metrics_exporter_type = MetricsExporterType::prom;
    start();
  }
  // The value on the line of this name and these labels; "none" where there is no such line.
  std::string value(std::string_view name, std::string_view labels = {}) {
    const std::string text = rig.broker->metrics();
    const std::string line =
        str('\n', name, R"({cluster="DefaultCluster",node_type="broker",node_id="broker-lite")",
            labels.empty() ? "" : ",", labels, "} ");
    const std::size_t at = text.find(line);
    if (at == text.npos) return "none";
    const std::size_t begin = at + line.size();
    return text.substr(begin, text.find('\n', begin) - begin);
  }
};

TEST_F(PopMetricsTest, tell_what_was_popped_acknowledged_and_came_back) {
  for (int i = 0; i < 3; ++i) send(str("m", i));
  const auto messages = pop();
  ASSERT_THAT(messages, SizeIs(3));
  ASSERT_EQ(ack(messages[1]), "0");
  constexpr std::string_view pair = R"(consumer_group="G",topic="T")";
  const std::string check_point = str(pair, R"(,revive_message_type="CK",put_status="PUT_OK")");
  const std::string acknowledged = str(pair, R"(,revive_message_type="ACK",put_status="PUT_OK")");
  EXPECT_EQ(value("rocketmq_pop_revive_in_message_total", check_point), "1");
  EXPECT_EQ(value("rocketmq_pop_revive_in_message_total", acknowledged), "1");
  EXPECT_EQ(value("rocketmq_pop_revive_lag_milliseconds", R"(queue_id="0")"), "0");

  rig.loop.advance(20s);
  const std::string came_back = str(pair, R"(,put_status="PUT_OK")");
  EXPECT_EQ(value("rocketmq_pop_revive_retry_messages_total", came_back), "2");
  EXPECT_THAT(rig.broker->metrics(), HasSubstr("rocketmq_pop_revive_out_message_total{"));
  EXPECT_THAT(rig.broker->metrics(), HasSubstr(R"(revive_message_type="ACK"} 1)"));
  EXPECT_EQ(value("rocketmq_pop_checkpoint_buffer_size"), "0");
}

TEST_F(PopMetricsTest, tell_what_comes_again_from_what_is_new) {
  constexpr std::string_view first =
      R"(topic="T",consumer_group="G",is_system="false",is_retry="false")";
  constexpr std::string_view again =
      R"(topic="T",consumer_group="G",is_system="false",is_retry="true")";
  for (int i = 0; i < 3; ++i) send(str("m", i));
  ASSERT_EQ(ack(pop()[1]), "0");
  EXPECT_EQ(value("rocketmq_messages_out_total", first), "3");
  EXPECT_EQ(value("rocketmq_messages_out_total", again), "none");
  rig.loop.advance(20s);
  ASSERT_THAT(pop(), SizeIs(2));
  EXPECT_EQ(value("rocketmq_messages_out_total", first), "3");
  EXPECT_EQ(value("rocketmq_messages_out_total", again), "2");
  EXPECT_NE(value("rocketmq_throughput_out_total", again), "none");
}

TEST_F(PopMetricsTest, say_nothing_of_pops_where_there_were_none) {
  EXPECT_THAT(rig.broker->metrics(), Not(HasSubstr("rocketmq_pop_revive_in_message_total")));
}

}  // namespace
}  // namespace rocketmq::broker
