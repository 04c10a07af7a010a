#include "client/pull_member.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/pull_consumer_options.h"
#include "client/testing/client_fixture.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

PullConsumerOptions options_for(const std::string& expression = "*") {
  PullConsumerOptions options;
  options.group = "billing";
  options.subscriptions = {{"T", tags(expression)}};
  options.start_at = StartAt::earliest;
  return options;
}

// A member with a client of its own.
struct Member {
  Member(net::SimLoop& on, const std::string& instance,
         const PullConsumerOptions& with = options_for())
      : loop(on),
        core(Client::Core::create_on(loop,
                                     {.name_servers = "names:9876", .instance_name = instance})),
        reader(*core, with),
        member(*core, with, subscriptions_of(with, 1).value(), reader,
               [this](const std::string&, const std::vector<MessageQueue>& queues) {
                 told.push_back(queues.size());
               }) {
    static_cast<void>(member.join().value());
  }

  std::vector<std::string> poll(net::Duration timeout = 5s) {
    std::vector<std::string> bodies;
    for (const MessageView& message : net::run_task(loop, reader.poll(timeout)).value()) {
      bodies.emplace_back(message.body());
    }
    return bodies;
  }
  std::vector<std::string> poll_all() {
    std::vector<std::string> all;
    for (auto some = poll(); !some.empty(); some = poll()) {
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }
  void leave() {
    reader.stop();
    net::run_task(loop, reader.offsets().save_all(reader.offsets_done(true), 3s));
    net::run_task(loop, member.leave(3s));
  }

  net::SimLoop& loop;
  std::shared_ptr<Client::Core> core;
  std::vector<std::size_t> told;
  QueueReader reader;
  PullMember member;
};

struct PullMemberTest : testing::ClientFixture {
  void store(testing::ScriptedBroker& broker, std::int32_t queue_id, const std::string& body) {
    broker.store({.topic = "T", .queue_id = queue_id, .body = body});
  }
};

TEST_F(PullMemberTest, reads_all_queues_when_it_is_alone) {
  Member alone(loop, "1");
  EXPECT_TRUE(net::run_task(loop, alone.member.reading(3s)));
  EXPECT_THAT(alone.reader.queues(), SizeIs(4));
  EXPECT_THAT(alone.told, ElementsAre(4));
  store(a, 1, "1");
  EXPECT_THAT(alone.poll(), ElementsAre("1"));
}

TEST_F(PullMemberTest, is_announced_as_one_that_pulls) {
  Member member(loop, "1", options_for("red"));
  ASSERT_TRUE(net::run_task(loop, member.member.reading(3s)));
  ASSERT_THAT(a.last_heartbeat().consumer_data_set, SizeIs(1));
  const protocol::ConsumerData& data = a.last_heartbeat().consumer_data_set.front();
  EXPECT_EQ(data.group_name, "billing");
  EXPECT_EQ(data.consume_type, protocol::ConsumeType::consume_actively);
  EXPECT_EQ(data.consume_from_where, protocol::ConsumeFromWhere::first_offset);
  ASSERT_THAT(data.subscription_data_set, SizeIs(1));  // nothing is ever given back
  EXPECT_EQ(data.subscription_data_set.front().sub_string, "red");
}

TEST_F(PullMemberTest, shares_the_queues_with_the_others_and_takes_them_over) {
  Member first(loop, "1");
  ASSERT_TRUE(net::run_task(loop, first.member.reading(3s)));
  for (int i = 0; i < 4; ++i) store(i < 2 ? a : b, i % 2, std::to_string(i));
  EXPECT_THAT(first.poll_all(), SizeIs(4));
  EXPECT_THAT(first.poll(0s), IsEmpty());  // which commits
  {
    Member second(loop, "2");
    loop.advance(1min);
    EXPECT_THAT(first.reader.queues(), SizeIs(2));
    EXPECT_THAT(second.reader.queues(), SizeIs(2));
    EXPECT_THAT(first.told, ElementsAre(4, 2));
    for (int i = 0; i < 4; ++i) store(i < 2 ? a : b, i % 2, "new");
    EXPECT_THAT(second.poll_all(), ElementsAre("new", "new"));
    second.leave();
  }
  loop.advance(1min);
  EXPECT_THAT(first.reader.queues(), SizeIs(4));
  EXPECT_THAT(first.poll_all(), ElementsAre("new", "new"));
}

TEST_F(PullMemberTest, what_may_still_be_worked_on_comes_again_to_who_takes_the_queue) {
  PullConsumerOptions options = options_for();
  Member first(loop, "1", options);
  ASSERT_TRUE(net::run_task(loop, first.member.reading(3s)));
  store(b, 1, "1");
  EXPECT_THAT(first.poll(), ElementsAre("1"));
  Member second(loop, "2", options);
  loop.advance(1min);
  EXPECT_THAT(second.poll_all(), ElementsAre("1"));
}

TEST_F(PullMemberTest, a_second_consumer_of_the_group_in_one_client_is_refused) {
  Member first(loop, "1");
  const PullConsumerOptions options = options_for();
  QueueReader reader(*first.core, options);
  PullMember second(*first.core, options, subscriptions_of(options, 1).value(), reader, {});
  const auto joined = second.join();
  ASSERT_FALSE(joined);
  EXPECT_EQ(joined.error().code, Errc::invalid_argument);
}

TEST(PullConsumerOptionsTest, those_that_cannot_be_used_are_refused) {
  const auto refused = [](auto change) {
    PullConsumerOptions options = options_for();
    change(options);
    return !check_options(options) || !subscriptions_of(options, 1);
  };
  using Options = PullConsumerOptions;
  EXPECT_FALSE(refused([](Options&) {}));
  EXPECT_FALSE(refused([](Options& options) { options.subscriptions.clear(); }));
  EXPECT_TRUE(refused([](Options& options) { options.group = ""; }));
  EXPECT_TRUE(refused([](Options& options) { options.subscriptions.push_back({"T", {}}); }));
  EXPECT_TRUE(refused([](Options& options) { options.subscriptions[0].topic = "no topic"; }));
  EXPECT_TRUE(refused([](Options& options) { options.subscriptions[0].filter = sql(""); }));
  EXPECT_TRUE(refused([](Options& options) { options.allocation.allocate = nullptr; }));
  EXPECT_TRUE(refused([](Options& options) { options.pull_batch_size = 0; }));
  EXPECT_TRUE(refused([](Options& options) { options.pull_batch_size = 1025; }));
  EXPECT_TRUE(refused([](Options& options) { options.poll_timeout = 0ms; }));
  EXPECT_TRUE(refused([](Options& options) { options.auto_commit_interval = 999ms; }));
  EXPECT_TRUE(refused([](Options& options) { options.messages_max = 0; }));
}

}  // namespace
}  // namespace rocketmq::client
