#include <rocketmq/push_consumer.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "client/push_consumer_impl.h"
#include "client/push_options.h"

namespace rocketmq {
namespace {

constexpr std::chrono::milliseconds deadline_max = std::chrono::hours(24);

}  // namespace

Result<PushConsumer> Client::create_push_consumer(PushConsumerOptions options) {
  auto impl = PushConsumer::Impl::create(core_, options);
  if (!impl) return std::move(impl).error();
  return PushConsumer(*std::move(impl));
}

Result<std::shared_ptr<PushConsumer::Impl>> PushConsumer::Impl::create(
    std::shared_ptr<Client::Core> core, const PushConsumerOptions& options) {
  if (const auto& usable = core->usable(); !usable) return usable.error();
  if (auto checked = client::check_options(options); !checked) return std::move(checked).error();
  auto subscriptions = client::subscriptions_of(options, core->loop().wall_ms());
  if (!subscriptions) return std::move(subscriptions).error();

  auto impl = std::make_shared<Impl>(core, options, *std::move(subscriptions));
  Result<void> joined;
  net::run_in(core->loop(), [&] { joined = impl->member_->join(); });
  if (!joined) return std::move(joined).error();

  // What is sent once we have returned is to be consumed, even by a group that starts at the end of
  // its queues. Where the brokers cannot be reached, it begins whenever they can.
  const auto begun =
      core->wait<void>([&] { return impl->member_->consuming(core->options().request_timeout); });
  if (!begun) {
    core->log().info(
        str("group ", options.group, " does not consume yet: ", to_string(begun.error())));
  }
  return impl;
}

PushConsumer::Impl::Impl(std::shared_ptr<Client::Core> core, const PushConsumerOptions& options,
                         std::vector<protocol::SubscriptionData> subscriptions)
    : core_(std::move(core)), threads_(std::make_unique<client::ThreadPool>(options.threads)) {
  net::run_in(core_->loop(), [&] {
    member_ = std::make_unique<client::GroupMember>(
        *core_, options, std::move(subscriptions),
        [threads = threads_.get()](client::WorkList work) { threads->run(std::move(work)); });
  });
}

PushConsumer::Impl::~Impl() {
  // A listener that destroys its consumer, or takes longer than its threads are waited for, goes on
  // without us, but not without what its thread uses.
  net::run_in(core_->loop(), [this] {
    member_->dispatcher().keep_for_listeners(core_);
    member_.reset();
  });
  threads_.reset();
}

CloseReport PushConsumer::Impl::close(std::chrono::milliseconds deadline) {
  CloseReport report;
  if (core_->loop().in_loop_thread()) return member_->close_at_once();
  client::Dispatcher::ListenerCall* const caller = member_->dispatcher().current_call();
  auto closed = core_->wait<CloseReport>([&] {
    return member_->close(std::clamp(deadline, std::chrono::milliseconds::zero(), deadline_max),
                          caller);
  });
  if (closed) report = *std::move(closed);
  return report;
}

PushConsumerStatistics PushConsumer::Impl::statistics() {
  PushConsumerStatistics statistics;
  net::run_in(core_->loop(), [&] { statistics = member_->statistics(); });
  return statistics;
}

// ---- the handle

PushConsumer::PushConsumer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
PushConsumer::PushConsumer(PushConsumer&&) noexcept = default;

PushConsumer& PushConsumer::operator=(PushConsumer&& other) noexcept {
  if (this != &other) {
    if (impl_ != nullptr) close();
    impl_ = std::move(other.impl_);
  }
  return *this;
}

PushConsumer::~PushConsumer() {
  if (impl_ != nullptr) close();
}

CloseReport PushConsumer::close(std::chrono::milliseconds deadline) {
  const std::shared_ptr<Impl> impl = impl_;
  return impl->close(deadline);
}

PushConsumerStatistics PushConsumer::statistics() const { return impl_->statistics(); }

}  // namespace rocketmq
