#pragma once

#include <rocketmq/result.h>

#include <atomic>
#include <cstddef>
#include <deque>
#include <future>
#include <memory>

#include "client/pending_sends.h"
#include "net/loop.h"

namespace rocketmq::client {

// Threads that wait until one more send is admitted, first come first served. Its queue belongs to
// the loop. Java: DefaultMQProducerImpl.executeAsyncMessageSend's two semaphores.
class RoomQueue : public std::enable_shared_from_this<RoomQueue> {
 public:
  // `loop` lives as long as anybody waits.
  explicit RoomQueue(net::Loop& loop) : loop_(loop) {}

  // Blocks until there is room for a send of so many bytes, and takes it. Not on the loop's thread.
  // Errors: overloaded, at the deadline; client_closed.
  Result<void> wait(PendingSends& pending, std::size_t bytes, net::TimePoint deadline);

  // There may be room. Any thread.
  void room_was_made();
  // Refuses those who wait, and whoever comes later. On the loop.
  void close();

 private:
  struct Waiter {
    PendingSends& pending;
    const std::size_t bytes;
    std::promise<Result<void>> end;
    std::unique_ptr<net::Timer> timer;
  };

  void add(std::shared_ptr<Waiter> waiter, net::TimePoint deadline);
  void serve();

  net::Loop& loop_;
  std::atomic<bool> is_posted_ = false;
  bool is_closed_ = false;
  std::deque<std::shared_ptr<Waiter>> waiters_;
};

}  // namespace rocketmq::client
