#include "client/send_plan.h"

#include <utility>

#include "protocol/str.h"

namespace rocketmq::client {

std::optional<PublishQueue> SendPlan::next(const Route& route, const RankOf& rank_of) {
  if (attempts_left_ <= 0) return std::nullopt;
  const std::vector<PublishQueue>& queues = route.publish_queues;
  if (queues.empty()) {
    if (failed_broker_.empty()) {
      last_failure_ =
          Error{Errc::no_route, str("topic ", route.topic, " has no queue to write to")};
    }
    return std::nullopt;
  }
  --attempts_left_;

  const PublishQueue* chosen = nullptr;
  std::optional<BrokerRank> best;
  for (std::size_t i = 0; i < queues.size() && best != BrokerRank::fine; ++i) {
    const PublishQueue& queue = queues[(ticket_ + i) % queues.size()];
    const std::string& broker = route.broker_name(queue);
    if (broker == failed_broker_) continue;
    const BrokerRank rank = rank_of(broker, route.master_address(queue));
    if (best && rank >= *best) continue;
    best = rank;
    chosen = &queue;
  }
  if (chosen == nullptr) chosen = &queues[ticket_ % queues.size()];
  ++ticket_;
  is_same_broker_again_ = route.broker_name(*chosen) == failed_broker_;
  return *chosen;
}

std::optional<PublishQueue> SendPlan::next(Result<PublishQueue> chosen) {
  if (attempts_left_ <= 0) return std::nullopt;
  --attempts_left_;
  if (chosen) return *chosen;
  last_failure_ = std::move(chosen).error();
  return std::nullopt;
}

bool SendPlan::failed(std::string_view broker_name, Error error) {
  if (error.outcome == Outcome::unknown) may_be_stored_ = true;
  failed_broker_ = broker_name;
  last_failure_ = std::move(error);
  return attempts_left_ > 0 && is_retryable(last_failure_.error().code);
}

Error SendPlan::error() const {
  Error error = last_failure_.error();
  if (may_be_stored_) error.outcome = Outcome::unknown;
  return error;
}

}  // namespace rocketmq::client
