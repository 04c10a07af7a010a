#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "client/held_queue.h"
#include "client/listener_calls.h"
#include "client/log.h"
#include "client/pop_client.h"
#include "net/task_set.h"
#include "net/wait.h"

namespace rocketmq::client {

// A queue that is popped, or any of a broker's: how much of it is with listeners. Shared with the
// messages there. Belongs to the loop.
struct PoppedQueue {
  explicit PoppedQueue(MessageQueue which) : queue(std::move(which)) {}

  void set_paused(bool pauses);

  const MessageQueue queue;
  std::size_t unacknowledged = 0;
  bool is_paused = false;
  net::Event changed;                          // of these two
  std::vector<std::weak_ptr<CallGate>> gates;  // of what is with listeners
};

struct PopDispatchOptions {
  std::size_t batch_size = 1;  // messages given to a listener together, at most
  std::int32_t reconsume_times_max = 16;
};

struct PopDispatchStatistics {
  std::size_t consumed = 0;
  std::size_t given_back = 0;
};

// Hands popped messages to the listener, and tells the broker what it says: acknowledges, or
// changes when the message is seen again. That counts also when the queue is no longer ours. What
// has become visible to others meanwhile is not delivered, and its result counts nothing. A request
// that fails is logged: then the message comes again. Java: ConsumeMessagePopConcurrentlyService.
//
// Belongs to the loop.
class PopDispatcher {
 public:
  // Gives a message to the group's dead letters.
  using ToDeadLetters = std::function<net::Task<Result<void>>(MessageView message)>;

  // The references outlive it.
  PopDispatcher(net::Loop& loop, const PopDispatchOptions& options, ListenerCalls& calls,
                PopClient& pops, ToDeadLetters to_dead_letters, const Log& log);

  // They are ours until `until`.
  void deliver(const std::shared_ptr<PoppedQueue>& queue, std::vector<MessageView> messages,
               net::TimePoint until);
  // Returns once nothing is being said to brokers.
  net::Task<Result<void>> settled();
  const PopDispatchStatistics& statistics() const { return statistics_; }

 private:
  class Call;

  void came_back(Call& call);
  net::Task<> settle(std::shared_ptr<PoppedQueue> queue, MessageView message, Consumed verdict);
  net::Task<Result<void>> tell(MessageView message, Consumed verdict);
  static void forget(PoppedQueue& queue, std::size_t count);

  net::Loop& loop_;
  const PopDispatchOptions options_;
  ListenerCalls& calls_;
  PopClient& pops_;
  const ToDeadLetters to_dead_letters_;
  const Log& log_;
  PopDispatchStatistics statistics_;
  std::size_t settling_ = 0;
  net::Event settled_;
  net::TaskSet tasks_;
};

}  // namespace rocketmq::client
