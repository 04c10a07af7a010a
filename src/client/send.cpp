#include "client/send.h"

#include <cassert>
#include <utility>

#include "client/user_code.h"

namespace rocketmq::client {
namespace {

thread_local const PendingSends* running_callback_of = nullptr;

}  // namespace

CallbackScope::CallbackScope(const PendingSends& of)
    : outer_(std::exchange(running_callback_of, &of)) {}
CallbackScope::~CallbackScope() { running_callback_of = outer_; }

const PendingSends* CallbackScope::running_here() { return running_callback_of; }

void Send::run() {
  std::unique_ptr<Send> self(this);
  const std::shared_ptr<PendingSends> ours = pending;
  {
    const CallbackScope scope(*ours);
    auto* const callback = std::get_if<SendCallback>(&done);
    if (callback != nullptr && is_admitted) ours->release();
    if (hooks != nullptr) hooks->after(message.message_id(), *result);
    if (callback != nullptr) {
      call_user_code(log, "a send callback", [&] { (*callback)(*std::move(result)); });
    }
    self.reset();  // what the callback captured is gone before the send counts as ended
  }
  ours->end();
}

void Send::tell_waiter() {
  const auto tell = [this](Result<SendReceipt>&& told) {
    if (auto* const slot = std::get_if<SendSlot*>(&done)) return (*slot)->set(std::move(told));
    if (auto* const promise = std::get_if<SendPromise>(&done)) promise->set_value(std::move(told));
  };
  if (is_admitted) pending->release();
  if (has_work()) return tell(Result<SendReceipt>(*result));
  const std::unique_ptr<Send> self(this);
  pending->end();
  tell(*std::move(result));
}

}  // namespace rocketmq::client
