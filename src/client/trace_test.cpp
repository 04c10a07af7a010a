#include "client/trace.h"

#include <gmock/gmock.h>

#include "client/producer_impl.h"
#include "client/testing/client_fixture.h"
#include "client/testing/exchange_broker.h"
#include "protocol/properties.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using namespace protocol;
using testing::ClientFixture;
using testing::ExchangeBroker;
using ::testing::HasSubstr;
using testing::route_over;

class TraceTest : public ClientFixture {
 protected:
  TraceTest() {
    names.set_route("RMQ_SYS_TRACE_TOPIC", route_over({&traces}, 1));
    core = make_core({.log = [this](LogLevel, std::string_view line) {
      log += line;
      log += '\n';
    }});
  }

  std::shared_ptr<Tracer> make(Tracer::Side side = Tracer::Side::consumes, Trace options = {}) {
    return Tracer::create(core, options, "g", side).value();
  }
  // All records that have arrived. They point into what the broker stored.
  std::vector<TraceRecord> records() {
    std::vector<TraceRecord> all;
    for (const ExchangeBroker::Stored& message : traces.stored()) {
      for (const TraceRecord& record : decode_traces(message.body)) all.push_back(record);
    }
    return all;
  }
  std::vector<TraceRecord> records_after(net::Duration time) {
    loop.advance(time);
    return records();
  }
  // A message as a consumer gets it.
  MessageView message(const std::string& id, const std::string& more = "") {
    std::string properties = encode_properties(
        {{"UNIQ_KEY", id}, {"KEYS", "k1 k2"}, {"MSG_REGION", "R"}, {"TRACE_ON", "true"}});
    properties += more;
    return traces.view({.topic = "T", .body = "x", .properties = properties, .reconsume_times = 2});
  }

  ExchangeBroker traces{loop, "traces", "traces:10911"};
  std::string log;
  std::shared_ptr<Client::Core> core;
};

TEST_F(TraceTest, tells_of_a_send) {
  const auto tracer = make(Tracer::Side::produces);
  const Result<SendReceipt> receipt = SendReceipt{.offset_message_id = "offset-id"};
  const std::string properties = encode_properties({{"TAGS", "tag"}, {"KEYS", "k1 k2"}});
  tracer->sent({.result = receipt,
                .message_id = "id",
                .topic = "T",
                .properties = properties,
                .broker_address = "a:10911",
                .begun_at = 1234,
                .cost = 5ms,
                .body_bytes = 77,
                .type = TraceMessageType::delay,
                .region_id = "R"});
  EXPECT_TRUE(records_after(4s).empty());
  const auto told = records_after(1s);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(std::get<PubTrace>(told[0]), (PubTrace{.timestamp = 1234,
                                                   .region_id = "R",
                                                   .group = "g",
                                                   .topic = "T",
                                                   .msg_id = "id",
                                                   .tags = "tag",
                                                   .keys = "k1 k2",
                                                   .store_host = "a:10911",
                                                   .body_length = 77,
                                                   .cost = 5,
                                                   .message_type = TraceMessageType::delay,
                                                   .offset_msg_id = "offset-id",
                                                   .success = true}));
  EXPECT_THAT(traces.stored()[0].properties, HasSubstr("KEYS\x01id k1 k2\x02"));
  tracer->close(1s);
}

TEST_F(TraceTest, tells_of_each_message_of_a_batch) {
  const auto tracer = make(Tracer::Side::produces);
  const Result<SendReceipt> receipt = SendReceipt{.offset_message_id = "o1,o2"};
  tracer->sent({.result = receipt, .message_id = "i1,i2", .topic = "T"});
  const auto told = records_after(5s);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(std::get<PubTrace>(told[1]).msg_id, "i2");
  EXPECT_EQ(std::get<PubTrace>(told[1]).offset_msg_id, "o2");
  tracer->close(1s);
}

TEST_F(TraceTest, does_not_tell_of_what_it_should_not) {
  const auto tracer = make(Tracer::Side::produces);
  const Result<SendReceipt> sent = SendReceipt{};
  const Result<SendReceipt> failed = Error{Errc::timeout, "late"};
  tracer->sent({.result = failed, .message_id = "1", .topic = "T"});
  tracer->sent({.result = sent, .message_id = "2", .topic = "T", .is_trace_on = false});
  tracer->sent({.result = sent, .message_id = "3", .topic = "T", .is_oneway = true});
  tracer->sent({.result = sent, .message_id = "4", .topic = "RMQ_SYS_TRACE_TOPIC"});
  const MessageView untraced =
      traces.view({.topic = "T",
                   .body = "x",
                   .properties = encode_properties(
                       {{"UNIQ_KEY", "5"}, {"MSG_REGION", "R"}, {"TRACE_ON", "false"}})});
  const std::vector<MessageView> one{untraced};
  tracer->after_consume(tracer->before_consume({one.data(), one.size()}),
                        TraceConsumeCode::success);
  EXPECT_TRUE(records_after(10s).empty());
  tracer->close(1s);
}

TEST_F(TraceTest, tells_of_a_message_without_a_region) {  // as 4.x brokers store it
  const auto tracer = make();
  const std::vector<MessageView> one{traces.view(
      {.topic = "T", .body = "x", .properties = encode_properties({{"UNIQ_KEY", "6"}})})};
  tracer->after_consume(tracer->before_consume({one.data(), one.size()}),
                        TraceConsumeCode::success);
  const auto told = records_after(10s);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(std::get<SubBeforeTrace>(told[0]).region_id, "DefaultRegion");
  tracer->close(1s);
}

TEST_F(TraceTest, tells_of_a_call_of_a_listener) {
  const auto tracer = make();
  const std::vector<MessageView> batch{message("i1"), message("i2")};
  const std::int64_t begun_at = loop.wall_ms();
  auto call = tracer->before_consume({batch.data(), batch.size()});
  loop.advance(40ms);
  tracer->after_consume(std::move(call), TraceConsumeCode::failed);
  const auto told = records_after(5s);
  ASSERT_EQ(told.size(), 4U);
  const auto& before = std::get<SubBeforeTrace>(told[1]);
  EXPECT_EQ(before.timestamp, begun_at);
  EXPECT_EQ(before.region_id, "R");
  EXPECT_EQ(before.group, "g");
  EXPECT_EQ(before.msg_id, "i2");
  EXPECT_EQ(before.retry_times, 2);
  EXPECT_EQ(before.keys, "k1 k2");
  const auto& after = std::get<SubAfterTrace>(told[3]);
  EXPECT_EQ(after.request_id, before.request_id);
  EXPECT_EQ(after.msg_id, "i2");
  EXPECT_EQ(after.cost, 20);
  EXPECT_FALSE(after.success);
  EXPECT_EQ(after.code, TraceConsumeCode::failed);
  EXPECT_EQ(after.origin, (SubAfterTrace::Origin{.timestamp = begun_at + 40, .group = "g"}));
  tracer->close(1s);
}

TEST_F(TraceTest, calls_of_listeners_have_different_ids) {
  const auto tracer = make();
  const std::vector<MessageView> one{message("i1")};
  const auto first = tracer->before_consume({one.data(), one.size()});
  const auto second = tracer->before_consume({one.data(), one.size()});
  EXPECT_NE(first.request_id, second.request_id);
  tracer->close(1s);
}

TEST_F(TraceTest, tells_of_ended_transactions_and_of_recalls) {
  const auto tracer = make(Tracer::Side::produces);
  tracer->transaction_ended({.topic = "T",
                             .message_id = "id",
                             .broker_address = "a:10911",
                             .transaction_id = "tx",
                             .state = "COMMIT_MESSAGE",
                             .from_check = true});
  tracer->recalled("T", "id2", false);
  const auto told = records_after(5s);
  ASSERT_EQ(told.size(), 2U);
  const auto& end = std::get<EndTransactionTrace>(told[0]);
  EXPECT_EQ(end.msg_id, "id");
  EXPECT_EQ(end.region_id, "DefaultRegion");
  EXPECT_EQ(end.message_type, TraceMessageType::commit);
  EXPECT_EQ(end.transaction_id, "tx");
  EXPECT_EQ(end.state, "COMMIT_MESSAGE");
  EXPECT_TRUE(end.from_check);
  EXPECT_EQ(std::get<RecallTrace>(told[1]).msg_id, "id2");
  EXPECT_FALSE(std::get<RecallTrace>(told[1]).success);
  tracer->close(1s);
}

TEST_F(TraceTest, leaves_out_texts_that_would_break_a_record) {
  const auto tracer = make();
  const std::vector<MessageView> one{message("i1",
                                             "KEYS\x01"
                                             "a\x01"
                                             "b\x02")};
  static_cast<void>(tracer->before_consume({one.data(), one.size()}));
  const auto told = records_after(5s);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(std::get<SubBeforeTrace>(told[0]).keys, std::nullopt);
  tracer->close(1s);
}

TEST_F(TraceTest, goes_to_the_topic_asked_for) {
  names.set_route("mine", route_over({&traces}, 1));
  const auto tracer = make(Tracer::Side::produces, {.topic = "mine"});
  tracer->recalled("T", "id", true);
  loop.advance(5s);
  ASSERT_EQ(traces.stored().size(), 1U);
  EXPECT_EQ(traces.stored()[0].topic, "mine");
  tracer->close(1s);
  EXPECT_EQ(Tracer::create(core, {.topic = "no topic"}, "g", Tracer::Side::produces).error().code,
            Errc::invalid_argument);
}

TEST_F(TraceTest, loses_records_without_a_broker_and_says_so) {
  traces.stop();
  const auto tracer = make(Tracer::Side::produces);
  tracer->recalled("T", "id", true);
  loop.advance(15s);
  EXPECT_THAT(log, HasSubstr("trace records of group g are lost"));
  traces.start();
  tracer->recalled("T", "id2", true);
  EXPECT_EQ(records_after(10s).size(), 1U);
  tracer->close(1s);
}

TEST_F(TraceTest, a_producer_that_is_asked_to_tells_of_its_sends) {
  const auto producer = Producer::Impl::create(core, {.group = "g", .trace = Trace{}}).value();
  std::string id;
  producer->send_async({.topic = "T", .body = "hello"},
                       [&](Result<SendReceipt> sent) { id = sent.value().message_id; });
  const auto told = records_after(6s);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(std::get<PubTrace>(told[0]).msg_id, id);
  EXPECT_EQ(std::get<PubTrace>(told[0]).body_length, 5);
  EXPECT_EQ(records_after(20s).size(), 1U);  // and not of the telling
  static_cast<void>(producer->close(1s));
}

}  // namespace
}  // namespace rocketmq::client
