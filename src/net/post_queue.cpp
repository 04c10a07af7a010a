#include "net/post_queue.h"

#include <utility>

#ifdef _WIN32
#include <winsock2.h>
#else
#include <sys/socket.h>
#endif

namespace rocketmq::net {
namespace {

#ifdef _WIN32
constexpr int wake_family = AF_INET;
#else
constexpr int wake_family = AF_UNIX;
#endif

}  // namespace

PostQueue::PostQueue() {
  evutil_socket_t pair[2];
  if (evutil_socketpair(wake_family, SOCK_STREAM, 0, pair) != 0) std::terminate();
  for (const evutil_socket_t fd : pair) {
    evutil_make_socket_nonblocking(fd);
    evutil_make_socket_closeonexec(fd);
  }
  wake_reader_ = Socket(pair[0]);
  wake_writer_ = Socket(pair[1]);
}

void PostQueue::post(std::function<void()> function) {
  bool must_wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (is_closed_) return;
    functions_.push_back(std::move(function));
    must_wake = std::exchange(is_asleep_, false);
    if (lead_ == Lead::free) take_back();
  }
  if (must_wake) call();
}

void PostQueue::wake() {
  {
    const std::lock_guard lock(mutex_);
    if (lead_ == Lead::free) take_back();
  }
  call();
}

// When the pipe is full the loop has enough to wake up by.
void PostQueue::call() { wake_writer_.write("!", 1); }

void PostQueue::take_back() {
  lead_ = Lead::own;
  lead_changed_.notify_one();
}

void PostQueue::stand_aside(std::chrono::steady_clock::duration patience) {
  std::unique_lock lock(mutex_);
  if (!functions_.empty()) return;
  lead_ = Lead::free;
  const auto is_ours = [this] { return lead_ == Lead::own; };
  while (!is_ours()) {
    const std::uint64_t led_before = times_led_;
    if (lead_changed_.wait_for(lock, patience, is_ours) || times_led_ != led_before) continue;
    if (lead_ == Lead::free) {
      lead_ = Lead::own;
    } else {
      is_patience_over_ = true;
      lead_changed_.wait(lock, is_ours);
    }
  }
  is_patience_over_ = false;
}

bool PostQueue::try_lead() {
  const std::lock_guard lock(mutex_);
  if (lead_ != Lead::free) return false;
  lead_ = Lead::taken;
  ++times_led_;
  return true;
}

void PostQueue::give_back(bool may_stay_free) {
  const std::lock_guard lock(mutex_);
  if (may_stay_free && functions_.empty() && !is_patience_over_) {
    lead_ = Lead::free;
  } else {
    take_back();
  }
}

void PostQueue::drain() {
  char bytes[64];
  while (wake_reader_.read(bytes, sizeof bytes).bytes == sizeof bytes) {
  }
}

void PostQueue::take(std::vector<std::function<void()>>& taken) {
  const std::lock_guard lock(mutex_);
  is_asleep_ = false;
  taken.swap(functions_);
}

bool PostQueue::may_sleep() {
  const std::lock_guard lock(mutex_);
  is_asleep_ = functions_.empty();
  return is_asleep_;
}

void PostQueue::close() {
  std::vector<std::function<void()>> dropped;  // destroyed without the lock: they may own a lot
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  dropped.swap(functions_);
}

}  // namespace rocketmq::net
