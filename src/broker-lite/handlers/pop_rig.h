#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker-lite/broker_rig.h"
#include "protocol/pop_info.h"
#include "protocol/properties.h"

// A broker and two clients that pop from topic T as group G, for tests.

namespace rocketmq::broker {

// A popped message, and what is said about it.
struct Popped {
  std::string body;
  std::string topic;  // where it lies
  std::int32_t queue_id = 0;
  std::int64_t offset = 0;
  std::int32_t reconsume_times = 0;
  std::string handle;  // POP_CK
};

struct PopTest : ::testing::Test {
  PopTest() { start(); }
  void start() {
    rig.start();
    client = rig.connect();
    other = rig.connect();
  }
  void restart() {
    client.reset();
    other.reset();
    ASSERT_TRUE(rig.stop());
    start();
  }
  void kill() {
    client.reset();
    other.reset();
    rig.kill();
    start();
  }
  void send(std::string_view body, std::int32_t queue_id = 0, std::string_view properties = "") {
    ASSERT_TRUE(other->call(send_to("T", queue_id, properties), body));
  }

  protocol::PopMessage request(std::chrono::milliseconds invisible = std::chrono::seconds(10),
                               std::int32_t queue_id = -1) {
    protocol::PopMessage pop;
    pop.consumer_group = "G";
    pop.topic = "T";
    pop.queue_id = queue_id;
    pop.max_msg_nums = 32;
    pop.invisible_time = invisible.count();
    pop.born_time = rig.loop.wall_ms();
    return pop;
  }
  static protocol::InvokeBrokerToResetOffset reset_to(std::int64_t offset) {
    return {.topic = "T", .group = "G", .queue_id = 0, .offset = offset};
  }
  protocol::PopMessage waiting_request(std::chrono::milliseconds poll, std::int32_t queue_id = -1) {
    protocol::PopMessage pop = request(std::chrono::seconds(10), queue_id);
    pop.poll_time = poll.count();
    return pop;
  }

  std::vector<Popped> messages_of(const AnswerTo<protocol::PopMessage>& answer) {
    if (!answer) return {};
    const auto records = records_of(answer->body);
    std::vector<protocol::PoppedMessage> shown;
    for (const protocol::RecordView& record : records) {
      shown.push_back({record.topic, record.queue_id, record.queue_offset,
                       protocol::find_property(record.properties, protocol::property::pop_ck)});
    }
    const auto infos = protocol::popped_infos(answer->header, "broker-lite", shown);
    EXPECT_TRUE(infos);
    std::vector<Popped> result;
    for (std::size_t i = 0; infos && i < records.size(); ++i) {
      const auto checkpoint = protocol::parse_pop_checkpoint((*infos)[i].checkpoint);
      EXPECT_TRUE(checkpoint);
      result.push_back(
          {.body = std::string(records[i].body),
           .topic = protocol::pop_topic(checkpoint->kind, "T", "G"),
           .queue_id = records[i].queue_id,
           .offset = records[i].queue_offset,
           .reconsume_times = std::max(records[i].reconsume_times, (*infos)[i].reconsume_times),
           .handle = (*infos)[i].checkpoint});
    }
    return result;
  }
  std::vector<Popped> pop(const protocol::PopMessage& pop) {
    return messages_of(client->call(pop));
  }
  std::vector<Popped> pop() { return pop(request()); }
  static std::vector<std::string> bodies(const std::vector<Popped>& messages) {
    std::vector<std::string> result;
    for (const Popped& message : messages) result.push_back(message.body);
    return result;
  }

  std::string ack(const Popped& message) {
    protocol::AckMessage request;
    request.consumer_group = "G";
    request.topic = message.topic;
    request.queue_id = message.queue_id;
    request.extra_info = message.handle;
    request.offset = message.offset;
    return client->refusal(request);
  }
  Result<std::string> hide(const Popped& message, std::chrono::milliseconds invisible) {
    protocol::ChangeMessageInvisibleTime request;
    request.consumer_group = "G";
    request.topic = message.topic;
    request.queue_id = message.queue_id;
    request.extra_info = message.handle;
    request.offset = message.offset;
    request.invisible_time = invisible.count();
    const auto answer = client->call(request);
    if (!answer) return answer.error();
    auto handle = *protocol::parse_pop_checkpoint(message.handle);
    handle.start_offset = message.offset;
    handle.pop_time = answer->header.pop_time;
    handle.invisible_time = answer->header.invisible_time;
    handle.revive_queue_id = answer->header.revive_queue_id;
    return to_string(handle);
  }

  BrokerRig rig;
  std::unique_ptr<TestClient> client;
  std::unique_ptr<TestClient> other;
};

}  // namespace rocketmq::broker
