#pragma once

#include <rocketmq/push_consumer.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "client/held_queue.h"
#include "client/listener_calls.h"
#include "client/log.h"
#include "client/message_sink.h"
#include "net/loop.h"
#include "net/task.h"
#include "net/task_set.h"
#include "net/wait.h"

namespace rocketmq::client {

struct DispatchOptions {
  std::size_t threads = 8;     // as many listeners may run at once
  std::size_t batch_size = 1;  // messages given to a listener together, at most; not in order
  // Broadcasting: a message that the listener does not want is logged, and done with.
  bool gives_back = true;
  // A message that could not be given back is tried again here after this time. Java:
  // ConsumeMessageConcurrentlyService.submitConsumeRequestLater.
  net::Duration keep_for = std::chrono::seconds(5);
  net::Duration consume_timeout{};  // 0: none; not in order
  // In order: before the listener gets a message again, and how often at most; negative: no end.
  net::Duration suspend_time = std::chrono::seconds(1);
  int reconsume_times_max = -1;
};

// How messages get away that the listener did not want here and now.
struct GiveBack {
  using Send = std::function<net::Task<Result<void>>(MessageView message, std::int32_t level)>;
  // The broker delivers it again after that delay, to whoever has the queue then; level -1: it goes
  // to the group's dead letters.
  Send later;
  // In order: it has been tried often enough, and goes to the dead letters.
  std::function<net::Task<Result<void>>(MessageView message)> tried_enough;
};

// What became of messages that were handed to a listener.
struct DispatchStatistics {
  std::size_t consumed = 0;
  std::size_t given_back = 0;
  std::size_t timed_out = 0;
};

// Hands the messages of held queues to the listener, and acts on what it says. A message stays in
// hand, and holds its queue's offset back, until it has been consumed or given back. A result is
// forgotten when the queue is no longer ours. While a queue's gate is not open its messages wait.
//
// Belongs to the loop. Destroying it forgets what is in hand; a listener that runs then goes on,
// and its result is dropped.
class Dispatcher : public MessageSink {
 public:
  // Loop and log outlive us, and the listeners that run then: see ListenerCalls.
  Dispatcher(net::Loop& loop, const DispatchOptions& options, Listener listener,
             ListenerCalls::RunOnThreads run_on_threads, GiveBack give_back, const Log& log);
  virtual ~Dispatcher() = default;
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  // The queue's gate has been opened again.
  virtual void reopened(const std::shared_ptr<HeldQueue>& queue) = 0;

  // Returns once no listener runs or waits for its turn, and nothing is being given back. Messages
  // kept for another try are not waited for, nor are listeners that wait for us.
  net::Task<Result<void>> drained();
  ListenerCalls& calls() { return calls_; }
  const DispatchStatistics& statistics() const { return statistics_; }

 protected:
  void set_if_drained();
  bool is_drained() const { return giving_back_ == 0 && calls_.are_drained(); }
  void consumed(HeldQueue& queue, const MessageInHand& message);
  // Where nothing is given back: logs it, and the message is done with.
  void skip(HeldQueue& queue, const MessageInHand& message);
  // Counts as not drained while it runs.
  net::Task<Result<void>> send_back(MessageView message, std::int32_t level);
  void could_not_give_back(const HeldQueue& queue, const MessageView& message, const Error& error);

  net::Loop& loop_;
  const DispatchOptions options_;
  const GiveBack give_back_;
  const Log& log_;
  DispatchStatistics statistics_;
  std::size_t giving_back_ = 0;
  net::Event drained_;
  ListenerCalls calls_;
};

// Several messages of a queue at once, in any order:
//
//   ok            done
//   retry         given back to the broker, which delivers it again later; where the broker does
//                 not take it, the listener gets it again here
//   dead letters  given to the broker for the group's dead letters, as often as it takes
//
// A listener that takes longer than consume_timeout has its messages given back; what it says then
// counts only if they are still in hand. Java: ConsumeMessageConcurrentlyService.
class ConcurrentDispatcher final : public Dispatcher {
 public:
  ConcurrentDispatcher(net::Loop& loop, const DispatchOptions& options, Listener listener,
                       ListenerCalls::RunOnThreads run_on_threads, GiveBack give_back,
                       const Log& log);
  ~ConcurrentDispatcher() override;

  void deliver(const std::shared_ptr<HeldQueue>& queue,
               std::vector<MessageInHand> messages) override;
  void reopened(const std::shared_ptr<HeldQueue>& queue) override;

 private:
  class Call;

  void came_back(Call& call);
  void keep(HeldQueue& queue, std::vector<MessageInHand> messages);
  net::Task<> give_back(std::shared_ptr<HeldQueue> queue, MessageInHand message,
                        std::int32_t level);
  void watch_for_timeouts();

  std::unique_ptr<net::Timer> timeout_timer_;
  net::TaskSet tasks_;
};

}  // namespace rocketmq::client
