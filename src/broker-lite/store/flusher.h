#pragma once

#include <rocketmq/result.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace rocketmq::broker {

// Runs what waits for the disk, one job after the other, away from the owner's thread. It decides
// nothing: which bytes to sync, and what a result means, is the owner's business.
class Flusher {
 public:
  using Job = std::function<Result<void>()>;
  using Done = std::function<void(Result<void>)>;

  virtual ~Flusher() = default;

  // Called by the owner. `job` may run on another thread and must own what it uses; `done` is
  // called with its result on the owner's thread, later, never from inside run().
  virtual void run(Job job, Done done) = 0;
};

// Hands a function over to the owner's thread: Loop::post, or a list in a test.
using Post = std::function<void(std::function<void()>)>;

// One thread. The destructor finishes the jobs already given and joins; what they post then must
// still find a receiver (or be dropped by it).
class ThreadFlusher final : public Flusher {
 public:
  explicit ThreadFlusher(Post post);
  ~ThreadFlusher() override;
  void run(Job job, Done done) override;

 private:
  struct Item {
    Job job;
    Done done;
  };
  void work();

  Post post_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Item> items_;
  bool is_stopping_ = false;
  std::thread thread_;
};

// No thread: the job runs at once, its result is posted. For stores in memory, and for tests.
class InlineFlusher final : public Flusher {
 public:
  explicit InlineFlusher(Post post) : post_(std::move(post)) {}
  void run(Job job, Done done) override;

 private:
  Post post_;
};

}  // namespace rocketmq::broker
