#include "client/transactions.h"

#include <gmock/gmock.h>

#include "client/testing/client_fixture.h"
#include "client/testing/exchange_broker.h"
#include "protocol/properties.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using testing::ClientFixture;
using testing::ExchangeBroker;
using ::testing::HasSubstr;
using testing::route_over;

// Keeps tasks until they are run.
class LaterExecutor final : public Executor {
 public:
  void run(std::function<void()> task) override { tasks.push_back(std::move(task)); }
  void run_all() {
    for (const auto& task : std::exchange(tasks, {})) task();
  }
  std::vector<std::function<void()>> tasks;
};

class TransactionsTest : public ClientFixture {
 protected:
  TransactionsTest() {
    names.set_route("X", route_over({&x}, 1));
    core = make_core({.executor = executor, .log = [this](LogLevel, std::string_view line) {
                        log += line;
                        log += '\n';
                      }});
    transactions = make([this](const MessageView& message) {
      asked.emplace_back(message.body());
      return answer;
    });
    connect();
  }
  ~TransactionsTest() override { transactions->close(); }

  std::shared_ptr<Transactions> make(TransactionChecker checker, std::string group = "g") {
    return std::make_shared<Transactions>(core, std::move(group), std::move(checker), pending,
                                          nullptr);
  }
  // As the first send does.
  void connect() {
    net::run_task(loop, core->routes().get("X")).value();
    net::run_task(loop, core->pool().get(x.address(), 1s)).value();
  }
  Result<void> end(TransactionResolution resolution) {
    auto ended = net::run_task(loop, transactions->end(half, {resolution, {}}));
    loop.run_ready();
    return ended;
  }
  ExchangeBroker::Stored stored(const std::string& group = "g") const {
    ExchangeBroker::Stored message{.topic = "X", .queue_offset = 7, .body = "paid?"};
    for (const auto& [name, value] :
         {protocol::Property{"UNIQ_KEY", "id1"}, {"TRAN_MSG", "true"}, {"PGROUP", group}}) {
      protocol::append_property(message.properties, name, value);
    }
    return message;
  }
  void check(const ExchangeBroker::Stored& message) {
    x.ask_about(message);
    loop.run_ready();
    executor->run_all();
    loop.run_ready();
  }

  ExchangeBroker x{loop, "x", "x:10911"};
  std::shared_ptr<LaterExecutor> executor = std::make_shared<LaterExecutor>();
  std::string log;
  std::shared_ptr<Client::Core> core;
  std::shared_ptr<PendingSends> pending = std::make_shared<PendingSends>(10, 1000);
  TransactionResolution answer = TransactionResolution::commit;
  std::vector<std::string> asked;
  std::shared_ptr<Transactions> transactions;
  const HalfMessage half{.topic = "X",
                         .message_id = "id1",
                         .transaction_id = "t1",
                         .broker_name = "x",
                         .queue_offset = 3,
                         .commit_log_offset = 300};
};

TEST_F(TransactionsTest, tells_the_broker_what_became_of_a_half_message) {
  ASSERT_TRUE(end(TransactionResolution::commit));
  ASSERT_EQ(x.ended().size(), 1U);
  const ExchangeBroker::Ended& told = x.ended()[0];
  EXPECT_EQ(told.group, "g");
  EXPECT_EQ(told.topic, "X");
  EXPECT_EQ(told.message_id, "id1");
  EXPECT_EQ(told.transaction_id, "t1");
  EXPECT_EQ(told.queue_offset, 3);
  EXPECT_EQ(told.commit_log_offset, 300);
  EXPECT_EQ(told.flag, 8);
  EXPECT_FALSE(told.from_check);
}

TEST_F(TransactionsTest, has_a_flag_for_each_resolution) {
  ASSERT_TRUE(end(TransactionResolution::rollback));
  ASSERT_TRUE(end(TransactionResolution::unknown));
  ASSERT_EQ(x.ended().size(), 2U);
  EXPECT_EQ(x.ended()[0].flag, 12);
  EXPECT_EQ(x.ended()[1].flag, 0);
}

TEST_F(TransactionsTest, connects_anew_to_tell_it) {
  loop.drop_connections(x.address());
  loop.run_ready();
  EXPECT_TRUE(end(TransactionResolution::commit));
  EXPECT_EQ(x.ended().size(), 1U);
}

TEST_F(TransactionsTest, says_that_a_broker_cannot_be_reached) {
  x.stop();
  loop.run_ready();
  EXPECT_EQ(end(TransactionResolution::commit).error().code, Errc::not_connected);
  const HalfMessage elsewhere{.topic = "X", .broker_name = "nobody"};
  const auto ended = net::run_task(loop, transactions->end(elsewhere, {}));
  EXPECT_EQ(ended.error().code, Errc::not_connected);
  EXPECT_THAT(ended.error().message, HasSubstr("nobody"));
}

TEST_F(TransactionsTest, ends_in_time_where_a_broker_is_silent) {
  loop.drop_connections(x.address());
  loop.run_ready();
  loop.link(x.address()).blackhole = true;
  const net::TimePoint begun = loop.now();
  EXPECT_FALSE(end(TransactionResolution::commit));
  EXPECT_LE(loop.now() - begun, core->options().request_timeout);
}

TEST_F(TransactionsTest, tells_nothing_once_it_is_closed) {
  transactions->close();
  EXPECT_EQ(end(TransactionResolution::commit).error().code, Errc::client_closed);
  EXPECT_TRUE(x.ended().empty());
}

TEST_F(TransactionsTest, asks_the_checker_and_answers_the_broker) {
  transactions->open();
  answer = TransactionResolution::rollback;
  check(stored());
  EXPECT_THAT(asked, ::testing::ElementsAre("paid?"));
  ASSERT_EQ(x.ended().size(), 1U);
  const ExchangeBroker::Ended& told = x.ended()[0];
  EXPECT_EQ(told.group, "g");
  EXPECT_EQ(told.topic, "X");
  EXPECT_EQ(told.message_id, "id1");
  EXPECT_EQ(told.transaction_id, "id1");
  EXPECT_EQ(told.queue_offset, 7);
  EXPECT_EQ(told.commit_log_offset, 4711);
  EXPECT_EQ(told.flag, 12);
  EXPECT_TRUE(told.from_check);
}

TEST_F(TransactionsTest, a_checker_that_throws_does_not_know) {
  transactions = make([](const MessageView&) -> TransactionResolution {
    throw std::runtime_error("the database is gone");
  });
  transactions->open();
  check(stored());
  ASSERT_EQ(x.ended().size(), 1U);
  EXPECT_EQ(x.ended()[0].flag, 0);
  EXPECT_TRUE(x.ended()[0].from_check);
}

TEST_F(TransactionsTest, the_remark_says_what_was_thrown) {
  const auto verdict = ask([]() -> TransactionResolution { throw std::runtime_error("gone"); },
                           "checkLocalTransactionState Exception: ");
  EXPECT_EQ(verdict.resolution, TransactionResolution::unknown);
  EXPECT_EQ(verdict.remark, "checkLocalTransactionState Exception: gone");
  EXPECT_EQ(ask([]() -> TransactionResolution { throw 1; }, "").resolution,
            TransactionResolution::unknown);
}

TEST_F(TransactionsTest, any_producer_of_the_group_answers) {
  transactions->open();
  int others_asked = 0;
  const auto other = make([&](const MessageView&) {
    ++others_asked;
    return TransactionResolution::commit;
  });
  other->open();
  transactions->close();
  check(stored());
  EXPECT_EQ(others_asked, 1);
  EXPECT_EQ(x.ended().size(), 1U);
  other->close();
}

TEST_F(TransactionsTest, leaves_other_groups_alone) {
  transactions->open();
  check(stored("other"));
  EXPECT_TRUE(asked.empty());
  EXPECT_THAT(log, HasSubstr("of group other"));
}

TEST_F(TransactionsTest, a_half_message_that_cannot_be_read_is_logged) {
  transactions->open();
  x.ask_about_garbage();
  loop.run_ready();
  EXPECT_THAT(log, HasSubstr("cannot be read"));
  check(stored());  // the connection is fine
  EXPECT_EQ(x.ended().size(), 1U);
}

TEST_F(TransactionsTest, answers_over_a_new_connection_when_the_old_one_was_cut_meanwhile) {
  transactions->open();
  x.ask_about(stored());
  loop.run_ready();
  loop.drop_connections(x.address());
  loop.run_ready();
  executor->run_all();
  loop.advance(1s);
  ASSERT_EQ(x.ended().size(), 1U);
  EXPECT_TRUE(x.ended()[0].from_check);
}

TEST_F(TransactionsTest, logs_an_answer_that_does_not_get_through) {
  transactions->open();
  x.ask_about(stored());
  loop.run_ready();
  x.stop();
  executor->run_all();
  loop.advance(5s);
  EXPECT_TRUE(x.ended().empty());
  EXPECT_THAT(log, HasSubstr("half message id1"));
}

TEST_F(TransactionsTest, the_checker_is_not_called_once_it_is_closed) {
  transactions->open();
  x.ask_about(stored());
  loop.run_ready();
  ASSERT_EQ(executor->tasks.size(), 1U);
  transactions->close();
  executor->run_all();
  x.ask_about(stored());
  loop.run_ready();
  executor->run_all();
  EXPECT_TRUE(asked.empty());
  EXPECT_TRUE(x.ended().empty());
  EXPECT_TRUE(pending->wait_until_ended(0, std::chrono::steady_clock::now()));
}

TEST_F(TransactionsTest, leaves_to_the_broker_what_would_be_too_many_checks_at_once) {
  transactions->open();
  for (std::size_t i = 0; i < Transactions::checks_max + 5; ++i) x.ask_about(stored());
  loop.run_ready();
  EXPECT_EQ(executor->tasks.size(), Transactions::checks_max);
  executor->run_all();
  loop.run_ready();
  EXPECT_EQ(x.ended().size(), Transactions::checks_max);
}

}  // namespace
}  // namespace rocketmq::client
