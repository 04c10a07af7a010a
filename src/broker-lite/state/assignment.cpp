#include "broker-lite/state/assignment.h"

#include <algorithm>
#include <span>
#include <tuple>
#include <utility>

#include "protocol/allocation.h"

namespace rocketmq::broker {
namespace {

using protocol::MessageQueueData;
using protocol::MessageRequestMode;
using Queues = std::vector<MessageQueueData>;
using Strategy = Queues (*)(std::span<const MessageQueueData>, std::size_t, std::size_t);

Strategy strategy_of(std::string_view name) {
  if (name == "AVG") return protocol::averagely<MessageQueueData>;
  if (name == "AVG_BY_CIRCLE") return protocol::by_circle<MessageQueueData>;
  return nullptr;
}

// Java: MessageQueue.compareTo.
void sort(Queues& queues) {
  std::ranges::sort(queues, {}, [](const MessageQueueData& queue) {
    return std::tie(queue.topic, queue.broker_name, queue.queue_id);
  });
}

// Every broker once, whatever the queue.
Queues whole_brokers(Queues queues) {
  for (MessageQueueData& queue : queues) queue.queue_id = -1;
  queues.erase(std::unique(queues.begin(), queues.end()), queues.end());
  return queues;
}

// One's own queues and those of the members that follow, so that a queue is popped by several.
Queues shared(Strategy strategy, std::span<const MessageQueueData> queues, std::size_t members,
              std::size_t index, std::size_t others) {
  if (members > queues.size()) {  // nobody goes without
    return queues.empty() ? Queues{} : Queues{queues[index % queues.size()]};
  }
  Queues all;
  for (std::size_t i = 0; i <= others; ++i) {
    Queues part = strategy(queues, members, (index + i) % members);
    std::ranges::move(part, std::back_inserter(all));
  }
  return all;
}

}  // namespace

std::optional<Queues> assigned_queues(const AssignmentQuestion& question, Queues queues,
                                      std::vector<std::string> members) {
  sort(queues);
  if (question.is_broadcasting) return queues;
  const Strategy strategy = strategy_of(question.strategy);
  if (members.empty() || strategy == nullptr) return std::nullopt;

  const bool is_pop = question.mode == MessageRequestMode::pop;
  const auto others = static_cast<std::int64_t>(members.size()) - 1;
  if (is_pop && (question.pop_share_queue_num <= 0 || question.pop_share_queue_num >= others)) {
    return whole_brokers(std::move(queues));
  }
  std::ranges::sort(members);
  const auto self = std::ranges::find(members, question.self);
  if (self == members.end()) return Queues{};
  const auto index = static_cast<std::size_t>(self - members.begin());
  if (!is_pop) return strategy(queues, members.size(), index);
  return shared(strategy, queues, members.size(), index,
                static_cast<std::size_t>(question.pop_share_queue_num));
}

}  // namespace rocketmq::broker
