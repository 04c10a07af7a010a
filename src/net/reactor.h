#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "net/loop.h"
#include "net/post_queue.h"
#include "protocol/buffer.h"

// Private to src/net: the part of an EventLoop that streams and listeners see.

struct event;
struct event_base;

namespace rocketmq::net {

class TcpStream;

struct FreeEvent {
  void operator()(event* of) const;
};
using EventPointer = std::unique_ptr<event, FreeEvent>;

class Reactor {
 public:
  Reactor();
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  void run();
  void stop();  // any thread
  bool in_loop_thread() const;

  // ---- callers that lead; see EventLoop::Lead

  void let_callers_lead(std::function<bool()> is_idle) { is_idle_ = std::move(is_idle); }
  bool try_lead();
  // Runs the loop on this thread, which leads, until `is_done()`; sooner if it must stop.
  void run_until(const std::function<bool()>& is_done);
  void give_back();
  // A caller comes again and again: it may lead as soon as the loop has nothing else to do.
  void stand_aside_soon() { is_lead_wanted_.store(true, std::memory_order_relaxed); }

  const std::shared_ptr<PostQueue>& posts() { return posts_; }
  void defer(std::function<void()> function) { deferred_.push_back(std::move(function)); }
  std::unique_ptr<Timer> after(Duration delay, std::function<void()> function);

  // An event for `fd`, not yet added. `owner`'s member function is called.
  template <class T, void (T::*on_event)()>
  EventPointer make_event(evutil_socket_t fd, short what, T* owner) {
    return make_event(
        fd, what, [](evutil_socket_t, short, void* of) { (static_cast<T*>(of)->*on_event)(); },
        owner);
  }

  // Has stream.at_turn_end() called when this turn ends, after all that was deferred.
  void at_turn_end(TcpStream& stream) { dirty_.push_back(&stream); }
  void forget(TcpStream& stream);

  // What every stream reads into first; empty between two reads. Idle streams have no memory.
  protocol::Buffer& scratch() { return scratch_; }
  // Buffers to write from, and back with them once they are empty.
  protocol::Buffer take_buffer();
  void give_buffer(protocol::Buffer buffer);
  // By all streams, for their peers: StreamOptions::held_bytes_of_all_max.
  std::size_t held_bytes = 0;
  // Written to all streams by those who answered what was read in this turn.
  std::size_t turn_output_bytes = 0;

 private:
  using Callback = void (*)(evutil_socket_t, short, void*);
  EventPointer make_event(evutil_socket_t fd, short what, Callback callback, void* owner);
  void run_posted();
  void run_deferred();
  void wait_for_events();
  bool is_idle() const { return is_idle_ && is_idle_(); }
  void set_runner(std::thread::id runner) { runner_.store(runner, std::memory_order_release); }
  void woken() { posts_->drain(); }

  event_base* const base_;
  const std::shared_ptr<PostQueue> posts_;
  EventPointer wake_event_;
  std::vector<std::function<void()>> deferred_;
  std::vector<std::function<void()>> running_;  // its memory is used again in every turn
  std::vector<TcpStream*> dirty_;
  protocol::Buffer scratch_;
  std::vector<protocol::Buffer> buffers_;
  std::atomic<bool> must_stop_{false};
  std::atomic<std::thread::id> runner_{};
  std::thread::id own_thread_;     // of run()
  std::function<bool()> is_idle_;  // none: nobody else leads
  std::atomic<bool> is_lead_wanted_{false};
};

}  // namespace rocketmq::net
