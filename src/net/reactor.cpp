#include "net/reactor.h"

#include <event2/event.h>

#include <algorithm>
#include <utility>

#include "net/tcp_stream.h"

namespace rocketmq::net {
namespace {

// Memory kept for the next writer; more would be a burst that is over.
constexpr std::size_t kept_buffers_max = 32;
constexpr std::size_t kept_buffer_bytes_max = 256 * 1024;

// So long the loop's own thread leaves it to a caller to come back, and what arrives meanwhile
// waits as long, or twice. A caller that sends as fast as it can is back within tenths of this.
constexpr Duration lead_patience = std::chrono::milliseconds(2);

event_base* make_base() {
  event_config* const config = event_config_new();
  // Only the loop's thread touches it; PostQueue is how others reach it.
  event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
  event_base* const base = event_base_new_with_config(config);
  event_config_free(config);
  if (base == nullptr) std::terminate();  // no epoll, no descriptors: nothing can work
  return base;
}

timeval to_timeval(Duration delay) {
  const auto us = std::chrono::ceil<std::chrono::microseconds>(std::max(delay, Duration::zero()));
  timeval time{};
  time.tv_sec = static_cast<decltype(time.tv_sec)>(us.count() / 1'000'000);
  time.tv_usec = static_cast<decltype(time.tv_usec)>(us.count() % 1'000'000);
  return time;
}

class EventTimer final : public Timer {
 public:
  EventTimer(Duration delay, std::function<void()> function)
      : due_(Clock::now() + delay), function_(std::move(function)) {}

  void arm(EventPointer timer) {
    event_ = std::move(timer);
    add(due_ - Clock::now());
  }

  void fired() {
    // libevent counts with a coarse clock and may be some milliseconds early.
    if (const Duration rest = due_ - Clock::now(); rest > Duration::zero()) return add(rest);
    const auto function = std::move(function_);  // it may destroy us
    function();
  }

 private:
  void add(Duration delay) {
    const timeval time = to_timeval(delay);
    event_add(event_.get(), &time);
  }

  const TimePoint due_;
  std::function<void()> function_;
  EventPointer event_;
};

}  // namespace

void FreeEvent::operator()(event* of) const { event_free(of); }

Reactor::Reactor()
    : base_(make_base()),
      posts_(std::make_shared<PostQueue>()),
      wake_event_(
          make_event<Reactor, &Reactor::woken>(posts_->wake_fd(), EV_READ | EV_PERSIST, this)) {
  event_add(wake_event_.get(), nullptr);
}

Reactor::~Reactor() {
  posts_->close();
  deferred_.clear();
  wake_event_.reset();
  event_base_free(base_);
}

EventPointer Reactor::make_event(evutil_socket_t fd, short what, Callback callback, void* owner) {
  EventPointer made(event_new(base_, fd, what, callback, owner));
  if (made == nullptr) throw std::bad_alloc();
  return made;
}

std::unique_ptr<Timer> Reactor::after(Duration delay, std::function<void()> function) {
  auto timer = std::make_unique<EventTimer>(delay, std::move(function));
  timer->arm(make_event<EventTimer, &EventTimer::fired>(-1, 0, timer.get()));
  return timer;
}

bool Reactor::in_loop_thread() const {
  const std::thread::id runner = runner_.load(std::memory_order_acquire);
  return runner == std::thread::id() || runner == std::this_thread::get_id();
}

void Reactor::run() {
  own_thread_ = std::this_thread::get_id();
  set_runner(own_thread_);
  for (;;) {
    run_posted();
    run_deferred();
    if (must_stop_.load(std::memory_order_acquire)) break;
    if (is_lead_wanted_.load(std::memory_order_relaxed) && is_idle()) {
      is_lead_wanted_.store(false, std::memory_order_relaxed);
      posts_->stand_aside(lead_patience);
      continue;
    }
    wait_for_events();
  }
  set_runner({});
}

void Reactor::wait_for_events() {
  const int how = posts_->may_sleep() ? EVLOOP_ONCE : EVLOOP_ONCE | EVLOOP_NONBLOCK;
  event_base_loop(base_, how);
}

bool Reactor::try_lead() {
  if (!posts_->try_lead()) return false;
  set_runner(std::this_thread::get_id());
  return true;
}

void Reactor::run_until(const std::function<bool()>& is_done) {
  for (;;) {
    run_posted();
    run_deferred();
    if (is_done() || must_stop_.load(std::memory_order_acquire)) return;
    wait_for_events();
  }
}

void Reactor::give_back() {
  const bool may_stay_free = is_idle();
  set_runner(own_thread_);
  posts_->give_back(may_stay_free);
}

void Reactor::stop() {
  must_stop_.store(true, std::memory_order_release);
  posts_->wake();
}

void Reactor::run_posted() {
  posts_->take(running_);
  for (auto& function : running_) std::exchange(function, nullptr)();
  running_.clear();
}

void Reactor::run_deferred() {
  while (!deferred_.empty() || !dirty_.empty()) {
    running_.swap(deferred_);
    for (auto& function : running_) std::exchange(function, nullptr)();
    running_.clear();
    if (!deferred_.empty()) continue;
    // A stream may be destroyed by another's handler: it forgets itself.
    while (!dirty_.empty()) {
      TcpStream* const stream = dirty_.back();
      dirty_.pop_back();
      stream->at_turn_end();
    }
  }
  turn_output_bytes = 0;
}

void Reactor::forget(TcpStream& stream) { std::erase(dirty_, &stream); }

protocol::Buffer Reactor::take_buffer() {
  if (buffers_.empty()) return {};
  protocol::Buffer buffer = std::move(buffers_.back());
  buffers_.pop_back();
  return buffer;
}

void Reactor::give_buffer(protocol::Buffer buffer) {
  if (buffer.capacity() > kept_buffer_bytes_max || buffers_.size() >= kept_buffers_max) return;
  buffer.clear();
  buffers_.push_back(std::move(buffer));
}

}  // namespace rocketmq::net
