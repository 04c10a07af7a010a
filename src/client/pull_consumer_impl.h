#pragma once

#include <rocketmq/pull_consumer.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "client/assignment.h"
#include "client/callbacks.h"
#include "client/core.h"
#include "client/handle.h"
#include "client/pull_member.h"
#include "client/queue_reader.h"

namespace rocketmq {

// What a PullConsumer holds: what reads its queues, and what says which these are, both on the
// client's loop, where names are those of the wire. From any thread.
class PullConsumer::Impl final : public client::Handle, public std::enable_shared_from_this<Impl> {
 public:
  // Errors: invalid_argument, for options that cannot be used, or a group that this client has a
  // consumer of already.
  static Result<std::shared_ptr<Impl>> create(std::shared_ptr<Client::Core> core,
                                              const PullConsumerOptions& options);

  Impl(std::shared_ptr<Client::Core> core, const PullConsumerOptions& options,
       std::vector<protocol::SubscriptionData> subscriptions);
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  // What `make` begins on the loop, waited for.
  template <class T>
  Result<T> wait(const std::function<net::Task<Result<T>>(client::QueueReader&)>& make) {
    return core_->wait<T>([&] { return make(*reader_); });
  }
  // Done on the loop at once; not in a child process, where there is no loop.
  void use(const std::function<void(client::QueueReader&)>& what) const {
    if (!core_->is_forked()) net::run_in(core_->loop(), [&] { what(*reader_); });
  }
  MessageQueue on_wire(MessageQueue queue) const;
  MessageQueue plain(MessageQueue queue) const;
  std::vector<MessageQueue> on_wire(std::vector<MessageQueue> queues) const;
  std::vector<MessageQueue> plain(std::vector<MessageQueue> queues) const;
  bool is_forked() const { return core_->is_forked(); }

  Result<void> assign(std::vector<MessageQueue> queues);
  Result<void> set_filter(const Subscription& subscription);
  void commit_async(std::function<void(Result<void>)> done);

  // Is what the last poll() gave done with?
  enum class LastPoll { is_done, may_be_at_work };
  Result<void> close(std::chrono::milliseconds deadline, LastPoll last);
  Result<void> close_handle(std::chrono::milliseconds deadline) override {
    return close(deadline, LastPoll::is_done);
  }
  HandleStatistics handle_statistics() override;

 private:
  Result<void> join();
  client::QueuesChanged tell_user(const PullConsumerOptions& options);
  static net::Task<> commit_and_tell(std::shared_ptr<Impl> self,
                                     std::function<void(Result<void>)> done);
  net::Task<Result<void>> shut_down(net::Duration deadline, LastPoll last, bool in_callback);
  void shut_down_at_once(LastPoll last);

  const std::shared_ptr<Client::Core> core_;
  const std::string group_;  // as the user named it
  const std::shared_ptr<client::Callbacks> callbacks_;
  // Made, used and destroyed on the loop; one of the two is there.
  std::unique_ptr<client::QueueReader> reader_;
  std::unique_ptr<client::Assignment> assignment_;
  std::unique_ptr<client::PullMember> member_;
  bool is_closing_ = false;
  Result<void> closing_result_;
  net::Event closed_;
};

}  // namespace rocketmq
