// What one send may ask for: a queue, a time, a batch.
#include <gmock/gmock.h>

#include <set>

#include "client/testing/producer_fixture.h"
#include "protocol/trace.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using testing::ProducerFixture;
using testing::route_over;
using testing::ScriptedSendBroker;

class ProducerSendTest : public ProducerFixture {};

// ---- queues

TEST_F(ProducerSendTest, sends_to_the_queue_it_was_told) {
  const ImplPtr producer = make();
  for (int i = 0; i < 3; ++i) {
    const MessageQueue queue{"T", "b", 1};
    const auto sent = send(*producer, hello(), {.options = {.queue = queue}});
    ASSERT_TRUE(sent) << sent.error();
    EXPECT_EQ(sent->queue, queue);
  }
}

TEST_F(ProducerSendTest, does_not_try_a_queue_twice_that_was_chosen) {
  const ImplPtr producer = make();
  a.fail_next(RequestCode::send_message_v2, 9, {ResponseCode::system_busy, "busy"});
  const auto to_a = [](Span<const MessageQueue>) { return std::size_t{0}; };
  EXPECT_EQ(
      send(*producer, hello(), {.options = {.queue = MessageQueue{"T", "a", 0}}}).error().code,
      ResponseCode::system_busy);
  EXPECT_EQ(send(*producer, hello(), {.options = {.choose = to_a}}).error().code,
            ResponseCode::system_busy);
  EXPECT_EQ(received(RequestCode::send_message_v2), 2);
}

TEST_F(ProducerSendTest, says_so_where_the_topic_has_no_such_broker) {
  const ImplPtr producer = make();
  const auto sent = send(*producer, hello(), {.options = {.queue = MessageQueue{"T", "x", 0}}});
  EXPECT_EQ(sent.error().code, Errc::not_connected);
  EXPECT_EQ(sent.error().outcome, Outcome::not_sent);
}

TEST_F(ProducerSendTest, sends_what_has_one_key_to_one_queue_and_tells_consumers_the_key) {
  const ImplPtr producer = make();
  std::set<MessageQueue> queues;
  for (int i = 0; i < 5; ++i) {
    Message message = hello();
    message.sharding_key = "user-9";
    queues.insert(send(*producer, message)->queue);
    queues.insert(send(*producer, hello(), {.added = {.sharding_key = "user-9"}})->queue);
  }
  EXPECT_EQ(queues.size(), 1U);
  for (const auto& message : stored()) EXPECT_EQ(property(message, "__SHARDINGKEY"), "user-9");
}

TEST_F(ProducerSendTest, spreads_keys_over_all_queues) {
  const ImplPtr producer = make();
  std::set<MessageQueue> queues;
  for (int i = 0; i < 40; ++i) {
    Message message = hello();
    message.sharding_key = "user-" + std::to_string(i);
    queues.insert(send(*producer, message)->queue);
  }
  EXPECT_EQ(queues.size(), 4U);
}

TEST_F(ProducerSendTest, takes_as_long_as_this_one_send_was_given) {
  const ImplPtr producer = make({.send_timeout = 10s});
  for (ScriptedSendBroker* broker : {&a, &b}) broker->drop_next(RequestCode::send_message_v2, 99);
  const net::TimePoint begun = loop.now();
  const auto slow = start(*producer, hello());
  const auto fast = start(*producer, hello(), {.options = {.timeout = 300ms}});
  EXPECT_EQ(end_of(*fast).error().code, Errc::timeout);
  EXPECT_EQ(loop.now() - begun, 300ms);
  EXPECT_EQ(end_of(*slow).error().code, Errc::timeout);
  EXPECT_EQ(loop.now() - begun, 10s);
}

TEST_F(ProducerSendTest, connects_anew_where_a_broker_says_go_away) {
  names.set_route("T", route_over({&a}, 2));
  const ImplPtr producer = make();
  ASSERT_TRUE(send(*producer, hello()));
  a.fail_next(RequestCode::send_message_v2, 1, {ResponseCode::go_away, "please go away"});
  EXPECT_TRUE(send(*producer, hello()));
  EXPECT_EQ(loop.connections_made("a:10911"), 2U);
}

TEST_F(ProducerSendTest, refuses_options_that_cannot_be_used) {
  const ImplPtr producer = make();
  EXPECT_EQ(send(*producer, hello(), {.options = {.timeout = -1ms}}).error().code,
            Errc::invalid_argument);
  EXPECT_EQ(
      send(*producer, hello(), {.options = {.queue = MessageQueue{"U", "a", 0}}}).error().code,
      Errc::invalid_argument);
  EXPECT_EQ(received(RequestCode::send_message_v2), 0);
}

TEST_F(ProducerSendTest, sends_one_way_to_a_queue_too) {
  const ImplPtr producer = make();
  ASSERT_TRUE(producer->send_oneway(hello(), {.options = {.queue = MessageQueue{"T", "b", 1}}}));
  loop.run_until([&] { return !stored().empty(); });
  ASSERT_EQ(b.stored().size(), 1U);
  EXPECT_EQ(b.stored()[0].queue_id, 1);
}

TEST_F(ProducerSendTest, keeps_to_its_namespace_and_shows_the_program_plain_names) {
  core = Client::Core::create_on(loop, {.name_servers = names.address(), .ns = "tenant"});
  names.set_route("tenant%T", route_over({&a, &b}, 2));
  const ImplPtr producer = make();
  std::vector<MessageQueue> shown;
  const auto choose = [&](Span<const MessageQueue> queues) {
    shown.assign(queues.begin(), queues.end());
    return std::size_t{3};
  };
  const auto sent = send(*producer, hello(), {.options = {.choose = choose}});
  ASSERT_TRUE(sent) << sent.error();
  EXPECT_EQ(sent->queue, (MessageQueue{"T", "b", 1}));
  EXPECT_EQ(shown.at(3), sent->queue);
  EXPECT_EQ(b.stored().at(0).topic, "tenant%T");
  EXPECT_EQ(property(b.stored()[0], "INSTANCE_ID"), "tenant");
  EXPECT_EQ(b.last_send().producer_group, "tenant%g");
  EXPECT_EQ(send_batch(*producer, {hello(), hello()})->queue.topic, "T");
  loop.advance(1s);
  EXPECT_TRUE(a.producer_groups().contains("tenant%g"));
}

// ---- times

TEST_F(ProducerSendTest, tells_the_broker_when_a_message_is_due) {
  const ImplPtr producer = make();
  Message level = hello(), after = hello(), at = hello();
  level.delay_level = 3;
  after.deliver_after = 30s;
  at.deliver_at = Timestamp(1'900'000'000'123ms);
  const MessageQueue queue{"T", "a", 0};
  for (const Message& message : {level, after, at}) {
    ASSERT_TRUE(send(*producer, message, {.options = {.queue = queue}}));
  }
  EXPECT_EQ(property(a.stored()[0], "DELAY"), "3");
  EXPECT_EQ(property(a.stored()[1], "TIMER_DELAY_MS"), "30000");
  EXPECT_EQ(property(a.stored()[2], "TIMER_DELIVER_MS"), "1900000000123");
}

TEST_F(ProducerSendTest, refuses_times_that_contradict_each_other_or_make_no_sense) {
  const ImplPtr producer = make();
  const auto refusal = [&](auto change) {
    Message message = hello();
    change(message);
    const auto sent = send(*producer, message);
    return sent ? std::error_code() : sent.error().code;
  };
  EXPECT_EQ(refusal([](Message& m) { m.delay_level = 19; }), Errc::invalid_argument);
  EXPECT_EQ(refusal([](Message& m) { m.delay_level = -1; }), Errc::invalid_argument);
  EXPECT_EQ(refusal([](Message& m) { m.deliver_after = -1ms; }), Errc::invalid_argument);
  EXPECT_EQ(refusal([](Message& m) { m.deliver_at = Timestamp(-1ms); }), Errc::invalid_argument);
  EXPECT_EQ(refusal([](Message& m) {
              m.delay_level = 1;
              m.deliver_after = 1s;
            }),
            Errc::invalid_argument);
  EXPECT_EQ(refusal([](Message& m) { m.delay_level = 18; }), std::error_code());
}

TEST_F(ProducerSendTest, recalls_a_timed_message_at_the_broker_that_has_it) {
  const ImplPtr producer = make();
  Message message = hello();
  message.deliver_at = Timestamp(1'900'000'000'000ms);
  const auto sent = send(*producer, message);
  ASSERT_TRUE(sent) << sent.error();
  EXPECT_EQ(sent->transaction_id, sent->message_id);
  ASSERT_FALSE(sent->recall_handle.empty());
  const auto recalled = net::run_task(loop, producer->recall_task("T", sent->recall_handle));
  ASSERT_TRUE(recalled) << recalled.error();
  EXPECT_EQ(*recalled, sent->message_id);
  const ScriptedSendBroker& broker = sent->queue.broker_name == "a" ? a : b;
  EXPECT_THAT(broker.recalled(), ::testing::ElementsAre(sent->message_id));
}

TEST_F(ProducerSendTest, recalls_nothing_without_a_handle) {
  Producer producer(make());
  EXPECT_EQ(producer.recall(SendReceipt{}).error().code, Errc::invalid_argument);
  const ImplPtr impl = make();
  EXPECT_EQ(net::run_task(loop, impl->recall_task("T", "no handle")).error().code,
            Errc::invalid_argument);
}

// ---- batches

TEST_F(ProducerSendTest, sends_a_batch_as_one_request) {
  const ImplPtr producer = make();
  std::vector<Message> messages{hello("one"), hello("two"), hello("three")};
  messages[1].tag = "t";
  messages[2].flag = 7;
  const auto sent = send_batch(*producer, messages);
  ASSERT_TRUE(sent) << sent.error();
  EXPECT_EQ(received(RequestCode::send_batch_message), 1);
  const auto there = stored();
  ASSERT_EQ(there.size(), 3U);
  EXPECT_EQ(there[0].body, "one");
  EXPECT_EQ(property(there[1], "TAGS"), "t");
  EXPECT_EQ(there[2].flag, 7);
  EXPECT_EQ(sent->message_id, property(there[0], "UNIQ_KEY") + "," +
                                  property(there[1], "UNIQ_KEY") + "," +
                                  property(there[2], "UNIQ_KEY"));
  EXPECT_EQ(sent->offset_message_id, "offset-id-0,offset-id-1,offset-id-2");
  EXPECT_EQ(sent->queue_offset, 0);
  // 4.x brokers would give every message the id of the batch, if it had one.
  const ScriptedSendBroker& broker = sent->queue.broker_name == "a" ? a : b;
  EXPECT_EQ(broker.last_send().properties, "");
  EXPECT_TRUE(broker.last_send().batch.value_or(false));
  EXPECT_EQ(std::set<std::string>({property(there[0], "UNIQ_KEY"), property(there[1], "UNIQ_KEY"),
                                   property(there[2], "UNIQ_KEY")})
                .size(),
            3U);
}

TEST_F(ProducerSendTest, tries_a_batch_again_like_any_message) {
  const ImplPtr producer = make();
  a.fail_next(RequestCode::send_batch_message, 9, {ResponseCode::system_busy, "busy"});
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(send_batch(*producer, {hello(), hello()})->queue.broker_name, "b");
  }
}

TEST_F(ProducerSendTest, sends_a_batch_where_it_was_told) {
  const ImplPtr producer = make();
  const MessageQueue queue{"T", "b", 1};
  EXPECT_EQ(send_batch(*producer, {hello(), hello()}, {.queue = queue})->queue, queue);
  std::vector<Message> keyed{hello(), hello()};
  keyed[0].sharding_key = keyed[1].sharding_key = "k";
  EXPECT_EQ(send_batch(*producer, keyed)->queue, send_batch(*producer, keyed)->queue);
}

TEST_F(ProducerSendTest, does_not_compress_in_a_batch) {
  const ImplPtr producer = make();
  ASSERT_TRUE(send_batch(*producer, {hello(std::string(10'000, 'x')), hello()}));
  EXPECT_EQ(stored()[0].body.size(), 10'000U);
  EXPECT_EQ(stored()[0].sys_flag, 0);
}

TEST_F(ProducerSendTest, tells_the_broker_not_to_wait_for_a_batch) {
  const ImplPtr producer = make();
  std::vector<Message> messages{hello(), hello()};
  for (Message& message : messages) message.wait_for_store = false;
  const auto sent = send_batch(*producer, messages);
  const ScriptedSendBroker& broker = sent->queue.broker_name == "a" ? a : b;
  EXPECT_EQ(protocol::find_property(*broker.last_send().properties, "WAIT"), "false");
}

TEST_F(ProducerSendTest, refuses_what_cannot_go_together) {
  const ImplPtr producer = make({.message_bytes_max = 1000});
  const auto refusal = [&](const std::vector<Message>& messages) {
    const auto sent = send_batch(*producer, messages);
    return sent ? std::error_code() : sent.error().code;
  };
  Message other = hello();
  other.topic = "U";
  Message delayed = hello();
  delayed.delay_level = 1;
  Message hasty = hello();
  hasty.wait_for_store = false;
  Message keyed = hello();
  keyed.sharding_key = "k";
  EXPECT_EQ(refusal({}), Errc::invalid_argument);
  EXPECT_EQ(refusal({hello(), other}), Errc::invalid_argument);
  EXPECT_EQ(refusal({hello(), delayed}), Errc::invalid_argument);
  EXPECT_EQ(refusal({hello(), hasty}), Errc::invalid_argument);
  EXPECT_EQ(refusal({hello(), keyed}), Errc::invalid_argument);
  EXPECT_EQ(refusal({hello(), hello("")}), Errc::invalid_argument);
  EXPECT_EQ(refusal({hello(std::string(500, 'x')), hello(std::string(500, 'x'))}), Errc::too_large);
  EXPECT_EQ(refusal({hello(std::string(400, 'x')), hello(std::string(400, 'x'))}),
            std::error_code());
  EXPECT_EQ(refusal(std::vector<Message>(2, {.topic = "%RETRY%g", .body = "x"})),
            Errc::invalid_argument);
}

// ---- what was stored, but not safely

TEST_F(ProducerSendTest, tries_elsewhere_what_was_not_stored_safely_if_it_was_told_to) {
  const ImplPtr producer = make({.retry_when_not_stored_safely = true});
  a.answer_next_sends_with(ResponseCode::flush_disk_timeout, 9);
  for (int i = 0; i < 4; ++i) {
    const auto sent = send(*producer, hello());
    EXPECT_EQ(sent->status, SendStatus::ok);
    EXPECT_EQ(sent->queue.broker_name, "b");
  }
}

TEST_F(ProducerSendTest, gives_the_receipt_it_has_where_nothing_safer_can_be_had) {
  const ImplPtr producer = make({.attempts_max = 2, .retry_when_not_stored_safely = true});
  names.set_route("T", route_over({&a, &b}, 1));
  a.answer_next_sends_with(ResponseCode::slave_not_available, 9);
  b.fail_next(RequestCode::send_message_v2, 9, {ResponseCode::message_illegal, "no"});
  const auto first = send(*producer, hello());
  const auto second = send(*producer, hello());
  const auto& from_a = first ? first : second;
  ASSERT_TRUE(from_a);
  EXPECT_EQ(from_a->status, SendStatus::slave_not_available);
  EXPECT_EQ(from_a->queue.broker_name, "a");
}

// ---- statistics and observers

TEST_F(ProducerSendTest, counts_what_became_of_its_messages) {
  const ImplPtr producer = make();
  a.fail_next(RequestCode::send_message_v2, 9, {ResponseCode::system_busy, "busy"});
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(send(*producer, hello()));
  ASSERT_TRUE(send_batch(*producer, {hello(), hello(), hello()}));
  EXPECT_FALSE(send(*producer, hello("")));
  const auto pending = start(*producer, hello("12345"));
  const ProducerStatistics now = producer->statistics();
  EXPECT_EQ(now.sent, 7U);
  EXPECT_EQ(now.failed, 1U);
  EXPECT_EQ(now.retried, 2U);
  EXPECT_EQ(now.pending, 1U);
  EXPECT_EQ(now.pending_bytes, 5U);
  ASSERT_TRUE(end_of(*pending));
  EXPECT_EQ(producer->statistics().pending, 0U);
  EXPECT_EQ(producer->statistics().pending_bytes, 0U);
}

class Recorder final : public SendObserver {
 public:
  struct Seen {
    bool is_ok;
    std::string message_id, broker_address, region_id;
    net::Duration cost;
    std::size_t body_bytes;
    protocol::TraceMessageType type;
    bool is_trace_on;
  };
  void sent(const SendRecord& record) override {
    seen.push_back({record.result.has_value(), std::string(record.message_id),
                    std::string(record.broker_address), std::string(record.region_id), record.cost,
                    record.body_bytes, record.type, record.is_trace_on});
  }
  std::vector<Seen> seen;
};

TEST_F(ProducerSendTest, tells_its_observer_how_a_send_went) {
  names.set_route("T", route_over({&a}, 1));
  const ImplPtr producer = make();
  const auto recorder = std::make_shared<Recorder>();
  producer->set_observer(recorder);
  a.set_region("Hangzhou", false);
  ASSERT_TRUE(send(*producer, hello()));  // connects
  a.delay(RequestCode::send_message_v2, 70ms);
  Message message = hello(std::string(5000, 'x'));
  message.delay_level = 2;
  const auto sent = send(*producer, message);
  ASSERT_TRUE(sent) << sent.error();
  const Recorder::Seen& seen = recorder->seen.at(1);
  EXPECT_TRUE(seen.is_ok);
  EXPECT_EQ(seen.message_id, sent->message_id);
  EXPECT_EQ(seen.broker_address, "a:10911");
  EXPECT_EQ(seen.region_id, "Hangzhou");
  EXPECT_FALSE(seen.is_trace_on);
  EXPECT_GE(seen.cost, 70ms);
  EXPECT_LT(seen.body_bytes, 1000U);  // compressed
  EXPECT_EQ(seen.type, protocol::TraceMessageType::delay);
}

TEST_F(ProducerSendTest, tells_its_observer_of_failures_too) {
  const ImplPtr producer = make();
  const auto recorder = std::make_shared<Recorder>();
  producer->set_observer(recorder);
  Message message = hello();
  message.topic = "unheard-of";
  ASSERT_FALSE(send(*producer, message));
  ASSERT_FALSE(send(*producer, hello("")));  // refused: no message was made of it
  ASSERT_EQ(recorder->seen.size(), 1U);
  EXPECT_FALSE(recorder->seen[0].is_ok);
  EXPECT_EQ(recorder->seen[0].broker_address, "");
}

TEST_F(ProducerSendTest, adds_what_the_client_itself_asks_for) {
  const ImplPtr producer = make();
  const protocol::Property half[] = {{"TRAN_MSG", "true"}, {"PGROUP", "g"}};
  ASSERT_TRUE(send(*producer, hello(), {.added = {.properties = half, .sys_flag = 4}}));
  EXPECT_EQ(stored()[0].sys_flag, 4);
  EXPECT_EQ(property(stored()[0], "TRAN_MSG"), "true");
  ASSERT_TRUE(send(*producer, hello(), {.kind = SendKind::reply}));
  EXPECT_EQ(received(RequestCode::send_reply_message_v2), 1);
}

}  // namespace
}  // namespace rocketmq::client
