#include <gmock/gmock.h>

#include <stdexcept>

#include "client/testing/producer_fixture.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::ProducerFixture;

class RecordingHook final : public SendHook {
 public:
  void before_send(Message& message) override {
    before.push_back(message.body);
    message.properties["seen-by"] = "hook";
  }
  void after_send(const std::string& message_id, const Result<SendReceipt>& result) override {
    after.push_back(message_id);
    results.push_back(result);
  }
  std::vector<std::string> before, after;
  std::vector<Result<SendReceipt>> results;
};

class ThrowingHook final : public SendHook {
 public:
  void before_send(Message&) override { throw std::runtime_error("before"); }
  void after_send(const std::string&, const Result<SendReceipt>&) override {
    throw std::runtime_error("after");
  }
};

class SendHooksTest : public ProducerFixture {
 protected:
  ImplPtr make_with(std::vector<std::shared_ptr<SendHook>> hooks) {
    return make({.hooks = std::move(hooks)});
  }
  std::shared_ptr<RecordingHook> hook = std::make_shared<RecordingHook>();
};

TEST_F(SendHooksTest, may_change_a_message_and_are_told_how_its_send_ended) {
  const ImplPtr producer = make_with({hook});
  const Message message = hello();
  const auto sent = send(*producer, message);
  ASSERT_TRUE(sent);
  EXPECT_TRUE(message.properties.empty());
  EXPECT_EQ(property(stored()[0], "seen-by"), "hook");
  EXPECT_THAT(hook->before, ElementsAre("hello"));
  EXPECT_THAT(hook->after, ElementsAre(sent->message_id));
  EXPECT_TRUE(hook->results[0]);
}

TEST_F(SendHooksTest, are_told_of_failures_with_the_message_id) {
  const ImplPtr producer = make_with({hook});
  for (auto* broker : {&a, &b}) {
    broker->fail_next(RequestCode::send_message_v2, 9, {ResponseCode::message_illegal, "no"});
  }
  EXPECT_FALSE(send(*producer, hello()));
  EXPECT_FALSE(send(*producer, hello("")));  // refused: it never had an id
  EXPECT_THAT(hook->after, ElementsAre(::testing::SizeIs(core->unique_key_size()), ""));
  EXPECT_EQ(hook->results[0].error().code, ResponseCode::message_illegal);
  EXPECT_EQ(hook->results[1].error().code, Errc::invalid_argument);
}

TEST_F(SendHooksTest, are_called_in_their_order) {
  class Appending final : public SendHook {
   public:
    explicit Appending(std::string text) : text_(std::move(text)) {}
    void before_send(Message& message) override { message.body += text_; }

   private:
    const std::string text_;
  };
  const ImplPtr producer =
      make_with({std::make_shared<Appending>("1"), nullptr, std::make_shared<Appending>("2")});
  ASSERT_TRUE(send(*producer, hello("0")));
  EXPECT_EQ(stored()[0].body, "012");
}

TEST_F(SendHooksTest, are_told_of_each_message_of_a_batch) {
  const ImplPtr producer = make_with({hook});
  ASSERT_TRUE(send_batch(*producer, {hello("one"), hello("two")}));
  EXPECT_THAT(hook->before, ElementsAre("one", "two"));
  const auto there = stored();
  EXPECT_THAT(hook->after,
              ElementsAre(property(there[0], "UNIQ_KEY"), property(there[1], "UNIQ_KEY")));
  EXPECT_EQ(hook->results[1]->queue_offset, 1);
  EXPECT_EQ(hook->results[1]->offset_message_id, "offset-id-1");
}

TEST_F(SendHooksTest, are_told_of_sends_without_a_callback) {
  const ImplPtr producer = make_with({hook});
  auto future = producer->send_future(hello("future"));
  ASSERT_TRUE(producer->send_oneway(hello("one-way")));
  EXPECT_FALSE(producer->send_oneway(hello("")));
  loop.run_until([&] { return hook->after.size() == 3; });
  EXPECT_TRUE(future.get());
  EXPECT_THAT(hook->before, ElementsAre("future", "one-way", ""));
}

TEST_F(SendHooksTest, that_throw_are_logged_and_harm_nobody) {
  std::vector<std::string> logged;
  core = Client::Core::create_on(
      loop, {.name_servers = names.address(),
             .log = [&](LogLevel, std::string_view text) { logged.emplace_back(text); }});
  const ImplPtr producer = make_with({std::make_shared<ThrowingHook>(), hook});
  EXPECT_TRUE(send(*producer, hello()));
  EXPECT_THAT(logged, ::testing::Contains(HasSubstr("before")));
  EXPECT_THAT(logged, ::testing::Contains(HasSubstr("after")));
  EXPECT_EQ(hook->after.size(), 1U);
}

TEST_F(SendHooksTest, give_a_trace_context_to_messages_that_have_none) {
  std::string context;
  const ImplPtr producer = make_with({traceparent_hook([&] { return context; })});
  ASSERT_TRUE(send(*producer, hello()));
  context = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  ASSERT_TRUE(send(*producer, hello("with")));
  Message own = hello("own");
  own.properties["traceparent"] = "theirs";
  ASSERT_TRUE(send(*producer, own));
  std::map<std::string, std::string> seen;
  for (const auto& message : stored()) seen[message.body] = property(message, "traceparent");
  EXPECT_THAT(seen, ElementsAre(::testing::Pair("hello", ""), ::testing::Pair("own", "theirs"),
                                ::testing::Pair("with", context)));
}

}  // namespace
}  // namespace rocketmq::client
