#pragma once

#include <rocketmq/producer.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "client/core.h"
#include "client/send.h"
#include "client/send_plan.h"
#include "net/task.h"
#include "net/wait.h"
#include "protocol/requests/message.h"

namespace rocketmq::client {

// The part of a producer that lives on the loop: takes messages, tries them on brokers until one
// has stored them or their time is over, and hands the results on, all those of one turn together.
// Every send it is given ends once.
class Sender : public std::enable_shared_from_this<Sender> {
 public:
  Sender(std::shared_ptr<Client::Core> core, ProducerOptions options);
  ~Sender();
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  void start(std::unique_ptr<Send> send);

  // Returns once nothing is under way, or after `timeout`.
  net::Task<> drain(net::Duration timeout);
  // Ends everything under way with client_closed, and whatever is started later; says how many were
  // under way.
  std::size_t fail_all();

 private:
  net::Task<> run(Send* under_way);
  net::Task<Result<net::Channel*>> channel_to(std::string address, net::TimePoint deadline);
  protocol::SendMessageV2 request(const Send& send, const Route& route,
                                  const PublishQueue& queue) const;
  net::Task<Result<void>> wait_until_drained();

  void finish(Send& send, Result<SendReceipt> result);
  void hand_over();  // results to callbacks and promises
  void arm_sweep();
  void sweep();

  const std::shared_ptr<Client::Core> core_;
  const ProducerOptions options_;
  const IsReachable is_reachable_;
  std::uint32_t next_ticket_;
  std::string unique_key_;  // made here, again and again

  SendList under_way_;
  WorkList finished_;
  std::unique_ptr<net::Timer> sweep_timer_;
  bool is_closed_ = false;
  net::Event drained_;
};

}  // namespace rocketmq::client
