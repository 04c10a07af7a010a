#include "net/event_loop.h"

#include <future>
#include <thread>
#include <utility>

#include "net/reactor.h"
#include "net/resolver.h"
#include "net/tcp_connect.h"
#include "net/tcp_listener.h"

namespace rocketmq::net {

class EventLoop::Impl {
 public:
  Reactor reactor;
  Resolver resolver{reactor.posts()};
  std::thread thread;
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
