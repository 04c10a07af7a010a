#include "client/pop_dispatch.h"

#include <algorithm>

#include "client/message_view.h"
#include "client/pop_outcome.h"
#include "protocol/str.h"

namespace rocketmq::client {

void PoppedQueue::set_paused(bool pauses) {
  is_paused = pauses;
  for (const auto& each : gates) {
    if (const auto gate = each.lock()) gate->is_paused.store(pauses, std::memory_order_release);
  }
  changed.set();
}

class PopDispatcher::Call final : public ListenerCall {
 public:
  Call(PopDispatcher& dispatcher, std::shared_ptr<PoppedQueue> from,
       std::vector<MessageView> messages, std::shared_ptr<const CallGate> gate)
      : ListenerCall(std::move(messages), gate),
        queue(std::move(from)),
        until(gate->open_until),
        dispatcher_(dispatcher) {}

  const std::shared_ptr<PoppedQueue> queue;
  const net::TimePoint until;

 private:
  void came_back() override { dispatcher_.came_back(*this); }
  PopDispatcher& dispatcher_;
};

PopDispatcher::PopDispatcher(net::Loop& loop, const PopDispatchOptions& options,
                             ListenerCalls& calls, PopClient& pops, ToDeadLetters to_dead_letters,
                             const Log& log)
    : loop_(loop),
      options_(options),
      calls_(calls),
      pops_(pops),
      to_dead_letters_(std::move(to_dead_letters)),
      log_(log) {}

void PopDispatcher::deliver(const std::shared_ptr<PoppedQueue>& queue,
                            std::vector<MessageView> messages, net::TimePoint until) {
  const auto gate = std::make_shared<CallGate>();
  gate->open_until = until;
  gate->is_paused = queue->is_paused;
  std::erase_if(queue->gates, [](const auto& each) { return each.expired(); });
  queue->gates.push_back(gate);

  queue->unacknowledged += messages.size();
  std::vector<std::unique_ptr<ListenerCall>> calls;
  std::vector<MessageView> batch;
  const auto end_batch = [&] {
    if (batch.empty()) return;
    calls.push_back(std::make_unique<Call>(*this, queue, std::exchange(batch, {}), gate));
  };
  for (MessageView& message : messages) {
    if (!message.data().is_readable) {
      log_.warn(str("message ", message.message_id(), " of ", to_string(message.queue()),
                    " cannot be unpacked and goes to the dead letters"));
      tasks_.start(settle(queue, std::move(message), Consumed::to_dead_letters));
      continue;
    }
    batch.push_back(std::move(message));
    if (batch.size() == options_.batch_size) end_batch();
  }
  end_batch();
  if (!calls.empty()) calls_.start(std::move(calls));
}

void PopDispatcher::came_back(Call& call) {
  if (!call.verdict() || loop_.now() >= call.until) {
    if (loop_.now() >= call.until) {
      log_.info(str(call.messages().size(), " messages of ", to_string(call.queue->queue),
                    " were not consumed in time, and come again"));
    }
    return forget(*call.queue, call.messages().size());
  }
  for (const MessageView& message : call.messages()) {
    tasks_.start(settle(call.queue, message, *call.verdict()));
  }
}

void PopDispatcher::forget(PoppedQueue& queue, std::size_t count) {
  queue.unacknowledged -= count;
  queue.changed.set();
}

net::Task<> PopDispatcher::settle(std::shared_ptr<PoppedQueue> queue, MessageView message,
                                  Consumed verdict) {
  ++settling_;
  const Result<void> told = co_await tell(message, verdict);
  if (!told) {
    log_.warn(str("message ", message.message_id(), " of ", to_string(message.queue()),
                  " comes again: ", to_string(told.error())));
  } else if (verdict.kind() == Consumed::Kind::ok) {
    ++statistics_.consumed;
  } else {
    ++statistics_.given_back;
  }
  forget(*queue, 1);
  if (--settling_ == 0) settled_.set();
}

net::Task<Result<void>> PopDispatcher::tell(MessageView message, Consumed verdict) {
  const PopOutcome outcome =
      pop_outcome(verdict, message.reconsume_times(), options_.reconsume_times_max);
  if (outcome.kind == PopOutcome::Kind::show_again) {
    const auto changed = co_await pops_.change_invisible(message, outcome.delay);
    if (!changed) co_return changed.error();
    co_return Result<void>{};
  }
  if (outcome.kind == PopOutcome::Kind::dead_letters) {
    if (auto sent = co_await to_dead_letters_(message); !sent) co_return sent;
  }
  co_return co_await pops_.ack(message);
}

net::Task<Result<void>> PopDispatcher::settled() {
  while (settling_ > 0) {
    settled_.reset();
    co_await settled_.wait();
  }
  co_return Result<void>{};
}

}  // namespace rocketmq::client
