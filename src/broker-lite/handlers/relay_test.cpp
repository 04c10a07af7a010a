#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker-lite/handlers/admin_rig.h"
#include "protocol/message_id.h"
#include "protocol/requests/client_push.h"

namespace rocketmq::broker {
namespace {

using namespace protocol;
using namespace std::chrono_literals;

struct RelayTest : AdminTest {
  RelayTest() : tool(rig.connect()) { consume("G", "T"); }
  ~RelayTest() override { tool.reset(); }

  std::string id_of_message() {
    const auto sent = tool->call(send_to("T"), "hello").value();
    return std::string(sent.header.msg_id);
  }

  std::unique_ptr<TestClient> tool;
};

TEST_F(RelayTest, asks_the_client_and_gives_its_answer) {
  std::string asked;
  client->router().on<GetConsumerRunningInfo>(
      [&](const GetConsumerRunningInfo& request, net::RequestContext& context) -> Result<void> {
        asked = str(request.consumer_group, '/', request.client_id, '/',
                    request.jstack_enable.value_or(false) ? "with stacks" : "");
        context.reply.remark = "as it is";
        context.reply.body = R"({"properties":{"a":"b"}})";
        return {};
      });
  const auto answer = tool->call(
      GetConsumerRunningInfo{.consumer_group = "G", .client_id = "c@1", .jstack_enable = true});
  ASSERT_TRUE(answer);
  EXPECT_EQ(asked, "G/c@1/with stacks");
  EXPECT_EQ(answer->body, R"({"properties":{"a":"b"}})");
}

TEST_F(RelayTest, gives_the_clients_refusal) {
  client->router().on<GetConsumerRunningInfo>(
      [](const GetConsumerRunningInfo&, net::RequestContext&) -> Result<void> {
        return Error{ResponseCode::system_error, "The Consumer Group <G> not exist"};
      });
  EXPECT_EQ(tool->refusal(GetConsumerRunningInfo{.consumer_group = "G", .client_id = "c@1"}),
            "1 The Consumer Group <G> not exist");
}

TEST_F(RelayTest, knows_who_is_not_there) {
  EXPECT_EQ(tool->refusal(GetConsumerRunningInfo{.consumer_group = "G", .client_id = "c@2"}),
            "1 The Consumer <G> <c@2> not online");
  EXPECT_EQ(tool->refusal(GetConsumerRunningInfo{.consumer_group = "H", .client_id = "c@1"}),
            "1 The Consumer <H> <c@1> not online");
  client->close();
  EXPECT_EQ(tool->refusal(GetConsumerRunningInfo{.consumer_group = "G", .client_id = "c@1"}),
            "1 The Consumer <G> <c@1> not online");
}

TEST_F(RelayTest, waits_ten_seconds_for_the_client) {
  net::Responder never;
  client->router().on_raw(
      static_cast<std::int32_t>(GetConsumerRunningInfo::code),
      [&](net::RequestContext& context) { never = std::move(context.responder); });
  const auto pending =
      tool->begin(GetConsumerRunningInfo{.consumer_group = "G", .client_id = "c@1"});
  rig.loop.advance(9s);
  EXPECT_FALSE(pending->has_value());
  rig.loop.advance(2s);
  ASSERT_TRUE(pending->has_value());
  EXPECT_EQ((*pending)->error().code, ResponseCode::consume_msg_timeout);
}

TEST_F(RelayTest, says_when_the_client_leaves_instead_of_answering) {
  client->router().on_raw(static_cast<std::int32_t>(GetConsumerRunningInfo::code),
                          [](net::RequestContext& context) { context.channel.close(); });
  const std::string refusal =
      tool->refusal(GetConsumerRunningInfo{.consumer_group = "G", .client_id = "c@1"});
  EXPECT_THAT(refusal, testing::StartsWith("1 invoke consumer <G> <c@1> Exception: "));
}

TEST_F(RelayTest, brings_the_message_a_client_is_to_consume) {
  std::string got;
  client->router().on<ConsumeMessageDirectly>(
      [&](const ConsumeMessageDirectly& request, net::RequestContext& context) -> Result<void> {
        got = str(bodies_of(context.body()).at(0), '/', request.broker_name.value_or(""), '/',
                  request.topic_sys_flag.value_or(-1), '/', request.group_sys_flag.value_or(-1));
        context.reply.body = R"({"consumeResult":"CR_SUCCESS"})";
        return {};
      });
  const std::string id = id_of_message();
  const auto answer = tool->call(ConsumeMessageDirectly{
      .consumer_group = "G", .client_id = "c@1", .msg_id = id, .broker_name = "x", .topic = "T"});
  ASSERT_TRUE(answer);
  EXPECT_EQ(got, "hello/broker-lite/0/0");
  EXPECT_EQ(answer->body, R"({"consumeResult":"CR_SUCCESS"})");
}

TEST_F(RelayTest, brings_no_message_that_is_not_there) {
  const auto with_id = [](std::string_view id) {
    return ConsumeMessageDirectly{.consumer_group = "G", .client_id = "c@1", .msg_id = id};
  };
  EXPECT_EQ(tool->refusal(with_id("nonsense")), "1 the message id [nonsense] is none of a broker");
  EXPECT_EQ(tool->refusal(ConsumeMessageDirectly{.consumer_group = "G", .client_id = "c@1"}),
            "1 the message id [] is none of a broker");
  auto id = parse_offset_message_id(id_of_message()).value();
  id.physical_offset += 1;
  EXPECT_EQ(tool->refusal(with_id(to_string(id))),
            str("1 can not find message by the offset, ", id.physical_offset));
}

}  // namespace
}  // namespace rocketmq::broker
