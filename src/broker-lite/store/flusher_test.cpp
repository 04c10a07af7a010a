#include "broker-lite/store/flusher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "broker-lite/store/log_flush.h"

namespace rocketmq::broker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ThreadFlusher, runs_jobs_in_order_on_its_own_thread_and_posts_results) {
  std::mutex mutex;
  std::vector<std::function<void()>> posted;
  std::vector<int> ran;
  {
    ThreadFlusher flusher([&](std::function<void()> f) {
      const std::lock_guard lock(mutex);
      posted.push_back(std::move(f));
    });
    const auto owner = std::this_thread::get_id();
    for (int i = 0; i < 100; ++i) {
      flusher.run(
          [&ran, owner, i]() -> Result<void> {
            ran.push_back(std::this_thread::get_id() == owner ? -1 : i);
            if (i % 2 == 1) return Error{Errc::io_error, "odd"};
            return {};
          },
          [i](const Result<void>& result) { EXPECT_EQ(bool(result), i % 2 == 0); });
    }
  }  // finishes what was given
  EXPECT_EQ(ran.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(ran[static_cast<std::size_t>(i)], i);
  EXPECT_EQ(posted.size(), 100U);
  for (const auto& f : posted) f();
}

TEST(InlineFlusher, runs_at_once_and_answers_later) {
  std::vector<std::function<void()>> posted;
  InlineFlusher flusher([&](std::function<void()> f) { posted.push_back(std::move(f)); });
  std::vector<int> events;
  flusher.run(
      [&]() -> Result<void> {
        events.push_back(1);
        return {};
      },
      [&](const Result<void>&) { events.push_back(2); });
  EXPECT_THAT(events, ElementsAre(1));
  posted.at(0)();
  EXPECT_THAT(events, ElementsAre(1, 2));
}

struct Waiting {
  LogFlush flush;
  std::vector<int> told;
  std::vector<int> failed;
  void wait(int end) {
    flush.wait_for(end, [this, end](const Result<void>& r) { (r ? told : failed).push_back(end); });
  }
};

TEST(LogFlush, tells_those_whose_bytes_are_on_disk) {
  Waiting w;
  w.wait(10);
  w.wait(20);
  w.flush.begin(20);
  w.wait(30);
  EXPECT_THAT(w.told, IsEmpty());
  w.flush.finish({});
  EXPECT_THAT(w.told, ElementsAre(10, 20));
  EXPECT_EQ(w.flush.flushed(), 20);
  EXPECT_TRUE(w.flush.has_waiters());
  w.wait(20);
  EXPECT_THAT(w.told, ElementsAre(10, 20, 20)) << "at once where it is known";
}

TEST(LogFlush, remembers_a_failure_for_ever) {
  Waiting w;
  w.wait(10);
  w.flush.begin(10);
  w.wait(20);
  w.flush.finish(Error{Errc::io_error, "sync"});
  EXPECT_THAT(w.failed, ElementsAre(10, 20));
  w.wait(30);
  EXPECT_THAT(w.failed, ElementsAre(10, 20, 30));
  EXPECT_THAT(w.told, IsEmpty());
  EXPECT_EQ(w.flush.flushed(), 0);
}

}  // namespace
}  // namespace rocketmq::broker
