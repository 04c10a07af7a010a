// The blocking calls of transactions and request-reply: a client with its own threads, against a
// name server and a broker on another loop, over loopback.

#include <gmock/gmock.h>
#include <rocketmq/rocketmq.h>

#include <atomic>
#include <future>
#include <optional>
#include <thread>

#include "client/executor.h"
#include "client/testing/exchange_broker.h"
#include "client/testing/loopback_fixture.h"
#include "protocol/properties.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using testing::ExchangeBroker;
using ::testing::HasSubstr;
using testing::route_over;

Message payment() { return {.topic = "T", .body = "paid", .tag = "tag", .keys = {"k1"}}; }

class ExchangeTest : public testing::LoopbackFixture<ExchangeBroker> {
 protected:
  ExchangeTest() {
    on_loop([this] { names->set_route("c_REPLY_TOPIC", route_over({&*broker}, 1)); });
  }

  TransactionProducer make(TransactionChecker checker = [](const MessageView&) {
    return TransactionResolution::unknown;
  }) {
    return client->create_transaction_producer({.group = "g"}, std::move(checker)).value();
  }
  ExchangeBroker::Stored stored(std::size_t index = 0) {
    ExchangeBroker::Stored message;
    on_loop([&] { message = broker->stored().at(index); });
    return message;
  }
  // Those that came, once there are so many: nobody answers when they have.
  std::vector<ExchangeBroker::Ended> ended(std::size_t count) {
    std::vector<ExchangeBroker::Ended> all;
    while (all.size() < count) {
      on_loop([&] { all = broker->ended(); });
      std::this_thread::yield();
    }
    return all;
  }

  std::optional<Client> client{client_options()};
};

using TransactionTest = ExchangeTest;
using RequestReplyTest = ExchangeTest;

TEST_F(TransactionTest, needs_a_checker) {
  const auto made = client->create_transaction_producer({.group = "g"}, {});
  EXPECT_EQ(made.error().code, Errc::invalid_argument);
}

TEST_F(TransactionTest, stores_a_half_message_and_commits_it) {
  TransactionProducer producer = make();
  Transaction transaction = producer.begin(payment()).value();
  const ExchangeBroker::Stored half = stored();
  EXPECT_EQ(protocol::find_property(half.properties, "TRAN_MSG"), "true");
  EXPECT_EQ(protocol::find_property(half.properties, "PGROUP"), "g");
  EXPECT_EQ(half.sys_flag & 0xC, 4);
  ASSERT_TRUE(transaction.commit());
  const auto told = ended(1).at(0);
  EXPECT_EQ(told.group, "g");
  EXPECT_EQ(told.message_id, transaction.receipt().message_id);
  EXPECT_EQ(told.queue_offset, transaction.receipt().queue_offset);
  EXPECT_EQ(told.flag, 8);
  EXPECT_FALSE(told.from_check);
}

TEST_F(TransactionTest, is_ended_once) {
  TransactionProducer producer = make();
  Transaction transaction = producer.begin(payment()).value();
  ASSERT_TRUE(transaction.rollback());
  EXPECT_EQ(transaction.commit().error().code, Errc::invalid_argument);
  EXPECT_EQ(transaction.rollback().error().code, Errc::invalid_argument);
  EXPECT_EQ(ended(1).at(0).flag, 12);
}

TEST_F(TransactionTest, refuses_messages_that_are_not_for_now) {
  TransactionProducer producer = make();
  Message delayed = payment();
  delayed.delay_level = 1;
  Message after = payment();
  after.deliver_after = 1s;
  Message at = payment();
  at.deliver_at = std::chrono::time_point_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now() + 1h);
  for (const Message& message : {delayed, after, at}) {
    EXPECT_EQ(producer.begin(message).error().code, Errc::invalid_argument);
  }
  on_loop([&] { EXPECT_TRUE(broker->stored().empty()); });
}

TEST_F(TransactionTest, does_the_work_between) {
  TransactionProducer producer = make();
  bool was_stored = false;
  const auto receipt = producer.send(payment(), [&] {
    was_stored = !stored().body.empty();
    return TransactionResolution::rollback;
  });
  ASSERT_TRUE(receipt);
  EXPECT_TRUE(was_stored);
  EXPECT_EQ(ended(1).at(0).flag, 12);
  EXPECT_TRUE(producer.send(payment(), []() -> TransactionResolution { throw 1; }));
  EXPECT_EQ(ended(2).at(1).flag, 0);
}

TEST_F(TransactionTest, rolls_back_what_was_not_stored_safely) {
  on_loop([&] { broker->answer_sends_with(ResponseCode::flush_disk_timeout); });
  TransactionProducer producer = make();
  bool is_work_done = false;
  const auto receipt = producer.send(payment(), [&] {
    is_work_done = true;
    return TransactionResolution::commit;
  });
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().code, ResponseCode::flush_disk_timeout);
  EXPECT_EQ(receipt.error().outcome, Outcome::unknown);
  EXPECT_FALSE(is_work_done);
  EXPECT_EQ(ended(1).at(0).flag, 12);
}

TEST_F(TransactionTest, a_half_message_nobody_stored_is_the_error_of_its_send) {
  on_loop([&] {
    broker->fail_next(RequestCode::send_message_v2, 9, {ResponseCode::message_illegal, "no"});
  });
  TransactionProducer producer = make();
  EXPECT_EQ(producer.begin(payment()).error().code, ResponseCode::message_illegal);
}

TEST_F(TransactionTest, one_that_is_left_alone_is_asked_about) {
  std::promise<std::string> asked;
  TransactionProducer producer = make([&](const MessageView& half) {
    asked.set_value(std::string(half.body()) + " " + std::string(half.keys().at(0)));
    return TransactionResolution::commit;
  });
  std::string id;
  {
    const Transaction left = producer.begin(payment()).value();
    id = left.receipt().message_id;
  }
  on_loop([&] { broker->ask_about(broker->stored().at(0)); });
  EXPECT_EQ(asked.get_future().get(), "paid k1");
  const auto told = ended(1).at(0);
  EXPECT_EQ(told.message_id, id);
  EXPECT_EQ(told.flag, 8);
  EXPECT_TRUE(told.from_check);
}

TEST_F(TransactionTest, may_outlive_its_producer_but_not_be_ended_then) {
  std::optional<TransactionProducer> producer = make();
  Transaction transaction = producer->begin(payment()).value();
  EXPECT_TRUE(producer->close());
  EXPECT_EQ(transaction.commit().error().code, Errc::client_closed);
  EXPECT_EQ(producer->begin(payment()).error().code, Errc::client_closed);
  producer.reset();
  EXPECT_EQ(transaction.rollback().error().code, Errc::client_closed);
}

TEST_F(TransactionTest, close_waits_for_the_checker_and_no_check_follows) {
  std::promise<void> is_asked;
  std::promise<void> may_answer;
  std::atomic<bool> is_closed = false;
  std::atomic<int> late = 0;
  std::atomic<int> asked = 0;
  TransactionProducer producer = make([&](const MessageView&) {
    if (is_closed) ++late;
    if (asked++ == 0) {
      is_asked.set_value();
      may_answer.get_future().wait();
    }
    if (is_closed) ++late;
    return TransactionResolution::commit;
  });
  static_cast<void>(producer.begin(payment()).value());
  on_loop([&] {
    for (int i = 0; i < 10; ++i) broker->ask_about(broker->stored().at(0));
  });
  is_asked.get_future().wait();
  std::thread closing([&] {
    EXPECT_TRUE(producer.close());
    is_closed = true;
  });
  may_answer.set_value();
  closing.join();
  EXPECT_EQ(late, 0);
}

TEST_F(TransactionTest, may_be_closed_by_its_checker) {
  std::optional<TransactionProducer> producer;
  std::promise<void> closed;
  producer = make([&](const MessageView&) {
    EXPECT_TRUE(producer->close());
    closed.set_value();
    return TransactionResolution::commit;
  });
  static_cast<void>(producer->begin(payment()).value());
  on_loop([&] { broker->ask_about(broker->stored().at(0)); });
  closed.get_future().wait();
}

TEST_F(TransactionTest, can_do_what_a_producer_can) {
  TransactionProducer producer = make();
  EXPECT_TRUE(producer.producer().send(payment()));
  EXPECT_EQ(protocol::find_property(stored().properties, "TRAN_MSG"), std::nullopt);
}

TEST_F(TransactionTest, is_in_a_namespace_on_the_wire_only) {
  on_loop([&] { names->set_route("ns%T", route_over({&*broker}, 4)); });
  Client in_namespace({.name_servers = names->address(), .ns = "ns"});
  std::promise<std::string> asked;
  TransactionProducer producer =
      in_namespace
          .create_transaction_producer({.group = "g"},
                                       [&](const MessageView& half) {
                                         asked.set_value(std::string(half.topic()));
                                         return TransactionResolution::commit;
                                       })
          .value();
  ASSERT_TRUE(producer.begin(payment()).value().rollback());
  EXPECT_EQ(protocol::find_property(stored().properties, "PGROUP"), "ns%g");
  on_loop([&] { broker->ask_about(broker->stored().at(0)); });
  EXPECT_EQ(asked.get_future().get(), "T");
  for (const ExchangeBroker::Ended& told : ended(2)) {
    EXPECT_EQ(told.group, "ns%g");
    EXPECT_EQ(told.topic, "ns%T");
  }
}

// Answers the request as soon as it is stored.
TEST_F(RequestReplyTest, a_request_gets_its_reply) {
  Producer asker = client->create_producer({.group = "askers"}).value();
  Producer answerer = client->create_producer({.group = "answerers"}).value();
  std::thread answering([&] {
    std::optional<MessageView> question;
    while (!question) {
      on_loop([&] {
        if (!broker->stored().empty()) question = broker->view(broker->stored()[0]);
      });
      std::this_thread::yield();
    }
    const auto sent = answerer.reply(*question, "to " + std::string(question->body()));
    EXPECT_TRUE(sent) << sent.error();
  });
  const auto reply = asker.request({.topic = "T", .body = "a question"}, 30s);
  answering.join();
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->body(), "to a question");
  EXPECT_EQ(reply->property("MSG_TYPE"), "reply");
}

TEST_F(RequestReplyTest, the_answerer_hears_that_the_asker_is_gone) {
  on_loop([&] {
    broker->fail_next(RequestCode::send_reply_message_v2, 1,
                      {ResponseCode::system_error, "push reply message to asker fail."});
  });
  Producer answerer = client->create_producer({.group = "answerers"}).value();
  const ExchangeBroker::Stored question{
      .topic = "T",
      .body = "a question",
      .properties = protocol::encode_properties(
          {{"CORRELATION_ID", "1"}, {"REPLY_TO_CLIENT", "somebody"}, {"TTL", "3000"}})};
  std::optional<MessageView> view;
  on_loop([&] { view = broker->view(question); });
  const auto sent = answerer.reply(*view, "answer");
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ResponseCode::system_error);
  EXPECT_THAT(sent.error().message, HasSubstr("push reply message"));
  on_loop([&] { EXPECT_EQ(broker->received(RequestCode::send_reply_message_v2), 1); });
}

TEST_F(RequestReplyTest, close_ends_a_request_that_waits) {
  Producer asker = client->create_producer({.group = "askers"}).value();
  std::promise<std::error_code> end;
  asker.request_async({.topic = "T", .body = "a question"}, 1h,
                      [&](Result<MessageView> reply) { end.set_value(reply.error().code); });
  bool is_stored = false;
  while (!is_stored) {
    on_loop([&] { is_stored = !broker->stored().empty(); });
    std::this_thread::yield();
  }
  const auto closed = asker.close(50ms);
  EXPECT_EQ(closed.error().code, Errc::timeout);
  EXPECT_EQ(end.get_future().get(), Errc::client_closed);
}

}  // namespace
}  // namespace rocketmq::client
