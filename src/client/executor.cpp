#include "client/executor.h"

#include <cassert>

namespace rocketmq::client {
namespace {

thread_local bool is_a_pool_thread = false;

class FunctionWork final : public Work {
 public:
  explicit FunctionWork(std::function<void()> function) : function_(std::move(function)) {}
  void run() override {
    const std::unique_ptr<FunctionWork> self(this);
    function_();
  }

 private:
  std::function<void()> function_;
};

}  // namespace

void WorkList::push(Work& work) {
  assert(work.next_ == nullptr);
  (last_ == nullptr ? first_ : last_->next_) = &work;
  last_ = &work;
}

Work* WorkList::pop() {
  Work* const work = first_;
  if (work == nullptr) return nullptr;
  first_ = std::exchange(work->next_, nullptr);
  if (first_ == nullptr) last_ = nullptr;
  return work;
}

void WorkList::append(WorkList list) {
  if (list.empty()) return;
  (last_ == nullptr ? first_ : last_->next_) = list.first_;
  last_ = list.last_;
  list.first_ = list.last_ = nullptr;
}

struct ThreadPool::Shared {
  std::mutex mutex;
  std::condition_variable changed;
  WorkList waiting;
  std::size_t idle = 0;
  std::size_t running = 0;  // threads that have not ended
  bool is_closing = false;

  void work();
};

void ThreadPool::Shared::work() {
  is_a_pool_thread = true;
  std::unique_lock<std::mutex> lock(mutex);
  while (true) {
    if (Work* const next = waiting.pop()) {
      // One more thread is woken only by one that found more than it can do, not for every piece.
      if (!waiting.empty() && idle > 0) changed.notify_one();
      lock.unlock();
      next->run();
      lock.lock();
    } else if (is_closing) {
      --running;
      changed.notify_all();
      return;
    } else {
      ++idle;
      changed.wait(lock);
      --idle;
    }
  }
}

ThreadPool::ThreadPool(std::size_t threads, std::chrono::milliseconds patience)
    : patience_(patience), shared_(std::make_shared<Shared>()) {
  const std::size_t count = threads == 0 ? 1 : threads;
  shared_->running = count;
  for (std::size_t i = 0; i < count; ++i) {
    threads_.emplace_back([shared = shared_] { shared->work(); });
  }
}

ThreadPool::~ThreadPool() {
  std::size_t own = 0;
  for (const std::thread& thread : threads_) {
    if (thread.get_id() == std::this_thread::get_id()) ++own;
  }
  std::unique_lock<std::mutex> lock(shared_->mutex);
  shared_->is_closing = true;
  shared_->changed.notify_all();
  const bool all_ended =
      shared_->changed.wait_for(lock, patience_, [&] { return shared_->running <= own; });
  lock.unlock();
  for (std::thread& thread : threads_) {
    const bool can_join = all_ended && thread.get_id() != std::this_thread::get_id();
    can_join ? thread.join() : thread.detach();
  }
}

void ThreadPool::run(std::function<void()> task) {
  WorkList list;
  list.push(*new FunctionWork(std::move(task)));
  run(std::move(list));
}

void ThreadPool::run(WorkList list) {
  if (list.empty()) return;
  const std::shared_ptr<Shared> shared = shared_;  // the work may destroy this pool at once
  bool wake = false;
  {
    const std::lock_guard<std::mutex> lock(shared->mutex);
    shared->waiting.append(std::move(list));
    wake = shared->idle > 0;
  }
  if (wake) shared->changed.notify_one();
}

bool ThreadPool::is_pool_thread() { return is_a_pool_thread; }

}  // namespace rocketmq::client
