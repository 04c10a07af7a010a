#pragma once

#include <rocketmq/push_consumer.h>

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/executor.h"
#include "client/held_queue.h"
#include "client/log.h"
#include "net/loop.h"

namespace rocketmq::client {

class Tracer;

// What runs on the listener threads, of a consumer of any kind.
struct Listener {
  BatchListener function;
  std::vector<std::shared_ptr<ConsumeHook>> hooks;
  std::shared_ptr<Tracer> tracer;  // none: not traced
};
// A listener for single messages, called one by one for a batch: never, in practice.
BatchListener batch_listener(MessageListener listener);

// Messages with the listener, together: made on the loop, run on a listener thread, back to the
// loop, where it is destroyed.
class ListenerCall : public Work {
 public:
  // `gate` is asked before the listener; one made from a HeldQueue keeps that.
  ListenerCall(std::vector<MessageView> messages, std::shared_ptr<const CallGate> gate)
      : messages_(std::move(messages)), gate_(std::move(gate)) {}
  virtual ~ListenerCall() = default;

  void run() final;

  const std::vector<MessageView>& messages() const { return messages_; }
  // None: the listener was not asked, because the gate was not open, or nobody is called any more.
  const std::optional<Consumed>& verdict() const { return verdict_; }
  // What it threw, if it did; the verdict is retry_later() then.
  const std::optional<std::string>& thrown() const { return thrown_; }
  // When the listener was given it; none: it has not begun. Any thread.
  std::optional<net::TimePoint> begun_at() const;

 protected:
  // On the loop, when it has run.
  virtual void came_back() = 0;

 private:
  friend class ListenerCalls;
  struct Shared;

  void ask_listener();

  std::shared_ptr<Shared> shared_;
  const std::vector<MessageView> messages_;
  const std::shared_ptr<const CallGate> gate_;
  std::optional<Consumed> verdict_;
  std::optional<std::string> thrown_;
  std::atomic<net::TimePoint> begun_at_{net::TimePoint::max()};
  bool is_waiting_ = false;  // the loop's
  ListenerCall* next_finished_ = nullptr;
  ListenerCall* next_ = nullptr;  // of those that are out; the loop's
  ListenerCall** linked_at_ = nullptr;
};

// Runs a consumer's listener on its threads. Belongs to the loop. Destroying it forgets the calls
// that are out; a listener that runs then goes on, and its result is dropped.
class ListenerCalls {
 public:
  // Runs the work on the listener threads; each piece exactly once, also when they are shut down.
  using RunOnThreads = std::function<void(WorkList)>;

  // As many listeners as there are `threads` may run at once. Loop and log outlive us, and the
  // listeners that run then: see keep_for_listeners(). `on_drained` is called when are_drained()
  // has become true.
  ListenerCalls(net::Loop& loop, std::size_t threads, Listener listener,
                RunOnThreads run_on_threads, const Log& log, std::function<void()> on_drained);
  ~ListenerCalls();
  ListenerCalls(const ListenerCalls&) = delete;
  ListenerCalls& operator=(const ListenerCalls&) = delete;

  void start(std::vector<std::unique_ptr<ListenerCall>> calls);
  void start(std::unique_ptr<ListenerCall> call);

  // No listener runs or waits for its turn, but for those that wait for us.
  bool are_drained() const;
  // No listener is called from now on, except those that have been.
  void stop();
  bool is_stopped() const;
  // Released once we are gone and every listener has returned, on whichever thread that is then:
  // what owns loop and log, for a listener may outlast its consumer and its client.
  void keep_for_listeners(std::shared_ptr<void> owner);

  // The call that the current thread is in, if it is one of these. Any thread.
  ListenerCall* current_call() const;
  // The thread of that call waits until we are drained: it does not count.
  void waits_in_listener(ListenerCall& call);

  // Every call that is out, the latest first. `visit` starts no calls.
  template <class F>
  void each(F visit) {
    for (ListenerCall* call = first_; call != nullptr; call = call->next_) visit(*call);
  }

 private:
  friend struct ListenerCall::Shared;
  void came_back(ListenerCall& call);
  void link(ListenerCall& call);
  static void unlink(ListenerCall& call);

  const std::size_t threads_;
  const RunOnThreads run_on_threads_;
  const std::function<void()> on_drained_;
  const std::shared_ptr<ListenerCall::Shared> shared_;
  ListenerCall* first_ = nullptr;
  std::size_t calls_ = 0;          // handed to the threads and not back yet
  std::size_t waiting_calls_ = 0;  // of these, whose listener waits for us
};

}  // namespace rocketmq::client
