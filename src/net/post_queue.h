#pragma once

#include <event2/util.h>

#include <functional>
#include <mutex>
#include <vector>

#include "net/socket.h"

// Private to src/net.

namespace rocketmq::net {

// Functions that other threads want run on a loop's thread. The one place where threads meet; held
// by a shared_ptr, so that a thread that is slow to answer may post after the loop is gone.
class PostQueue {
 public:
  PostQueue();

  // Any thread. Wakes the loop if it sleeps.
  void post(std::function<void()> function);
  void wake();

  // The loop's thread: what was posted, in order, into `taken`, which is empty.
  void take(std::vector<std::function<void()>>& taken);
  // Before sleeping: false when there is something to do first.
  bool may_sleep();
  // Drops what is left, and whatever comes later.
  void close();

  // Readable when the loop was woken; drain() before sleeping again.
  evutil_socket_t wake_fd() const { return wake_reader_.fd(); }
  void drain();

 private:
  std::mutex mutex_;
  std::vector<std::function<void()>> functions_;
  bool is_asleep_ = false;
  bool is_closed_ = false;
  Socket wake_reader_;
  Socket wake_writer_;
};

}  // namespace rocketmq::net
