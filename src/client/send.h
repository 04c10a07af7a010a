#pragma once

#include <rocketmq/producer.h>

#include <future>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "client/deadline_heap.h"
#include "client/executor.h"
#include "client/log.h"
#include "client/message_prep.h"
#include "client/pending_sends.h"
#include "client/result_slot.h"
#include "client/send_attempt.h"
#include "client/send_hooks.h"
#include "client/send_plan.h"
#include "client/send_target.h"
#include "net/loop.h"
#include "net/task.h"

namespace rocketmq::client {

class Send;
using SendPromise = std::promise<Result<SendReceipt>>;
using SendSlot = ResultSlot<Result<SendReceipt>>;
struct NoAnswer {};                  // one-way
using Members = std::vector<Send*>;  // those that were put together into this one, and are its own

// While it lives a callback of this producer runs on this thread.
class CallbackScope {
 public:
  explicit CallbackScope(const PendingSends& of);
  ~CallbackScope();
  CallbackScope(const CallbackScope&) = delete;
  CallbackScope& operator=(const CallbackScope&) = delete;

  static const PendingSends* running_here();

 private:
  const PendingSends* const outer_;
};

// One message, or one batch, from the user's call to the user's callback. Made on a user's thread,
// then owned by the Sender, at last as a piece of Work by the executor.
class Send final : public Work {
 public:
  using Done = std::variant<NoAnswer, SendSlot*, SendPromise, SendCallback, Members>;

  // In the memory of the message, where that has front_bytes.
  static std::unique_ptr<Send> make(PreparedMessage prepared, Done told, net::TimePoint until,
                                    std::shared_ptr<PendingSends> in) {
    return std::unique_ptr<Send>(
        new (prepared.memory) Send(std::move(prepared), std::move(told), until, std::move(in)));
  }
  // One that is refused before it is sent, and was not admitted.
  static std::unique_ptr<Send> make_refused(Error why, Done told,
                                            std::shared_ptr<PendingSends> in) {
    MemoryBlock none;
    return std::unique_ptr<Send>(new (none) Send(std::move(why), std::move(told), std::move(in)));
  }

  Send(PreparedMessage prepared, Done told, net::TimePoint until, std::shared_ptr<PendingSends> in)
      : message(std::move(prepared)),
        done(std::move(told)),
        deadline(until),
        pending(std::move(in)) {}
  Send(Error why, Done told, std::shared_ptr<PendingSends> in)
      : done(std::move(told)), pending(std::move(in)), is_admitted(false), result(std::move(why)) {}
  ~Send() = default;

  static void* operator new(std::size_t bytes, MemoryBlock& block) { return block.give(bytes); }
  static void operator delete(Send* send, std::destroying_delete_t) {
    const auto keeps_the_pool = std::move(send->pending);
    send->~Send();
    BlockPool::give(send);
  }
  static void operator delete(void* send, MemoryBlock&) { BlockPool::give(send); }

  bool is_oneway() const { return std::holds_alternative<NoAnswer>(done); }
  Members* members() { return std::get_if<Members>(&done); }
  bool has_work() const { return std::holds_alternative<SendCallback>(done) || hooks != nullptr; }
  std::size_t message_count() const {
    return message.entry_key_rooms.empty() ? 1 : message.entry_key_rooms.size();
  }

  // Calls hooks and callback, counts the send as ended, and is gone.
  void run() override;
  // Tells the thread that waits for it. Of one without work that is its end.
  void tell_waiter();

  // The producer whose callback runs on this thread just now, or nullptr.
  static const PendingSends* running_here() { return CallbackScope::running_here(); }

  PreparedMessage message;
  Done done;
  net::TimePoint deadline{};
  SendKind kind = SendKind::message;
  SendTarget target;
  bool may_be_batched = false;  // by us, with others
  std::shared_ptr<PendingSends> pending;
  bool is_admitted = true;
  std::shared_ptr<const SendHooks> hooks;  // none: nullptr
  std::optional<Result<SendReceipt>> result;
  const Log* log = nullptr;

  // While it is under way.
  SendPlan plan{1, 0};
  RoutePtr route;
  PublishQueue queue;                      // where it is tried
  std::optional<Attempt> attempt;          // waits for an answer
  bool is_held = false;                    // until others go with it
  std::unique_ptr<SendReceipt> less_safe;  // it is stored, and tried again to be safer
  bool may_be_stored = false;              // an attempt was written and not answered
  std::string_view waits_for = "a turn";   // what a timeout will say it waited for
  std::int64_t born_timestamp = 0;         // Unix ms
  net::TimePoint begun_at{};
  net::TimePoint attempt_at{};
  std::string region_id = "DefaultRegion";  // for observers
  bool is_trace_on = true;

  std::size_t heap_index = in_no_heap;
  Send* next = nullptr;  // in the queue of new ones
  net::Task<> task;      // waits before an attempt
};

constexpr std::size_t send_bytes = sizeof(Send);  // PrepareOptions::front_bytes

}  // namespace rocketmq::client
