#pragma once

#include <rocketmq/message.h>
#include <rocketmq/producer.h>
#include <rocketmq/result.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "client/route_table.h"

namespace rocketmq::client {

// Which queue a send goes to, where that is not left to us. Such a send is never tried twice: on
// another queue it would be out of order, and on the same one it would overtake. Java:
// DefaultMQProducerImpl.sendSelectImpl.
struct AnyQueue {};
using ChooseQueue = std::function<std::size_t(Span<const MessageQueue>)>;
// Always the same queue, while their number stays. Java: SelectMessageQueueByHash.
struct QueueByKey {
  std::int32_t hash = 0;
};
using SendTarget = std::variant<AnyQueue, MessageQueue, ChooseQueue, QueueByKey>;

inline bool is_any_queue(const SendTarget& target) {
  return std::holds_alternative<AnyQueue>(target);
}

// What options and sharding key ask for; of several the first counts. Errors: invalid_argument.
Result<SendTarget> make_target(const SendOptions& options, std::string_view topic,
                               std::string_view sharding_key);

// The queues of routes as users are shown them: without the namespace. Remembers the last.
class QueueTexts {
 public:
  explicit QueueTexts(std::string name_space = {}) : name_space_(std::move(name_space)) {}
  const std::vector<MessageQueue>& of(const RoutePtr& route);

 private:
  const std::string name_space_;
  RoutePtr route_;
  std::vector<MessageQueue> queues_;
};

// The queue that a target other than AnyQueue names in this route. Errors: no_route, where none can
// be written to; not_connected for a broker that has no master here; invalid_argument when the
// user's choice threw.
Result<PublishQueue> find_queue(const SendTarget& target, const RoutePtr& route, QueueTexts& texts);

}  // namespace rocketmq::client
