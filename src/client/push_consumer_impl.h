#pragma once

#include <rocketmq/push_consumer.h>

#include <chrono>
#include <memory>
#include <vector>

#include "client/core.h"
#include "client/executor.h"
#include "client/group_member.h"

namespace rocketmq {

// What a PushConsumer holds: the member of the group, which lives on the client's loop, and the
// threads that run the listener. From any thread.
class PushConsumer::Impl {
 public:
  // Joins the group, and waits a while until it consumes. Errc::invalid_argument for options that
  // cannot be used, or a group that this client has a consumer of already.
  static Result<std::shared_ptr<Impl>> create(std::shared_ptr<Client::Core> core,
                                              const PushConsumerOptions& options);

  Impl(std::shared_ptr<Client::Core> core, const PushConsumerOptions& options,
       std::vector<protocol::SubscriptionData> subscriptions);
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  CloseReport close(std::chrono::milliseconds deadline);
  PushConsumerStatistics statistics();

 private:
  const std::shared_ptr<Client::Core> core_;
  std::unique_ptr<client::ThreadPool> threads_;
  std::unique_ptr<client::GroupMember> member_;  // made, used and destroyed on the loop
};

}  // namespace rocketmq
