#include <rocketmq/push_consumer.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "client/push_consumer_impl.h"
#include "client/push_options.h"
#include "client/subscription_check.h"
#include "client/subscription_data.h"
#include "protocol/denial.h"

namespace rocketmq {
namespace {

constexpr std::chrono::milliseconds deadline_max = std::chrono::hours(24);
constexpr std::chrono::milliseconds trace_flush_timeout = std::chrono::seconds(1);

}  // namespace

Result<PushConsumer> Client::create_push_consumer(PushConsumerOptions options) {
  auto impl = PushConsumer::Impl::create(core_, options);
  if (!impl) return std::move(impl).error();
  return PushConsumer(*std::move(impl));
}

Result<std::shared_ptr<PushConsumer::Impl>> PushConsumer::Impl::create(
    std::shared_ptr<Client::Core> core, const PushConsumerOptions& as_given) {
  if (auto usable = core->usable(); !usable) return std::move(usable).error();
  if (auto checked = client::check_options(as_given); !checked) return std::move(checked).error();
  PushConsumerOptions options = as_given;
  options.group = core->wire_name(options.group);
  for (Subscription& each : options.subscriptions) each.topic = core->wire_name(each.topic);
  auto subscriptions = client::subscriptions_of(options, core->loop().wall_ms());
  if (!subscriptions) return std::move(subscriptions).error();

  for (const protocol::SubscriptionData& each : *subscriptions) {
    auto checked =
        core->wait<void>([&] { return client::check_subscription(*core, options.group, each); });
    if (!checked) return std::move(checked).error();
  }
  if (options.mode == ConsumeMode::pop) {
    for (const Subscription& each : options.subscriptions) {
      auto checked =
          core->wait<void>([&] { return client::check_pop(*core, options.group, each.topic); });
      if (!checked) return std::move(checked).error();
    }
  }
  std::shared_ptr<client::Tracer> tracer;
  if (options.trace) {
    auto made =
        client::Tracer::create(core, *options.trace, options.group, client::Tracer::Side::consumes);
    if (!made) return std::move(made).error();
    tracer = *std::move(made);
  }

  auto impl = std::make_shared<Impl>(core, options, *std::move(subscriptions), std::move(tracer));
  Result<void> joined;
  net::run_in(core->loop(), [&] { joined = impl->member_->join(); });
  if (!joined) return std::move(joined).error();
  if (auto added = core->add_handle(impl); !added) return std::move(added).error();

  // What is sent once we have returned is to be consumed, even by a group that starts at the end of
  // its queues. Where the brokers cannot be reached, it begins whenever they can.
  const auto begun =
      core->wait<void>([&] { return impl->member_->consuming(core->options().request_timeout); });
  if (!begun) {
    if (protocol::is_denial(begun.error())) return begun.error();
    core->log().info(
        str("group ", options.group, " does not consume yet: ", to_string(begun.error())));
  }
  return impl;
}

PushConsumer::Impl::Impl(std::shared_ptr<Client::Core> core, const PushConsumerOptions& options,
                         std::vector<protocol::SubscriptionData> subscriptions,
                         std::shared_ptr<client::Tracer> tracer)
    : core_(std::move(core)),
      group_(options.group),
      tracer_(std::move(tracer)),
      threads_(std::make_unique<client::ThreadPool>(options.threads)) {
  net::run_in(core_->loop(), [&] {
    member_ = std::make_unique<client::GroupMember>(
        *core_, options, std::move(subscriptions),
        [threads = threads_.get()](client::WorkList work) { threads->run(std::move(work)); },
        tracer_);
  });
}

PushConsumer::Impl::~Impl() {
  // A listener that destroys its consumer, or takes longer than its threads are waited for, goes on
  // without us, but not without what its thread uses.
  net::run_in(core_->loop(), [this] {
    member_->calls().keep_for_listeners(core_);
    member_.reset();
  });
  threads_.reset();
  if (tracer_ != nullptr) tracer_->close(trace_flush_timeout);
}

CloseReport PushConsumer::Impl::close(std::chrono::milliseconds deadline) {
  CloseReport report;
  if (is_forked()) return report;
  if (core_->loop().in_loop_thread()) return member_->close_at_once();
  client::ListenerCall* const caller = member_->calls().current_call();
  auto closed = core_->wait<CloseReport>([&] {
    return member_->close(std::clamp(deadline, std::chrono::milliseconds::zero(), deadline_max),
                          caller);
  });
  if (closed) report = *std::move(closed);
  return report;
}

Result<void> PushConsumer::Impl::subscribe(const Subscription& subscription) {
  auto data = client::subscription_data({core_->wire_name(subscription.topic), subscription.filter},
                                        core_->loop().wall_ms());
  if (!data) return std::move(data).error();
  return core_->wait<void>([&] { return member_->subscribe(*data); });
}

Result<void> PushConsumer::Impl::unsubscribe(const std::string& topic) {
  return core_->wait<void>([&] { return member_->unsubscribe(core_->wire_name(topic)); });
}

std::optional<std::string> PushConsumer::Impl::wire_name(
    const std::optional<std::string>& topic) const {
  if (!topic) return std::nullopt;
  return core_->wire_name(*topic);
}

void PushConsumer::Impl::pause(const std::optional<std::string>& topic) {
  if (is_forked()) return;
  net::run_in(core_->loop(), [&] { member_->pause(wire_name(topic)); });
}

void PushConsumer::Impl::resume(const std::optional<std::string>& topic) {
  if (is_forked()) return;
  net::run_in(core_->loop(), [&] { member_->resume(wire_name(topic)); });
}

PushConsumerStatistics PushConsumer::Impl::statistics() {
  PushConsumerStatistics statistics;
  if (is_forked()) return statistics;
  net::run_in(core_->loop(), [&] { statistics = member_->statistics(); });
  return statistics;
}

Result<void> PushConsumer::Impl::close_handle(std::chrono::milliseconds deadline) {
  const CloseReport report = close(deadline);
  if (report.clean()) return {};
  return Error{Errc::timeout, str("consumer group ", group_, ": ", report.unfinished_messages,
                                  " messages are not consumed, and the offsets of ",
                                  report.uncommitted.size(), " queues not stored")};
}

HandleStatistics PushConsumer::Impl::handle_statistics() {
  const PushConsumerStatistics now = statistics();
  HandleStatistics statistics{.kind = "push_consumer", .group = core_->plain_name(group_)};
  statistics.done = now.consumed;
  statistics.failed = now.given_back;
  for (const HeldQueueStatistics& each : now.held) statistics.pending += each.messages;
  return statistics;
}

// ---- the handle

PushConsumer::PushConsumer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
PushConsumer::PushConsumer(PushConsumer&&) noexcept = default;

PushConsumer& PushConsumer::operator=(PushConsumer&& other) noexcept {
  if (this != &other) {
    const PushConsumer before(std::move(*this));
    impl_ = std::move(other.impl_);
  }
  return *this;
}

PushConsumer::~PushConsumer() {
  if (impl_ == nullptr) return;
  impl_->is_forked() ? client::leave_behind(impl_) : void(close());
}

Result<void> PushConsumer::subscribe(const Subscription& subscription) {
  return impl_->subscribe(subscription);
}
Result<void> PushConsumer::unsubscribe(const std::string& topic) {
  return impl_->unsubscribe(topic);
}

void PushConsumer::pause() { impl_->pause(std::nullopt); }
void PushConsumer::resume() { impl_->resume(std::nullopt); }
void PushConsumer::pause(const std::string& topic) { impl_->pause(topic); }
void PushConsumer::resume(const std::string& topic) { impl_->resume(topic); }

CloseReport PushConsumer::close(std::chrono::milliseconds deadline) {
  const std::shared_ptr<Impl> impl = impl_;
  return impl->close(deadline);
}

PushConsumerStatistics PushConsumer::statistics() const { return impl_->statistics(); }

}  // namespace rocketmq
