#pragma once

#include <event2/util.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "net/socket.h"

// Private to src/net.

namespace rocketmq::net {

// Where threads meet: functions that others want run on a loop, and which thread runs that. Held by
// a shared_ptr, so that a thread that is slow to answer may post after the loop is gone.
//
// The loop's own thread may stand aside; then another can lead, which is to run the loop, and both
// are back with the own thread as soon as something is posted that nobody would run:
//
//   own ──stand_aside()──► free ──try_lead()──► taken ──give_back()──► free or own
//                          free ──post(), wake(), time──► own
class PostQueue {
 public:
  PostQueue();

  // Any thread. Wakes the loop if it sleeps.
  void post(std::function<void()> function);
  void wake();

  // The own thread: returns when it has to run the loop again. At the latest when nobody has led
  // for `patience`.
  void stand_aside(std::chrono::steady_clock::duration patience);
  // Another thread. True: it runs the loop from now on, until it gives that back.
  bool try_lead();
  // May the lead stay free for the next who wants it? If not, or if there is something to do, the
  // own thread takes it.
  void give_back(bool may_stay_free);

  // Whoever runs the loop: what was posted, in order, into `taken`, which is empty.
  void take(std::vector<std::function<void()>>& taken);
  // Before sleeping: false when there is something to do first.
  bool may_sleep();
  // Drops what is left, and whatever comes later.
  void close();

  // Readable when the loop was woken; drain() before sleeping again.
  evutil_socket_t wake_fd() const { return wake_reader_.fd(); }
  void drain();

 private:
  enum class Lead { own, free, taken };
  void take_back();  // with the lock
  void call();       // out of the wait for events

  std::mutex mutex_;
  std::vector<std::function<void()>> functions_;
  bool is_asleep_ = false;
  bool is_closed_ = false;
  Lead lead_ = Lead::own;
  std::uint64_t times_led_ = 0;
  bool is_patience_over_ = false;  // somebody leads for long: the own thread sleeps until called
  std::condition_variable lead_changed_;
  Socket wake_reader_;
  Socket wake_writer_;
};

}  // namespace rocketmq::net
