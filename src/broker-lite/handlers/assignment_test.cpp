#include "protocol/requests/assignment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker-lite/handlers/admin_rig.h"
#include "broker-lite/namesrv/name_server.h"

namespace rocketmq::broker {
namespace {

using namespace protocol;
using testing::HasSubstr;

constexpr std::string_view question =
    R"({"clientId":"c@1","consumerGroup":"G","messageModel":"CLUSTERING","strategyName":"AVG",)"
    R"("topic":"T"})";
constexpr std::string_view pop_mode =
    R"({"consumerGroup":"G","mode":"POP","popShareQueueNum":0,"topic":"T"})";

struct AssignmentTest : AdminTest {
  AssignmentTest() {
    EXPECT_EQ(client->refusal(new_topic("T")), "0");
    consume("G", "T");
  }
  std::string assignment() { return body_of(QueryAssignment{}, question); }
};

TEST_F(AssignmentTest, is_of_the_queues_of_this_broker_where_there_is_no_name_server) {
  EXPECT_EQ(
      assignment(),
      R"({"messageQueueAssignments":[{"messageQueue":{"brokerName":"broker-lite","queueId":0,)"
      R"("topic":"T"},"mode":"PULL"},{"messageQueue":{"brokerName":"broker-lite",)"
      R"("queueId":1,"topic":"T"},"mode":"PULL"}]})");
}

TEST_F(AssignmentTest, is_nothing_to_go_by_for_what_nobody_knows) {
  const std::string unknown = R"({"clientId":"c@1","consumerGroup":"G","strategyName":"AVG",)"
                              R"("topic":"none"})";
  EXPECT_EQ(body_of(QueryAssignment{}, unknown), "{}");
  ASSERT_EQ(client->refusal(UnregisterClient{.client_id = "c@1", .consumer_group = "G"}), "0");
  EXPECT_EQ(assignment(), "{}");
  EXPECT_THAT(client->refusal(QueryAssignment{}, "["), HasSubstr("1 assignment question"));
}

TEST_F(AssignmentTest, tells_to_pop_when_a_tool_wants_it_even_after_a_restart) {
  const std::string popped =
      R"({"messageQueueAssignments":[{"messageQueue":{"brokerName":"broker-lite","queueId":-1,)"
      R"("topic":"T"},"mode":"POP"}]})";
  EXPECT_EQ(client->refusal(SetMessageRequestMode{}, pop_mode), "0");
  EXPECT_EQ(assignment(), popped);
  EXPECT_EQ(body_of(GetAllMessageRequestMode{}),
            str(R"({"messageRequestModeMap":{"T":{"G":)", pop_mode, "}}}"));
  client.reset();
  rig.kill();
  rig.start();
  client = rig.connect();
  consume("G", "T");
  EXPECT_EQ(assignment(), popped);
}

TEST_F(AssignmentTest, tells_to_pop_where_that_is_the_default_but_not_what_comes_again) {
  client.reset();
  rig.kill();
  rig.options.default_message_request_mode = MessageRequestMode::pop;
  rig.start();
  client = rig.connect();
  consume("G", "T");
  EXPECT_THAT(assignment(), HasSubstr(R"("mode":"POP")"));
  EXPECT_THAT(
      body_of(QueryAssignment{}, R"({"clientId":"c@1","consumerGroup":"G","strategyName":"AVG",)"
                                 R"("topic":"%RETRY%G"})"),
      HasSubstr(R"("mode":"PULL")"));
}

TEST_F(AssignmentTest, has_no_mode_for_what_is_not_there) {
  const auto refusal = [this](std::string_view topic, std::string_view group) {
    return client->refusal(
        SetMessageRequestMode{},
        str(R"({"consumerGroup":")", group, R"(","mode":"POP","topic":")", topic, R"("})"));
  };
  EXPECT_EQ(refusal("%RETRY%G", "G"), "16 retry topic is not allowed to set mode");
  EXPECT_EQ(refusal("none", "G"), "17 topic[none] not exist");
  EXPECT_EQ(refusal("T", "a/b"), "26 subscription group does not exist");
  EXPECT_THAT(client->refusal(SetMessageRequestMode{}, "{"), HasSubstr("1 request mode"));
}

TEST_F(AssignmentTest, is_of_the_queues_of_all_brokers_that_a_name_server_knows) {
  client.reset();
  rig.kill();
  namesrv::NameServer server(rig.loop);
  rig.options.namesrv_addr = server.listen("127.0.0.1:9876").value();
  rig.start();
  client = rig.connect();
  rig.loop.advance(std::chrono::seconds(1));
  consume("G", "T");
  EXPECT_THAT(assignment(), HasSubstr(R"("queueId":1)"));
  EXPECT_EQ(
      body_of(QueryAssignment{}, R"({"clientId":"c@1","consumerGroup":"G","strategyName":"AVG",)"
                                 R"("topic":"none"})"),
      "{}");
  // What others have counts, too.
  server.routes().register_topic("T", {{.broker_name = "broker-lite",
                                        .perm = 6,
                                        .read_queue_nums = 5,
                                        .topic_sys_flag = 0,
                                        .write_queue_nums = 5}});
  EXPECT_THAT(assignment(), HasSubstr(R"("queueId":4)"));
  client.reset();
  rig.kill();
}

}  // namespace
}  // namespace rocketmq::broker
