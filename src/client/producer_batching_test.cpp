// Single messages that are put together on their way.
#include <gmock/gmock.h>

#include <set>

#include "client/testing/producer_fixture.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using testing::ProducerFixture;

class AutoBatchTest : public ProducerFixture {
 protected:
  ImplPtr make_batching(ProducerOptions options = {}) {
    options.auto_batch = AutoBatch{.linger = 10ms};
    return make(std::move(options));
  }
  int batches() const { return received(RequestCode::send_batch_message); }
  int singles() const { return received(RequestCode::send_message_v2); }
};

TEST_F(AutoBatchTest, sends_together_what_comes_together_and_tells_each_its_own_receipt) {
  const ImplPtr producer = make_batching();
  for (const char* body : {"zero", "one", "two"}) start(*producer, hello(body));
  for (const auto& sending : sendings) ASSERT_TRUE(end_of(*sending)) << sending->error();
  EXPECT_EQ(batches(), 1);
  EXPECT_EQ(singles(), 0);
  const auto there = stored();
  ASSERT_EQ(there.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    const SendReceipt& receipt = *sendings[i]->results[0];
    EXPECT_EQ(receipt.message_id, property(there[i], "UNIQ_KEY"));
    EXPECT_EQ(receipt.queue_offset, static_cast<std::int64_t>(i));
    EXPECT_EQ(receipt.offset_message_id, "offset-id-" + std::to_string(i));
  }
  EXPECT_EQ(producer->statistics().sent, 3U);
  EXPECT_EQ(producer->statistics().pending_bytes, 0U);
}

TEST_F(AutoBatchTest, sends_a_message_alone_that_stayed_alone) {
  const ImplPtr producer = make_batching();
  ASSERT_TRUE(send(*producer, hello()));
  EXPECT_EQ(batches(), 0);
  EXPECT_EQ(singles(), 1);
}

TEST_F(AutoBatchTest, waits_no_longer_than_it_lingers) {
  const ImplPtr producer = make_batching();
  ASSERT_TRUE(send(*producer, hello()));  // connects
  const net::TimePoint begun = loop.now();
  start(*producer, hello());
  start(*producer, hello());
  ASSERT_TRUE(end_of(*sendings.back()));
  EXPECT_EQ(loop.now() - begun, 10ms);
}

TEST_F(AutoBatchTest, leaves_alone_what_must_go_alone) {
  const ImplPtr producer = make_batching();
  Message delayed = hello();
  delayed.delay_level = 1;
  start(*producer, delayed);
  start(*producer, delayed);
  start(*producer, hello(), {.options = {.timeout = 1s}});
  start(*producer, hello(), {.options = {.timeout = 1s}});
  ASSERT_TRUE(producer->send_oneway(hello()));
  loop.advance(100ms);
  EXPECT_EQ(singles(), 5);
  EXPECT_EQ(batches(), 0);
}

TEST_F(AutoBatchTest, keeps_the_messages_of_a_key_in_order_and_together) {
  const ImplPtr producer = make_batching();
  for (int i = 0; i < 6; ++i) {
    Message message = hello(std::to_string(i));
    message.sharding_key = i % 2 == 0 ? "even" : "odd";
    start(*producer, message);
  }
  loop.advance(100ms);
  EXPECT_EQ(batches(), 2);
  std::map<std::string, std::string> bodies;
  std::map<std::string, std::set<std::pair<std::string, int>>> queues;
  for (const auto& message : stored()) {
    bodies[property(message, "__SHARDINGKEY")] += message.body;
    queues[property(message, "__SHARDINGKEY")].emplace(message.topic, message.queue_id);
  }
  EXPECT_EQ(bodies["even"], "024");
  EXPECT_EQ(bodies["odd"], "135");
  EXPECT_EQ(queues["even"].size(), 1U);
}

TEST_F(AutoBatchTest, tells_every_message_that_its_batch_failed) {
  const ImplPtr producer = make_batching();
  for (auto* broker : {&a, &b}) {
    broker->fail_next(RequestCode::send_batch_message, 9, {ResponseCode::message_illegal, "no"});
  }
  start(*producer, hello());
  start(*producer, hello());
  for (const auto& sending : sendings) {
    EXPECT_EQ(end_of(*sending).error().code, ResponseCode::message_illegal);
  }
  EXPECT_EQ(producer->statistics().failed, 2U);
}

TEST_F(AutoBatchTest, tries_a_batch_again_at_another_broker) {
  const ImplPtr producer = make_batching();
  a.fail_next(RequestCode::send_batch_message, 9, {ResponseCode::system_busy, "busy"});
  for (int round = 0; round < 4; ++round) {
    start(*producer, hello());
    EXPECT_EQ(send(*producer, hello())->queue.broker_name, "b");
  }
}

TEST_F(AutoBatchTest, ends_messages_in_time_that_nobody_answers) {
  const ImplPtr producer = make_batching({.send_timeout = 200ms});
  for (auto* broker : {&a, &b}) broker->drop_next(RequestCode::send_batch_message, 9);
  const net::TimePoint begun = loop.now();
  start(*producer, hello());
  start(*producer, hello());
  for (const auto& sending : sendings) {
    EXPECT_EQ(end_of(*sending).error().code, Errc::timeout);
    EXPECT_EQ(sending->error().outcome, Outcome::unknown);
  }
  EXPECT_EQ(loop.now() - begun, 200ms);
}

TEST_F(AutoBatchTest, ends_messages_in_time_that_still_wait_for_others) {
  ProducerOptions options{.send_timeout = 50ms};
  options.auto_batch = AutoBatch{.linger = 1s};
  const ImplPtr producer = make(options);
  start(*producer, hello());
  start(*producer, hello());
  for (const auto& sending : sendings) {
    EXPECT_EQ(end_of(*sending).error().code, Errc::timeout);
    EXPECT_EQ(sending->error().outcome, Outcome::not_sent);
  }
  loop.advance(2s);
  EXPECT_TRUE(stored().empty());
}

TEST_F(AutoBatchTest, sends_at_once_what_waits_when_it_is_closed) {
  ProducerOptions options{};
  options.auto_batch = AutoBatch{.linger = 1s};
  const ImplPtr producer = make(options);
  const net::TimePoint begun = loop.now();
  start(*producer, hello());
  start(*producer, hello());
  EXPECT_EQ(*net::run_task(loop, producer->shut_down(3s)), 0U);
  EXPECT_LT(loop.now() - begun, 1s);
  for (const auto& sending : sendings) EXPECT_TRUE(sending->results.at(0));
}

TEST_F(AutoBatchTest, ends_every_message_once_when_it_is_closed_too_early) {
  const ImplPtr producer = make_batching({.send_timeout = 10s});
  for (auto* broker : {&a, &b}) broker->drop_next(RequestCode::send_batch_message, 9);
  start(*producer, hello());
  start(*producer, hello());
  start(*producer, hello());
  EXPECT_EQ(*net::run_task(loop, producer->shut_down(1s)), 3U);
  loop.advance(20s);
  for (const auto& sending : sendings) {
    ASSERT_EQ(sending->results.size(), 1U);
    EXPECT_EQ(sending->error().code, Errc::client_closed);
  }
}

}  // namespace
}  // namespace rocketmq::client
