#include <gmock/gmock.h>

#include "broker-lite/broker_rig.h"
#include "broker-lite/metrics/message_metrics.h"
#include "net/process_metrics.h"
#include "protocol/message_id.h"
#include "protocol/requests/client_session.h"
#include "protocol/requests/offset.h"
#include "protocol/requests/topic_group_admin.h"
#include "protocol/requests/transaction.h"
#include "protocol/version_name.h"

// What a broker shows of itself, as Prometheus reads it.

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view common =
    R"(cluster="DefaultCluster",node_type="broker",node_id="broker-lite")";

struct MetricsTest : ::testing::Test {
  MetricsTest() {
    rig.options.metrics_exporter_type = MetricsExporterType::prom;
    rig.options.metrics_label = "zone:z1";
    rig.start();
    client = rig.connect();
  }
  // The value on the line of this name and these labels; "none" where there is no such line.
  std::string value(std::string_view name, std::string_view labels = {}) {
    const std::string text = rig.broker->metrics();
    const std::string line =
        str('\n', name, '{', common, ",zone=\"z1\"", labels.empty() ? "" : ",", labels, "} ");
    const std::size_t at = text.find(line);
    if (at == text.npos) return "none";
    const std::size_t begin = at + line.size();
    return text.substr(begin, text.find('\n', begin) - begin);
  }
  void commit_offset(std::int64_t offset) {
    rig.make_group("G");
    protocol::UpdateConsumerOffset request;
    request.consumer_group = "G";
    request.topic = "T";
    request.queue_id = 0;
    request.commit_offset = offset;
    ASSERT_TRUE(client->call(request));
  }

  BrokerRig rig;
  std::unique_ptr<TestClient> client;
};

TEST_F(MetricsTest, count_messages_that_come) {
  ASSERT_TRUE(client->call(send_to("T"), "a"));
  ASSERT_TRUE(client->call(send_to("T"), std::string(3000, 'b')));
  ASSERT_TRUE(client->call(send_to("T", 0, "__SHARDINGKEY\1k\2"), "c"));
  constexpr std::string_view normal = R"(topic="T",message_type="normal",is_system="false")";
  EXPECT_EQ(value("rocketmq_messages_in_total", normal), "2");
  EXPECT_GT(std::stoi(value("rocketmq_throughput_in_total", normal)), 3000);
  EXPECT_EQ(value("rocketmq_message_size_bucket", str(normal, ",le=\"1024\"")), "1");
  EXPECT_EQ(value("rocketmq_message_size_bucket", str(normal, ",le=\"4096\"")), "2");
  EXPECT_EQ(value("rocketmq_message_size_bucket", str(normal, ",le=\"+Inf\"")), "2");
  EXPECT_EQ(value("rocketmq_message_size_count", normal), "2");
  EXPECT_EQ(
      value("rocketmq_messages_in_total", R"(topic="T",message_type="fifo",is_system="false")"),
      "1");
}

TEST_F(MetricsTest, count_a_delayed_message_where_it_waits_and_where_it_is_delivered) {
  ASSERT_TRUE(client->call(send_to("T", 0, "DELAY\0011\2"), "a"));
  EXPECT_EQ(value("rocketmq_messages_in_total",
                  R"(topic="SCHEDULE_TOPIC_XXXX",message_type="delay",is_system="true")"),
            "1");
  rig.loop.advance(2s);
  EXPECT_EQ(
      value("rocketmq_messages_in_total", R"(topic="T",message_type="delay",is_system="false")"),
      "1");
}

TEST_F(MetricsTest, count_messages_that_go) {
  ASSERT_TRUE(client->call(send_to("T"), "a"));
  ASSERT_TRUE(client->call(send_to("T"), "b"));
  ASSERT_TRUE(client->call(pull_from("T", 0, 0)));
  ASSERT_TRUE(client->call(pull_from("T", 0, 1)));
  constexpr std::string_view labels = R"(topic="T",consumer_group="G",is_system="false")";
  EXPECT_EQ(value("rocketmq_messages_out_total", labels), "3");
  EXPECT_GT(std::stoi(value("rocketmq_throughput_out_total", labels)), 100);
}

TEST_F(MetricsTest, tell_how_far_a_group_is_behind_that_nobody_is_connected_of) {
  constexpr std::string_view labels =
      R"(consumer_group="G",topic="T",is_retry="false",is_system="false")";
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(client->call(send_to("T"), "x"));
  commit_offset(2);
  ASSERT_TRUE(client->call(pull_from("T", 0, 2)));
  ASSERT_TRUE(client->call(send_to("T"), "y"));
  rig.loop.advance(3s);
  EXPECT_EQ(value("rocketmq_consumer_lag_messages", labels), "4");
  EXPECT_EQ(value("rocketmq_consumer_inflight_messages", labels), "3");
  EXPECT_EQ(value("rocketmq_consumer_ready_messages", labels), "1");
  EXPECT_GE(std::stoi(value("rocketmq_consumer_lag_latency_milliseconds", labels)), 3000);
  EXPECT_GE(std::stoi(value("rocketmq_consumer_queueing_latency_milliseconds", labels)), 3000);
  commit_offset(6);
  EXPECT_EQ(value("rocketmq_consumer_lag_messages", labels), "0");
  EXPECT_EQ(value("rocketmq_consumer_lag_latency_milliseconds", labels), "0");
  commit_offset(100);
  EXPECT_EQ(value("rocketmq_consumer_lag_messages", labels), "0") << "nobody is ahead";
  EXPECT_THAT(rig.broker->metrics(), Not(HasSubstr("CID_RMQ_SYS")));
}

TEST_F(MetricsTest, count_who_is_connected) {
  protocol::HeartbeatData data;
  data.client_id = "c1";
  data.producer_data_set.push_back({"P"});
  protocol::ConsumerData consumer;
  consumer.group_name = "G";
  consumer.consume_type = protocol::ConsumeType::consume_passively;
  consumer.subscription_data_set.push_back({.sub_string = "*", .topic = "T"});
  data.consumer_data_set.push_back(consumer);
  ASSERT_TRUE(client->call(send_to("T"), "x"));
  ASSERT_TRUE(client->call(protocol::HeartBeat{}, protocol::to_json(data)));
  constexpr std::string_view who = R"(language="cpp",version="v5_3_3",protocol_type="remoting")";
  EXPECT_EQ(value("rocketmq_producer_connections", who), "1");
  EXPECT_EQ(value("rocketmq_consumer_connections",
                  str(R"(consumer_group="G",consume_mode="push",is_system="false",)", who)),
            "1");
  EXPECT_EQ(value("rocketmq_consumer_lag_messages",
                  R"(consumer_group="G",topic="T",is_retry="false",is_system="false")"),
            "0")
      << "a subscription is enough";
}

TEST_F(MetricsTest, count_requests_by_code_and_answer) {
  ASSERT_TRUE(client->call(send_to("T"), "x"));
  client->refusal(pull_from("Unknown", 0, 0));
  const auto pending = client->begin(waiting_up_to(5s, pull_from("T", 0, 1)));
  rig.loop.advance(6s);
  ASSERT_TRUE(pending->has_value());
  const auto labels = [](std::string_view code, std::string_view answer, std::string_view held) {
    return str(R"(protocol_type="remoting",request_code=")", code, R"(",response_code=")", answer,
               R"(",result="success",is_long_polling=")", held, '"');
  };
  const std::string_view count = "rocketmq_rpc_latency_milliseconds_count";
  EXPECT_EQ(value(count, labels("send_message_v2", "success", "false")), "1");
  EXPECT_EQ(value(count, labels("pull_message", "topic_not_exist", "false")), "1");
  const std::string held = labels("pull_message", "pull_not_found", "true");
  EXPECT_EQ(value(count, held), "1");
  EXPECT_EQ(value("rocketmq_rpc_latency_milliseconds_bucket", held + ",le=\"3000\""), "0");
}

TEST_F(MetricsTest, count_topics_made_by_request) {
  protocol::UpdateAndCreateTopic request;
  request.topic = "Made";
  request.default_topic = "TBW102";
  request.read_queue_nums = request.write_queue_nums = 4;
  request.perm = 6;
  request.topic_filter_type = "SINGLE_TAG";
  ASSERT_TRUE(client->call(request));
  request.topic = "not a name";
  EXPECT_NE(client->refusal(request), "0");
  const std::string_view name = "rocketmq_topic_create_execution_time_milliseconds_count";
  EXPECT_EQ(value(name, R"(invocation_status="success",is_system="false")"), "1");
  EXPECT_EQ(value(name, R"(invocation_status="failure",is_system="false")"), "1");
}

TEST_F(MetricsTest, count_the_ends_of_transactions) {
  constexpr std::string_view half = "TRAN_MSG\1true\2PGROUP\1P\2";
  const auto end = [&](std::int32_t how) {
    auto request = send_to("T", 0, half);
    request.sys_flag = protocol::sys_flag::transaction_prepared;
    request.born_timestamp = rig.loop.wall_ms();
    const auto sent = client->call(request, "x");
    const auto id = protocol::parse_offset_message_id(sent->header.msg_id).value();
    protocol::EndTransaction ending;
    ending.producer_group = "P";
    ending.tran_state_table_offset = sent->header.queue_offset;
    ending.commit_log_offset = id.physical_offset;
    ending.commit_or_rollback = how;
    rig.loop.advance(7s);
    EXPECT_EQ(client->refusal(ending), "0");
  };
  end(protocol::sys_flag::transaction_commit);
  end(protocol::sys_flag::transaction_rollback);
  EXPECT_EQ(
      value("rocketmq_messages_in_total",
            R"(topic="RMQ_SYS_TRANS_HALF_TOPIC",message_type="transaction",is_system="true")"),
      "2");
  EXPECT_EQ(value("rocketmq_commit_messages_total", R"(topic="T")"), "1");
  EXPECT_EQ(value("rocketmq_rollback_messages_total", R"(topic="T")"), "1");
  EXPECT_EQ(value("rocketmq_finish_message_latency_milliseconds_bucket", R"(topic="T",le="5")"),
            "0");
  EXPECT_EQ(value("rocketmq_finish_message_latency_milliseconds_bucket", R"(topic="T",le="60")"),
            "1");
}

TEST_F(MetricsTest, tell_of_tables_and_of_the_store) {
  ASSERT_TRUE(client->call(send_to("T"), "x"));
  rig.directory.set_space(DiskSpace{1000, 400, 300});
  EXPECT_EQ(value("rocketmq_broker_permission"), "6");
  EXPECT_GT(std::stoi(value("rocketmq_topic_number")), 5);
  const std::string_view labels = R"(storage_type="local",storage_medium="disk")";
  EXPECT_EQ(value("rocketmq_storage_size_bytes", labels), "600");
  EXPECT_EQ(value("rocketmq_storage_writable", labels), "1");
  rig.loop.advance(5s);
  EXPECT_EQ(value("rocketmq_storage_flush_behind_bytes", labels), "0");
  EXPECT_EQ(value("rocketmq_storage_message_reserve_time_milliseconds", labels), "5000");
  rig.directory.set_space(DiskSpace{1000, 0, 0});
  rig.loop.advance(1s);
  EXPECT_EQ(value("rocketmq_storage_writable", labels), "0");
}

TEST_F(MetricsTest, tell_whether_the_broker_is_ready) {
  EXPECT_TRUE(rig.broker->readiness());
  rig.directory.set_space(DiskSpace{1000, 0, 0});
  rig.loop.advance(1s);
  EXPECT_THAT(rig.broker->readiness().error().message, HasSubstr("the disk is 100 % full"));
}

TEST_F(MetricsTest, put_slow_requests_into_the_log) {
  rig.kill();
  rig.options.flush_disk_type = FlushDiskType::sync_flush;
  rig.options.slow_request_threshold_ms = 2000;
  rig.start();
  client = rig.connect();
  ASSERT_TRUE(client->call(send_to("T"), "x"));
  const auto held = client->begin(waiting_up_to(15s, pull_from("T", 0, 1)));
  rig.flusher.hold();
  const auto slow = client->begin(send_to("T", 1), "x");
  rig.loop.advance(3s);
  rig.flusher.release();
  rig.loop.advance(20s);
  ASSERT_TRUE(slow->has_value() && held->has_value());
  ASSERT_EQ(rig.log.size(), 1u);
  EXPECT_THAT(rig.log[0], ::testing::StartsWith("slow request: code=send_message_v2 took_ms=3000 "
                                                "answer=success result=success peer="));
}

TEST(MessageMetrics, count_names_beyond_a_limit_together) {
  MessageMetrics metrics;
  metrics.switch_on();
  for (std::size_t i = 0; i < MessageMetrics::names_max + 10; ++i) {
    metrics.in(str("T", i), MessageType::normal, 1, 100);
    metrics.out(str("T", i), "G", Delivery::pull, 2, 200);
  }
  std::string out;
  protocol::PrometheusText text(out);
  const auto no = [](std::string_view) { return false; };
  metrics.write(text, {[](std::string_view) { return true; }, no, no});
  EXPECT_THAT(out,
              HasSubstr(R"(rocketmq_messages_in_total{topic="__other__",message_type="normal",)"
                        R"(is_system="false"} 10)"));
  EXPECT_THAT(out, HasSubstr(R"(rocketmq_messages_out_total{topic="__other__",)"
                             R"(consumer_group="__other__",is_system="false"} 20)"));
  out.clear();
  metrics.write(text, {[](std::string_view topic) { return topic == "T1"; }, no, no});
  EXPECT_THAT(out, HasSubstr("topic=\"T1\""));
  EXPECT_THAT(out, Not(HasSubstr("topic=\"T2\""))) << "it is gone";
  metrics.in("New", MessageType::normal, 1, 100);
  out.clear();
  metrics.write(text, {[](std::string_view) { return true; }, no, no});
  EXPECT_THAT(out, HasSubstr("topic=\"New\"")) << "there is room again";
}

TEST(MessageMetrics, count_nothing_unless_switched_on) {
  MessageMetrics metrics;
  metrics.in("T", MessageType::normal, 1, 100);
  metrics.out("T", "G", Delivery::pull, 1, 100);
  metrics.to_dead_letters("T", "G");
  metrics.committed("T", 1);
  std::string out;
  protocol::PrometheusText text(out);
  const auto yes = [](std::string_view) { return true; };
  metrics.write(text, {yes, yes, yes});
  EXPECT_EQ(out, "");
}

TEST(ProcessMetrics, tell_of_this_process) {
  std::string out;
  protocol::PrometheusText text(out);
  net::write_process(text);
  for (const char* name :
       {"process_cpu_seconds_total ", "process_open_fds ", "process_virtual_memory_bytes ",
        "process_resident_memory_bytes ", "process_start_time_seconds "}) {
    const std::size_t at = out.find(str('\n', name));
    ASSERT_NE(at, out.npos) << name;
    EXPECT_GT(std::stod(out.substr(at + 1 + std::string_view(name).size())), 0) << name;
  }
}

TEST(VersionName, is_that_of_java) {
  using protocol::version_name;
  EXPECT_EQ(version_name(213), "V4_0_0");
  EXPECT_EQ(version_name(232), "V4_1_0_SNAPSHOT");
  EXPECT_EQ(version_name(407), "V4_9_7");
  EXPECT_EQ(version_name(513), "V5_5_0");
  EXPECT_EQ(version_name(protocol::our_version), "V5_3_3");
  EXPECT_EQ(version_name(612), "HIGHER_VERSION");
  EXPECT_EQ(version_name(137), "V3");
  EXPECT_EQ(version_name(-1), "V3");
}

}  // namespace
}  // namespace rocketmq::broker
