#include "broker-lite/store/flusher.h"

namespace rocketmq::broker {
namespace {

void post_result(const Post& post, Flusher::Done done, Result<void> result) {
  post([done = std::move(done), result = std::move(result)] { done(result); });
}

}  // namespace

ThreadFlusher::ThreadFlusher(Post post) : post_(std::move(post)), thread_([this] { work(); }) {}

ThreadFlusher::~ThreadFlusher() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void ThreadFlusher::run(Job job, Done done) {
  {
    const std::lock_guard lock(mutex_);
    items_.push_back({std::move(job), std::move(done)});
  }
  wake_.notify_one();
}

void ThreadFlusher::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return is_stopping_ || !items_.empty(); });
    if (items_.empty()) return;
    Item item = std::move(items_.front());
    items_.pop_front();
    lock.unlock();
    Result<void> result = item.job();
    item.job = nullptr;  // lets go of files here, not on the owner's thread
    post_result(post_, std::move(item.done), std::move(result));
    lock.lock();
  }
}

void InlineFlusher::run(Job job, Done done) { post_result(post_, std::move(done), job()); }

}  // namespace rocketmq::broker
