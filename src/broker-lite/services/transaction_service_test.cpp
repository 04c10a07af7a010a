#include "broker-lite/services/transaction_service.h"

#include <gmock/gmock.h>

#include <utility>

#include "broker-lite/broker_rig.h"
#include "broker-lite/core.h"
#include "broker-lite/services/transaction_texts.h"
#include "broker-lite/state/names.h"
#include "protocol/bodies/client_data.h"
#include "protocol/json_body.h"
#include "protocol/message_id.h"
#include "protocol/properties.h"
#include "protocol/requests/broker_maintenance.h"
#include "protocol/requests/client_session.h"
#include "protocol/requests/transaction.h"

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using protocol::find_property;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
namespace sys_flag = protocol::sys_flag;

struct TransactionServiceTest : ::testing::Test {
  void SetUp() override {
    rig.options.server_channel_max_idle_time_seconds = 3600;  // its client only listens
    rig.options.channel_expired_timeout_ms = 3'600'000;
    start();
  }
  void start() {
    rig.start();
    client = rig.connect();
    protocol::HeartbeatData heartbeat;
    heartbeat.client_id = "c";
    heartbeat.producer_data_set = {{.group_name = "P"}};
    ASSERT_TRUE(client->call(protocol::HeartBeat{}, protocol::to_json(heartbeat)));
  }
  void kill() {
    client.reset();
    rig.kill();
  }

  // How its producer knows a half message.
  struct Half {
    std::int64_t offset = 0;
    std::int64_t position = 0;
  };
  Half send_half(std::string_view body, std::string_view more = "") {
    const std::string properties = str("TRAN_MSG\1true\2PGROUP\1P\2UNIQ_KEY\1K\2TAGS\1a\2", more);
    auto request = send_to("T", 1, properties);
    request.sys_flag = sys_flag::transaction_prepared;
    request.born_timestamp = rig.loop.wall_ms();
    const auto sent = client->call(request, body);
    EXPECT_TRUE(sent) << sent.error();
    EXPECT_EQ(sent->header.queue_id, 1);
    EXPECT_EQ(sent->header.transaction_id, "K");
    return {sent->header.queue_offset,
            protocol::parse_offset_message_id(sent->header.msg_id)->physical_offset};
  }
  protocol::EndTransaction ending(const Half& half, std::int32_t how) {
    protocol::EndTransaction request;
    request.producer_group = "P";
    request.tran_state_table_offset = half.offset;
    request.commit_log_offset = half.position;
    request.commit_or_rollback = how;
    return request;
  }
  std::string commit(const Half& half) {
    return client->refusal(ending(half, sys_flag::transaction_commit));
  }
  std::string roll_back(const Half& half) {
    return client->refusal(ending(half, sys_flag::transaction_rollback));
  }
  std::vector<std::string> bodies(std::string_view topic = "T", std::int32_t queue_id = 1) {
    const auto pulled = client->call(pull_from(topic, queue_id, 0));
    if (!pulled) return {to_string(pulled.error())};
    return bodies_of(pulled->body);
  }

  BrokerRig rig;
  std::unique_ptr<TestClient> client;
};

TEST_F(TransactionServiceTest, shows_a_message_when_it_is_committed) {
  const Half half = send_half("x");
  EXPECT_THAT(bodies(), IsEmpty());
  EXPECT_EQ(commit(half), "0");
  const auto pulled = client->call(pull_from("T", 1, 0, "a")).value();
  const protocol::RecordView record = records_of(pulled.body).at(0);
  EXPECT_EQ(record.body, "x");
  EXPECT_EQ(record.sys_flag & sys_flag::transaction_mask, sys_flag::transaction_commit);
  EXPECT_EQ(record.prepared_transaction_offset, half.position);
  EXPECT_EQ(find_property(record.properties, "TRAN_MSG"), "true");
  EXPECT_EQ(find_property(record.properties, "__transactionId__"), "K");
  EXPECT_FALSE(find_property(record.properties, "REAL_TOPIC"));
}

TEST_F(TransactionServiceTest, never_shows_one_that_is_rolled_back) {
  const Half half = send_half("x");
  EXPECT_EQ(roll_back(half), "0");
  EXPECT_EQ(commit(half), "0");  // too late
  rig.loop.advance(10min);
  EXPECT_THAT(bodies(), IsEmpty());
  EXPECT_THAT(client->checks, IsEmpty());
}

TEST_F(TransactionServiceTest, shows_it_once_however_often_it_is_committed) {
  const Half half = send_half("x");
  const auto first = client->begin(ending(half, sys_flag::transaction_commit));
  const auto second = client->begin(ending(half, sys_flag::transaction_commit));
  rig.loop.advance(1s);
  ASSERT_TRUE(*first && *second);
  EXPECT_EQ(commit(half), "0");
  EXPECT_THAT(bodies(), ElementsAre("x"));
}

TEST_F(TransactionServiceTest, says_what_is_wrong_with_an_end_as_stock_does) {
  const Half half = send_half("x");
  EXPECT_EQ(commit({half.offset, 1}), "1 Find prepared transaction message failed");
  EXPECT_EQ(commit({half.offset + 1, half.position}), "1 The transaction state table offset wrong");
  auto request = ending(half, sys_flag::transaction_commit);
  request.producer_group = "Q";
  EXPECT_EQ(client->refusal(request), "1 The producer group wrong");
  // Not a half message at all.
  const auto sent = client->call(send_to("V"), "y").value();
  const auto id = protocol::parse_offset_message_id(sent.header.msg_id).value();
  EXPECT_EQ(commit({0, id.physical_offset}), "1 Find prepared transaction message failed");
  EXPECT_THAT(bodies(), IsEmpty());
}

TEST_F(TransactionServiceTest, asks_the_producer_and_takes_its_answer) {
  send_half("x");
  rig.loop.advance(31s);
  ASSERT_THAT(client->checks, SizeIs(1));
  const TestClient::Check check = client->checks.front();
  const protocol::RecordView asked = records_of(check.body).at(0);
  EXPECT_EQ(asked.topic, "T");
  EXPECT_EQ(asked.queue_id, 1);
  EXPECT_EQ(asked.body, "x");
  EXPECT_EQ(find_property(asked.properties, "PGROUP"), "P");
  EXPECT_EQ(find_property(asked.properties, "TRANSACTION_CHECK_TIMES"), "1");
  EXPECT_EQ(commit({check.half_offset, check.position}), "0");
  EXPECT_THAT(bodies(), ElementsAre("x"));
  rig.loop.advance(5min);
  EXPECT_THAT(client->checks, SizeIs(1));
  EXPECT_THAT(bodies(), ElementsAre("x"));
}

TEST_F(TransactionServiceTest, takes_a_late_end_of_one_it_has_asked_for) {
  const Half half = send_half("x");
  rig.loop.advance(61s);
  ASSERT_THAT(client->checks, SizeIs(2));
  EXPECT_EQ(commit(half), "0");
  EXPECT_EQ(commit({client->checks[1].half_offset, client->checks[1].position}), "0");
  rig.loop.advance(5min);
  EXPECT_THAT(client->checks, SizeIs(2));
  EXPECT_THAT(bodies(), ElementsAre("x"));
}

TEST_F(TransactionServiceTest, does_not_ask_before_the_time_the_producer_wants) {
  send_half("x",
            "CHECK_IMMUNITY_TIME_IN_SECONDS\1"
            "100\2");
  rig.loop.advance(95s);
  EXPECT_THAT(client->checks, IsEmpty());
  rig.loop.advance(30s);
  EXPECT_THAT(client->checks, SizeIs(1));
}

TEST_F(TransactionServiceTest, gives_up_after_so_many_checks) {
  rig.options.transaction_check_max = 2;
  kill();
  start();
  send_half("x");
  rig.loop.advance(5min);
  EXPECT_THAT(client->checks, SizeIs(2));
  EXPECT_THAT(bodies(), IsEmpty());
  EXPECT_THAT(bodies("TRANS_CHECK_MAX_TIME_TOPIC", 0), ElementsAre("x"));
}

TEST_F(TransactionServiceTest, asks_again_for_one_that_was_given_up_when_a_tool_wants_it) {
  rig.options.transaction_check_max = 1;
  kill();
  start();
  send_half("x");
  rig.loop.advance(2min);
  ASSERT_THAT(client->checks, SizeIs(1));
  const auto pulled = client->call(pull_from("TRANS_CHECK_MAX_TIME_TOPIC", 0, 0)).value();
  const auto given_up = records_of(pulled.body).at(0);
  const std::string id =
      to_string(protocol::OffsetMessageId{given_up.store_host, given_up.physical_offset});

  EXPECT_EQ(client->refusal(protocol::ResumeCheckHalfMessage{.msg_id = id}), "0");
  rig.loop.advance(31s);
  ASSERT_THAT(client->checks, SizeIs(2));
  EXPECT_EQ(records_of(client->checks.back().body).at(0).body, "x");
  EXPECT_EQ(commit({client->checks.back().half_offset, client->checks.back().position}), "0");
  EXPECT_THAT(bodies(), ElementsAre("x"));
}

TEST_F(TransactionServiceTest, looks_at_no_more_at_once_than_it_may) {
  rig.options.transaction_checks_at_once_max = 2;
  kill();
  start();
  for (int i = 0; i < 5; ++i) send_half(str(i));
  const MessageStore& store = rig.broker->core().store;
  std::int64_t halves = 5;
  std::vector<std::int64_t> at_once;  // how many it has stored again to ask for them
  ASSERT_TRUE(rig.loop.run_until(
      [&] {
        const std::int64_t now = store.max_offset(half_topic, 0);
        if (now != halves) at_once.push_back(now - std::exchange(halves, now));
        return client->checks.size() == 5;
      },
      31s));
  EXPECT_THAT(at_once, ElementsAre(2, 2, 1));
  rig.loop.advance(5s);
  EXPECT_THAT(client->checks, SizeIs(5));  // each once
  rig.loop.advance(30s);
  EXPECT_THAT(client->checks, SizeIs(10));
}

TEST_F(TransactionServiceTest, stores_no_more_bytes_at_once_than_memory_has_for_them) {
  for (int i = 0; i < 4; ++i) send_half(std::string(3 << 20, 'x'));
  const MessageStore& store = rig.broker->core().store;
  std::int64_t halves = 4;
  std::vector<std::int64_t> at_once;
  rig.loop.run_until(
      [&] {
        const std::int64_t now = store.max_offset(half_topic, 0);
        if (now != halves) at_once.push_back(now - std::exchange(halves, now));
        return halves == 8;
      },
      31s);
  EXPECT_THAT(at_once, ElementsAre(3, 1));
}

TEST_F(TransactionServiceTest, makes_no_half_message_of_another_one) {
  const auto resume = [this](std::string_view id) {
    return client->refusal(protocol::ResumeCheckHalfMessage{.msg_id = id});
  };
  constexpr std::string_view remark =
      "1 Exception was thrown when putting message back to RMQ_SYS_TRANS_HALF_TOPIC. ";
  EXPECT_THAT(resume(""), StartsWith(remark));
  EXPECT_THAT(resume("7F0000010000000000000000000099FF"), StartsWith(remark));
  const auto sent = client->call(send_to("T", 1), "plain").value();
  EXPECT_THAT(resume(sent.header.msg_id), StartsWith(remark));
  const Half half = send_half("open");
  EXPECT_THAT(
      resume(to_string(protocol::OffsetMessageId{rig.broker->core().store_host, half.position})),
      StartsWith(remark));
}

TEST_F(TransactionServiceTest, knows_what_is_open_and_what_has_ended_after_a_kill) {
  const Half ended = send_half("ended");
  const Half open = send_half("open");
  EXPECT_EQ(commit(ended), "0");
  kill();
  start();
  EXPECT_EQ(commit(ended), "0");
  EXPECT_THAT(bodies(), ElementsAre("ended"));
  EXPECT_EQ(commit(open), "0");
  EXPECT_THAT(bodies(), ElementsAre("ended", "open"));
}

TEST_F(TransactionServiceTest, goes_on_where_it_stopped) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(commit(send_half("x")), "0");
  send_half("open");
  client.reset();
  ASSERT_TRUE(rig.stop());
  EXPECT_THAT(read_text(rig.directory, "config/consumerOffset.json", 1 << 20).value(),
              ::testing::HasSubstr("RMQ_SYS_TRANS_HALF_TOPIC@CID_RMQ_SYS_TRANS"));
  start();
  rig.loop.advance(31s);
  ASSERT_THAT(client->checks, SizeIs(1));
  EXPECT_EQ(records_of(client->checks.front().body).at(0).body, "open");
}

TEST_F(TransactionServiceTest, a_committed_message_may_still_wait_for_its_delay) {
  const Half half = send_half("x", "DELAY\0011\2");
  EXPECT_EQ(commit(half), "0");
  EXPECT_THAT(bodies(), IsEmpty());
  rig.loop.advance(1100ms);
  EXPECT_THAT(bodies(), ElementsAre("x"));
}

TEST_F(TransactionServiceTest, an_end_that_is_not_stored_is_no_end) {
  const Half half = send_half("x");
  rig.directory.fail_from(0);
  EXPECT_THAT(commit(half), StartsWith("14 "));
  rig.directory.heal();
  rig.loop.advance(1s);
  EXPECT_EQ(commit(half), "0");
  EXPECT_THAT(bodies(), ElementsAre("x"));
}

TEST_F(TransactionServiceTest, shows_it_once_though_its_end_waits_for_the_disk) {
  rig.options.flush_disk_type = FlushDiskType::sync_flush;
  kill();
  start();
  const Half half = send_half("x");
  rig.flusher.hold();
  EXPECT_EQ(commit(half), "0");
  rig.loop.advance(100ms);
  EXPECT_EQ(commit(half), "0");
  rig.flusher.release();
  rig.loop.advance(100ms);
  EXPECT_THAT(bodies(), ElementsAre("x"));
}

TEST_F(TransactionServiceTest, refuses_half_messages_where_it_is_told_so) {
  rig.options.reject_transaction_message = true;
  kill();
  start();
  EXPECT_THAT(client->refusal(send_to("T", 0, "TRAN_MSG\1true\2PGROUP\1P\2"), "x"),
              StartsWith("16 the broker["));
}

TEST(TransactionTexts, list_offsets_as_both_lines_of_stock_do) {
  EXPECT_EQ(op_body({0, 17}), "0,17,");
  protocol::RecordView op;
  op.properties = "TAGS\1d\2";
  op.body = "0,17,";
  EXPECT_THAT(half_offsets_of(op), ElementsAre(0, 17));
  op.body = "5";
  EXPECT_THAT(half_offsets_of(op), ElementsAre(5));
  op.body = ",,x,-,3";
  EXPECT_THAT(half_offsets_of(op), ElementsAre(3));
  op.properties = "";
  EXPECT_THAT(half_offsets_of(op), IsEmpty());
}

}  // namespace
}  // namespace rocketmq::broker
