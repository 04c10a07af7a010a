#include <rocketmq/pull_consumer.h>

#include <algorithm>
#include <utility>

#include "client/pull_consumer_impl.h"
#include "client/pull_consumer_options.h"
#include "protocol/denial.h"

namespace rocketmq {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds timeout_max = 24h;
// What close() takes for each of its steps at the least, so that a short deadline does no harm.
constexpr net::Duration farewell_min = 500ms;
constexpr std::chrono::milliseconds destructor_deadline = 3s;

PullConsumerOptions options_on_wire(const Client::Core& core, PullConsumerOptions options) {
  options.group = core.wire_name(options.group);
  for (Subscription& each : options.subscriptions) each.topic = core.wire_name(each.topic);
  return options;
}

std::chrono::milliseconds bounded(std::chrono::milliseconds time) {
  return std::clamp(time, 0ms, timeout_max);
}

}  // namespace

Result<PullConsumer> Client::create_pull_consumer(PullConsumerOptions options) {
  auto impl = PullConsumer::Impl::create(core_, options);
  if (!impl) return std::move(impl).error();
  return PullConsumer(*std::move(impl));
}

Result<std::shared_ptr<PullConsumer::Impl>> PullConsumer::Impl::create(
    std::shared_ptr<Client::Core> core, const PullConsumerOptions& options) {
  if (auto usable = core->usable(); !usable) return std::move(usable).error();
  if (auto checked = client::check_options(options); !checked) return std::move(checked).error();
  const std::int64_t version = core->loop().wall_ms();
  auto subscriptions = client::subscriptions_of(options_on_wire(*core, options), version);
  if (!subscriptions) return std::move(subscriptions).error();
  auto impl = std::make_shared<Impl>(core, options, *std::move(subscriptions));
  if (auto added = core->add_handle(impl); !added) return std::move(added).error();
  if (auto joined = impl->join(); !joined) return std::move(joined).error();
  return impl;
}

PullConsumer::Impl::Impl(std::shared_ptr<Client::Core> core, const PullConsumerOptions& options,
                         std::vector<protocol::SubscriptionData> subscriptions)
    : core_(std::move(core)),
      group_(options.group),
      callbacks_(std::make_shared<client::Callbacks>(core_)) {
  const PullConsumerOptions wire_options = options_on_wire(*core_, options);
  net::run_in(core_->loop(), [&] {
    reader_ = std::make_unique<client::QueueReader>(*core_, wire_options);
    if (subscriptions.empty()) {
      assignment_ = std::make_unique<client::Assignment>(*core_, *reader_, tell_user(options));
    } else {
      member_ = std::make_unique<client::PullMember>(*core_, wire_options, std::move(subscriptions),
                                                     *reader_, tell_user(options));
    }
  });
}

PullConsumer::Impl::~Impl() {
  if (core_->is_forked()) return;
  net::run_in(core_->loop(), [this] {
    member_.reset();
    assignment_.reset();
    reader_.reset();
  });
}

client::QueuesChanged PullConsumer::Impl::tell_user(const PullConsumerOptions& options) {
  if (!options.on_queues_changed) return {};
  return [this, user = options.on_queues_changed](const std::string& topic,
                                                  const std::vector<MessageQueue>& queues) {
    callbacks_->add(
        [user, name = core_->plain_name(topic), all = plain(queues)] { user(name, all); });
  };
}

Result<void> PullConsumer::Impl::join() {
  if (member_ == nullptr) return {};
  Result<void> joined;
  net::run_in(core_->loop(), [&] { joined = member_->join(); });
  if (!joined) return joined;
  // What is sent once we have returned is to be read, even by a group that starts at the end of its
  // queues. Where the brokers cannot be reached, it begins whenever they can.
  const net::Duration patience = core_->options().request_timeout;
  const auto begun = core_->wait<void>([&] { return member_->reading(patience); });
  if (begun) return {};
  if (protocol::is_denial(begun.error())) return begun;
  core_->log().info(str("a pull consumer: ", to_string(begun.error())));
  return {};
}

MessageQueue PullConsumer::Impl::on_wire(MessageQueue queue) const {
  queue.topic = core_->wire_name(queue.topic);
  return queue;
}

MessageQueue PullConsumer::Impl::plain(MessageQueue queue) const {
  queue.topic = core_->plain_name(queue.topic);
  return queue;
}

std::vector<MessageQueue> PullConsumer::Impl::on_wire(std::vector<MessageQueue> queues) const {
  for (MessageQueue& queue : queues) queue = on_wire(std::move(queue));
  return queues;
}

std::vector<MessageQueue> PullConsumer::Impl::plain(std::vector<MessageQueue> queues) const {
  for (MessageQueue& queue : queues) queue = plain(std::move(queue));
  return queues;
}

Result<void> PullConsumer::Impl::assign(std::vector<MessageQueue> queues) {
  if (assignment_ == nullptr) {
    return Error{Errc::invalid_argument, "assign() of a consumer with subscriptions"};
  }
  return core_->wait<void>([&] { return assignment_->assign(on_wire(std::move(queues))); });
}

Result<void> PullConsumer::Impl::set_filter(const Subscription& subscription) {
  if (assignment_ == nullptr) {
    return Error{Errc::invalid_argument, "set_filter() of a consumer with subscriptions"};
  }
  if (core_->is_forked()) return Client::Core::forked_error();
  const Subscription wire{core_->wire_name(subscription.topic), subscription.filter};
  Result<void> result;
  net::run_in(core_->loop(), [&] { result = assignment_->set_filter(wire); });
  return result;
}

void PullConsumer::Impl::commit_async(std::function<void(Result<void>)> done) {
  if (core_->is_forked()) {
    if (done) done(Client::Core::forked_error());
    return;
  }
  core_->loop().post([self = shared_from_this(), done = std::move(done)]() mutable {
    self->callbacks_->begin();
    net::TaskSet& tasks = self->core_->tasks();
    tasks.start(commit_and_tell(std::move(self), std::move(done)));
  });
}

net::Task<> PullConsumer::Impl::commit_and_tell(std::shared_ptr<Impl> self,
                                                std::function<void(Result<void>)> done) {
  Result<void> committed = co_await self->reader_->commit();
  client::Callbacks& callbacks = *self->callbacks_;
  // The frame of this coroutine may stay for a while, and must not keep `self`.
  callbacks.finish(
      [self = std::move(self), done = std::move(done), committed = std::move(committed)] {
        if (done) done(committed);
      });
}

Result<void> PullConsumer::Impl::close(std::chrono::milliseconds deadline, LastPoll last) {
  if (core_->is_forked()) return Client::Core::forked_error();
  if (core_->loop().in_loop_thread()) {
    shut_down_at_once(last);
    return {};
  }
  const bool in_callback = callbacks_->is_running_here();
  return core_->wait<void>([&] { return shut_down(bounded(deadline), last, in_callback); });
}

net::Task<Result<void>> PullConsumer::Impl::shut_down(net::Duration deadline, LastPoll last,
                                                      bool in_callback) {
  if (std::exchange(is_closing_, true)) {
    if (!in_callback) co_await closed_.wait();  // which may wait for this very callback
    co_return closing_result_;
  }
  const net::TimePoint end = core_->loop().now() + deadline;
  const auto time_left = [&loop = core_->loop(), end] {
    return std::max(end - loop.now(), farewell_min);
  };
  reader_->stop();
  if (member_ != nullptr) member_->stop();
  const client::SaveReport report = co_await reader_->offsets().save_all(
      reader_->offsets_done(last == LastPoll::is_done), time_left());
  closing_result_ = report.result;
  if (assignment_ != nullptr) assignment_->leave();
  if (member_ != nullptr) co_await member_->leave(time_left());
  if (!in_callback) {
    static_cast<void>(co_await net::with_timeout(core_->loop(), time_left(), callbacks_->ended()));
  }
  closed_.set();
  co_return closing_result_;
}

// Where nobody may wait: what can be said to the brokers at once is said.
void PullConsumer::Impl::shut_down_at_once(LastPoll last) {
  if (std::exchange(is_closing_, true)) return;
  reader_->stop();
  for (const client::QueueOffset& each : reader_->offsets_done(last == LastPoll::is_done)) {
    reader_->offsets().save_soon(each.queue, each.offset);
  }
  if (assignment_ != nullptr) assignment_->leave();
  if (member_ != nullptr) member_->leave_at_once();
  closed_.set();
}

HandleStatistics PullConsumer::Impl::handle_statistics() {
  HandleStatistics statistics{.kind = "pull_consumer", .group = group_};
  use([&](const client::QueueReader& reader) {
    statistics.done = reader.given();
    statistics.pending = reader.fetched();
  });
  return statistics;
}

// ---- the handle. Another thread may close and destroy it meanwhile: the calls keep what they use.

PullConsumer::PullConsumer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
PullConsumer::PullConsumer(PullConsumer&&) noexcept = default;

PullConsumer& PullConsumer::operator=(PullConsumer&& other) noexcept {
  if (this == &other) return *this;
  const PullConsumer before(std::move(*this));
  impl_ = std::move(other.impl_);
  return *this;
}

PullConsumer::~PullConsumer() {
  if (impl_ == nullptr) return;
  if (impl_->is_forked()) {
    client::leave_behind(impl_);
    return;
  }
  static_cast<void>(impl_->close(destructor_deadline, Impl::LastPoll::may_be_at_work));
}

Result<void> PullConsumer::assign(std::vector<MessageQueue> queues) {
  const auto impl = impl_;
  return impl->assign(std::move(queues));
}

Result<void> PullConsumer::set_filter(const Subscription& subscription) {
  return impl_->set_filter(subscription);
}

std::vector<MessageQueue> PullConsumer::queues() const {
  std::vector<MessageQueue> queues;
  impl_->use([&](client::QueueReader& reader) { queues = impl_->plain(reader.queues()); });
  return queues;
}

Result<std::vector<MessageView>> PullConsumer::poll(std::chrono::milliseconds timeout) {
  const auto impl = impl_;
  return impl->wait<std::vector<MessageView>>(
      [timeout](client::QueueReader& reader) { return reader.poll(bounded(timeout)); });
}

Result<void> PullConsumer::seek(const MessageQueue& queue, std::int64_t offset) {
  const auto impl = impl_;
  return impl->wait<void>(
      [&](client::QueueReader& reader) { return reader.seek(impl->on_wire(queue), offset); });
}

Result<void> PullConsumer::seek(const MessageQueue& queue, StartAt where) {
  const auto impl = impl_;
  return impl->wait<void>(
      [&](client::QueueReader& reader) { return reader.seek(impl->on_wire(queue), where); });
}

Result<void> PullConsumer::seek(StartAt where) {
  const auto impl = impl_;
  return impl->wait<void>([&](client::QueueReader& reader) { return reader.seek(where); });
}

Result<void> PullConsumer::commit() {
  const auto impl = impl_;
  return impl->wait<void>([](client::QueueReader& reader) { return reader.commit(); });
}

void PullConsumer::commit_async(std::function<void(Result<void>)> done) {
  impl_->commit_async(std::move(done));
}

Result<void> PullConsumer::commit(const MessageQueue& queue, std::int64_t offset) {
  const auto impl = impl_;
  return impl->wait<void>(
      [&](client::QueueReader& reader) { return reader.commit(impl->on_wire(queue), offset); });
}

Result<std::int64_t> PullConsumer::committed(const MessageQueue& queue) {
  const auto impl = impl_;
  return impl->wait<std::int64_t>(
      [&](client::QueueReader& reader) { return reader.committed(impl->on_wire(queue)); });
}

Result<std::int64_t> PullConsumer::position(const MessageQueue& queue) {
  const auto impl = impl_;
  return impl->wait<std::int64_t>(
      [&](client::QueueReader& reader) { return reader.position(impl->on_wire(queue)); });
}

Result<std::int64_t> PullConsumer::offset_at(const MessageQueue& queue, StartAt where) {
  const auto impl = impl_;
  return impl->wait<std::int64_t>(
      [&](client::QueueReader& reader) { return reader.offset_at(impl->on_wire(queue), where); });
}

void PullConsumer::pause(const std::vector<MessageQueue>& queues) {
  impl_->use([&](client::QueueReader& reader) { reader.pause(impl_->on_wire(queues)); });
}

void PullConsumer::resume(const std::vector<MessageQueue>& queues) {
  impl_->use([&](client::QueueReader& reader) { reader.resume(impl_->on_wire(queues)); });
}

Result<void> PullConsumer::close(std::chrono::milliseconds deadline) {
  const auto impl = impl_;
  return impl->close(deadline, Impl::LastPoll::is_done);
}

}  // namespace rocketmq
