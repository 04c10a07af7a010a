#include "client/requests.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "client/producer_impl.h"
#include "client/testing/client_fixture.h"
#include "client/testing/exchange_broker.h"
#include "protocol/compression.h"
#include "protocol/message_codec.h"
#include "protocol/properties.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using testing::ClientFixture;
using testing::ExchangeBroker;
using ::testing::HasSubstr;
using testing::route_over;

class RequestsTest : public ClientFixture {
 protected:
  RequestsTest() {
    names.set_route("X", route_over({&x}, 1));
    core = make_core({.log = [this](LogLevel, std::string_view line) {
      log += line;
      log += '\n';
    }});
    producer = Producer::Impl::create(core, {.group = "g"}).value();
  }
  ~RequestsTest() override { shut_down(); }

  std::size_t shut_down(net::Duration deadline = 0s) {
    return net::run_task(loop, producer->shut_down(deadline)).value();
  }
  // A request whose end has not come yet.
  struct Asking {
    std::vector<Result<MessageView>> results;
    bool is_done() const { return !results.empty(); }
    const Error& error() const { return results.at(0).error(); }
  };
  std::shared_ptr<Asking> ask(std::chrono::milliseconds timeout = 3s,
                              const Message& message = {.topic = "X", .body = "question"}) {
    auto asking = std::make_shared<Asking>();
    producer->request_async(message, timeout, [asking](Result<MessageView> reply) {
      asking->results.push_back(std::move(reply));
    });
    return asking;
  }
  // Runs until so many requests have reached the broker, and gives the last.
  ExchangeBroker::Stored arrived(std::size_t count = 1) {
    if (!loop.run_until([&] { return x.stored().size() == count; }, 10s)) std::terminate();
    return x.stored().back();
  }
  static std::string property(const ExchangeBroker::Stored& message, std::string_view name) {
    return std::string(protocol::find_property(message.properties, name).value_or(""));
  }
  static std::string properties_of_reply_to(const ExchangeBroker::Stored& request) {
    return protocol::encode_properties(
        {{"CORRELATION_ID", property(request, "CORRELATION_ID")}, {"MSG_TYPE", "reply"}});
  }
  // As somebody who consumed it would.
  void reply_to(const ExchangeBroker::Stored& request, const std::string& body,
                std::int32_t sys_flag = 0) {
    x.push_reply(properties_of_reply_to(request), body, sys_flag);
  }

  ExchangeBroker x{loop, "x", "x:10911"};
  std::string log;
  std::shared_ptr<Client::Core> core;
  std::shared_ptr<Producer::Impl> producer;
};

TEST_F(RequestsTest, a_request_says_where_its_reply_goes) {
  ask(2500ms);
  const auto request = arrived();
  EXPECT_EQ(request.body, "question");
  EXPECT_EQ(property(request, "CORRELATION_ID").size(), 36U);
  EXPECT_EQ(property(request, "REPLY_TO_CLIENT"), core->client_id());
  EXPECT_EQ(property(request, "TTL"), "2500");
}

TEST_F(RequestsTest, gets_the_reply) {
  const auto asking = ask();
  reply_to(arrived(), "answer");
  loop.run_ready();
  ASSERT_TRUE(asking->is_done());
  ASSERT_TRUE(asking->results[0]) << asking->error();
  const MessageView& reply = *asking->results[0];
  EXPECT_EQ(reply.body(), "answer");
  EXPECT_EQ(reply.topic(), "c_REPLY_TOPIC");
  EXPECT_EQ(reply.property("CORRELATION_ID"), property(x.stored()[0], "CORRELATION_ID"));
  EXPECT_EQ(reply.property("ARRIVE_TIME"), std::to_string(loop.wall_ms()));
  EXPECT_EQ(reply.born_host(), "10.0.0.9:5555");
  EXPECT_THAT(x.push_answers(), ::testing::ElementsAre(0));
}

TEST_F(RequestsTest, tells_replies_apart) {
  const auto first = ask(3s, {.topic = "X", .body = "first"});
  const auto second = ask(3s, {.topic = "X", .body = "second"});
  arrived(2);
  std::vector<ExchangeBroker::Stored> requests = x.stored();
  std::ranges::sort(requests, {}, &ExchangeBroker::Stored::body);
  reply_to(requests[1], "to the second");
  loop.run_ready();
  EXPECT_FALSE(first->is_done());
  ASSERT_TRUE(second->is_done());
  reply_to(requests[0], "to the first");
  loop.run_ready();
  ASSERT_TRUE(first->is_done());
  EXPECT_EQ(first->results[0]->body(), "to the first");
  EXPECT_EQ(second->results[0]->body(), "to the second");
}

TEST_F(RequestsTest, unpacks_the_reply) {
  const auto asking = ask();
  const std::string body(10'000, 'a');
  const auto packed = protocol::compress(protocol::Compression::zlib, body, 5).value();
  reply_to(arrived(), packed, protocol::sys_flag::compressed);
  loop.run_ready();
  ASSERT_TRUE(asking->is_done());
  ASSERT_TRUE(asking->results[0]) << asking->error();
  EXPECT_EQ(asking->results[0]->body(), body);
}

TEST_F(RequestsTest, a_reply_that_cannot_be_read_is_an_error_on_both_sides) {
  const auto asking = ask();
  reply_to(arrived(), "not compressed", protocol::sys_flag::compressed);
  loop.run_ready();
  ASSERT_TRUE(asking->is_done());
  EXPECT_EQ(asking->error().code, Errc::bad_message);
  EXPECT_EQ(asking->error().outcome, Outcome::unknown);
  EXPECT_THAT(x.push_answers(), ::testing::ElementsAre(1));
}

TEST_F(RequestsTest, the_broker_hears_of_us_before_the_first_request) {
  x.delay(RequestCode::heart_beat, 500ms);
  ask();
  loop.advance(499ms);
  EXPECT_TRUE(x.stored().empty());
  EXPECT_TRUE(x.producer_groups().empty());
  arrived();
  EXPECT_TRUE(x.producer_groups().contains("g"));
  const int before = x.received(RequestCode::heart_beat);
  ask();
  arrived(2);
  EXPECT_EQ(x.received(RequestCode::heart_beat), before);
}

TEST_F(RequestsTest, all_brokers_a_reply_may_come_through_hear_of_us) {
  names.set_route("c_REPLY_TOPIC", route_over({&x, &a}, 1));
  ask();
  arrived();
  EXPECT_TRUE(a.producer_groups().contains("g"));
}

TEST_F(RequestsTest, a_reply_may_be_faster_than_the_broker_s_answer) {
  x.hold_send_answers();
  const auto asking = ask();
  reply_to(arrived(), "fast");
  loop.run_ready();
  ASSERT_TRUE(asking->is_done());
  ASSERT_TRUE(asking->results[0]) << asking->error();
  EXPECT_EQ(asking->results[0]->body(), "fast");
  loop.advance(10s);
  EXPECT_EQ(asking->results.size(), 1U);
}

TEST_F(RequestsTest, ends_when_nobody_replied_in_time) {
  const net::TimePoint begun = loop.now();
  const auto asking = ask(1s);
  loop.run_until([&] { return asking->is_done(); }, 10s);
  EXPECT_EQ(loop.now() - begun, 1s);
  EXPECT_EQ(asking->error().code, Errc::timeout);
  EXPECT_EQ(asking->error().outcome, Outcome::unknown);
  EXPECT_THAT(asking->error().message, HasSubstr("no reply within 1000 ms"));
}

TEST_F(RequestsTest, a_late_reply_is_logged_and_answered) {
  const auto asking = ask(1s);
  const auto request = arrived();
  loop.advance(2s);
  ASSERT_TRUE(asking->is_done());
  reply_to(request, "late");
  loop.run_ready();
  EXPECT_EQ(asking->results.size(), 1U);
  EXPECT_THAT(log, HasSubstr("nobody waits for"));
  EXPECT_THAT(x.push_answers(), ::testing::ElementsAre(0));
}

TEST_F(RequestsTest, a_second_reply_is_logged) {
  const auto asking = ask();
  const auto request = arrived();
  reply_to(request, "one");
  reply_to(request, "two");
  loop.run_ready();
  ASSERT_EQ(asking->results.size(), 1U);
  EXPECT_EQ(asking->results[0]->body(), "one");
  EXPECT_THAT(log, HasSubstr("nobody waits for"));
}

TEST_F(RequestsTest, the_deadline_counts_from_the_call) {
  x.drop_next(RequestCode::heart_beat, 99);
  const net::TimePoint begun = loop.now();
  const auto asking = ask(1s);
  loop.run_until([&] { return asking->is_done(); }, 10s);
  EXPECT_EQ(loop.now() - begun, 1s);
  EXPECT_EQ(asking->error().code, Errc::timeout);
  EXPECT_EQ(asking->error().outcome, Outcome::not_sent);
  EXPECT_EQ(x.received(RequestCode::send_message_v2), 0);
}

TEST_F(RequestsTest, fails_as_its_send_does) {
  x.fail_next(RequestCode::send_message_v2, 1, {ResponseCode::message_illegal, "no"});
  const auto refused = ask();
  const auto nowhere = ask(3s, {.topic = "nowhere", .body = "question"});
  const auto empty = ask(3s, {.topic = "X"});
  loop.advance(1s);
  ASSERT_TRUE(refused->is_done());
  EXPECT_EQ(refused->error().code, ResponseCode::message_illegal);
  ASSERT_TRUE(nowhere->is_done());
  EXPECT_EQ(nowhere->error().code, Errc::no_route);
  ASSERT_TRUE(empty->is_done());
  EXPECT_EQ(empty->error().code, Errc::invalid_argument);
}

TEST_F(RequestsTest, refuses_a_time_that_is_none) {
  for (const std::chrono::milliseconds timeout : {0ms, -1ms, std::chrono::milliseconds::max()}) {
    const auto asking = ask(timeout);
    loop.run_ready();
    ASSERT_TRUE(asking->is_done());
    EXPECT_EQ(asking->error().code, Errc::invalid_argument);
  }
  loop.advance(10s);
  EXPECT_TRUE(x.stored().empty());
}

TEST_F(RequestsTest, survives_a_cut_connection_before_and_after_the_request) {
  loop.link(x.address()).cut_after_bytes = 10;
  const auto asking = ask();
  const auto request = arrived();
  loop.drop_connections(x.address());
  loop.run_ready();
  ask();  // makes it connect again
  arrived(2);
  reply_to(request, "answer");
  loop.run_ready();
  ASSERT_TRUE(asking->is_done());
  ASSERT_TRUE(asking->results[0]) << asking->error();
  EXPECT_EQ(asking->results[0]->body(), "answer");
}

TEST_F(RequestsTest, close_waits_for_replies) {
  const auto asking = ask();
  arrived();
  const auto timer = loop.after(1s, [&] { reply_to(x.stored()[0], "answer"); });
  EXPECT_EQ(shut_down(2s), 0U);
  ASSERT_TRUE(asking->is_done());
  EXPECT_TRUE(asking->results[0]);
}

TEST_F(RequestsTest, ends_with_client_closed_when_the_producer_is_closed_meanwhile) {
  const auto asking = ask(1min);
  arrived();
  loop.run_ready();
  EXPECT_EQ(shut_down(1s), 1U);
  loop.run_ready();
  ASSERT_EQ(asking->results.size(), 1U);
  EXPECT_EQ(asking->error().code, Errc::client_closed);
  EXPECT_EQ(asking->error().outcome, Outcome::unknown);
}

TEST_F(RequestsTest, one_that_was_not_sent_yet_is_counted_once_and_certainly_not_sent) {
  x.drop_next(RequestCode::heart_beat, 99);
  const auto asking = ask(1min);
  loop.run_ready();
  EXPECT_EQ(shut_down(1s), 1U);
  loop.run_ready();
  ASSERT_EQ(asking->results.size(), 1U);
  EXPECT_EQ(asking->error().code, Errc::client_closed);
  EXPECT_EQ(asking->error().outcome, Outcome::not_sent);
  EXPECT_TRUE(x.stored().empty());
}

TEST_F(RequestsTest, is_refused_after_the_producer_was_closed) {
  shut_down();
  const auto asking = ask();
  loop.run_ready();
  ASSERT_TRUE(asking->is_done());
  EXPECT_EQ(asking->error().code, Errc::client_closed);
}

TEST_F(RequestsTest, may_be_sent_from_the_callback_of_another) {
  std::shared_ptr<Asking> second;
  producer->request_async({.topic = "X", .body = "one"}, 3s,
                          [&](const Result<MessageView>&) { second = ask(); });
  reply_to(arrived(), "answer");
  loop.run_ready();
  ASSERT_NE(second, nullptr);
  reply_to(arrived(2), "answer");
  loop.run_ready();
  EXPECT_TRUE(second->is_done());
}

TEST_F(RequestsTest, does_not_block_the_loop_thread) {
  EXPECT_EQ(producer->request({.topic = "X", .body = "x"}, 1s).error().code, Errc::would_deadlock);
}

TEST_F(RequestsTest, replies_only_to_what_asks_for_a_reply) {
  ExchangeBroker::Stored message{.topic = "X", .body = "no question"};
  EXPECT_EQ(producer->reply(x.view(message), "answer").error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace rocketmq::client
