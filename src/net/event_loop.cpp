#include "net/event_loop.h"

#include <atomic>
#include <future>
#include <thread>
#include <utility>

#include "net/reactor.h"
#include "net/resolver.h"
#include "net/tcp_connect.h"
#include "net/tcp_listener.h"

namespace rocketmq::net {

namespace {

// A caller that begins to wait so soon after the last wait will do so again.
constexpr Duration soon = std::chrono::milliseconds(1);

}  // namespace

class EventLoop::Impl {
 public:
  Reactor reactor;
  Resolver resolver{reactor.posts()};
  std::thread thread;
  std::atomic<TimePoint> last_wait_ended{TimePoint::min()};
};

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {}

EventLoop::~EventLoop() {
  stop();
  if (impl_->thread.joinable()) impl_->thread.join();
  impl_->reactor.posts()->close();
}

void EventLoop::start() {
  std::promise<void> running;
  post([&running] { running.set_value(); });
  impl_->thread = std::thread([this] { run(); });
  running.get_future().wait();  // from here on in_loop_thread() tells the truth
}
void EventLoop::run() { impl_->reactor.run(); }
void EventLoop::stop() { impl_->reactor.stop(); }

void EventLoop::let_callers_lead(std::function<bool()> is_idle) {
  impl_->reactor.let_callers_lead(std::move(is_idle));
}

EventLoop::Lead::Lead(EventLoop& loop) : loop_(loop), is_held_(loop.impl_->reactor.try_lead()) {
  if (is_held_) return;
  const TimePoint last = loop_.impl_->last_wait_ended.load(std::memory_order_relaxed);
  if (Clock::now() < last + soon) loop_.impl_->reactor.stand_aside_soon();
}

EventLoop::Lead::~Lead() {
  give_back();
  loop_.impl_->last_wait_ended.store(Clock::now(), std::memory_order_relaxed);
}

void EventLoop::Lead::run_until(const std::function<bool()>& is_done) {
  if (!is_held_) return;
  loop_.impl_->reactor.run_until(is_done);
  give_back();
}

void EventLoop::Lead::give_back() {
  if (std::exchange(is_held_, false)) loop_.impl_->reactor.give_back();
}

TimePoint EventLoop::now() const { return Clock::now(); }

std::int64_t EventLoop::wall_ms() const {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

void EventLoop::post(std::function<void()> function) {
  impl_->reactor.posts()->post(std::move(function));
}
void EventLoop::defer(std::function<void()> function) { impl_->reactor.defer(std::move(function)); }
std::unique_ptr<Timer> EventLoop::after(Duration delay, std::function<void()> function) {
  return impl_->reactor.after(delay, std::move(function));
}
bool EventLoop::in_loop_thread() const { return impl_->reactor.in_loop_thread(); }

Result<std::unique_ptr<Listener>> EventLoop::listen(std::string_view address,
                                                    const ListenOptions& options,
                                                    OnAccept on_accept) {
  return TcpListener::open(impl_->reactor, address, options, std::move(on_accept));
}

std::unique_ptr<Connecting> EventLoop::connect(std::string_view address,
                                               const ConnectOptions& options,
                                               OnConnect on_connect) {
  return std::make_unique<TcpConnecting>(impl_->reactor, impl_->resolver, address, options,
                                         std::move(on_connect));
}

}  // namespace rocketmq::net
