#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/group_member.h"
#include "client/push_options.h"
#include "client/testing/locking_broker.h"
#include "net/testing.h"
#include "protocol/properties.h"

// Push consumers of one group on virtual time, each with a client of its own.

namespace rocketmq::client::testing {

inline constexpr const char* topic = "T";
inline constexpr const char* group = "billing";
inline constexpr const char* retry_topic = "%RETRY%billing";

inline PushConsumerOptions default_options() {
  PushConsumerOptions options;
  options.group = group;
  options.subscriptions = {{topic, tags("*")}};
  options.start_at = StartAt::earliest;
  return options;
}

// A consumer with a client of its own. Its listener threads run by themselves, on the loop, until
// the test holds them back.
class Consumer {
 public:
  Consumer(net::SimLoop& loop, const std::string& instance,
           PushConsumerOptions options = default_options())
      : loop_(loop),
        core_(Client::Core::create_on(
            loop, {.name_servers = "ns:9876",
                   .instance_name = instance,
                   .log = [this](LogLevel, std::string_view line) { log.emplace_back(line); }})) {
    const auto record = [this](const MessageView& message) {
      bodies.emplace_back(message.body());
      topics.emplace_back(message.topic());
      return listener(message);
    };
    if (options.on_message_in_order) {
      options.on_message_in_order = record;
    } else if (!options.on_messages) {
      options.on_message = record;
    }
    member = std::make_unique<GroupMember>(*core_, options, subscriptions_of(options, 1).value(),
                                           [this](WorkList work) { take(std::move(work)); });
  }
  ~Consumer() {
    member.reset();
    run_listeners();
  }

  void hold_listeners() { holds_listeners_ = true; }
  // The oldest message handed to the threads, and those behind it.
  void run_listener() {
    if (Work* const work = waiting_.pop()) work->run();
    loop_.run_ready();
  }
  void run_listeners() {
    while (Work* const work = waiting_.pop()) work->run();
    loop_.run_ready();
  }
  void release_listeners() {
    holds_listeners_ = false;
    run_listeners();
  }

  std::vector<MessageQueue> queues(const std::string& of = topic) const {
    std::vector<MessageQueue> held;
    for (const MessageQueue& queue : member->statistics().queues) {
      if (queue.topic == of) held.push_back(queue);
    }
    return held;
  }
  const std::string& client_id() const { return core_->client_id(); }
  CloseReport close(net::Duration deadline = std::chrono::seconds(10)) {
    return net::run_task(loop_, member->close(deadline, nullptr)).value();
  }
  Client::Core& core() { return *core_; }

  std::vector<std::string> bodies;  // as the listener got them
  std::vector<std::string> topics;
  std::vector<std::string> log;
  MessageListener listener = [](const MessageView&) { return Consumed::ok; };
  std::unique_ptr<GroupMember> member;

 private:
  void take(WorkList work) {
    waiting_.append(std::move(work));
    if (!holds_listeners_) {
      loop_.post([this] {
        if (!holds_listeners_) run_listeners();
      });
    }
  }

  net::SimLoop& loop_;
  std::shared_ptr<Client::Core> core_;
  WorkList waiting_;
  bool holds_listeners_ = false;
};

struct GroupFixture : ::testing::Test {
  explicit GroupFixture(int queues = 1) {
    names.set_route(topic, route_over({&broker}, queues));
    names.set_route(retry_topic, route_over({&broker}, 1));
  }

  std::unique_ptr<Consumer> join(const std::string& instance = "1",
                                 PushConsumerOptions options = default_options()) {
    auto consumer = std::make_unique<Consumer>(loop, instance, std::move(options));
    EXPECT_TRUE(consumer->member->join());
    EXPECT_TRUE(net::run_task(loop, consumer->member->consuming(std::chrono::seconds(60))));
    return consumer;
  }
  void store(std::string body, const char* tag = "", std::int32_t queue_id = 0) {
    ScriptedBroker::Stored message{.topic = topic, .queue_id = queue_id, .body = std::move(body)};
    if (*tag != '\0') message.properties = protocol::encode_properties({{"TAGS", tag}});
    broker.store(std::move(message));
  }
  void store_many(int count, std::int32_t queue_id = 0) {
    for (int i = 0; i < count; ++i) store(str(queue_id, '-', i), "", queue_id);
  }
  std::int64_t committed(std::int32_t queue_id = 0) {
    return broker.offset(group, topic, queue_id).value_or(-1);
  }

  net::SimLoop loop;
  ScriptedNameServer names{loop, "ns:9876"};
  LockingBroker broker{loop, "broker-a", "broker-a:10911"};
};

}  // namespace rocketmq::client::testing
