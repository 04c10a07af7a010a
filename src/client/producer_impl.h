#pragma once

#include <rocketmq/producer.h>

#include <atomic>
#include <memory>

#include "client/core.h"
#include "client/message_prep.h"
#include "client/pending_sends.h"
#include "client/sender.h"

namespace rocketmq {

// The part of a producer that users' threads run: checks and prepares messages, limits what is
// under way, and queues it for the Sender. Many calls wake the loop once.
class Producer::Impl : public std::enable_shared_from_this<Impl> {
 public:
  static Result<std::shared_ptr<Impl>> create(std::shared_ptr<Client::Core> core,
                                              ProducerOptions options);
  ~Impl();

  Result<SendReceipt> send(const Message& message);
  void send_async(const Message& message, SendCallback done);
  std::future<Result<SendReceipt>> send_future(const Message& message);
  Result<void> send_oneway(const Message& message);
  Result<void> close(std::chrono::milliseconds deadline);
  // The loop's part of it: drains until the deadline, fails the rest, leaves the group. How many
  // were unfinished.
  net::Task<Result<std::size_t>> shut_down(net::Duration deadline);

 private:
  Impl(std::shared_ptr<Client::Core> core, ProducerOptions options);

  // A send that counts as begun: prepared and within the limits, or refused.
  std::unique_ptr<client::Send> begin(const Message& message, client::Send::Done done,
                                      client::BodyMemory body);
  Result<client::PreparedMessage> admit(const Message& message, client::BodyMemory body);
  Error refusal(std::unique_ptr<client::Send> send);
  void enqueue(std::unique_ptr<client::Send> send);
  void start_queued();  // on the loop

  std::size_t shut_down_at_once();

  const std::shared_ptr<Client::Core> core_;
  const ProducerOptions options_;
  const client::PrepareOptions prepare_options_;
  const std::shared_ptr<client::PendingSends> pending_;
  std::shared_ptr<client::Sender> sender_;
  std::atomic<client::Send*> queue_ = nullptr;  // the newest first
  std::atomic<bool> is_closed_ = false;
};

}  // namespace rocketmq
