#pragma once

#include <rocketmq/push_consumer.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "client/executor.h"
#include "client/held_queue.h"
#include "client/log.h"
#include "net/loop.h"
#include "net/task.h"
#include "net/task_set.h"
#include "net/wait.h"

namespace rocketmq::client {

struct DispatchOptions {
  std::size_t threads = 8;  // as many listeners may run at once
  // A message that could not be given back is tried again here after this time. Java:
  // ConsumeMessageConcurrentlyService.submitConsumeRequestLater.
  net::Duration keep_for = std::chrono::seconds(5);
};

// Hands messages to the listener, on the listener threads, and acts on what it says:
//
//   ok            done
//   retry         given back to the broker, which delivers it again later to whoever has the queue
//                 then; where the broker does not take it, the listener gets it again here
//   dead letters  given to the broker for the group's dead letters, as often as it takes
//
// A message stays in hand, and holds its queue's offset back, until one of these has succeeded. A
// result is forgotten when the queue is no longer ours. Java: ConsumeMessageConcurrentlyService.
//
// Belongs to the loop. Destroying it forgets what is in hand; a listener that runs then goes on,
// and its result is dropped.
class Dispatcher {
 public:
  // Runs the work on the listener threads; each piece exactly once, also when they are shut down.
  using RunOnThreads = std::function<void(WorkList)>;
  // Gives a message back: request 36.
  using SendBack =
      std::function<net::Task<Result<void>>(MessageView message, std::int32_t delay_level)>;

  // Loop and log outlive us, and the listeners that run then: see keep_for_listeners().
  Dispatcher(net::Loop& loop, const DispatchOptions& options, MessageListener listener,
             RunOnThreads run_on_threads, SendBack send_back, const Log& log);
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  void deliver(const std::shared_ptr<HeldQueue>& queue, const std::vector<MessageInHand>& messages);

  // Returns once no listener runs or waits for its turn, and nothing is being given back. Messages
  // kept for another try are not waited for, nor are listeners that wait for us.
  net::Task<Result<void>> drained();
  // No listener is called from now on, except those that have been.
  void stop();
  // Released once we are gone and every listener has returned, on whichever thread that is then:
  // what owns loop and log, for a listener may outlast its consumer and its client.
  void keep_for_listeners(std::shared_ptr<void> owner);

  // For who may be called by a listener and waits for this consumer.
  class ListenerCall;
  // The call that the current thread is in, if it is one of this dispatcher's. Any thread.
  ListenerCall* current_call() const;
  // On the loop: the thread of that call waits until drained() returns.
  void waits_in_listener(ListenerCall& call);

  std::size_t consumed() const { return consumed_; }
  std::size_t given_back() const { return given_back_; }

 private:
  struct Shared;

  void came_back(ListenerCall& call);
  net::Task<> give_back(std::shared_ptr<HeldQueue> queue, MessageInHand message, Consumed verdict);
  bool is_drained() const;
  void set_if_drained();

  net::Loop& loop_;
  const DispatchOptions options_;
  const RunOnThreads run_on_threads_;
  const SendBack send_back_;
  const std::shared_ptr<Shared> shared_;
  std::size_t calls_ = 0;          // handed to the threads and not back yet
  std::size_t waiting_calls_ = 0;  // of these, whose listener waits for us
  std::size_t giving_back_ = 0;
  std::size_t consumed_ = 0;
  std::size_t given_back_ = 0;
  net::Event drained_;
  net::TaskSet tasks_;
};

// One message with the listener: made on the loop, run on a listener thread, back to the loop.
class Dispatcher::ListenerCall final : public Work {
 public:
  ListenerCall(std::shared_ptr<Shared> shared, std::shared_ptr<HeldQueue> queue,
               MessageInHand message);

  void run() override;

 private:
  friend class Dispatcher;

  std::optional<Consumed> ask_listener();

  const std::shared_ptr<Shared> shared_;
  const std::shared_ptr<HeldQueue> queue_;
  MessageInHand message_;
  std::optional<Consumed> verdict_;  // none: the listener was not asked
  bool is_waiting_ = false;          // the loop's
  ListenerCall* next_finished_ = nullptr;
};

}  // namespace rocketmq::client
