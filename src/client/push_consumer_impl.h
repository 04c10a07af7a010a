#pragma once

#include <rocketmq/push_consumer.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/core.h"
#include "client/executor.h"
#include "client/group_member.h"
#include "client/handle.h"
#include "client/trace.h"

namespace rocketmq {

// What a PushConsumer holds: the member of the group, which lives on the client's loop, and the
// threads that run the listener. From any thread.
class PushConsumer::Impl : public client::Handle {
 public:
  // Joins the group, and waits a while until it consumes. Errc::invalid_argument for options that
  // cannot be used, or a group that this client has a consumer of already.
  static Result<std::shared_ptr<Impl>> create(std::shared_ptr<Client::Core> core,
                                              const PushConsumerOptions& options);

  Impl(std::shared_ptr<Client::Core> core, const PushConsumerOptions& options,
       std::vector<protocol::SubscriptionData> subscriptions,
       std::shared_ptr<client::Tracer> tracer);
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<void> subscribe(const Subscription& subscription);
  Result<void> unsubscribe(const std::string& topic);
  void pause(const std::optional<std::string>& topic);
  void resume(const std::optional<std::string>& topic);
  CloseReport close(std::chrono::milliseconds deadline);
  PushConsumerStatistics statistics();
  bool is_forked() const { return core_->is_forked(); }

  Result<void> close_handle(std::chrono::milliseconds deadline) override;
  HandleStatistics handle_statistics() override;

 private:
  std::optional<std::string> wire_name(const std::optional<std::string>& topic) const;

  const std::shared_ptr<Client::Core> core_;
  const std::string group_;
  const std::shared_ptr<client::Tracer> tracer_;  // none: not traced
  std::unique_ptr<client::ThreadPool> threads_;
  std::unique_ptr<client::GroupMember> member_;  // made, used and destroyed on the loop
};

}  // namespace rocketmq
