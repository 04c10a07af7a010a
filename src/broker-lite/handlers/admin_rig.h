#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "broker-lite/broker_rig.h"
#include "protocol/json_body.h"
#include "protocol/requests/client_session.h"
#include "protocol/requests/topic_group_admin.h"
#include "protocol/str.h"

// A broker and one connection to it, for the tests of what tools ask.

namespace rocketmq::broker {

inline protocol::UpdateAndCreateTopic new_topic(std::string_view name) {
  return {.topic = name,
          .default_topic = "TBW102",
          .read_queue_nums = 2,
          .write_queue_nums = 2,
          .perm = 6,
          .topic_filter_type = "SINGLE_TAG"};
}

struct AdminTest : testing::Test {
  AdminTest() {
    rig.start();
    client = rig.connect();
  }
  ~AdminTest() override {
    client.reset();
    rig.kill();
  }

  template <class Req>
  std::string body_of(const Req& request, std::string_view body = {}) {
    const auto answer = client->call(request, body);
    if (!answer) return str(answer.error().code.value(), ' ', answer.error().message);
    return std::string(answer->body);
  }
  template <class Req>
  auto typed(const Req& request) {
    return protocol::from_json<typename Req::ResponseBody>(body_of(request), "answer").value();
  }
  void send(std::string_view topic, std::int32_t queue_id) {
    protocol::SendMessageV2 request;
    request.producer_group = "P";
    request.topic = topic;
    request.default_topic = "TBW102";
    request.default_topic_queue_nums = 4;
    request.queue_id = queue_id;
    ASSERT_EQ(client->refusal(request, "0123456789"), "0");
  }
  void beat(std::string_view groups_json) {
    ASSERT_EQ(
        client->refusal(protocol::HeartBeat{}, str(R"({"clientID":"c@1",)", groups_json, "}")),
        "0");
  }
  void consume(std::string_view group, std::string_view topic) {
    beat(str(R"("consumerDataSet":[{"groupName":")", group,
             R"(","subscriptionDataSet":[{"topic":")", topic, R"(","subString":"*"}]}])"));
  }
  void commit(std::string_view group, std::string_view topic, std::int64_t offset) {
    rig.make_group(group);
    ASSERT_EQ(client->refusal(protocol::UpdateConsumerOffset{
                  .consumer_group = group, .topic = topic, .queue_id = 0, .commit_offset = offset}),
              "0");
  }

  BrokerRig rig;
  std::unique_ptr<TestClient> client;
};

}  // namespace rocketmq::broker
