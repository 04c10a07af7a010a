#include "protocol/session.h"

#include <algorithm>
#include <cassert>

#include "protocol/str.h"

namespace rocketmq::protocol {
namespace {

// Deadlines that lie this close together are swept together; none is late by more.
constexpr std::chrono::milliseconds sweep_pause{10};

// Ids are handed out in order. Side by side in the table they would form one long row, which
// erase() would walk for every answer: thousands of steps where thousands wait. Times an odd
// number, every id still has a home of its own as long as they are in order, and with this one rows
// of more than a few are rare at any size of the table.
constexpr std::int32_t spread(std::int32_t opaque) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(opaque) * 0x85EBCA6BU);
}

}  // namespace

void PendingCall::cancel() {
  if (session_ != nullptr) {
    session_->remove(*this);
  } else {
    unlink();
  }
}

void PendingCall::unlink() {
  if (next_ != nullptr) next_->previous_ = previous_;
  if (previous_ != nullptr) previous_->next_ = next_;
  next_ = previous_ = nullptr;
}

// Calls on their way to failing. Any of them may be destroyed while another is told, and then
// unlinks itself; the list itself is only on the stack and needs no session any more.
class RpcSession::Failing final : PendingCall {
 public:
  void add(PendingCall& call) {
    call.session_ = nullptr;
    call.previous_ = last_ == nullptr ? this : last_;
    call.previous_->next_ = &call;
    last_ = &call;
  }
  template <class ErrorOf>
  void tell(ErrorOf error_of) {
    while (next_ != nullptr) {
      PendingCall& call = *next_;
      call.unlink();
      call.failed(error_of(call));
    }
  }

 private:
  void answered(Incoming&) override {}
  void failed(const Error&) override {}

  PendingCall* last_ = nullptr;  // while adding
};

RpcSession::~RpcSession() { close(Error{Errc::not_connected, "the connection is gone"}, 0); }

Result<std::int32_t> RpcSession::begin(PendingCall& call, TimePoint deadline, std::int32_t code,
                                       TimePoint now) {
  assert(!call.is_waiting());
  if (is_closed_) return Error{Errc::not_connected, "the connection is closed"};
  if (count_ >= pending_calls_max_) {
    return Error{Errc::overloaded,
                 str(count_, " requests wait for an answer on this connection already")};
  }
  if (count_ == 0 || deadline < earliest_) earliest_ = deadline;
  call.session_ = this;
  call.begun_ = now;
  call.deadline_ = deadline;
  call.code_ = code;
  call.opaque_ = next_opaque();
  insert(call);
  add_count(1);
  return call.opaque_;
}

bool RpcSession::answer(Incoming& answer, TimePoint now) {
  const std::size_t slot = find(answer.command().opaque);
  if (slot == slots_.size()) return false;
  PendingCall& call = *slots_[slot];
  erase(slot);
  call.session_ = nullptr;
  if (counters_ != nullptr) {
    counters_->answered(call.code_, answer.command().code, now - call.begun_);
  }
  call.answered(answer);
  return true;
}

std::optional<RpcSession::TimePoint> RpcSession::next_sweep() const {
  if (count_ == 0) return std::nullopt;
  return std::max(earliest_, last_sweep_ + sweep_pause);
}

void RpcSession::sweep(TimePoint now) {
  last_sweep_ = now;
  if (count_ == 0 || now < earliest_) return;
  Failing failing;
  earliest_ = TimePoint::max();
  // Erasing may move a later call into the slot, so the slot is looked at again; one that wraps
  // around from the front was looked at before, and is at worst seen twice.
  for (std::size_t slot = 0; slot < slots_.size();) {
    PendingCall* const call = slots_[slot];
    if (call != nullptr && call->deadline_ <= now) {
      erase(slot);
      count_failure(*call);
      failing.add(*call);
      continue;
    }
    if (call != nullptr) earliest_ = std::min(earliest_, call->deadline_);
    ++slot;
  }
  failing.tell([](const PendingCall&) {
    return Error{Errc::timeout, "no answer in time", Outcome::unknown};
  });
}

void RpcSession::close(const Error& error, std::uint64_t sent_bytes) {
  if (is_closed_) return;
  is_closed_ = true;
  Failing failing;
  for (PendingCall* const call : slots_) {
    if (call == nullptr) continue;
    count_failure(*call);
    failing.add(*call);
  }
  slots_.clear();
  add_count(-static_cast<std::ptrdiff_t>(count_));
  failing.tell([reason = error, sent_bytes](const PendingCall& call) {
    const bool may_be_done = call.ends_at_ <= sent_bytes;
    return Error{reason.code, reason.message, may_be_done ? Outcome::unknown : Outcome::not_sent};
  });
}

void RpcSession::count_failure(const PendingCall& call) {
  if (counters_ != nullptr) counters_->failed(call.code_);
}

std::size_t RpcSession::find(std::int32_t opaque) const {
  if (count_ == 0) return slots_.size();
  for (std::size_t slot = home(spread(opaque)); slots_[slot] != nullptr; slot = next(slot)) {
    if (slots_[slot]->opaque_ == opaque) return slot;
  }
  return slots_.size();
}

void RpcSession::insert(PendingCall& call) {
  if (slots_.size() < 2 * (count_ + 1)) grow();
  std::size_t slot = home(spread(call.opaque_));
  while (slots_[slot] != nullptr) slot = next(slot);
  slots_[slot] = &call;
}

void RpcSession::add_count(std::ptrdiff_t calls) {
  count_ += static_cast<std::size_t>(calls);
  if (counters_ != nullptr) counters_->add_under_way(calls);
}

// Closes the gap: whatever could not stand at its home because of it moves up.
void RpcSession::erase(std::size_t slot) {
  slots_[slot] = nullptr;
  add_count(-1);
  std::size_t gap = slot;
  for (std::size_t at = next(gap); slots_[at] != nullptr; at = next(at)) {
    const std::size_t wanted = home(spread(slots_[at]->opaque_));
    const bool gap_is_on_its_way = ((at - wanted) & mask()) >= ((at - gap) & mask());
    if (!gap_is_on_its_way) continue;
    slots_[gap] = slots_[at];
    slots_[at] = nullptr;
    gap = at;
  }
}

void RpcSession::grow() {
  std::vector<PendingCall*> old(std::max<std::size_t>(16, slots_.size() * 2));
  old.swap(slots_);
  for (PendingCall* const call : old) {
    if (call != nullptr) insert(*call);
  }
}

void RpcSession::remove(PendingCall& call) {
  erase(find(call.opaque_));
  call.session_ = nullptr;
}

}  // namespace rocketmq::protocol
