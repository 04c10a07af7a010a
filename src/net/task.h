#pragma once

#include <cassert>
#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace rocketmq::net {

// A coroutine that belongs to whoever holds the Task. It does nothing until it is awaited or
// started; destroying the Task destroys the coroutine where it waits, which cancels what it was
// waiting for (kj's rule).
//
// A Task belongs to one loop. It is a member of the object whose data it uses, the last one, so
// that it dies first; parameters are taken by value; a lambda that captures is no coroutine. It
// must not be destroyed by the coroutine itself while that runs (see TaskSet for work that ends
// alone).
template <class T = void>
class [[nodiscard]] Task;

namespace detail {

struct TaskPromiseBase {
  std::coroutine_handle<> continuation = std::noop_coroutine();

  struct FinalAwaiter {
    bool await_ready() noexcept { return false; }
    template <class P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> finished) noexcept {
      return finished.promise().continuation;
    }
    void await_resume() noexcept {}
  };

  std::suspend_always initial_suspend() noexcept { return {}; }
  FinalAwaiter final_suspend() noexcept { return {}; }
  // What the world does to us is a Result; an exception here is a bug or the end of memory.
  void unhandled_exception() noexcept { std::terminate(); }
};

template <class T>
struct TaskPromise : TaskPromiseBase {
  std::optional<T> value;

  Task<T> get_return_object();
  template <class U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
};

template <>
struct TaskPromise<void> : TaskPromiseBase {
  Task<void> get_return_object();
  void return_void() {}
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::TaskPromise<T>;

  Task() = default;  // no coroutine: done, nothing to start
  explicit Task(std::coroutine_handle<promise_type> coroutine) : coroutine_(coroutine) {}
  Task(Task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) reset(std::exchange(other.coroutine_, nullptr));
    return *this;
  }
  ~Task() { reset(nullptr); }

  // Runs it until it first waits. For a Task held as a member; otherwise co_await it.
  void start() {
    assert(coroutine_ && !coroutine_.done());
    coroutine_.resume();
  }
  bool done() const { return !coroutine_ || coroutine_.done(); }
  // Only of a started Task that is done().
  T take()
    requires(!std::is_void_v<T>)
  {
    assert(coroutine_ && coroutine_.done());
    return *std::move(coroutine_.promise().value);
  }
  void cancel() { reset(nullptr); }
  bool is_empty() const { return !coroutine_; }  // default-made, moved from or cancelled
  // Resumes `caller` when it ends. Of one that has been started and waits.
  void when_done(std::coroutine_handle<> caller) { coroutine_.promise().continuation = caller; }

  auto operator co_await() && noexcept {
    struct Awaiter {
      std::coroutine_handle<promise_type> coroutine;

      bool await_ready() const noexcept { return coroutine.done(); }
      // Runs the awaited one from here, rather than by symmetric transfer: g++ makes no tail call
      // of that without optimisation, and a loop of tasks that never wait would eat the stack.
      bool await_suspend(std::coroutine_handle<> caller) {
        const auto awaited = coroutine;
        awaited.resume();
        if (awaited.done()) return false;
        awaited.promise().continuation = caller;
        return true;
      }
      T await_resume() {
        if constexpr (!std::is_void_v<T>) return *std::move(coroutine.promise().value);
      }
    };
    assert(coroutine_);
    return Awaiter{coroutine_};
  }

 private:
  void reset(std::coroutine_handle<promise_type> next) {
    if (const auto old = std::exchange(coroutine_, next)) old.destroy();
  }

  std::coroutine_handle<promise_type> coroutine_;
};

template <class T>
Task<T> detail::TaskPromise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<TaskPromise<T>>::from_promise(*this));
}
inline Task<void> detail::TaskPromise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<TaskPromise<void>>::from_promise(*this));
}

}  // namespace rocketmq::net
