#pragma once

#include <rocketmq/message.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "client/core.h"
#include "client/fetched_queue.h"
#include "client/offset_store.h"
#include "client/pull_answer.h"
#include "client/pull_options.h"
#include "client/queue_broker.h"
#include "protocol/bodies/client_data.h"

namespace rocketmq::client {

// Fetches one queue ahead of the program that polls it, from where the group stands or where it was
// told to go, until it is full. Whatever goes wrong is tried again. Java: PullTaskImpl of
// DefaultLitePullConsumerImpl.
//
// Belongs to the loop. Destroying it stops fetching.
class Fetcher {
 public:
  struct Surroundings {
    std::function<bool()> is_full;     // all queues together hold as much as they may
    std::function<void()> on_changed;  // messages are there, or the position became known
  };
  // All references outlive it. Neither function may destroy it.
  Fetcher(Client::Core& core, const PullOptions& options,
          const protocol::SubscriptionData& subscription, OffsetStore& offsets, MessageQueue queue,
          const Surroundings& surroundings);
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;

  const MessageQueue& queue() const { return queue_; }
  // What the program gets next; none while it is not known where to begin.
  std::optional<std::int64_t> position() const;
  std::size_t size() const { return fetched_ ? fetched_->size() : 0; }
  std::vector<MessageView> take(std::size_t count_max);
  void seek(std::int64_t offset);

  void stop() { running_.cancel(); }  // for good
  void pause() { is_paused_ = true; }
  void resume();
  bool is_paused() const { return is_paused_; }
  // There may be room again.
  void go_on() { go_on_.set(); }

  // Why the broker gives us nothing of this queue, where it has just said so, and asking again does
  // not help.
  std::optional<Error> refusal() const;

 private:
  void start();
  net::Task<> run();
  net::Task<> find_start();
  net::Task<Result<PullAnswer>> pull();
  net::Task<> recover(Error error);
  Result<void> take_in(const PullAnswer& answer);
  bool must_wait() const { return is_paused_ || fetched_->is_full() || surroundings_.is_full(); }

  Client::Core& core_;
  const PullOptions& options_;
  const protocol::SubscriptionData& subscription_;
  OffsetStore& offsets_;
  const MessageQueue queue_;
  const MessageQueue shown_queue_;  // without the namespace of the wire
  const Surroundings& surroundings_;
  QueueBroker broker_;
  bool is_paused_ = false;
  bool is_old_broker_ = false;  // 4.x: does not know LITE_PULL_MESSAGE
  std::optional<Error> refusal_;
  net::TimePoint refused_at_;
  std::optional<FetchedQueue> fetched_;
  net::Event go_on_;
  net::Task<> running_;
};

}  // namespace rocketmq::client
