#include "client/pop_loop.h"

#include <utility>

namespace rocketmq::client {

PopLoop::PopLoop(const Shared& shared, const protocol::SubscriptionData& subscription,
                 MessageQueue queue, bool is_paused)
    : shared_(shared),
      subscription_(subscription),
      queue_(std::make_shared<PoppedQueue>(std::move(queue))) {
  queue_->is_paused = is_paused;
  running_ = run();
  running_.start();
}

net::Task<> PopLoop::run() {
  net::Loop& loop = shared_.core.loop();
  const PopLoopOptions& options = shared_.options;
  for (;;) {
    while (queue_->is_paused || queue_->unacknowledged > options.unacknowledged_max) {
      queue_->changed.reset();
      co_await queue_->changed.wait();
    }
    const net::TimePoint asked_at = loop.now();
    Pop what{.from = queue_->queue,
             .max = options.batch_size,
             .invisible = options.invisible,
             .wait = options.poll_timeout,
             .init_mode = options.init_mode};
    auto popped = co_await shared_.pops.pop(std::move(what), subscription_);
    if (!popped) {
      co_await recover(std::move(popped).error());
      continue;
    }
    failures_ = 0;
    if (!popped->messages.empty()) {
      shared_.dispatcher.deliver(queue_, std::move(popped->messages),
                                 loop.now() + options.invisible);
    } else if (popped->was_not_held) {
      co_await net::sleep_for(loop, shared_.core.jittered(options.error_delay));
    } else if (loop.now() - asked_at < options.error_delay) {
      // Normally a broker with nothing to give takes its time over saying so.
      co_await net::sleep_for(loop, options.idle_delay);
    }
  }
}

net::Task<> PopLoop::recover(Error error) {
  // Said once, not every second for as long as a broker is down.
  const LogLevel level = failures_++ == 0 ? LogLevel::warning : LogLevel::debug;
  if (shared_.core.log().takes(level)) {
    shared_.core.log().write(level,
                             str("popping ", to_string(queue_->queue), ": ", to_string(error)));
  }
  const net::Duration delay = error.code == ResponseCode::flow_control
                                  ? shared_.options.flow_control_delay
                                  : shared_.options.error_delay;
  co_await net::sleep_for(shared_.core.loop(), shared_.core.jittered(delay));
}

}  // namespace rocketmq::client
