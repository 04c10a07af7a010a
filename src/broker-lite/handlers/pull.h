#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "broker-lite/core.h"
#include "broker-lite/state/waiting_pulls.h"
#include "broker-lite/store/message_store.h"
#include "net/router.h"
#include "protocol/requests/pull.h"

namespace rocketmq::broker {

// Answers pulls, and holds those that find nothing until a message comes or their time is over.
// Java: PullMessageProcessor, PullRequestHoldService. Belongs to the loop; not destroyed from
// inside a turn in which a message arrived.
class PullHandler {
 public:
  explicit PullHandler(Core& core);
  PullHandler(const PullHandler&) = delete;
  PullHandler& operator=(const PullHandler&) = delete;

  void receive(net::RequestContext& context);  // 11 and 361

  // From MessageStore::set_arrived(). Those who waited for it are answered at the end of this turn,
  // with everything that has arrived until then.
  void arrived(const Arrival& arrival);

  // Answers all who wait with what there is; for the end.
  void release_all();
  // Every 10 s: those whose client has gone.
  void drop_closed() { waiting_.drop_closed(); }

  std::size_t waiting() const { return waiting_.size(); }

 private:
  // What checking a request found out.
  struct Reading {
    const protocol::TopicConfig* topic = nullptr;
    const protocol::SubscriptionGroupConfig* group = nullptr;
    MessageFilter filter;
  };
  struct Refusal {
    Error error;
    std::int32_t forbidden_type = 0;  // Java: ForbiddenType
  };
  enum class Pass { first, again };

  void serve(const protocol::PullMessage& request, net::Responder responder, Pass pass,
             std::string_view peer);
  std::optional<Refusal> check(const protocol::PullMessage& request, std::string_view peer,
                               Reading& reading);
  std::optional<Refusal> check_subscription(const protocol::PullMessage& request, Reading& reading);
  std::optional<Refusal> use_own_filter(const protocol::PullMessage& request, Reading& reading);
  std::optional<Refusal> use_filter_of(const protocol::SubscriptionData& subscription,
                                       Reading& reading);
  bool take_reset(const protocol::PullMessage& request);
  void look_up(const protocol::PullMessage& request, const Reading& reading);
  void note(const protocol::PullMessage& request, Pass pass);
  void hold(const protocol::PullMessage& request, net::Responder responder, MessageFilter filter);
  void reply(const Reading& reading, std::int32_t code, net::Responder& responder) const;
  void arm_expiry();
  void serve_again(std::vector<WaitingPull>& pulls);

  Core& core_;
  WaitingPulls waiting_;
  GetResult found_;                 // used again for every pull
  std::vector<WaitingPull> woken_;  // since the last turn's end
  std::vector<WaitingPull> serving_;
  std::unique_ptr<net::Timer> expiry_timer_;
  net::TimePoint expiry_at_ = net::TimePoint::max();  // what expiry_timer_ is armed for
};

}  // namespace rocketmq::broker
