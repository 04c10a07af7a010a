#include "client/ordered_dispatch.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "client/delay_level.h"
#include "client/message_view.h"
#include "protocol/str.h"

namespace rocketmq::client {

using namespace std::chrono_literals;

net::Duration suspend_delay(const Consumed& verdict, net::Duration usual) {
  const net::Duration asked = verdict.delay();
  // Java: ConsumeMessageOrderlyService.submitConsumeRequestLater.
  return std::clamp<net::Duration>(asked > asked.zero() ? asked : usual, 10ms, 30s);
}

class OrderedDispatcher::Call final : public ListenerCall {
 public:
  Call(OrderedDispatcher& dispatcher, std::shared_ptr<HeldQueue> held)
      : ListenerCall({held->waiting.front().message},
                     std::shared_ptr<const CallGate>(held, &held->gate)),
        queue(std::move(held)),
        dispatcher_(dispatcher) {}

  const std::shared_ptr<HeldQueue> queue;

 private:
  void came_back() override { dispatcher_.came_back(*this); }
  OrderedDispatcher& dispatcher_;
};

void OrderedDispatcher::deliver(const std::shared_ptr<HeldQueue>& queue,
                                std::vector<MessageInHand> messages) {
  queue->waiting.insert(queue->waiting.end(), std::make_move_iterator(messages.begin()),
                        std::make_move_iterator(messages.end()));
  go_on(queue);
}

// Gives the listener the queue's next message, if it may have one now.
void OrderedDispatcher::go_on(std::shared_ptr<HeldQueue> queue) {
  if (queue->is_busy || queue->is_suspended) return;
  // A reset may have taken messages back.
  while (!queue->waiting.empty() && !queue->in_hand.contains(queue->waiting.front().ticket)) {
    queue->waiting.pop_front();
  }
  if (queue->waiting.empty() || calls_.is_stopped() || !queue->gate.is_open(loop_.now())) {
    return queue->idle.set();
  }
  queue->is_busy = true;
  queue->idle.reset();
  const MessageView& next = queue->waiting.front().message;
  if (next.data().is_readable) return calls_.start(std::make_unique<Call>(*this, queue));
  log_.warn(str("message ", next.message_id(), " of ", to_string(queue->queue),
                " cannot be unpacked and goes to the dead letters"));
  tasks_.start(give_up_first(queue, false));
}

void OrderedDispatcher::came_back(Call& call) {
  const std::shared_ptr<HeldQueue> queue = call.queue;
  const auto& verdict = call.verdict();
  queue->is_busy = false;
  if (queue->is_over || (!verdict && calls_.is_stopped())) return queue->idle.set();
  if (verdict && queue->in_hand.contains(queue->waiting.front().ticket)) {
    switch (verdict->kind()) {
      case Consumed::Kind::ok:
        consumed(*queue, queue->waiting.front());
        queue->waiting.pop_front();
        break;
      case Consumed::Kind::retry:
        try_again(queue, *verdict);
        break;
      case Consumed::Kind::dead_letters:
        queue->is_busy = true;
        tasks_.start(give_up_first(queue, false));
        return;
    }
  }
  go_on(queue);
}

bool OrderedDispatcher::is_tried_enough(const MessageView& message) const {
  return options_.reconsume_times_max >= 0 &&
         message.reconsume_times() >= options_.reconsume_times_max;
}

void OrderedDispatcher::try_again(const std::shared_ptr<HeldQueue>& queue,
                                  const Consumed& verdict) {
  MessageInHand& first = queue->waiting.front();
  if (is_tried_enough(first.message)) {
    queue->is_busy = true;
    tasks_.start(give_up_first(queue, true));
    return;
  }
  first.message = delivered_again(first.message);
  tasks_.start(suspend(queue, suspend_delay(verdict, options_.suspend_time)));
}

net::Task<> OrderedDispatcher::suspend(std::shared_ptr<HeldQueue> queue, net::Duration delay) {
  queue->is_suspended = true;
  queue->idle.set();
  co_await net::sleep_for(loop_, delay);
  queue->is_suspended = false;
  if (!queue->is_over) go_on(std::move(queue));
}

net::Task<Result<void>> OrderedDispatcher::send_away(MessageView message, bool was_tried_enough) {
  if (!was_tried_enough) co_return co_await send_back(std::move(message), dead_letters_level);
  ++giving_back_;
  Result<void> sent = co_await give_back_.tried_enough(std::move(message));
  --giving_back_;
  co_return sent;
}

// The queue is busy meanwhile.
net::Task<> OrderedDispatcher::give_up_first(std::shared_ptr<HeldQueue> queue,
                                             bool was_tried_enough) {
  const MessageInHand first = queue->waiting.front();
  Result<void> sent;
  if (options_.gives_back) sent = co_await send_away(first.message, was_tried_enough);
  queue->is_busy = false;
  if (queue->is_over) {
    queue->idle.set();
  } else if (!sent) {
    could_not_give_back(*queue, first.message, sent.error());
    tasks_.start(suspend(queue, options_.keep_for));
  } else {
    if (!options_.gives_back) {
      skip(*queue, first);
    } else if (queue->done(first.ticket)) {
      ++statistics_.given_back;
    }
    queue->waiting.pop_front();
    go_on(queue);
  }
  set_if_drained();
}

}  // namespace rocketmq::client
