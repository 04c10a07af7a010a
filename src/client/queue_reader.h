#pragma once

#include <rocketmq/pull_consumer.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/core.h"
#include "client/fetcher.h"
#include "client/offset_store.h"
#include "client/pull_options.h"
#include "protocol/bodies/client_data.h"

namespace rocketmq::client {

// The queues that a pull consumer reads just now, wherever it has them from: gives out what is
// fetched of them, moves and pauses them, and stores how far the program is. Belongs to the loop.
// Java: AssignedMessageQueue and poll() of DefaultLitePullConsumerImpl.
class QueueReader {
 public:
  using Messages = std::vector<MessageView>;

  // `core` outlives it.
  QueueReader(Client::Core& core, const PullConsumerOptions& options);
  ~QueueReader() { stop(); }
  QueueReader(const QueueReader&) = delete;
  QueueReader& operator=(const QueueReader&) = delete;

  // ---- which queues. `subscription` stays until the queue is dropped.

  void add(const MessageQueue& queue, const protocol::SubscriptionData& subscription);
  // Those it has; with auto_commit their offsets are stored before this returns.
  net::Task<> drop(std::vector<MessageQueue> queues);
  std::vector<MessageQueue> queues() const;
  std::set<MessageQueue> queues_of(const std::string& topic) const;
  bool knows_positions() const;  // of all
  // Returns when something has changed that poll() or knows_positions() may depend on, or in time.
  net::Task<> wait_for_change(net::TimePoint until);
  void tell_changed() { changed_.set(); }

  // ---- what PullConsumer does, under the same names

  net::Task<Result<Messages>> poll(net::Duration timeout);
  net::Task<Result<void>> seek(MessageQueue queue, std::int64_t offset);
  net::Task<Result<void>> seek(MessageQueue queue, StartAt where);
  net::Task<Result<void>> seek(StartAt where);
  net::Task<Result<void>> commit();
  net::Task<Result<void>> commit(MessageQueue queue, std::int64_t offset);
  net::Task<Result<std::int64_t>> committed(MessageQueue queue);
  net::Task<Result<std::int64_t>> position(MessageQueue queue);
  net::Task<Result<std::int64_t>> offset_at(MessageQueue queue, StartAt where);
  void pause(const std::vector<MessageQueue>& queues);
  void resume(const std::vector<MessageQueue>& queues);

  // ---- the end

  // Nothing is fetched or given out any more; a poll() that waits ends.
  void stop();
  bool is_stopped() const { return is_stopped_; }
  // Up to where the program is done with its queues, when auto_commit says that this is to be
  // stored; what the last poll() gave counts as done when `last_too`.
  std::vector<QueueOffset> offsets_done(bool last_too) const;
  OffsetStore& offsets() { return offsets_; }
  std::size_t given() const { return given_; }  // messages, since the beginning
  std::size_t fetched() const;                  // and not given yet

 private:
  using Fetchers = std::map<MessageQueue, std::unique_ptr<Fetcher>>;
  // The messages that the last poll() gave: the program may be at work on them.
  struct LastGiven {
    MessageQueue queue;
    std::int64_t from = 0;  // the position before
  };

  Fetcher* find(const MessageQueue& queue) const;  // nullptr: not ours
  Result<void> check_ours(const MessageQueue& queue) const;
  void move(Fetcher& fetcher, std::int64_t offset);
  Messages take_next();
  std::optional<Error> refusal() const;
  void auto_commit();
  net::Task<Result<void>> changed();
  net::Task<Result<void>> know_broker(std::string topic);

  Client::Core& core_;
  const PullOptions options_;
  const std::size_t messages_max_;
  const bool commits_by_itself_;
  const net::Duration commit_interval_;
  RemoteOffsetStore offsets_;
  const Fetcher::Surroundings surroundings_;
  bool is_stopped_ = false;
  std::optional<LastGiven> last_given_;
  MessageQueue last_polled_;  // the turn is with the one behind it
  net::TimePoint next_commit_;
  std::size_t given_ = 0;
  net::Event changed_;
  Fetchers fetchers_;
};

}  // namespace rocketmq::client
