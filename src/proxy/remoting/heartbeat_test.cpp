#include "proxy/remoting/heartbeat.h"

#include <gmock/gmock.h>

namespace rocketmq::proxy {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr net::TimePoint t0{};
constexpr const char* two_groups =
    R"({"clientID":"c","consumerDataSet":[{"groupName":"g","subscriptionDataSet":[{"topic":"T"},)"
    R"({"topic":"%RETRY%g"}]},{"groupName":"h","subscriptionDataSet":[{"topic":"U"}]}]})";

protocol::Command beat(std::string_view body) {
  protocol::Command command;
  command.code = 34;
  command.body = body;
  return command;
}
SharedCommand kept(std::string_view body) { return std::make_shared<KeptCommand>(beat(body)); }

TEST(Heartbeat, knows_the_topics_of_each_group) {
  Heartbeat heartbeat;
  ASSERT_TRUE(heartbeat.set(kept(two_groups), t0));
  EXPECT_THAT(heartbeat.topics(), ElementsAre("%RETRY%g", "T", "U"));
  EXPECT_THAT(heartbeat.topics_of("h"), ElementsAre("U"));
  EXPECT_THAT(heartbeat.topics_of("nobody"), IsEmpty());
}

TEST(Heartbeat, knows_its_producers_and_whether_anybody_consumes) {
  Heartbeat heartbeat;
  ASSERT_TRUE(heartbeat.set(kept(two_groups), t0));
  EXPECT_TRUE(heartbeat.has_consumers());
  EXPECT_THAT(heartbeat.producer_groups(), IsEmpty());
  ASSERT_TRUE(heartbeat.set(
      kept(R"({"clientID":"c","producerDataSet":[{"groupName":"p"},{"groupName":"q"}]})"), t0));
  EXPECT_FALSE(heartbeat.has_consumers());
  EXPECT_THAT(heartbeat.producer_groups(), ElementsAre("p", "q"));
}

TEST(Heartbeat, without_subscriptions_keeps_those_it_knows) {
  Heartbeat heartbeat;
  ASSERT_TRUE(heartbeat.set(kept(two_groups), t0));
  ASSERT_TRUE(heartbeat.set(kept(R"({"clientID":"c","withoutSub":true})"), t0));
  EXPECT_THAT(heartbeat.topics_of("h"), ElementsAre("U"));
}

TEST(Heartbeat, is_repeated_when_the_same_comes_soon) {
  Heartbeat heartbeat;
  EXPECT_FALSE(heartbeat.is_repeated(beat("{}"), t0, 5s));
  ASSERT_TRUE(heartbeat.set(kept("{}"), t0));
  EXPECT_TRUE(heartbeat.is_repeated(beat("{}"), t0 + 4s, 5s));
  EXPECT_FALSE(heartbeat.is_repeated(beat("{}"), t0 + 5s, 5s));
  EXPECT_FALSE(heartbeat.is_repeated(beat("{ }"), t0 + 1s, 5s));
  protocol::Command signed_by_another = beat("{}");
  signed_by_another.fields = {{"AccessKey", "a"}};
  EXPECT_FALSE(heartbeat.is_repeated(signed_by_another, t0 + 1s, 5s));
  heartbeat.forget();
  EXPECT_FALSE(heartbeat.is_repeated(beat("{}"), t0 + 1s, 5s));
}

TEST(Heartbeat, that_cannot_be_read_changes_nothing) {
  Heartbeat heartbeat;
  ASSERT_TRUE(heartbeat.set(kept(two_groups), t0));
  EXPECT_FALSE(heartbeat.set(kept("{"), t0));
  EXPECT_THAT(heartbeat.topics_of("h"), ElementsAre("U"));
}

TEST(Heartbeat, is_answered_by_the_broker_that_learned_something) {
  protocol::Command refused, good, changed;
  refused.code = 1;
  good.fields = {{"IS_SUB_CHANGE", "false"}};
  changed.fields = {{"IS_SUB_CHANGE", "true"}};
  const auto best = [](std::initializer_list<protocol::Command> commands) {
    std::vector<KeptCommand> answers;
    for (const protocol::Command& command : commands) answers.emplace_back(command);
    const protocol::Command* const found = best_heartbeat_answer(answers);
    return found == nullptr ? std::string("none") : std::string(found->fields[0].value);
  };
  EXPECT_EQ(best({refused}), "none");
  EXPECT_EQ(best({refused, good}), "false");
  EXPECT_EQ(best({good, changed, good}), "true");
}

TEST(KeptCommand, owns_its_text) {
  auto text = std::make_unique<std::string>("remark name value body");
  protocol::Command command;
  command.remark = std::string_view(*text).substr(0, 6);
  command.fields = {{std::string_view(*text).substr(7, 4), std::string_view(*text).substr(12, 5)}};
  command.body = std::string_view(*text).substr(18);
  KeptCommand kept_command(command);
  text->assign(text->size(), '#');
  const KeptCommand moved = std::move(kept_command);
  EXPECT_EQ(moved->remark, "remark");
  EXPECT_EQ(moved->fields[0], (protocol::Field{"name", "value"}));
  EXPECT_EQ(moved->body, "body");
  EXPECT_EQ(with_body(*moved, "other")->body, "other");
}

}  // namespace
}  // namespace rocketmq::proxy
