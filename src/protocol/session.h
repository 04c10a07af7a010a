#pragma once

#include <rocketmq/result.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "protocol/call_counters.h"
#include "protocol/incoming.h"

namespace rocketmq::protocol {

class RpcSession;

// A request that waits for its answer. Lives where it is used, often in a coroutine's frame:
// nothing is allocated for a call. Exactly one of the two functions is called, once, and may
// destroy this object or any other. Destroying it before that cancels it: the answer, should it
// come, is dropped.
class PendingCall {
 public:
  PendingCall(const PendingCall&) = delete;
  PendingCall& operator=(const PendingCall&) = delete;

  virtual void answered(Incoming& answer) = 0;
  virtual void failed(const Error& error) = 0;

  bool is_waiting() const { return session_ != nullptr; }

 protected:
  PendingCall() = default;
  ~PendingCall() { cancel(); }
  void cancel();

 private:
  friend class RpcSession;

  void unlink();

  RpcSession* session_ = nullptr;
  PendingCall* next_ = nullptr;  // in a list of calls about to fail
  PendingCall* previous_ = nullptr;
  std::chrono::steady_clock::time_point begun_{};
  std::chrono::steady_clock::time_point deadline_{};
  std::uint64_t ends_at_ = 0;
  std::int32_t opaque_ = 0;
  std::int32_t code_ = 0;
};

// One end of a connection, without the connection: which requests wait for an answer, under which
// opaque id, and until when. Java: NettyRemotingAbstract.responseTable.
//
// No timer per call: the owner arms one for next_sweep() and calls sweep() when it fires.
class RpcSession {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // `counters`, if any, outlive the session. A call that is cancelled does not count.
  explicit RpcSession(std::size_t pending_calls_max, CallCounters* counters = nullptr)
      : pending_calls_max_(pending_calls_max), counters_(counters) {}
  ~RpcSession();
  RpcSession(const RpcSession&) = delete;
  RpcSession& operator=(const RpcSession&) = delete;

  // The opaque id for a request that is not answered (one-way).
  // Counts through all 32 bits, negative numbers too, as Java's does.
  std::int32_t next_opaque() { return static_cast<std::int32_t>(next_opaque_++); }

  // Enters a call and gives its opaque id. Fails with overloaded or, once closed, not_connected.
  // The request's code and the time are for the counters.
  Result<std::int32_t> begin(PendingCall& call, TimePoint deadline, std::int32_t code = 0,
                             TimePoint now = {});
  // Takes a call back that was begun.
  void forget(PendingCall& call) { call.cancel(); }
  // The request of `call` ends at this position of everything written to the connection.
  void written(PendingCall& call, std::uint64_t ends_at) { call.ends_at_ = ends_at; }

  // Hands an answer to the call that waits for it. False when there is none: it timed out, was
  // cancelled, or never existed.
  bool answer(Incoming& answer, TimePoint now = {});

  // When to call sweep(); nothing when no call waits.
  std::optional<TimePoint> next_sweep() const;
  // Fails the calls whose deadline has come: Errc::timeout, Outcome::unknown.
  void sweep(TimePoint now);

  // Fails all that wait. A request the peer cannot have read whole, because only `sent_bytes` left,
  // fails with Outcome::not_sent, the others with Outcome::unknown. Nothing begins afterwards.
  void close(const Error& error, std::uint64_t sent_bytes);

  std::size_t pending_calls() const { return count_; }
  bool is_closed() const { return is_closed_; }

 private:
  friend class PendingCall;
  class Failing;

  // The table: open addressing by opaque. Ids are handed out in order, so neighbours rarely
  // collide.
  std::size_t mask() const { return slots_.size() - 1; }
  std::size_t home(std::int32_t opaque) const {
    return static_cast<std::uint32_t>(opaque) & mask();
  }
  std::size_t next(std::size_t slot) const { return (slot + 1) & mask(); }
  std::size_t find(std::int32_t opaque) const;  // the slot, or slots_.size()
  void insert(PendingCall& call);
  void erase(std::size_t slot);
  void grow();
  void add_count(std::ptrdiff_t calls);
  void remove(PendingCall& call);

  void count_failure(const PendingCall& call);

  const std::size_t pending_calls_max_;
  CallCounters* const counters_;
  std::vector<PendingCall*> slots_;  // a power of two, at most half full
  std::size_t count_ = 0;
  std::uint32_t next_opaque_ = 1;
  TimePoint earliest_{};  // no deadline is before it; meaningful while count_ > 0
  TimePoint last_sweep_{};
  bool is_closed_ = false;
};

}  // namespace rocketmq::protocol
