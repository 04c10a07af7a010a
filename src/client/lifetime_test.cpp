// Clients and their handles come and go, on real threads over loopback: what they took is given
// back, whoever closes them and from wherever.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocketmq/rocketmq.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "client/testing/loopback_fixture.h"
#include "client/testing/scripted_pop_broker.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
// A child of fork() may start threads: what it does with a client of its own is tested here.
extern "C" const char* __tsan_default_options() { return "die_after_fork=0"; }
#endif
#endif

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using testing::ScriptedPopBroker;

std::size_t entries(const char* folder) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++count;
  return count;
}
std::size_t open_files() { return entries("/proc/self/fd"); }
std::size_t threads() { return entries("/proc/self/task"); }
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool has_sanitizer = true;
#elif defined(__has_feature)
constexpr bool has_sanitizer = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool has_sanitizer = false;
#endif

// The count once threads of the tests before have ended.
std::size_t settled_threads() {
  std::size_t count = threads();
  for (int quiet = 0; quiet < 50; ++quiet) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (std::exchange(count, threads()) != count) quiet = 0;
  }
  return count;
}

std::size_t resident_pages() {
  std::size_t all = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return resident;
}

class LifetimeTest : public testing::LoopbackFixture<ScriptedPopBroker> {
 protected:
  void store_one() {
    on_loop([this] { broker->store({.topic = "T", .body = "hello"}); });
  }
  void wait_until(const std::function<bool()>& reached) {
    while (!reached()) std::this_thread::sleep_for(1ms);
  }

  // Does it again and again; files and threads are the same at the end, and memory nearly so.
  void expect_flat(const std::function<void()>& cycle) {
    constexpr int warm_up = 20, cycles = 100;
    for (int i = 0; i < warm_up; ++i) cycle();
    const std::size_t files_before = open_files(), threads_before = threads(),
                      pages_before = resident_pages();
    for (int i = 0; i < cycles; ++i) cycle();
    // The servers' ends of the connections, and threads that were let go, end a little later.
    wait_until([&] { return open_files() <= files_before && threads() <= threads_before; });
    // Less than a page a cycle and a half: a leaked thread, buffer or handle is more. Sanitizers
    // keep what was freed, and find leaks by themselves.
    if (!has_sanitizer) {
      EXPECT_LT(resident_pages(), pages_before + 3 * cycles / 2);
    }
  }
};

TEST_F(LifetimeTest, clients_come_and_go) {
  expect_flat([this] { Client client(client_options()); });
}

TEST_F(LifetimeTest, producers_come_and_go) {
  Client client(client_options());
  expect_flat([&] {
    Producer producer = client.create_producer({.group = "g"}).value();
    EXPECT_TRUE(producer.send({.topic = "T", .body = "hello"}));
  });
}

TEST_F(LifetimeTest, transaction_producers_come_and_go) {
  Client client(client_options());
  expect_flat([&] {
    auto producer =
        client
            .create_transaction_producer(
                {.group = "g"}, [](const MessageView&) { return TransactionResolution::unknown; })
            .value();
    EXPECT_TRUE(producer.producer().send({.topic = "T", .body = "hello"}));
  });
}

TEST_F(LifetimeTest, push_consumers_come_and_go) {
  Client client(client_options());
  expect_flat([&] {
    store_one();
    std::atomic<int> consumed = 0;
    PushConsumerOptions how;
    how.group = "c";
    how.subscriptions = {{"T"}};
    how.start_at = StartAt::earliest;
    how.threads = 2;
    how.on_message = [&](const MessageView&) {
      ++consumed;
      return Consumed::ok;
    };
    PushConsumer consumer = client.create_push_consumer(std::move(how)).value();
    wait_until([&] { return consumed > 0; });
  });
}

TEST_F(LifetimeTest, pull_consumers_come_and_go) {
  Client client(client_options());
  expect_flat([&] {
    store_one();
    PullConsumerOptions how;
    how.group = "c";
    how.start_at = StartAt::earliest;
    PullConsumer consumer = client.create_pull_consumer(std::move(how)).value();
    EXPECT_TRUE(consumer.assign({{"T", "a", 0}}));
    EXPECT_TRUE(consumer.poll(5s));
  });
}

TEST_F(LifetimeTest, simple_consumers_come_and_go) {
  Client client(client_options());
  expect_flat([&] {
    on_loop([this] { broker->put("T", 0, "hello"); });
    SimpleConsumer consumer =
        client.create_simple_consumer({.group = "s", .subscriptions = {{"T"}}}).value();
    const auto got = consumer.receive({.max = 8, .wait = 5s}).value();
    ASSERT_FALSE(got.empty());
    for (const MessageView& message : got) EXPECT_TRUE(consumer.ack(message));
  });
}

TEST_F(LifetimeTest, admins_come_and_go) {
  Client client(client_options());
  expect_flat([&] {
    Admin admin = client.create_admin().value();
    EXPECT_TRUE(admin.route("T"));
  });
}

TEST_F(LifetimeTest, many_handles_are_closed_from_many_threads) {
  for (int round = 0; round < 5; ++round) {
    Client client(client_options());
    std::vector<Producer> producers;
    std::vector<PushConsumer> consumers;
    for (int i = 0; i < 6; ++i) {
      producers.push_back(client.create_producer({.group = "g"}).value());
      PushConsumerOptions how;
      how.group = "c" + std::to_string(i);
      how.subscriptions = {{"T"}};
      how.threads = 2;
      how.on_message = [](const MessageView&) { return Consumed::ok; };
      consumers.push_back(client.create_push_consumer(std::move(how)).value());
      for (int k = 0; k < 20; ++k) {
        producers.back().send_async({.topic = "T", .body = "hello"}, [](auto) {});
      }
    }
    std::vector<std::thread> closers;
    for (Producer& producer : producers) {
      closers.emplace_back([&] { static_cast<void>(producer.close()); });
    }
    for (PushConsumer& consumer : consumers) closers.emplace_back([&] { consumer.close(); });
    closers.emplace_back([&] { static_cast<void>(client.close()); });
    for (std::thread& closer : closers) closer.join();
    EXPECT_EQ(producers[0].send({.topic = "T", .body = "late"}).error().code, Errc::client_closed);
  }
}

TEST_F(LifetimeTest, a_client_closes_all_its_handles) {
  Client client(client_options());
  Producer producer = client.create_producer({.group = "g"}).value();
  Admin admin = client.create_admin().value();
  EXPECT_TRUE(producer.send({.topic = "T", .body = "hello"}));
  EXPECT_TRUE(client.close());
  EXPECT_EQ(producer.send({.topic = "T", .body = "late"}).error().code, Errc::client_closed);
  EXPECT_EQ(admin.route("T").error().code, Errc::client_closed);
  EXPECT_EQ(client.create_producer({.group = "h"}).error().code, Errc::client_closed);
  EXPECT_EQ(client.queues("T").error().code, Errc::client_closed);
  EXPECT_TRUE(client.close());
}

TEST_F(LifetimeTest, a_client_may_be_closed_inside_a_callback_and_inside_a_listener) {
  {
    Client client(client_options());
    Producer producer = client.create_producer({.group = "g"}).value();
    std::promise<bool> closed;
    producer.send_async({.topic = "T", .body = "hello"},
                        [&](Result<SendReceipt>) { closed.set_value(bool(client.close(5s))); });
    EXPECT_TRUE(closed.get_future().get());
  }
  Client client(client_options());
  store_one();
  std::promise<void> closed;
  std::promise<void> made;  // or closing would be what creating the consumer hears of
  std::atomic<bool> is_closing = false;
  PushConsumerOptions how;
  how.group = "c";
  how.subscriptions = {{"T"}};
  how.start_at = StartAt::earliest;
  how.on_message = [&](const MessageView&) {
    if (!is_closing.exchange(true)) {
      made.get_future().wait();
      static_cast<void>(client.close(5s));
      closed.set_value();
    }
    return Consumed::ok;
  };
  PushConsumer consumer = client.create_push_consumer(std::move(how)).value();
  made.set_value();
  closed.get_future().get();
}

TEST_F(LifetimeTest, has_the_threads_it_says_and_no_more) {
  const std::size_t before = settled_threads();
  {
    ClientOptions with_three = client_options();
    with_three.callback_threads = 3;
    Client client(with_three);
    EXPECT_EQ(threads(), before + 1 + 3);
    Producer producer = client.create_producer({.group = "g"}).value();
    EXPECT_TRUE(producer.send({.topic = "T", .body = "hello"}));
    EXPECT_EQ(threads(), before + 1 + 3) << "a producer has none of its own";
    PushConsumerOptions how;
    how.group = "c";
    how.subscriptions = {{"T"}};
    how.threads = 5;
    how.on_message = [](const MessageView&) { return Consumed::ok; };
    const PushConsumer consumer = client.create_push_consumer(std::move(how)).value();
    EXPECT_EQ(threads(), before + 1 + 3 + 5);
  }
  EXPECT_EQ(threads(), before);
}

// ---- fork()

// Exits with 0 when all of these failed with Errc::forked.
class Forked {
 public:
  template <class T>
  void expect(const Result<T>& result) {
    if (result || result.error().code != Errc::forked) failed_ = number_;
    ++number_;
  }
  int exit_code() const { return failed_; }

 private:
  int number_ = 1;
  int failed_ = 0;
};

TEST_F(LifetimeTest, a_child_process_hears_so_from_every_handle_and_leaves_the_parent_alone) {
  auto client = std::make_unique<Client>(client_options());
  auto producer = std::make_unique<Producer>(client->create_producer({.group = "g"}).value());
  auto transactions = std::make_unique<TransactionProducer>(
      client
          ->create_transaction_producer(
              {.group = "t"}, [](const MessageView&) { return TransactionResolution::unknown; })
          .value());
  PushConsumerOptions push_options;
  push_options.group = "c";
  push_options.subscriptions = {{"T"}};
  push_options.on_message = [](const MessageView&) { return Consumed::ok; };
  auto push = std::make_unique<PushConsumer>(client->create_push_consumer(push_options).value());
  auto pull = std::make_unique<PullConsumer>(client->create_pull_consumer({.group = "p"}).value());
  auto simple = std::make_unique<SimpleConsumer>(
      client->create_simple_consumer({.group = "s", .subscriptions = {{"T"}}}).value());
  auto admin = std::make_unique<Admin>(client->create_admin().value());
  const Message message{.topic = "T", .body = "hello"};
  ASSERT_TRUE(producer->send(message));

  const pid_t child = fork();
  if (child == 0) {
    alarm(20);  // a child that waits for ever has failed
    Forked forked;
    forked.expect(client->create_producer({.group = "h"}));              // 1
    forked.expect(client->queues("T"));                                  // 2
    forked.expect(producer->send(message));                              // 3
    forked.expect(producer->send_oneway(message));                       // 4
    forked.expect(producer->send_future(message).get());                 // 5
    forked.expect(producer->send_batch(std::vector<Message>{message}));  // 6
    forked.expect(producer->request(message, 1s));                       // 7
    forked.expect(producer->recall("T", "handle"));                      // 8
    std::optional<Result<SendReceipt>> told;
    producer->send_async(message, [&](Result<SendReceipt> sent) { told = std::move(sent); });
    forked.expect(*told);                         // 9
    forked.expect(producer->close());             // 10
    forked.expect(transactions->begin(message));  // 11
    forked.expect(push->subscribe({"U"}));        // 12
    push->pause();
    static_cast<void>(push->statistics());
    push->close();
    forked.expect(pull->assign({{"T", "a", 0}}));  // 13
    forked.expect(pull->poll(1s));                 // 14
    forked.expect(pull->commit());                 // 15
    static_cast<void>(pull->queues());
    pull->pause({{"T", "a", 0}});
    forked.expect(pull->close());             // 16
    forked.expect(simple->receive());         // 17
    forked.expect(simple->subscribe({"U"}));  // 18
    simple->close();
    forked.expect(admin->route("T"));  // 19
    forked.expect(client->close());    // 20
    static_cast<void>(client->statistics());
    admin.reset();
    simple.reset();
    pull.reset();
    push.reset();
    transactions.reset();
    producer.reset();
    client.reset();
    // A client of its own it may have.
    Client own(client_options());
    auto sends = own.create_producer({.group = "g"}).value();
    const bool works = sends.send(message).has_value();
    _exit(forked.exit_code() != 0 ? forked.exit_code() : works ? 0 : 100);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0) << "the number of the call that did not say so";
  EXPECT_TRUE(producer->send(message));
}

}  // namespace
}  // namespace rocketmq::client
