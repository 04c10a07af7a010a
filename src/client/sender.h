#pragma once

#include <rocketmq/producer.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "client/batch_accumulator.h"
#include "client/core.h"
#include "client/deadline_heap.h"
#include "client/fault_detector.h"
#include "client/send.h"
#include "client/send_observer.h"
#include "net/task.h"
#include "net/wait.h"
#include "protocol/requests/message.h"

namespace rocketmq::client {

// The part of a producer that lives on the loop: takes messages, tries them on brokers until one
// has stored them or their time is over, and hands the results on, all those of one turn together.
// Every send it is given ends once.
class Sender : public std::enable_shared_from_this<Sender> {
 public:
  // The group in `options` is that on the wire.
  Sender(std::shared_ptr<Client::Core> core, ProducerOptions options,
         std::shared_ptr<PendingSends> pending);
  ~Sender();
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  // Told of every end from now on; nullptr: nobody. Kept until the sender goes.
  void set_observer(std::shared_ptr<SendObserver> observer) { observer_ = std::move(observer); }

  void start(std::unique_ptr<Send> send);

  // What waits to be put together goes out now.
  void flush();
  // Returns once nothing is under way, or after `timeout`.
  net::Task<> drain(net::Duration timeout);
  // Ends everything under way with client_closed, and whatever is started later; says how many were
  // under way.
  std::size_t fail_all();

 private:
  friend class Attempt;

  // A send goes from attempt to attempt: at once where nothing need be waited for, in its task
  // where something must. When an attempt fails the next begins.
  void begin(Send& send);
  void attempt(Send& send);
  // False: something must be waited for first.
  bool attempt_now(Send& send);
  net::Task<> attempt_later(Send* under_way);
  // False: it has ended.
  bool choose_queue(Send& send);
  bool may_try_again(Send& send, Error error);
  net::Channel* ready_channel(const Send& send) const;
  net::Task<Result<net::Channel*>> channel_to(std::string address, net::TimePoint deadline);
  Result<void> write(Send& send, net::Channel& channel);
  protocol::SendMessageV2 request(const Send& send) const;

  void answered(Send& send, const protocol::Command& answer);
  void failed(Send& send, const Error& error);
  Result<SendReceipt> receipt(Send& send, const protocol::Command& answer) const;

  // Batches that are put together here.
  void send_ready_batches();
  void send_batch(Members members);
  void finish_members(Send& batch, const Result<SendReceipt>& result);
  void arm_linger();

  void finish(Send& send, Result<SendReceipt>&& result);
  void observe(const Send& send) const;
  void count(const Send& send) const;
  void hand_over();  // results to callbacks and promises
  void arm_sweep();
  void sweep();
  net::Task<Result<void>> wait_until_drained();

  BrokerRank rank(std::string_view broker_name, std::string_view address) const;
  void assign_keys(Send& send);

  const std::shared_ptr<Client::Core> core_;
  const ProducerOptions options_;
  const std::shared_ptr<PendingSends> pending_;
  const RankOf rank_of_;
  std::shared_ptr<SendObserver> observer_;
  std::uint32_t next_ticket_;
  std::string unique_key_;  // made here, again and again
  QueueTexts queue_texts_;
  std::optional<FaultTable> faults_;  // none: nobody is avoided
  std::unique_ptr<FaultDetector> detector_;
  std::optional<BatchAccumulator> accumulator_;
  std::unique_ptr<net::Timer> linger_timer_;
  net::TimePoint linger_at_{};  // what the timer is armed for

  DeadlineHeap<Send> under_way_;
  WorkList finished_;
  std::unique_ptr<net::Timer> sweep_timer_;
  net::TimePoint sweep_at_ = net::TimePoint::max();  // what the timer is armed for
  bool is_closed_ = false;
  net::Event drained_;
};

}  // namespace rocketmq::client
