#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocketmq/coroutine.h>

#include <functional>
#include <thread>

#include "client/producer_impl.h"
#include "client/testing/client_fixture.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;

// As small as a coroutine type can be; what ours must work with is anybody's.
struct Job {
  struct promise_type {
    Job get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

using Callback = std::function<void(Result<int>)>;

Job wait_for(std::function<void(Callback)> start, Result<int>& got) {
  got = co_await detail::await_callback<int>(std::move(start));
}

TEST(UseCoroutine, goes_on_when_the_callback_comes) {
  Callback done;
  Result<int> got = 0;
  wait_for([&](Callback callback) { done = std::move(callback); }, got);
  EXPECT_EQ(*got, 0);
  done(7);
  EXPECT_EQ(*got, 7);
}

TEST(UseCoroutine, goes_on_at_once_when_the_callback_comes_from_inside) {
  Result<int> got = 0;
  wait_for([](Callback done) { done(Error{Errc::client_closed, "closed"}); }, got);
  EXPECT_EQ(got.error().code, Errc::client_closed);
}

// The answer comes while the call that asked for it has not returned: whoever is last goes on, and
// nobody uses the coroutine's frame after that.
Job race(std::atomic<int>& ended) {
  std::thread other;
  const auto got = co_await detail::await_callback<int>([&other](auto done) {
    other = std::thread([done = std::move(done)]() mutable { done(1); });
  });
  EXPECT_EQ(*got, 1);
  if (other.get_id() == std::this_thread::get_id()) {
    other.detach();
  } else {
    other.join();
  }
  ++ended;
}

TEST(UseCoroutine, does_not_mind_which_thread_is_first) {
  std::atomic<int> ended = 0;
  for (int i = 0; i < 500; ++i) race(ended);
  while (ended < 500) std::this_thread::yield();
}

class CoroutineTest : public testing::ClientFixture {
 protected:
  std::shared_ptr<Client::Core> core = make_core();
  Producer producer{Producer::Impl::create(core, {.group = "g"}).value()};
};

Job send_one_after_the_other(Producer& producer, int count, std::vector<std::string>& ids) {
  for (int i = 0; i < count; ++i) {
    const Message message{.topic = "T", .body = std::to_string(i)};
    auto sent = co_await producer.send(message, use_coroutine);
    if (!sent) co_return;
    ids.push_back(sent->message_id);
  }
}

TEST_F(CoroutineTest, sends_one_message_after_the_other_is_stored) {
  loop.link(a.address()).delay = 5ms;
  loop.link(b.address()).delay = 5ms;
  std::vector<std::string> ids;
  send_one_after_the_other(producer, 3, ids);
  EXPECT_TRUE(ids.empty());
  loop.advance(1s);
  EXPECT_EQ(ids.size(), 3U);
  EXPECT_EQ(a.stored().size() + b.stored().size(), 3U);
}

TEST_F(CoroutineTest, the_message_need_not_outlive_the_expression_that_makes_the_operation) {
  Result<SendReceipt> got = Error{Errc::timeout, "nothing yet"};
  const auto job = [](Producer& from, Result<SendReceipt>& result) -> Job {
    auto operation =
        from.send(Message{.topic = "T", .body = std::string(1000, 'x')}, use_coroutine);
    result = co_await std::move(operation);
  };
  job(producer, got);
  loop.advance(1s);
  ASSERT_TRUE(got);
  const auto& stored = a.stored().empty() ? b.stored() : a.stored();
  EXPECT_EQ(stored.at(0).body, std::string(1000, 'x'));
}

TEST_F(CoroutineTest, close_ends_what_waits) {
  loop.link(a.address()).blackhole = true;
  loop.link(b.address()).blackhole = true;
  Result<SendReceipt> got = SendReceipt{};
  const auto job = [](Producer& from, Result<SendReceipt>& result) -> Job {
    const Message message{.topic = "T", .body = "x"};
    result = co_await from.send(message, use_coroutine);
  };
  job(producer, got);
  loop.run_ready();
  static_cast<void>(producer.close(0ms));
  loop.run_ready();
  EXPECT_EQ(got.error().code, Errc::client_closed);
}

// These are proved elsewhere; here, that there is such a form of them.
[[maybe_unused]] Job all_forms(Producer& producer, SimpleConsumer& simple, PullConsumer& pull) {
  const Message message{.topic = "T"};
  const SendOptions options;
  static_cast<void>(co_await producer.send(message, options, use_coroutine));
  static_cast<void>(co_await producer.request(message, 1s, use_coroutine));
  auto received = co_await simple.receive({.max = 1}, use_coroutine);
  static_cast<void>(co_await simple.ack(received->front(), use_coroutine));
  static_cast<void>(co_await pull.commit(use_coroutine));
}

}  // namespace
}  // namespace rocketmq::client
