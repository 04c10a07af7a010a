#include "proxy/http/ready_messages.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <iterator>
#include <map>
#include <utility>

namespace rocketmq::gateway {
namespace {

class OldestFirst final : public ReadyMessages {
 public:
  void add(HeldMessage message) override { ready_.push_back(std::move(message)); }
  // They hold back how far their group is: before those that never were lent.
  void add_again(std::vector<HeldMessage> messages) override {
    ready_.insert(ready_.begin(), std::make_move_iterator(messages.begin()),
                  std::make_move_iterator(messages.end()));
  }
  std::vector<HeldMessage> take(std::size_t count_max, net::TimePoint) override {
    std::vector<HeldMessage> taken;
    while (taken.size() < count_max && !ready_.empty()) {
      HeldMessage held = std::move(ready_.front());
      ready_.pop_front();
      if (held.is_held()) taken.push_back(std::move(held));
    }
    return taken;
  }
  std::vector<HeldMessage> take_all() override { return take(ready_.size(), {}); }
  void forget_lost() override {
    std::erase_if(ready_, [](const HeldMessage& held) { return !held.is_held(); });
  }
  bool is_empty() const override { return ready_.empty(); }

 private:
  std::deque<HeldMessage> ready_;
};

class InOrder final : public ReadyMessages {
 public:
  void add(HeldMessage message) override {
    Queue& queue = queues_[message.queue];
    const auto ticket = message.ticket;
    queue.ready.emplace(ticket, std::move(message));
  }
  void add_again(std::vector<HeldMessage> messages) override {
    for (HeldMessage& message : messages) add(std::move(message));
  }
  std::vector<HeldMessage> take(std::size_t count_max, net::TimePoint now) override {
    std::vector<HeldMessage> taken;
    auto next = queues_.upper_bound(last_);
    for (std::size_t turns = queues_.size(); turns > 0 && taken.size() < count_max; --turns) {
      if (next == queues_.end()) next = queues_.begin();
      const auto& [queue, state] = *next;
      if (queue->gate.is_open(now) && !state.is_out(*queue)) {
        take_from(next->second, count_max, taken);
        last_ = queue;
      }
      ++next;
    }
    return taken;
  }
  std::vector<HeldMessage> take_all() override {
    std::vector<HeldMessage> taken;
    for (auto& [queue, state] : queues_) take_from(state, SIZE_MAX, taken);
    return taken;
  }
  void forget_lost() override {
    std::erase_if(queues_, [](const auto& each) { return each.first->is_over; });
    for (auto& [queue, state] : queues_) {
      std::erase_if(state.ready, [](const auto& each) { return !each.second.is_held(); });
    }
  }
  bool is_empty() const override {
    return std::ranges::all_of(queues_, [](const auto& each) { return each.second.ready.empty(); });
  }

 private:
  using Ticket = client::ProcessQueue::Ticket;
  struct Queue {
    std::map<Ticket, HeldMessage> ready;
    std::vector<Ticket> given;  // the last time

    bool is_out(const client::HeldQueue& queue) const {
      return std::ranges::any_of(given, [&](Ticket ticket) {
        return queue.in_hand.contains(ticket) && !ready.contains(ticket);
      });
    }
  };

  static void take_from(Queue& queue, std::size_t count_max, std::vector<HeldMessage>& taken) {
    queue.given.clear();
    while (taken.size() < count_max && !queue.ready.empty()) {
      HeldMessage held = std::move(queue.ready.begin()->second);
      queue.ready.erase(queue.ready.begin());
      if (!held.is_held()) continue;
      queue.given.push_back(held.ticket);
      taken.push_back(std::move(held));
    }
  }

  std::map<std::shared_ptr<client::HeldQueue>, Queue> queues_;
  std::shared_ptr<client::HeldQueue> last_;  // whose turn it was: the next one has it first
};

}  // namespace

std::unique_ptr<ReadyMessages> ready_oldest_first() { return std::make_unique<OldestFirst>(); }
std::unique_ptr<ReadyMessages> ready_in_order() { return std::make_unique<InOrder>(); }

}  // namespace rocketmq::gateway
