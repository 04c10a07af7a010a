#include "client/send.h"

#include <cassert>
#include <exception>

#include "protocol/str.h"

namespace rocketmq::client {
namespace {

thread_local const PendingSends* running_callback_of = nullptr;

void call_user(const SendCallback& done, Result<SendReceipt> result, const Log* log) {
  try {
    done(std::move(result));
  } catch (const std::exception& problem) {
    if (log != nullptr) log->write(LogLevel::error, str("a send callback threw: ", problem.what()));
  } catch (...) {
    if (log != nullptr) log->write(LogLevel::error, "a send callback threw something");
  }
}

}  // namespace

const PendingSends* Send::running_here() { return running_callback_of; }

void Send::run() {
  std::unique_ptr<Send> self(this);
  const std::shared_ptr<PendingSends> ours = pending;
  const PendingSends* const outer = std::exchange(running_callback_of, ours.get());
  if (is_admitted) ours->release();
  call_user(std::get<SendCallback>(done), *std::move(result), log);
  self.reset();  // what the callback captured is gone before the send counts as ended
  running_callback_of = outer;
  ours->end();
}

void Send::tell_promise() {
  const std::unique_ptr<Send> self(this);
  if (is_admitted) pending->release();
  pending->end();
  if (auto* promise = std::get_if<SendPromise>(&done)) promise->set_value(*std::move(result));
}

void SendList::push_back(Send& send) {
  send.previous = last_;
  send.next = nullptr;
  (last_ == nullptr ? first_ : last_->next) = &send;
  last_ = &send;
}

void SendList::erase(Send& send) {
  (send.previous == nullptr ? first_ : send.previous->next) = send.next;
  (send.next == nullptr ? last_ : send.next->previous) = send.previous;
  send.next = send.previous = nullptr;
}

}  // namespace rocketmq::client
