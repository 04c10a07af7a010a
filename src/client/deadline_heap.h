#pragma once

#include <cassert>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "net/loop.h"

namespace rocketmq::client {

inline constexpr std::size_t in_no_heap = std::numeric_limits<std::size_t>::max();

// Things that must be done by some time, the most urgent first. Does not own them. Each has a
// member `deadline`, which does not change meanwhile, and `heap_index`, in_no_heap at first, for
// this heap alone. Adding one with the latest deadline, the usual case, costs nothing; the rest is
// logarithmic.
template <class T>
class DeadlineHeap {
 public:
  bool empty() const { return items_.empty(); }
  std::size_t size() const { return items_.size(); }
  T& front() const { return *items_.front().item; }

  bool contains(const T& item) const { return item.heap_index != in_no_heap; }

  void push(T& item) {
    items_.push_back({item.deadline, &item});
    item.heap_index = items_.size() - 1;
    rise(item.heap_index);
  }

  void erase(T& item) {
    const std::size_t index = std::exchange(item.heap_index, in_no_heap);
    assert(items_[index].item == &item);
    const Entry last = items_.back();
    items_.pop_back();
    if (index == items_.size()) return;
    place(index, last);
    rise(index);
    sink(last.item->heap_index);
  }

 private:
  struct Entry {
    net::TimePoint deadline;
    T* item;
  };

  void place(std::size_t index, Entry entry) {
    items_[index] = entry;
    entry.item->heap_index = index;
  }
  void rise(std::size_t index) {
    const Entry entry = items_[index];
    while (index > 0 && entry.deadline < items_[(index - 1) / 2].deadline) {
      place(index, items_[(index - 1) / 2]);
      index = (index - 1) / 2;
    }
    place(index, entry);
  }
  void sink(std::size_t index) {
    const Entry entry = items_[index];
    while (true) {
      std::size_t child = 2 * index + 1;
      if (child >= items_.size()) break;
      if (child + 1 < items_.size() && items_[child + 1].deadline < items_[child].deadline) ++child;
      if (items_[child].deadline >= entry.deadline) break;
      place(index, items_[child]);
      index = child;
    }
    place(index, entry);
  }

  std::vector<Entry> items_;
};

}  // namespace rocketmq::client
