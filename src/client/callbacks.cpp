#include "client/callbacks.h"

#include <exception>
#include <utility>

namespace rocketmq::client {
namespace {

thread_local const Callbacks* running_here = nullptr;

}  // namespace

// One callback on its way through the executor.
class Callbacks::Running final : public Work {
 public:
  Running(std::shared_ptr<Callbacks> owner, std::function<void()> callback)
      : owner_(std::move(owner)), callback_(std::move(callback)) {}

  void run() override {
    const std::unique_ptr<Running> self(this);
    const Callbacks* const outer = std::exchange(running_here, owner_.get());
    try {
      callback_();
    } catch (const std::exception& thrown) {
      owner_->core_->log().warn(str("a callback has thrown: ", thrown.what()));
    } catch (...) {
      owner_->core_->log().warn("a callback has thrown");
    }
    callback_ = nullptr;
    running_here = outer;
    owner_->core_->loop().post([owner = owner_] { owner->one_ended(); });
  }

 private:
  const std::shared_ptr<Callbacks> owner_;
  std::function<void()> callback_;
};

void Callbacks::add(std::function<void()> callback) {
  ended_.reset();
  waiting_.push_back(std::move(callback));
  if (std::exchange(is_running_, true)) return;
  // Not from here: an executor may run it at once, and it may destroy whoever adds it.
  core_->loop().post([self = shared_from_this()] { self->run_next(); });
}

void Callbacks::begin() {
  ended_.reset();
  ++begun_;
}

void Callbacks::finish(std::function<void()> callback) {
  --begun_;
  add(std::move(callback));
}

void Callbacks::run_next() {
  WorkList list;
  list.push(*new Running(shared_from_this(), std::move(waiting_.front())));
  waiting_.pop_front();
  core_->run_callbacks(std::move(list));
}

void Callbacks::one_ended() {
  if (!waiting_.empty()) return run_next();
  is_running_ = false;
  if (begun_ == 0) ended_.set();
}

net::Task<Result<void>> Callbacks::ended() {
  co_await ended_.wait();
  co_return Result<void>{};
}

bool Callbacks::is_running_here() const { return running_here == this; }

}  // namespace rocketmq::client
