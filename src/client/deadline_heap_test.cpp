#include "client/deadline_heap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace rocketmq::client {
namespace {

struct Thing {
  net::TimePoint deadline;
  std::size_t heap_index = in_no_heap;
};

TEST(DeadlineHeap, gives_the_most_urgent_first_whatever_comes_and_goes) {
  std::minstd_rand random(7);
  std::vector<Thing> things(500);
  for (Thing& thing : things) thing.deadline = net::TimePoint(net::Duration(random() % 1000));
  DeadlineHeap<Thing> heap;
  std::vector<Thing*> in;
  const auto by_deadline = [](const Thing* a, const Thing* b) { return a->deadline < b->deadline; };
  std::size_t next = 0;
  for (int step = 0; step < 5000; ++step) {
    if (next < things.size() && (in.empty() || random() % 2 == 0)) {
      heap.push(things[next]);
      in.push_back(&things[next++]);
    } else if (!in.empty()) {
      const auto gone = in.begin() + static_cast<std::ptrdiff_t>(random() % in.size());
      EXPECT_TRUE(heap.contains(**gone));
      heap.erase(**gone);
      EXPECT_FALSE(heap.contains(**gone));
      in.erase(gone);
    }
    ASSERT_EQ(heap.size(), in.size());
    if (in.empty()) continue;
    ASSERT_EQ(heap.front().deadline, (*std::ranges::min_element(in, by_deadline))->deadline);
  }
  EXPECT_EQ(next, things.size());
}

}  // namespace
}  // namespace rocketmq::client
