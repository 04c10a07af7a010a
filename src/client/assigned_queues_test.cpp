#include "client/assigned_queues.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/testing/scripted_pop_broker.h"
#include "net/testing.h"

namespace rocketmq::client {
namespace {

using protocol::MessageRequestMode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::route_over;
using testing::ScriptedNameServer;
using testing::ScriptedPopBroker;

AssignedQueue pulled(std::int32_t id) { return {{"T", "a", id}, ConsumeMode::pull}; }
AssignedQueue popped(std::string broker) {
  return {{"T", std::move(broker), -1}, ConsumeMode::pop};
}

class AssignedQueuesTest : public ::testing::Test {
 protected:
  AssignedQueuesTest() {
    names.set_route("T", route_over({&a, &b}, 2));
    names.set_route("%RETRY%G", route_over({&a}, 1));
    core = Client::Core::create_on(loop, {.name_servers = names.address()});
  }
  RoutePtr route(const std::string& topic) { return *run_task(loop, core->routes().get(topic)); }
  Result<std::vector<AssignedQueue>> ask(QueueSource& source, const std::string& topic = "T") {
    return run_task(loop, source.queues_of(route(topic)));
  }

  net::SimLoop loop;
  ScriptedNameServer names{loop, "names:9876"};
  ScriptedPopBroker a{loop, "a", "a:10911"};
  ScriptedPopBroker b{loop, "b", "b:10911"};
  std::shared_ptr<Client::Core> core;
};

TEST_F(AssignedQueuesTest, any_queue_of_every_broker_is_for_everybody_who_pops) {
  AnyQueues source(*core, "G", allocate_averagely());
  EXPECT_THAT(*ask(source), ElementsAre(popped("a"), popped("b")));
}

TEST_F(AssignedQueuesTest, what_was_given_back_while_pulling_is_shared_out_and_pulled) {
  a.add_member("G", core->client_id());
  AnyQueues source(*core, "G", allocate_averagely());
  EXPECT_THAT(*ask(source, "%RETRY%G"),
              ElementsAre(AssignedQueue{{"%RETRY%G", "a", 0}, ConsumeMode::pull}));
}

TEST_F(AssignedQueuesTest, a_broker_says_what_is_ours_and_how) {
  for (ScriptedPopBroker* const broker : {&a, &b}) {
    broker->assign("T", {{.message_queue = {"a", 1, "T"}, .mode = MessageRequestMode::pull},
                         {.message_queue = {"b", -1, "T"}, .mode = MessageRequestMode::pop},
                         {.message_queue = {"b", 0, "other"}, .mode = MessageRequestMode::pull}});
  }
  BrokerAssignedQueues source(*core, "G", "AVG_BY_CIRCLE");
  EXPECT_THAT(*ask(source), ElementsAre(pulled(1), popped("b")));
  const auto& query =
      a.received(RequestCode::query_assignment) > 0 ? a.last_query() : b.last_query();
  EXPECT_EQ(query.topic, "T");
  EXPECT_EQ(query.consumer_group, "G");
  EXPECT_EQ(query.client_id, core->client_id());
  EXPECT_EQ(query.strategy_name, "AVG_BY_CIRCLE");
}

TEST_F(AssignedQueuesTest, nothing_may_be_ours) {
  BrokerAssignedQueues source(*core, "G", "AVG");
  EXPECT_THAT(*ask(source), IsEmpty());
}

TEST_F(AssignedQueuesTest, another_broker_is_asked_when_one_fails) {
  a.assign("T", {{.message_queue = {"a", 1, "T"}}});
  b.stop();
  BrokerAssignedQueues source(*core, "G", "AVG");
  EXPECT_THAT(*ask(source), ElementsAre(pulled(1)));
}

TEST_F(AssignedQueuesTest, old_brokers_are_named_as_the_reason) {
  for (ScriptedPopBroker* const broker : {&a, &b}) {
    broker->fail_next(RequestCode::query_assignment, 1,
                      {ResponseCode::request_code_not_supported, "request type 400 not supported"});
  }
  BrokerAssignedQueues source(*core, "G", "AVG");
  const auto queues = ask(source);
  ASSERT_FALSE(queues);
  EXPECT_EQ(queues.error().code, ResponseCode::request_code_not_supported);
  EXPECT_EQ(queues.error().message,
            "brokers of topic T do not share out queues, which takes RocketMQ 5: "
            "request type 400 not supported");
}

TEST(MustPullPopRetries, when_all_queues_are_pulled_and_not_when_all_are_popped) {
  EXPECT_EQ(must_pull_pop_retries({pulled(0), pulled(1)}), true);
  EXPECT_EQ(must_pull_pop_retries({popped("a"), popped("b")}), false);
  EXPECT_EQ(must_pull_pop_retries({popped("a"), pulled(1)}), std::nullopt);
  EXPECT_EQ(must_pull_pop_retries({}), std::nullopt);
}

}  // namespace
}  // namespace rocketmq::client
