#pragma once

#include <rocketmq/push_consumer.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "client/core.h"
#include "client/held_queue.h"
#include "client/message_sink.h"
#include "client/offset_store.h"
#include "client/pull_answer.h"
#include "client/pull_options.h"
#include "protocol/bodies/client_data.h"

namespace rocketmq::client {

// Reads one queue for as long as it is ours, from where the group stands: asks for the next
// messages, which the broker answers as soon as there are some, hands them to the sink, and
// pauses while too many are in hand or the queue's gate is not open. Whatever goes wrong is tried
// again. Java: PullMessageService, DefaultMQPushConsumerImpl.pullMessage.
//
// Belongs to the loop. Destroying it stops pulling; what is in hand stays with the sink.
class PullLoop {
 public:
  // What belongs to the consumer as a whole; all of it outlives the loop.
  struct Shared {
    Client::Core& core;
    const PullOptions& options;
    OffsetStore& offsets;
    MessageSink& sink;
    bool commits_with_pulls = true;  // not where offsets are kept by ourselves
    // Called from the loop when a HeldQueue has been made, before anything is pulled into it.
    std::function<void(HeldQueue&)> on_started;
  };

  // `shared` and `subscription` outlive it.
  PullLoop(const Shared& shared, const protocol::SubscriptionData& subscription,
           MessageQueue queue);
  PullLoop(const PullLoop&) = delete;
  PullLoop& operator=(const PullLoop&) = delete;

  // Begins where the group stands, or, when it has begun, begins again there: what is in hand is
  // forgotten, and not before a listener that has a message of an ordered queue is done with it.
  void begin();
  // The same at an offset, which is stored as the group's.
  void begin_at(std::int64_t offset);
  // What is in hand is forgotten, and nothing is pulled until begin().
  void suspend();
  // The subscription has changed: what the broker holds of ours is given up for another pull.
  void pull_anew();
  // For good.
  void stop() { running_.cancel(); }
  // After so long the broker has stored the offset that a pull under way brought along; what is
  // stored before may still be overwritten by it.
  net::Duration unsettled_for() const;

  bool is_running() const { return !running_.is_empty(); }

  const MessageQueue& queue() const { return queue_; }
  // nullptr until it is known where to begin.
  const std::shared_ptr<HeldQueue>& held() const { return held_; }
  // The same, or the last one there was: a listener may still have a message of it.
  const std::shared_ptr<HeldQueue>& last_held() const { return held_ ? held_ : previous_; }

 private:
  net::Task<> run();
  net::Task<> find_start();
  net::Task<> pull_again_and_again();
  net::Task<> take(const PullAnswer& answer);
  net::Task<Result<PullAnswer>> pull();
  net::Task<> recover(Error error);
  net::Task<> move_to(std::int64_t offset);
  void run_anew();

  Client::Core& core_;
  const Shared& shared_;
  const PullOptions& options_;
  const protocol::SubscriptionData& subscription_;
  const MessageQueue queue_;
  const MessageQueue shown_queue_;  // the same, without namespace: as messages show it
  int failures_ = 0;                // in a row
  std::int64_t broker_id_ = 0;  // which copy of the broker to ask; it suggests one in each answer
  net::TimePoint settled_at_{};
  std::optional<std::int64_t> begin_at_;  // not where the group stands, but here
  std::shared_ptr<HeldQueue> held_;
  std::shared_ptr<HeldQueue> previous_;
  net::Task<> running_;
};

}  // namespace rocketmq::client
