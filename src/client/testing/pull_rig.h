#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/assignment.h"
#include "client/queue_reader.h"
#include "client/testing/client_fixture.h"

namespace rocketmq::client::testing {

inline PullConsumerOptions pull_options_for_tests() {
  PullConsumerOptions options;
  options.group = "billing";
  options.start_at = StartAt::earliest;
  return options;
}

// A reader of queues that the test assigns, in virtual time.
class PullRig : public ClientFixture {
 protected:
  explicit PullRig(PullConsumerOptions options = pull_options_for_tests()) { make(options); }

  // Anew, with these options.
  void make(const PullConsumerOptions& options) {
    assignment.reset();
    reader.reset();
    reader = std::make_unique<QueueReader>(*core, options);
    assignment = std::make_unique<Assignment>(
        *core, *reader, [this](const std::string& topic, const std::vector<MessageQueue>& queues) {
          told.emplace_back(topic, queues.size());
        });
  }

  static MessageQueue a_queue(std::int32_t id) { return {"T", "a", id}; }
  static MessageQueue b_queue(std::int32_t id) { return {"T", "b", id}; }

  void store(ScriptedBroker& broker, std::int32_t queue_id, const std::string& body,
             const std::string& tag = {}) {
    broker.store({.topic = "T",
                  .queue_id = queue_id,
                  .body = body,
                  .properties = tag.empty() ? "" : "TAGS\x01" + tag + "\x02"});
  }

  Result<void> assign(std::vector<MessageQueue> queues) {
    return net::run_task(loop, assignment->assign(std::move(queues)));
  }
  Result<std::vector<std::string>> try_poll(net::Duration timeout = std::chrono::seconds(5)) {
    const auto messages = net::run_task(loop, reader->poll(timeout));
    if (!messages) return messages.error();
    std::vector<std::string> bodies;
    for (const MessageView& message : *messages) bodies.emplace_back(message.body());
    return bodies;
  }
  std::vector<std::string> poll(net::Duration timeout = std::chrono::seconds(5)) {
    return try_poll(timeout).value();
  }
  // Until there is nothing for 5 s.
  std::vector<std::string> poll_all() {
    std::vector<std::string> all;
    for (;;) {
      const std::vector<std::string> some = poll();
      if (some.empty()) return all;
      all.insert(all.end(), some.begin(), some.end());
    }
  }
  std::int64_t position(const MessageQueue& queue) {
    return net::run_task(loop, reader->position(queue)).value();
  }
  std::optional<std::int64_t> stored_offset(const ScriptedBroker& broker, std::int32_t id) {
    return broker.offset("billing", "T", id);
  }

  std::vector<std::string> log;
  std::vector<std::pair<std::string, std::size_t>> told;  // topics whose queues have changed
  std::shared_ptr<Client::Core> core =
      make_core({.log = [this](LogLevel, std::string_view line) { log.emplace_back(line); }});
  std::unique_ptr<QueueReader> reader;
  std::unique_ptr<Assignment> assignment;
};

}  // namespace rocketmq::client::testing
