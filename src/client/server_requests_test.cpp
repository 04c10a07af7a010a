#include "client/server_requests.h"

#include <gmock/gmock.h>

#include "client/testing/client_fixture.h"
#include "protocol/json_body.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using namespace protocol;
using testing::ClientFixture;
using ::testing::HasSubstr;
using testing::route_over;

const MessageQueueData queue{.broker_name = "a", .queue_id = 1, .topic = "T"};

class Member final : public ConsumerMember {
 public:
  ConsumerData heartbeat_data() const override { return {.group_name = "c"}; }
  void members_changed() override {}
  Result<void> reset_offsets(const ResetConsumerClientOffset& request,
                             const ResetOffsetBody& offsets) override {
    topic = request.topic;
    reset = offsets;
    return {};
  }
  Result<GetConsumerStatusBody> consumer_status(const GetConsumerStatusFromClient&) override {
    return GetConsumerStatusBody{.message_queue_table = {{queue, 42}}};
  }
  Result<ConsumerRunningInfo> running_info(const GetConsumerRunningInfo&) override {
    return ConsumerRunningInfo{.properties = {{"PROP_CONSUMEORDERLY", "false"}}};
  }
  void consume_directly(net::Call<ConsumeMessageDirectly> call) override {
    call.reply({}, to_json(ConsumeMessageDirectlyResult{.remark = std::string(call.body())}));
  }

  std::string topic;
  ResetOffsetBody reset;
};

// A consumer that can do no more than it must.
class PlainMember final : public ConsumerMember {
 public:
  ConsumerData heartbeat_data() const override { return {.group_name = "plain"}; }
  void members_changed() override {}
};

class ServerRequestsTest : public ClientFixture {
 protected:
  ServerRequestsTest() {
    core = make_core({.log = [this](LogLevel, std::string_view line) { log += line; }});
    net::run_task(loop, core->routes().get("T")).value();
    net::run_task(loop, core->pool().get(a.address(), 1s)).value();
    EXPECT_TRUE(core->groups().add_consumer("c", member));
    EXPECT_TRUE(core->groups().add_consumer("plain", plain));
  }
  ~ServerRequestsTest() override {
    net::run_task(loop, core->groups().remove_consumer("c", 1s));
    net::run_task(loop, core->groups().remove_consumer("plain", 1s));
  }

  template <class Req>
  Result<std::string> ask(const Req& request, std::string_view body = {}) {
    std::optional<Result<std::string>> answered;
    a.ask(request, body, [&](net::Channel::AnswerOf<Req> answer) {
      answered = answer ? Result<std::string>(std::string(answer->body))
                        : Result<std::string>(answer.error());
    });
    loop.run_until([&] { return answered.has_value(); }, 20s);
    return *answered;
  }

  std::string log;
  Member member;
  PlainMember plain;
  std::shared_ptr<Client::Core> core;
};

TEST_F(ServerRequestsTest, hands_on_a_reset_of_offsets_in_either_form) {
  const ResetConsumerClientOffset request{{.topic = "T", .group = "c"}};
  a.push(request, to_json(ResetOffsetBody{{{queue, 7}}}));
  loop.run_ready();
  EXPECT_EQ(member.topic, "T");
  EXPECT_EQ(member.reset, (ResetOffsetBody{{{queue, 7}}}));
  a.push(request, to_json(ResetOffsetBodyForC{
                      {{.broker_name = "a", .offset = 8, .queue_id = 1, .topic = "T"}}}));
  loop.run_ready();
  EXPECT_EQ(member.reset, (ResetOffsetBody{{{queue, 8}}}));
}

TEST_F(ServerRequestsTest, logs_a_reset_it_cannot_do) {
  a.push(ResetConsumerClientOffset{{.topic = "T", .group = "c"}}, "{");
  a.push(ResetConsumerClientOffset{{.topic = "T", .group = "nobody"}}, "{}");
  loop.run_ready();
  EXPECT_EQ(member.topic, "");
  EXPECT_THAT(log, HasSubstr("offsets of group c are not reset"));
  EXPECT_THAT(log, HasSubstr("The Consumer Group <nobody> not exist in this consumer"));
}

TEST_F(ServerRequestsTest, hands_on_what_tools_ask_of_a_consumer) {
  EXPECT_THAT(ask(GetConsumerStatusFromClient{{.topic = "T", .group = "c"}}).value(),
              HasSubstr(":42"));
  EXPECT_THAT(ask(GetConsumerRunningInfo{.consumer_group = "c"}).value(),
              HasSubstr("PROP_CONSUMEORDERLY"));
  EXPECT_THAT(ask(ConsumeMessageDirectly{.consumer_group = "c"}, "the message").value(),
              HasSubstr("the message"));
}

TEST_F(ServerRequestsTest, says_that_a_group_is_not_here) {
  EXPECT_EQ(ask(GetConsumerStatusFromClient{{.topic = "T", .group = "nobody"}}).value(),
            to_json(GetConsumerStatusBody{}));
  for (const auto& refused : {ask(GetConsumerRunningInfo{.consumer_group = "nobody"}),
                              ask(ConsumeMessageDirectly{.consumer_group = "nobody"})}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ResponseCode::system_error);
    EXPECT_THAT(refused.error().message,
                HasSubstr("The Consumer Group <nobody> not exist in this consumer"));
  }
}

TEST_F(ServerRequestsTest, says_what_a_consumer_does_not_offer) {
  for (const auto& refused : {ask(GetConsumerStatusFromClient{{.topic = "T", .group = "plain"}}),
                              ask(GetConsumerRunningInfo{.consumer_group = "plain"}),
                              ask(ConsumeMessageDirectly{.consumer_group = "plain"})}) {
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("does not offer"));
  }
  a.push(ResetConsumerClientOffset{{.topic = "T", .group = "plain"}}, to_json(ResetOffsetBody{}));
  loop.run_ready();
  EXPECT_THAT(log, HasSubstr("does not offer"));
}

}  // namespace
}  // namespace rocketmq::client
