#include <gmock/gmock.h>

#include "client/producer_impl.h"
#include "client/testing/client_fixture.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using testing::ClientFixture;
using testing::route_over;
using testing::ScriptedBroker;
using testing::ScriptedNameServer;

Message hello(const std::string& topic = "T") { return {.topic = topic, .body = "hello"}; }

class ProducerTest : public ClientFixture {
 protected:
  using ImplPtr = std::shared_ptr<Producer::Impl>;

  ImplPtr make_impl(ProducerOptions options = {}) {
    options.group = "g";
    return Producer::Impl::create(core, std::move(options)).value();
  }
  // A send whose end has not come yet.
  struct Sending {
    std::vector<Result<SendReceipt>> results;
    bool is_done() const { return !results.empty(); }
    const Error& error() const { return results.at(0).error(); }
  };
  std::shared_ptr<Sending> start(Producer::Impl& producer, const Message& message = hello()) {
    auto sending = std::make_shared<Sending>();
    producer.send_async(message, [sending](Result<SendReceipt> result) {
      sending->results.push_back(std::move(result));
    });
    return sending;
  }
  Result<SendReceipt> send(Producer::Impl& producer, const Message& message = hello()) {
    const auto sending = start(producer, message);
    if (!loop.run_until([&] { return sending->is_done(); })) std::terminate();
    return sending->results.at(0);
  }
  std::size_t shut_down(Producer::Impl& producer, net::Duration deadline = 3s) {
    return *net::run_task(loop, producer.shut_down(deadline));
  }
  std::size_t stored() const { return a.stored().size() + b.stored().size(); }

  std::shared_ptr<Client::Core> core = make_core();
};

TEST_F(ProducerTest, sends_a_message_and_gets_its_receipt) {
  const ImplPtr producer = make_impl();
  Message message = hello();
  message.tag = "created";
  message.flag = 7;
  const auto sent = send(*producer, message);
  ASSERT_TRUE(sent) << sent.error();
  ASSERT_EQ(stored(), 1U);
  const ScriptedBroker& broker = a.stored().empty() ? b : a;
  const ScriptedBroker::Stored& there = broker.stored()[0];
  EXPECT_EQ(there.body, "hello");
  EXPECT_EQ(there.flag, 7);
  EXPECT_EQ(there.properties, "UNIQ_KEY\x01" + sent->message_id + "\x02TAGS\x01" + "created\x02");
  EXPECT_EQ(sent->queue, (MessageQueue{"T", broker.name(), there.queue_id}));
  EXPECT_EQ(sent->queue_offset, 0);
  EXPECT_EQ(sent->offset_message_id.size(), 32U);
  EXPECT_EQ(sent->status, SendStatus::ok);
}

TEST_F(ProducerTest, spreads_messages_over_all_queues_of_all_brokers) {
  const ImplPtr producer = make_impl();
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(send(*producer));
  EXPECT_EQ(a.stored().size(), 4U);
  EXPECT_EQ(b.stored().size(), 4U);
}

TEST_F(ProducerTest, gives_each_message_an_id_of_its_own) {
  const ImplPtr producer = make_impl();
  std::set<std::string> ids;
  for (int i = 0; i < 100; ++i) ids.insert(send(*producer)->message_id);
  EXPECT_EQ(ids.size(), 100U);
}

TEST_F(ProducerTest, asks_for_a_route_once_however_many_wait_for_it) {
  const ImplPtr producer = make_impl();
  std::vector<std::shared_ptr<Sending>> sendings;
  for (int i = 0; i < 20; ++i) sendings.push_back(start(*producer));
  loop.run_until([&] { return stored() == 20; });
  EXPECT_EQ(names.received(RequestCode::get_routeinfo_by_topic), 1);
}

TEST_F(ProducerTest, retries_on_another_broker_what_one_refuses_for_now) {
  const ImplPtr producer = make_impl();
  a.fail_next(RequestCode::send_message_v2, 100, {ResponseCode::system_busy, "busy"});
  for (int i = 0; i < 4; ++i) {
    const auto sent = send(*producer);
    ASSERT_TRUE(sent) << sent.error();
    EXPECT_EQ(sent->queue.broker_name, "b");
  }
}

TEST_F(ProducerTest, does_not_retry_a_message_that_is_illegal) {
  const ImplPtr producer = make_impl();
  for (ScriptedBroker* broker : {&a, &b}) {
    broker->fail_next(RequestCode::send_message_v2, 9, {ResponseCode::message_illegal, "too long"});
  }
  const auto sent = send(*producer);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ResponseCode::message_illegal);
  EXPECT_EQ(sent.error().outcome, Outcome::not_sent);
  EXPECT_THAT(sent.error().message, ::testing::HasSubstr("too long"));
  EXPECT_EQ(a.received(RequestCode::send_message_v2) + b.received(RequestCode::send_message_v2), 1);
}

TEST_F(ProducerTest, gives_up_after_as_many_attempts_as_it_was_told) {
  const ImplPtr producer = make_impl({.attempts_max = 2});
  for (ScriptedBroker* broker : {&a, &b}) {
    broker->fail_next(RequestCode::send_message_v2, 9, {ResponseCode::system_busy, "busy"});
  }
  EXPECT_EQ(send(*producer).error().code, ResponseCode::system_busy);
  EXPECT_EQ(a.received(RequestCode::send_message_v2), 1);
  EXPECT_EQ(b.received(RequestCode::send_message_v2), 1);
}

TEST_F(ProducerTest, pauses_before_it_tries_the_only_broker_again) {
  names.set_route("T", route_over({&a}, 1));
  const ImplPtr producer = make_impl();
  a.fail_next(RequestCode::send_message_v2, 2, {ResponseCode::system_busy, "busy"});
  const net::TimePoint before = loop.now();
  EXPECT_TRUE(send(*producer));
  EXPECT_GE(loop.now() - before, 180ms);
}

TEST_F(ProducerTest, takes_another_broker_when_one_is_down) {
  a.stop();
  const ImplPtr producer = make_impl();
  for (int i = 0; i < 8; ++i) {
    const auto sent = send(*producer);
    ASSERT_TRUE(sent) << sent.error();
  }
  EXPECT_EQ(b.stored().size(), 8U);
}

TEST_F(ProducerTest, goes_on_with_a_broker_that_came_back) {
  names.set_route("T", route_over({&a}, 1));
  const ImplPtr producer = make_impl();
  ASSERT_TRUE(send(*producer));
  a.stop();
  const auto failed = send(*producer);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Errc::not_connected);
  EXPECT_EQ(failed.error().outcome, Outcome::not_sent);
  a.start();
  loop.advance(2s);
  EXPECT_TRUE(send(*producer));
}

TEST_F(ProducerTest, says_unknown_when_no_answer_came_in_time) {
  const ImplPtr producer = make_impl({.send_timeout = 500ms});
  for (ScriptedBroker* broker : {&a, &b}) broker->drop_next(RequestCode::send_message_v2, 9);
  const net::TimePoint before = loop.now();
  const auto sent = send(*producer);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, Errc::timeout);
  EXPECT_EQ(sent.error().outcome, Outcome::unknown);
  EXPECT_EQ(loop.now() - before, 500ms);
}

TEST_F(ProducerTest, says_not_sent_when_the_time_went_by_before_anything_was_sent) {
  const ImplPtr producer = make_impl({.send_timeout = 500ms});
  names.drop_next(RequestCode::get_routeinfo_by_topic, 9);
  const auto sent = send(*producer);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, Errc::timeout);
  EXPECT_EQ(sent.error().outcome, Outcome::not_sent);
}

TEST_F(ProducerTest, says_unknown_when_the_connection_broke_before_the_answer) {
  const ImplPtr producer = make_impl({.attempts_max = 1});
  for (ScriptedBroker* broker : {&a, &b}) broker->delay(RequestCode::send_message_v2, 1s);
  const auto sending = start(*producer);
  loop.advance(100ms);
  loop.drop_connections(a.address());
  loop.drop_connections(b.address());
  loop.run_until([&] { return sending->is_done(); });
  EXPECT_EQ(sending->error().code, Errc::not_connected);
  EXPECT_EQ(sending->error().outcome, Outcome::unknown);
}

TEST_F(ProducerTest, reports_a_message_that_is_stored_but_not_yet_safe) {
  const ImplPtr producer = make_impl();
  for (ScriptedBroker* broker : {&a, &b})
    broker->answer_sends_with(ResponseCode::flush_disk_timeout);
  EXPECT_EQ(send(*producer)->status, SendStatus::flush_disk_timeout);
}

TEST_F(ProducerTest, refuses_what_is_more_than_it_may_hold) {
  const ImplPtr producer = make_impl({.pending_sends_max = 2});
  for (ScriptedBroker* broker : {&a, &b}) broker->delay(RequestCode::send_message_v2, 1s);
  const auto first = start(*producer);
  const auto second = start(*producer);
  const auto third = start(*producer);
  EXPECT_FALSE(third->is_done());  // never from inside the call
  loop.run_ready();
  ASSERT_TRUE(third->is_done());
  EXPECT_EQ(third->error().code, Errc::overloaded);
  EXPECT_EQ(third->error().outcome, Outcome::not_sent);
  loop.advance(2s);
  EXPECT_TRUE(first->is_done() && second->is_done());
  for (ScriptedBroker* broker : {&a, &b}) broker->delay(RequestCode::send_message_v2, 0s);
  EXPECT_TRUE(send(*producer));
}

TEST_F(ProducerTest, takes_again_what_it_refused_once_something_is_finished) {
  const ImplPtr producer = make_impl({.pending_sends_max = 1});
  for (ScriptedBroker* broker : {&a, &b}) broker->delay(RequestCode::send_message_v2, 1s);
  const auto first = start(*producer);
  std::shared_ptr<Sending> again;
  producer->send_async(hello(), [&](const Result<SendReceipt>& refused) {
    EXPECT_EQ(refused.error().code, Errc::overloaded);
    // From inside its callback, and once the only place is free: a refused send holds none.
    loop.advance(2s);
    again = start(*producer);
  });
  ASSERT_TRUE(loop.run_until([&] { return again != nullptr && again->is_done(); }));
  EXPECT_TRUE(first->is_done());
  EXPECT_TRUE(again->results[0]) << again->error();
}

TEST_F(ProducerTest, may_send_the_next_from_the_callback_of_the_only_one_it_may_hold) {
  const ImplPtr producer = make_impl({.pending_sends_max = 1});
  std::shared_ptr<Sending> second;
  producer->send_async(hello(), [&](const Result<SendReceipt>&) { second = start(*producer); });
  ASSERT_TRUE(loop.run_until([&] { return second != nullptr && second->is_done(); }));
  EXPECT_TRUE(second->results[0]);
}

TEST_F(ProducerTest, refuses_more_bytes_than_it_may_hold) {
  const ImplPtr producer = make_impl(
      {.message_bytes_max = 10, .compression = Compression::none, .pending_bytes_max = 12});
  const auto first = start(*producer, {.topic = "T", .body = "0123456789"});
  const auto second = start(*producer, {.topic = "T", .body = "012"});
  loop.advance(1s);
  EXPECT_TRUE(first->results.at(0));
  EXPECT_EQ(second->error().code, Errc::overloaded);
  EXPECT_TRUE(send(*producer, {.topic = "T", .body = "0123456789"}));
}

TEST_F(ProducerTest, tells_the_callback_of_a_message_it_refuses) {
  const ImplPtr producer = make_impl();
  const auto sending = start(*producer, {.topic = "T"});
  EXPECT_FALSE(sending->is_done());
  loop.run_ready();
  ASSERT_EQ(sending->results.size(), 1U);
  EXPECT_EQ(sending->error().code, Errc::invalid_argument);
}

TEST_F(ProducerTest, sends_one_way_without_an_answer) {
  const ImplPtr producer = make_impl();
  ASSERT_TRUE(producer->send_oneway(hello()));
  loop.run_until([&] { return stored() == 1; });
  EXPECT_EQ(producer->send_oneway({.topic = "T"}).error().code, Errc::invalid_argument);
}

TEST_F(ProducerTest, never_sends_a_one_way_message_twice) {
  const ImplPtr producer = make_impl();
  for (ScriptedBroker* broker : {&a, &b}) {
    broker->fail_next(RequestCode::send_message_v2, 9, {ResponseCode::system_busy, "busy"});
  }
  ASSERT_TRUE(producer->send_oneway(hello()));
  loop.advance(5s);
  EXPECT_EQ(a.received(RequestCode::send_message_v2) + b.received(RequestCode::send_message_v2), 1);
}

TEST_F(ProducerTest, waits_for_what_is_under_way_when_it_is_closed) {
  const ImplPtr producer = make_impl();
  for (ScriptedBroker* broker : {&a, &b}) broker->delay(RequestCode::send_message_v2, 1s);
  const auto sending = start(*producer);
  EXPECT_EQ(shut_down(*producer), 0U);
  ASSERT_EQ(sending->results.size(), 1U);
  EXPECT_TRUE(sending->results[0]);
}

TEST_F(ProducerTest, ends_every_send_once_when_its_deadline_for_closing_is_over) {
  const ImplPtr producer = make_impl({.send_timeout = 10s});
  for (ScriptedBroker* broker : {&a, &b}) broker->drop_next(RequestCode::send_message_v2, 99);
  std::vector<std::shared_ptr<Sending>> sendings;
  for (int i = 0; i < 5; ++i) sendings.push_back(start(*producer));
  EXPECT_EQ(shut_down(*producer, 1s), 5U);
  loop.advance(20s);
  for (const auto& sending : sendings) {
    ASSERT_EQ(sending->results.size(), 1U);
    EXPECT_EQ(sending->error().code, Errc::client_closed);
    EXPECT_EQ(sending->error().outcome, Outcome::unknown);
  }
}

TEST_F(ProducerTest, refuses_sends_after_it_was_closed) {
  const ImplPtr producer = make_impl();
  shut_down(*producer);
  EXPECT_EQ(send(*producer).error().code, Errc::client_closed);
  EXPECT_EQ(producer->send_oneway(hello()).error().code, Errc::client_closed);
}

TEST_F(ProducerTest, may_be_closed_inside_a_callback_on_the_loop_thread) {
  auto producer = std::make_unique<Producer>(make_impl());
  std::vector<std::error_code> ends;
  for (int i = 0; i < 3; ++i) {
    producer->send_async(hello(), [&](Result<SendReceipt> result) {
      producer.reset();
      ends.push_back(result ? std::error_code() : result.error().code);
    });
  }
  loop.advance(5s);
  EXPECT_EQ(ends.size(), 3U);
}

TEST_F(ProducerTest, does_not_block_the_loop_thread) {
  const ImplPtr producer = make_impl();
  EXPECT_EQ(producer->send(hello()).error().code, Errc::would_deadlock);
}

TEST_F(ProducerTest, creates_a_topic_by_sending_to_it) {
  auto of_template = route_over({&a}, 8);
  of_template.queue_datas[0].perm = 7;
  names.set_route("TBW102", of_template);
  const ImplPtr producer = make_impl({.new_topic_queues = 3});
  std::set<int> queues;
  for (int i = 0; i < 6; ++i) queues.insert(send(*producer, hello("new"))->queue.queue_id);
  EXPECT_THAT(queues, ::testing::ElementsAre(0, 1, 2));
}

TEST_F(ProducerTest, says_no_route_where_brokers_do_not_create_topics) {
  const ImplPtr producer = make_impl();
  const auto sent = send(*producer, hello("unheard-of"));
  EXPECT_EQ(sent.error().code, Errc::no_route);
  EXPECT_THAT(sent.error().message, ::testing::HasSubstr("unheard-of"));
}

TEST_F(ProducerTest, takes_up_a_route_that_changed) {
  const ImplPtr producer = make_impl();
  ASSERT_TRUE(send(*producer));
  names.set_route("T", route_over({&b}, 1));
  loop.advance(40s);
  const std::size_t before = a.stored().size();
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(send(*producer));
  EXPECT_EQ(a.stored().size(), before);
}

TEST_F(ProducerTest, keeps_the_old_route_when_the_name_server_has_forgotten_the_topic) {
  const ImplPtr producer = make_impl();
  ASSERT_TRUE(send(*producer));
  names.remove_topic("T");
  loop.advance(5min);
  EXPECT_TRUE(send(*producer));
}

TEST_F(ProducerTest, keeps_sending_while_no_name_server_is_there) {
  const ImplPtr producer = make_impl();
  ASSERT_TRUE(send(*producer));
  names.stop();
  loop.advance(5min);
  EXPECT_TRUE(send(*producer));
}

TEST_F(ProducerTest, follows_a_broker_to_its_new_address) {
  names.set_route("T", route_over({&a}, 1));
  const ImplPtr producer = make_impl();
  ASSERT_TRUE(send(*producer));
  a.stop();
  ScriptedBroker moved(loop, "a", "a:20911");
  names.set_route("T", route_over({&moved}, 1));
  EXPECT_TRUE(send(*producer));  // the second attempt, on a fresh route
}

TEST_F(ProducerTest, compresses_what_is_long) {
  const ImplPtr producer = make_impl();
  Message message = hello();
  message.body = std::string(10'000, 'x');
  ASSERT_TRUE(send(*producer, message));
  const auto& there = a.stored().empty() ? b.stored()[0] : a.stored()[0];
  EXPECT_EQ(there.sys_flag, 0x301);
  EXPECT_LT(there.body.size(), 200U);
}

TEST_F(ProducerTest, is_known_to_brokers_while_it_is_open) {
  const ImplPtr producer = make_impl();
  ASSERT_TRUE(send(*producer));
  ASSERT_TRUE(send(*producer));
  ASSERT_TRUE(send(*producer));
  loop.advance(1s);
  EXPECT_TRUE(a.producer_groups().contains("g"));
  EXPECT_TRUE(b.producer_groups().contains("g"));
  shut_down(*producer);
  EXPECT_TRUE(a.producer_groups().empty());
  EXPECT_TRUE(b.producer_groups().empty());
}

TEST_F(ProducerTest, refuses_options_that_cannot_be_used) {
  const auto refusal = [&](ProducerOptions options) {
    auto made = Producer::Impl::create(core, std::move(options));
    return made ? std::error_code() : made.error().code;
  };
  EXPECT_EQ(refusal({.group = ""}), Errc::invalid_argument);
  EXPECT_EQ(refusal({.group = "g", .attempts_max = 0}), Errc::invalid_argument);
  EXPECT_EQ(refusal({.group = "g", .send_timeout = 0ms}), Errc::invalid_argument);
  EXPECT_EQ(refusal({.group = "g", .pending_bytes_max = 1}), Errc::invalid_argument);
  EXPECT_EQ(refusal({.group = "g"}), std::error_code());
}

}  // namespace
}  // namespace rocketmq::client
