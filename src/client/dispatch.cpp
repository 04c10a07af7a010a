#include "client/dispatch.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "client/delay_level.h"
#include "client/message_view.h"
#include "protocol/str.h"

namespace rocketmq::client {
namespace {

// Java: ProcessQueue.cleanExpiredMsg. Level 3 is 10 s.
constexpr std::int32_t timed_out_level = 3;
constexpr int looks_per_timeout = 10;
constexpr net::Duration look_interval_min = std::chrono::milliseconds(100);

std::int32_t level_of(const Consumed& verdict) {
  return verdict.kind() == Consumed::Kind::dead_letters ? dead_letters_level
                                                        : delay_level(verdict.delay());
}

}  // namespace

// ---- what both have in common

Dispatcher::Dispatcher(net::Loop& loop, const DispatchOptions& options, Listener listener,
                       ListenerCalls::RunOnThreads run_on_threads, GiveBack give_back,
                       const Log& log)
    : loop_(loop),
      options_(options),
      give_back_(std::move(give_back)),
      log_(log),
      calls_(loop, options.threads, std::move(listener), std::move(run_on_threads), log,
             [this] { set_if_drained(); }) {}

net::Task<Result<void>> Dispatcher::drained() {
  while (!is_drained()) {
    drained_.reset();
    co_await drained_.wait();
  }
  co_return Result<void>{};
}

void Dispatcher::set_if_drained() {
  if (is_drained()) drained_.set();
}

void Dispatcher::consumed(HeldQueue& queue, const MessageInHand& message) {
  queue.consumed_at_ms = loop_.wall_ms();
  if (queue.done(message.ticket)) ++statistics_.consumed;
}

void Dispatcher::skip(HeldQueue& queue, const MessageInHand& message) {
  log_.warn(str("message ", message.message.message_id(), " of ", to_string(queue.queue),
                " was not consumed, and is not tried again: the group is broadcast to"));
  queue.done(message.ticket);
}

net::Task<Result<void>> Dispatcher::send_back(MessageView message, std::int32_t level) {
  ++giving_back_;
  Result<void> sent = co_await give_back_.later(std::move(message), level);
  --giving_back_;
  co_return sent;
}

void Dispatcher::could_not_give_back(const HeldQueue& queue, const MessageView& message,
                                     const Error& error) {
  log_.warn(str("message ", message.message_id(), " of ", to_string(queue.queue),
                " could not be given back and is kept: ", to_string(error)));
}

// ---- several at once

class ConcurrentDispatcher::Call final : public ListenerCall {
 public:
  Call(ConcurrentDispatcher& dispatcher, std::shared_ptr<HeldQueue> held,
       std::vector<MessageView> views, std::vector<ProcessQueue::Ticket> with_tickets)
      : ListenerCall(std::move(views), std::shared_ptr<const CallGate>(held, &held->gate)),
        queue(std::move(held)),
        tickets(std::move(with_tickets)),
        dispatcher_(dispatcher) {}

  std::vector<MessageInHand> in_hand() const {
    std::vector<MessageInHand> all;
    for (std::size_t i = 0; i < tickets.size(); ++i) {
      if (queue->in_hand.contains(tickets[i])) all.push_back({messages()[i], tickets[i]});
    }
    return all;
  }

  const std::shared_ptr<HeldQueue> queue;
  const std::vector<ProcessQueue::Ticket> tickets;
  bool has_timed_out = false;

 private:
  void came_back() override { dispatcher_.came_back(*this); }
  ConcurrentDispatcher& dispatcher_;
};

ConcurrentDispatcher::ConcurrentDispatcher(net::Loop& loop, const DispatchOptions& options,
                                           Listener listener,
                                           ListenerCalls::RunOnThreads run_on_threads,
                                           GiveBack give_back, const Log& log)
    : Dispatcher(loop, options, std::move(listener), std::move(run_on_threads),
                 std::move(give_back), log) {
  if (options_.consume_timeout > net::Duration::zero()) watch_for_timeouts();
}

ConcurrentDispatcher::~ConcurrentDispatcher() = default;

void ConcurrentDispatcher::deliver(const std::shared_ptr<HeldQueue>& queue,
                                   std::vector<MessageInHand> messages) {
  if (!queue->gate.is_open(loop_.now())) return keep(*queue, std::move(messages));
  std::vector<std::unique_ptr<ListenerCall>> calls;
  std::vector<MessageView> batch;
  std::vector<ProcessQueue::Ticket> tickets;
  const auto end_batch = [&] {
    if (batch.empty()) return;
    calls.push_back(
        std::make_unique<Call>(*this, queue, std::exchange(batch, {}), std::exchange(tickets, {})));
  };
  for (MessageInHand& each : messages) {
    if (!each.message.data().is_readable) {
      log_.warn(str("message ", each.message.message_id(), " of ", to_string(queue->queue),
                    " cannot be unpacked and goes to the dead letters"));
      tasks_.start(give_back(queue, std::move(each), dead_letters_level));
      continue;
    }
    batch.push_back(std::move(each.message));
    tickets.push_back(each.ticket);
    if (batch.size() == options_.batch_size) end_batch();
  }
  end_batch();
  if (!calls.empty()) calls_.start(std::move(calls));
}

void ConcurrentDispatcher::keep(HeldQueue& queue, std::vector<MessageInHand> messages) {
  queue.waiting.insert(queue.waiting.end(), std::make_move_iterator(messages.begin()),
                       std::make_move_iterator(messages.end()));
}

void ConcurrentDispatcher::reopened(const std::shared_ptr<HeldQueue>& queue) {
  if (queue->waiting.empty()) return;
  std::vector<MessageInHand> messages(std::make_move_iterator(queue->waiting.begin()),
                                      std::make_move_iterator(queue->waiting.end()));
  queue->waiting.clear();
  deliver(queue, std::move(messages));
}

void ConcurrentDispatcher::came_back(Call& call) {
  HeldQueue& queue = *call.queue;
  if (queue.is_over || (!call.verdict() && calls_.is_stopped())) return;
  std::vector<MessageInHand> messages = call.in_hand();
  if (!call.verdict()) {
    deliver(call.queue, std::move(messages));  // kept, unless the gate has opened meanwhile
    return;
  }
  if (call.verdict()->kind() != Consumed::Kind::ok && call.has_timed_out) return;
  for (MessageInHand& message : messages) {
    if (call.verdict()->kind() == Consumed::Kind::ok) {
      consumed(queue, message);
    } else {
      tasks_.start(give_back(call.queue, std::move(message), level_of(*call.verdict())));
    }
  }
}

net::Task<> ConcurrentDispatcher::give_back(std::shared_ptr<HeldQueue> queue, MessageInHand message,
                                            std::int32_t level) {
  if (!options_.gives_back) {
    skip(*queue, message);
    co_return;
  }
  for (;;) {
    const Result<void> sent = co_await send_back(message.message, level);
    if (sent) {
      if (queue->done(message.ticket)) ++statistics_.given_back;
      set_if_drained();
      co_return;
    }
    could_not_give_back(*queue, message.message, sent.error());
    set_if_drained();
    co_await net::sleep_for(loop_, options_.keep_for);
    if (queue->is_over || !queue->in_hand.contains(message.ticket)) co_return;
    if (level != dead_letters_level) break;  // the listener may like it better now
  }
  message.message = delivered_again(message.message);
  std::vector<MessageInHand> again;
  again.push_back(std::move(message));
  deliver(queue, std::move(again));
}

void ConcurrentDispatcher::watch_for_timeouts() {
  const net::Duration interval =
      std::max(options_.consume_timeout / looks_per_timeout, look_interval_min);
  timeout_timer_ = loop_.after(interval, [this] {
    const net::TimePoint now = loop_.now();
    std::vector<Call*> late;
    calls_.each([&](ListenerCall& each) {
      auto* const call = dynamic_cast<Call*>(&each);
      if (call == nullptr || call->has_timed_out || call->queue->is_over) return;
      const auto begun = call->begun_at();
      if (begun && now - *begun > options_.consume_timeout) late.push_back(call);
    });
    for (Call* const call : late) {
      call->has_timed_out = true;
      for (MessageInHand& message : call->in_hand()) {
        log_.warn(str("message ", message.message.message_id(), " of ",
                      to_string(call->queue->queue), " takes too long and is given back"));
        ++statistics_.timed_out;
        tasks_.start(give_back(call->queue, std::move(message), timed_out_level));
      }
    }
    watch_for_timeouts();
  });
}

}  // namespace rocketmq::client
