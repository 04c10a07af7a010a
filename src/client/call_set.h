#pragma once

#include <rocketmq/result.h>

#include <functional>
#include <memory>
#include <set>
#include <utility>

#include "net/task.h"
#include "net/task_set.h"
#include "net/wait.h"

namespace rocketmq::client {

// Calls of a handle that are under way on the loop. Each ends once: with what its task returns, or,
// when all are ended early, with that error. Belongs to the loop.
class CallSet {
 public:
  CallSet() : tasks_(std::make_unique<net::TaskSet>()) {}

  // `done` is called on the loop, once; it must not end or destroy the set.
  template <class T>
  void start(net::Task<Result<T>> task, std::function<void(Result<T>)> done) {
    auto call = std::make_shared<Call<T>>(std::move(done));
    calls_.insert(call);
    tasks_->start(run(this, std::move(call), std::move(task)));
  }

  // Cancels all. Not from one of the tasks.
  void end_all(const Error& error) {
    tasks_ = std::make_unique<net::TaskSet>();
    for (const auto& call : std::exchange(calls_, {})) call->fail(error);
    ended_.set();
  }

  bool empty() const { return calls_.empty(); }
  // Until none is under way.
  net::Task<Result<void>> ended() {
    while (!empty()) {
      ended_.reset();
      co_await ended_.wait();
    }
    co_return Result<void>{};
  }

 private:
  struct AnyCall {
    virtual ~AnyCall() = default;
    virtual void fail(const Error& error) = 0;
  };
  template <class T>
  struct Call final : AnyCall {
    explicit Call(std::function<void(Result<T>)> function) : done(std::move(function)) {}
    void fail(const Error& error) override { done(error); }
    const std::function<void(Result<T>)> done;
  };

  template <class T>
  static net::Task<> run(CallSet* self, std::shared_ptr<Call<T>> call, net::Task<Result<T>> task) {
    Result<T> result = co_await std::move(task);
    self->calls_.erase(call);
    call->done(std::move(result));
    if (self->empty()) self->ended_.set();
  }

  std::set<std::shared_ptr<AnyCall>> calls_;
  net::Event ended_;
  std::unique_ptr<net::TaskSet> tasks_;
};

}  // namespace rocketmq::client
