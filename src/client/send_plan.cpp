#include "client/send_plan.h"

#include "protocol/str.h"

namespace rocketmq::client {

std::optional<PublishQueue> SendPlan::next(const Route& route, const IsReachable& is_reachable) {
  if (attempts_left_ <= 0) return std::nullopt;
  const std::vector<PublishQueue>& queues = route.publish_queues;
  if (queues.empty()) {
    if (last_broker_.empty()) {
      last_error_ = {Errc::no_route, str("topic ", route.topic, " has no queue to write to")};
    }
    return std::nullopt;
  }
  --attempts_left_;

  // Preference: reachable and another broker, then another broker, then whatever is next.
  const PublishQueue* chosen = nullptr;
  const PublishQueue* of_another = nullptr;
  for (std::size_t i = 0; i < queues.size() && chosen == nullptr; ++i) {
    const PublishQueue& queue = queues[(ticket_ + i) % queues.size()];
    if (route.broker_name(queue) == last_broker_) continue;
    if (of_another == nullptr) of_another = &queue;
    if (is_reachable(route.master_address(queue))) chosen = &queue;
  }
  if (chosen == nullptr) chosen = of_another;
  if (chosen == nullptr) chosen = &queues[ticket_ % queues.size()];
  ++ticket_;
  is_same_broker_again_ = route.broker_name(*chosen) == last_broker_;
  last_broker_ = route.broker_name(*chosen);
  return *chosen;
}

bool SendPlan::failed(Error error) {
  if (error.outcome == Outcome::unknown) may_be_stored_ = true;
  last_error_ = std::move(error);
  return attempts_left_ > 0 && is_retryable(last_error_.code);
}

Error SendPlan::error() const {
  Error error = last_error_;
  if (may_be_stored_) error.outcome = Outcome::unknown;
  return error;
}

}  // namespace rocketmq::client
