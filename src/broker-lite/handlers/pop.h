#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "broker-lite/core.h"
#include "broker-lite/handlers/pop_reader.h"
#include "broker-lite/state/waiting_pops.h"
#include "net/router.h"
#include "protocol/requests/pop.h"

namespace rocketmq::broker {

// Answers pops, and holds those that find nothing until a message comes or their time is over; the
// same for those who only ask whether there is one. Belongs to the loop; not destroyed from inside
// a turn in which a message arrived. Java: PopMessageProcessor, NotificationProcessor,
// PopLongPollingService.
class PopHandler {
 public:
  PopHandler(Core& core, PopRecords& records, PopOrders& orders);
  PopHandler(const PopHandler&) = delete;
  PopHandler& operator=(const PopHandler&) = delete;

  void pop(net::RequestContext& context);           // 200050
  void peek(net::RequestContext& context);          // 200052
  void notification(net::RequestContext& context);  // 200054
  std::size_t waiting(const protocol::PollingInfo& request) const;

  // From MessageStore::set_arrived(). Those woken are answered at the end of this turn.
  void arrived(const Arrival& arrival);
  // A queue popped in order may give more.
  void unblocked(std::string_view topic, std::string_view group, std::int32_t queue_id);
  // Every second: queues popped in order are free again when their messages' time is over.
  void tick();

  // Answers all who wait with what there is; for the end.
  void release_all();
  // Every 10 s: those whose client has gone.
  void drop_closed();

 private:
  // What checking a request found out.
  struct Reading {
    const protocol::TopicConfig* topic = nullptr;
    MessageFilter filter;
  };
  enum class Kind { pop, notification };
  // Those who wait for one kind of answer.
  struct Waiting {
    WaitingPops pops;
    std::vector<WaitingPop> woken{};  // since the last turn's end
    std::vector<WaitingPop> serving{};
    std::unique_ptr<net::Timer> expiry_timer{};
    net::TimePoint expiry_at = net::TimePoint::max();  // what expiry_timer is armed for
  };

  Result<void> check_source(std::string_view topic, std::string_view group, std::int32_t queue_id,
                            std::string_view peer, Reading& reading);
  Result<void> check(const protocol::PopMessage& request, std::string_view peer, Reading& reading);
  // False: there is nothing, and it was not answered.
  bool answer(Kind kind, const protocol::PopMessage& request, const Reading& reading,
              net::Responder& responder);
  void answer_nothing(Kind kind, std::int32_t code, net::Responder& responder) const;
  void receive(Kind kind, const protocol::PopMessage& request, net::Responder responder,
               std::string_view peer);
  void hold(Kind kind, const protocol::PopMessage& request, net::Responder responder,
            MessageFilter filter);
  void reply(net::Responder& responder) const;  // with read_
  Waiting& waiting(Kind kind) { return kind == Kind::pop ? pops_ : notifications_; }
  void serve_soon(Kind kind);
  void serve_woken(Kind kind);
  void end_waiting(Kind kind);
  void arm_expiry(Kind kind);

  Core& core_;
  PopReader reader_;
  Waiting pops_;
  Waiting notifications_;
  PopRead read_;  // used again for every pop
};

}  // namespace rocketmq::broker
