#pragma once

#include <memory>
#include <vector>

#include "client/dispatch.h"

namespace rocketmq::client {

// One message of a queue at a time, in the order stored; different queues side by side:
//
//   ok            the next one
//   retry         the queue stands still, then the listener gets the same message again, with
//                 reconsume_times() one higher; when that has reached its limit, the message goes
//                 to the dead letters
//   dead letters  there at once
//
// Java: ConsumeMessageOrderlyService.
class OrderedDispatcher final : public Dispatcher {
 public:
  using Dispatcher::Dispatcher;

  void deliver(const std::shared_ptr<HeldQueue>& queue,
               std::vector<MessageInHand> messages) override;
  void reopened(const std::shared_ptr<HeldQueue>& queue) override { go_on(queue); }

 private:
  class Call;

  void go_on(std::shared_ptr<HeldQueue> queue);
  void came_back(Call& call);
  void try_again(const std::shared_ptr<HeldQueue>& queue, const Consumed& verdict);
  net::Task<> suspend(std::shared_ptr<HeldQueue> queue, net::Duration delay);
  net::Task<> give_up_first(std::shared_ptr<HeldQueue> queue, bool was_tried_enough);
  net::Task<Result<void>> send_away(MessageView message, bool was_tried_enough);
  bool is_tried_enough(const MessageView& message) const;

  net::TaskSet tasks_;
};

// How long a queue stands still for a message to be tried again: what the listener asks for, or
// else `usual`, within what Java allows.
net::Duration suspend_delay(const Consumed& verdict, net::Duration usual);

}  // namespace rocketmq::client
