#pragma once

#include <rocketmq/producer.h>

#include <future>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "client/executor.h"
#include "client/log.h"
#include "client/message_prep.h"
#include "client/pending_sends.h"
#include "net/loop.h"
#include "net/task.h"

namespace rocketmq::client {

using SendPromise = std::promise<Result<SendReceipt>>;
struct NoAnswer {};  // one-way

// One message from the user's call to the user's callback. Made on a user's thread, then owned by
// the Sender, at last as a piece of Work by the executor.
class Send final : public Work {
 public:
  using Done = std::variant<NoAnswer, SendPromise, SendCallback>;

  Send(PreparedMessage prepared, Done told, net::TimePoint until, std::shared_ptr<PendingSends> in)
      : message(std::move(prepared)),
        done(std::move(told)),
        deadline(until),
        pending(std::move(in)) {}
  // One that is refused before it is sent, and was not admitted.
  Send(Error why, Done told, std::shared_ptr<PendingSends> in)
      : done(std::move(told)), pending(std::move(in)), is_admitted(false), result(std::move(why)) {}
  ~Send() = default;

  bool is_oneway() const { return std::holds_alternative<NoAnswer>(done); }
  bool has_callback() const { return std::holds_alternative<SendCallback>(done); }

  // Calls the callback, counts the send as ended, and is gone.
  void run() override;
  // The same for one that has none.
  void tell_promise();

  // The producer whose callback runs on this thread just now, or nullptr.
  static const PendingSends* running_here();

  PreparedMessage message;
  Done done;
  net::TimePoint deadline{};
  std::shared_ptr<PendingSends> pending;
  bool is_admitted = true;
  std::optional<Result<SendReceipt>> result;
  const Log* log = nullptr;

  // While it is under way.
  bool may_be_stored = false;             // an attempt was written and not answered
  std::string_view waits_for = "a turn";  // what a timeout will say it waited for
  std::int64_t born_timestamp = 0;        // Unix ms

  Send* next = nullptr;  // in the queue of new ones, then in the list of those under way
  Send* previous = nullptr;
  net::Task<> task;
};

// The sends under way, the oldest first. Does not own them.
class SendList {
 public:
  bool empty() const { return first_ == nullptr; }
  Send& front() const { return *first_; }
  void push_back(Send& send);
  void erase(Send& send);

 private:
  Send* first_ = nullptr;
  Send* last_ = nullptr;
};

}  // namespace rocketmq::client
