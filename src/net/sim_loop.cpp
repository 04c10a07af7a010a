#include "net/sim_loop.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "net/sim_network.h"
#include "net/sim_stream.h"

namespace rocketmq::net {
namespace {

constexpr TimePoint time_at_start{std::chrono::hours(1000)};
constexpr std::int64_t wall_ms_at_start = 1'700'000'000'000;

}  // namespace

class SimLoop::Impl final : public SimScheduler {
 public:
  explicit Impl(std::uint64_t seed) : network(*this, seed) {}
  // Functions that are dropped may own streams, whose end makes new events.
  ~Impl() {
    deferred_.clear();
    while (!events_.empty()) std::exchange(events_, {});
  }

  // Due functions by time and, within it, by the order they were asked for.
  using Key = std::pair<TimePoint, std::uint64_t>;

  TimePoint now() const override { return now_; }
  void at(TimePoint time, std::function<void()> function) override {
    add(time, std::move(function));
  }
  void flush_later(SimStream& stream) override {
    if (std::find(dirty_.begin(), dirty_.end(), &stream) == dirty_.end()) dirty_.push_back(&stream);
  }
  void forget(SimStream& stream) override { std::erase(dirty_, &stream); }

  Key add(TimePoint time, std::function<void()> function) {
    const Key key{std::max(time, now_), next_number_++};
    events_.emplace(key, std::move(function));
    return key;
  }
  void cancel(const Key& key) { events_.erase(key); }

  void post(std::function<void()> function) {
    const std::lock_guard lock(posted_mutex_);
    posted_.push_back(std::move(function));
  }
  void defer(std::function<void()> function) { deferred_.push_back(std::move(function)); }

  void run_ready() {
    while (run_turn()) {
    }
  }

  // Moves to the next event if there is one not after `end`.
  bool step_to_next_event(TimePoint end) {
    if (events_.empty() || events_.begin()->first.first > end) return false;
    now_ = events_.begin()->first.first;
    return true;
  }
  void set_now(TimePoint now) { now_ = now; }

  SimNetwork network;

 private:
  // False when there was nothing to do.
  bool run_turn() {
    const bool had_events = run_due();
    const bool had_posted = run_posted();
    const bool had_deferred = run_deferred();
    return had_events || had_posted || had_deferred;
  }

  bool run_due() {
    const std::uint64_t first_of_next_turn = next_number_;
    bool worked = false;
    for (auto next = events_.begin(); next != events_.end() && next->first.first <= now_;) {
      if (next->first.second >= first_of_next_turn) {
        ++next;
        continue;
      }
      const auto event = events_.extract(next);
      event.mapped()();
      worked = true;
      next = events_.begin();
    }
    return worked;
  }

  bool run_posted() {
    std::vector<std::function<void()>> posted;
    {
      const std::lock_guard lock(posted_mutex_);
      posted.swap(posted_);
    }
    for (auto& function : posted) std::exchange(function, nullptr)();
    return !posted.empty();
  }

  bool run_deferred() {
    bool worked = false;
    while (!deferred_.empty() || !dirty_.empty()) {
      worked = true;
      for (auto& function : std::exchange(deferred_, {})) std::exchange(function, nullptr)();
      if (!deferred_.empty()) continue;
      while (!dirty_.empty()) {
        SimStream* const stream = dirty_.front();
        dirty_.erase(dirty_.begin());
        stream->flush();
      }
    }
    return worked;
  }

  TimePoint now_ = time_at_start;
  std::uint64_t next_number_ = 0;
  std::map<Key, std::function<void()>> events_;
  std::vector<std::function<void()>> deferred_;
  std::vector<SimStream*> dirty_;
  std::mutex posted_mutex_;
  std::vector<std::function<void()>> posted_;
};

SimLoop::SimLoop(std::uint64_t seed) : impl_(std::make_unique<Impl>(seed)) {}
SimLoop::~SimLoop() = default;

void SimLoop::run_ready() { impl_->run_ready(); }

void SimLoop::advance(Duration duration) {
  const TimePoint end = now() + duration;
  impl_->run_ready();
  while (impl_->step_to_next_event(end)) impl_->run_ready();
  impl_->set_now(end);
}

bool SimLoop::run_until(const std::function<bool()>& reached, Duration limit) {
  const TimePoint end = now() + limit;
  impl_->run_ready();
  while (!reached()) {
    if (!impl_->step_to_next_event(end)) return false;
    impl_->run_ready();
  }
  return true;
}

SimLoop::Link& SimLoop::link(std::string_view address) { return impl_->network.node(address).link; }
void SimLoop::drop_connections(std::string_view address) {
  impl_->network.drop_connections(address);
}
std::size_t SimLoop::connections_made(std::string_view address) const {
  return impl_->network.node(address).connections_made;
}

TimePoint SimLoop::now() const { return impl_->now(); }
std::int64_t SimLoop::wall_ms() const {
  using std::chrono::milliseconds;
  return wall_ms_at_start + std::chrono::duration_cast<milliseconds>(now() - time_at_start).count();
}
void SimLoop::post(std::function<void()> function) { impl_->post(std::move(function)); }
void SimLoop::defer(std::function<void()> function) { impl_->defer(std::move(function)); }

std::unique_ptr<Timer> SimLoop::after(Duration delay, std::function<void()> function) {
  class SimTimer final : public Timer {
   public:
    SimTimer(Impl& impl, Impl::Key key) : impl_(impl), key_(key) {}
    ~SimTimer() override { impl_.cancel(key_); }

   private:
    Impl& impl_;
    const Impl::Key key_;
  };
  return std::make_unique<SimTimer>(*impl_, impl_->add(now() + delay, std::move(function)));
}

Result<std::unique_ptr<Listener>> SimLoop::listen(std::string_view address,
                                                  const ListenOptions& options,
                                                  OnAccept on_accept) {
  return impl_->network.listen(address, options, std::move(on_accept));
}
std::unique_ptr<Connecting> SimLoop::connect(std::string_view address,
                                             const ConnectOptions& options, OnConnect on_connect) {
  return impl_->network.connect(address, options, std::move(on_connect));
}

}  // namespace rocketmq::net
