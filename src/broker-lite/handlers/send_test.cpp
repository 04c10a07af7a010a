#include <gmock/gmock.h>

#include "broker-lite/broker_rig.h"
#include "protocol/message_id.h"
#include "protocol/properties.h"

namespace rocketmq::broker {
namespace {

using protocol::SendBatchMessage;
using protocol::SendMessageV2;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct SendTest : ::testing::Test {
  SendTest() {
    rig.start();
    client = rig.connect();
  }
  protocol::RecordView only_record(std::string_view topic) {
    last_pull = client->call(pull_from(topic, 0, 0)).value();
    const auto records = records_of(last_pull.body);
    EXPECT_EQ(records.size(), 1u);
    return records.empty() ? protocol::RecordView() : records.front();
  }

  BrokerRig rig;
  std::unique_ptr<TestClient> client;
  net::Answer<protocol::PullMessageResponse> last_pull;
};

TEST_F(SendTest, stores_a_message_and_says_where) {
  const auto sent = client->call(send_to("T", 2, "TAGS\1a\2UNIQ_KEY\1K1\2"), "hello");
  ASSERT_TRUE(sent) << sent.error();
  EXPECT_EQ(sent->code, 0);
  EXPECT_EQ(sent->header.queue_id, 2);
  EXPECT_EQ(sent->header.queue_offset, 0);
  EXPECT_EQ(sent->header.transaction_id, "K1");
  EXPECT_TRUE(protocol::parse_offset_message_id(sent->header.msg_id)) << sent->header.msg_id;
  const auto pulled = client->call(pull_from("T", 2, 0));
  ASSERT_TRUE(pulled);
  EXPECT_THAT(bodies_of(pulled->body), ElementsAre("hello"));
}

TEST_F(SendTest, keeps_everything_the_sender_said) {
  SendMessageV2 request = send_to("T", 0, "KEYS\1k1 k2\2TAGS\1a\2UNIQ_KEY\1K1\2POP_CK\1x\2");
  request.flag = -7;
  request.sys_flag = protocol::sys_flag::compressed;
  request.reconsume_times = 3;
  ASSERT_TRUE(client->call(request, "body"));
  const protocol::RecordView record = only_record("T");
  EXPECT_EQ(record.topic, "T");
  EXPECT_EQ(record.flag, -7);
  EXPECT_EQ(record.sys_flag, protocol::sys_flag::compressed);
  EXPECT_EQ(record.reconsume_times, 3);
  EXPECT_EQ(record.born_timestamp, 1'700'000'000'000);
  EXPECT_EQ(record.store_timestamp, rig.loop.wall_ms());
  EXPECT_EQ(to_string(record.store_host), "127.0.0.1:10911");
  EXPECT_EQ(record.properties,
            "KEYS\1k1 k2\2TAGS\1a\2UNIQ_KEY\1K1\2CLUSTER\1DefaultCluster\2"
            "MSG_REGION\1DefaultRegion\2TRACE_ON\1true\2");
}

TEST_F(SendTest, gives_a_message_without_a_unique_key_one) {
  const auto sent = client->call(send_to("T"), "x");
  ASSERT_TRUE(sent);
  const std::string key(sent->header.transaction_id.value_or(""));
  EXPECT_EQ(key.size(), 32u);
  EXPECT_EQ(protocol::find_property(only_record("T").properties, "UNIQ_KEY"), key);
}

TEST_F(SendTest, names_region_and_trace_on_every_answer) {
  for (const SendMessageV2& request : {send_to("T"), send_to("a/b")}) {
    protocol::Buffer bytes;
    protocol::encode_frame(bytes, {.code = 310, .opaque = 9}, request, "x");
    std::string frame(bytes.view());
    protocol::Command command;
    auto span = protocol::next_frame(frame);
    ASSERT_TRUE(protocol::decode_command((*span)->content, command));
    std::string region;
    std::string trace;
    client->channel().call(command, std::chrono::seconds(1),
                           [&](Result<protocol::Incoming*> answer) {
                             for (const auto& field : (*answer)->command().fields) {
                               if (field.name == "MSG_REGION") region = field.value;
                               if (field.name == "TRACE_ON") trace = field.value;
                             }
                           });
    rig.loop.run_until([&] { return !trace.empty(); }, std::chrono::seconds(1));
    EXPECT_EQ(region, "DefaultRegion");
    EXPECT_EQ(trace, "true");
  }
}

TEST_F(SendTest, takes_the_long_names_of_old_clients) {
  protocol::SendMessage request;
  request.producer_group = "P";
  request.topic = "T";
  request.default_topic = "TBW102";
  request.default_topic_queue_nums = 4;
  const auto sent = client->call(request, "old");
  ASSERT_TRUE(sent) << sent.error();
  EXPECT_THAT(bodies_of(client->call(pull_from("T", 0, 0))->body), ElementsAre("old"));
}

TEST_F(SendTest, chooses_a_queue_where_the_sender_leaves_it_to_the_broker) {
  const auto sent = client->call(send_to("T", -1), "x");
  ASSERT_TRUE(sent);
  EXPECT_GE(sent->header.queue_id, 0);
  EXPECT_LT(sent->header.queue_id, 4);
}

TEST_F(SendTest, refuses_every_topic_that_is_no_topic) {
  for (const std::string& topic :
       {std::string("../../etc/passwd"), std::string("a/b"), std::string("a\0b", 3),
        std::string("a b"), std::string("a.b"), std::string("a@b"), std::string("\xe6\xa0\x87"),
        std::string("a\n"), std::string("..")}) {
    EXPECT_THAT(client->refusal(send_to(topic), "x"),
                ::testing::AllOf(StartsWith("29 "), HasSubstr("contains illegal characters")))
        << topic;
  }
  EXPECT_THAT(client->refusal(send_to(""), "x"), "29 The specified topic is blank.");
  EXPECT_THAT(client->refusal(send_to(std::string(128, 'x')), "x"),
              HasSubstr("longer than topic max length: 127"));
  EXPECT_THAT(client->refusal(send_to("%RETRY%" + std::string(249, 'x')), "x"),
              HasSubstr("longer than topic max length: 255"));
  EXPECT_EQ(client->refusal(send_to("T"), "x"), "0");  // the connection is unharmed
}

TEST_F(SendTest, refuses_topics_only_the_broker_writes_to) {
  for (const char* topic : {"SCHEDULE_TOPIC_XXXX", "RMQ_SYS_TRANS_HALF_TOPIC", "SELF_TEST_TOPIC"}) {
    EXPECT_THAT(client->refusal(send_to(topic), "x"),
                "16 Sending message to topic[" + std::string(topic) + "] is forbidden.");
  }
}

TEST_F(SendTest, refuses_a_topic_that_cannot_be_made) {
  SendMessageV2 request = send_to("T");
  request.default_topic = "NoSuchTopic";
  EXPECT_THAT(client->refusal(request, "x"), StartsWith("17 topic[T] not exist, apply first"));
}

TEST_F(SendTest, refuses_a_queue_the_topic_does_not_have) {
  EXPECT_EQ(client->refusal(send_to("T", 3), "x"), "0");
  EXPECT_THAT(client->refusal(send_to("T", 4), "x"),
              StartsWith("29 request queueId[4] is illegal, TopicConfig [topicName=T, "));
}

TEST_F(SendTest, refuses_a_half_message_that_would_never_be_delivered) {
  SendMessageV2 half = send_to("T");
  half.sys_flag = protocol::sys_flag::transaction_prepared;
  EXPECT_THAT(client->refusal(half, "x"),
              ::testing::AllOf(StartsWith("13 "), HasSubstr("TRAN_MSG")));
  EXPECT_EQ(client->call(pull_from("T", 0, 0))->header.max_offset, 0);
}

TEST_F(SendTest, refuses_a_message_without_a_body_or_over_the_limit) {
  EXPECT_THAT(client->refusal(send_to("T"), ""), StartsWith("13 "));
  EXPECT_THAT(client->refusal(send_to("T"), std::string((4 << 20) + 1, 'x')), StartsWith("13 "));
  EXPECT_EQ(client->refusal(send_to("T"), std::string(4 << 20, 'x')), "0");
}

TEST_F(SendTest, refuses_a_request_without_its_fields) {
  EXPECT_THAT(client->refusal(protocol::SendBatchMessage{}, "x"), StartsWith("29 "));
  protocol::Command command;
  command.code = 310;
  std::string remark;
  client->channel().call(command, std::chrono::seconds(1), [&](Result<protocol::Incoming*> answer) {
    remark = (*answer)->command().remark;
  });
  rig.loop.run_until([&] { return !remark.empty(); }, std::chrono::seconds(1));
  EXPECT_EQ(remark, "the custom field <a> is null");
}

TEST_F(SendTest, splits_a_batch_into_messages_of_their_own) {
  std::string body;
  protocol::append_batch_entry(body, {1, "one", "UNIQ_KEY\1A\2"});
  protocol::append_batch_entry(body, {2, "two", "UNIQ_KEY\1B\2"});
  SendBatchMessage request{send_to("T", 0, "UNIQ_KEY\1AB\2")};
  request.batch = true;
  const auto sent = client->call(request, body);
  ASSERT_TRUE(sent) << sent.error();
  EXPECT_EQ(sent->header.msg_id.size(), 32u + 1 + 32);
  EXPECT_EQ(sent->header.msg_id[32], ',');
  EXPECT_EQ(sent->header.transaction_id, "AB");
  const auto pulled = client->call(pull_from("T", 0, 0));
  EXPECT_THAT(bodies_of(pulled->body), ElementsAre("one", "two"));
  const auto records = records_of(pulled->body);
  EXPECT_EQ(records[1].queue_offset, 1);
  EXPECT_EQ(records[1].flag, 2);
  EXPECT_EQ(records[1].properties, "UNIQ_KEY\1B\2");
}

TEST_F(SendTest, refuses_batches_it_would_have_to_change) {
  std::string delayed;
  protocol::append_batch_entry(delayed, {0, "x", "DELAY\0011\2"});
  EXPECT_THAT(client->refusal(SendBatchMessage{send_to("T")}, delayed), HasSubstr("delay"));
  EXPECT_THAT(client->refusal(SendBatchMessage{send_to("T")}, "no batch"), StartsWith("13 "));
  std::string good;
  protocol::append_batch_entry(good, {0, "x", ""});
  EXPECT_EQ(client->refusal(SendBatchMessage{send_to("%RETRY%G")}, good),
            "13 batch request does not support retry group  %RETRY%G");
  EXPECT_EQ(client->refusal(SendBatchMessage{send_to("T")}, good), "0");
}

TEST_F(SendTest, sends_a_retry_that_failed_too_often_to_the_dead_letters) {
  SendMessageV2 request = send_to("%RETRY%G", 0, "DELAY\0015\2");
  request.reconsume_times = 17;
  const auto sent = client->call(request, "dead");
  ASSERT_TRUE(sent) << sent.error();
  EXPECT_THAT(bodies_of(client->call(pull_from("%DLQ%G", 0, 0))->body), ElementsAre("dead"));
  request = send_to("%RETRY%G");
  request.reconsume_times = 16;
  ASSERT_TRUE(client->call(request, "again"));
  EXPECT_THAT(bodies_of(client->call(pull_from("%RETRY%G", 0, 0))->body), ElementsAre("again"));
}

TEST_F(SendTest, answers_nothing_to_a_oneway_request_but_stores_it) {
  ASSERT_TRUE(client->channel().oneway(send_to("T"), "quiet"));
  rig.loop.run_ready();
  EXPECT_THAT(bodies_of(client->call(pull_from("T", 0, 0))->body), ElementsAre("quiet"));
}

}  // namespace
}  // namespace rocketmq::broker
