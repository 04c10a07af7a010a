#include <algorithm>
#include <future>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include "client/names.h"
#include "client/simple_consumer_impl.h"
#include "client/subscription_data.h"
#include "protocol/str.h"

namespace rocketmq {
namespace {

using namespace std::chrono_literals;

constexpr int pop_messages_max = 32;
constexpr std::chrono::milliseconds invisible_min = 1s;
constexpr std::chrono::milliseconds invisible_max = 12h;
constexpr std::chrono::milliseconds wait_max = 24h;
// For callbacks that run at the end of close(), beyond its deadline.
constexpr net::Duration callback_grace = 1s;

Error refused(std::string reason) { return {Errc::invalid_argument, std::move(reason)}; }

Error closed() { return {Errc::client_closed, "the simple consumer is closed"}; }

Result<void> check(const SimpleConsumerOptions& options) {
  if (auto group = client::check_group("consumer", options.group); !group) return group;
  if (options.subscriptions.empty()) return refused("there is no subscription");
  std::set<std::string_view> topics;
  for (const Subscription& each : options.subscriptions) {
    if (!topics.insert(each.topic).second) {
      return refused(str("topic ", each.topic, " is subscribed to twice"));
    }
  }
  if (options.start_at.kind() == StartAt::Kind::time) {
    return refused("start_at is a time, not earliest or latest");
  }
  if (options.message_bytes_max < 1) return refused("message_bytes_max is 0");
  return {};
}

Result<void> check_invisible(std::chrono::milliseconds invisible) {
  if (invisible < invisible_min || invisible > invisible_max) {
    return refused(str("invisible is ", invisible.count(), " ms, not 1 s to 12 h"));
  }
  return {};
}

Result<void> check(const ReceiveOptions& options) {
  if (options.max < 1 || options.max > pop_messages_max) {
    return refused(str("max is ", options.max, ", not 1 to ", pop_messages_max));
  }
  if (options.wait < 0ms || options.wait > wait_max) {
    return refused(str("wait is ", options.wait.count(), " ms, not 0 to 24 h"));
  }
  return check_invisible(options.invisible);
}

}  // namespace

Result<std::shared_ptr<SimpleConsumer::Impl>> SimpleConsumer::Impl::create(
    std::shared_ptr<Client::Core> core, const SimpleConsumerOptions& options) {
  if (const auto& usable = core->usable(); !usable) return usable.error();
  if (auto checked = check(options); !checked) return std::move(checked).error();
  std::shared_ptr<Impl> impl(new Impl(std::move(core), options));
  for (const Subscription& each : options.subscriptions) {
    if (auto subscribed = impl->subscribe(each); !subscribed) return std::move(subscribed).error();
  }
  if (auto added = impl->core_->add_handle(impl); !added) return std::move(added).error();
  return impl;
}

SimpleConsumer::Impl::Impl(std::shared_ptr<Client::Core> core, const SimpleConsumerOptions& options)
    : core_(std::move(core)),
      group_(options.group),
      callbacks_(std::make_shared<client::Callbacks>(core_)) {
  net::run_in(core_->loop(), [&] {
    receiver_ = std::make_unique<client::SimpleReceiver>(*core_, options);
    receives_ = std::make_unique<client::CallSet>();
    requests_ = std::make_unique<client::CallSet>();
  });
}

SimpleConsumer::Impl::~Impl() {
  net::run_in(core_->loop(), [this] {
    requests_.reset();
    receives_.reset();
    receiver_.reset();
  });
}

template <class T>
void SimpleConsumer::Impl::start(client::CallSet& calls, Make<T> make,
                                 std::function<void(Result<T>)> done) {
  if (is_forked()) return done(Client::Core::forked_error());
  core_->loop().post(
      [self = shared_from_this(), &calls, make = std::move(make), done = std::move(done)] {
        if (self->is_closed_) return done(closed());
        calls.start<T>(make(), done);
      });
}

template <class T>
Result<T> SimpleConsumer::Impl::wait(
    const std::function<void(std::function<void(Result<T>)> done)>& begin) {
  if (is_forked()) return Client::Core::forked_error();
  if (core_->loop().in_loop_thread()) {
    return Error{Errc::would_deadlock, "a blocking call on the client's own loop thread"};
  }
  const auto promise = std::make_shared<std::promise<Result<T>>>();
  auto result = promise->get_future();
  begin([promise](Result<T> value) { promise->set_value(std::move(value)); });
  return result.get();
}

template <class T>
std::function<void(Result<T>)> SimpleConsumer::Impl::as_callback(
    std::function<void(Result<T>)> function) {
  return [callbacks = callbacks_, core = core_, function = std::move(function)](Result<T> result) {
    if (core->is_forked()) return function(std::move(result));
    auto add = [callbacks, function, result = std::move(result)] {
      callbacks->add([function, result] { function(result); });
    };
    if (core->loop().in_loop_thread()) return add();
    core->loop().post(std::move(add));
  };
}

void SimpleConsumer::Impl::receive(const ReceiveOptions& options, ReceiveCallback done) {
  if (auto checked = check(options); !checked) return done(checked.error());
  start<std::vector<MessageView>>(
      *receives_, [this, options] { return receiver_->receive(options); }, std::move(done));
}

void SimpleConsumer::Impl::ack(const MessageView& message, DoneCallback done) {
  start<void>(
      *requests_, [this, message] { return receiver_->pops().ack(message); }, std::move(done));
}

void SimpleConsumer::Impl::ack(Span<const MessageView> messages, DoneCallback done) {
  start<void>(
      *requests_,
      [this, all = std::vector<MessageView>(messages.begin(), messages.end())] {
        return receiver_->pops().ack_all(all);
      },
      std::move(done));
}

void SimpleConsumer::Impl::change_invisible(const MessageView& message,
                                            std::chrono::milliseconds invisible,
                                            std::function<void(Result<MessageView>)> done) {
  if (auto checked = check_invisible(invisible); !checked) return done(checked.error());
  start<MessageView>(
      *requests_,
      [this, message, invisible] { return receiver_->pops().change_invisible(message, invisible); },
      std::move(done));
}

Result<void> SimpleConsumer::Impl::subscribe(const Subscription& subscription) {
  auto data = client::subscription_data(subscription, core_->loop().wall_ms());
  if (!data) return std::move(data).error();
  return on_loop([&] { receiver_->subscribe(*std::move(data)); });
}

Result<void> SimpleConsumer::Impl::unsubscribe(const std::string& topic) {
  return on_loop([&] { receiver_->unsubscribe(topic); });
}

Result<void> SimpleConsumer::Impl::on_loop(const std::function<void()>& function) {
  if (is_forked()) return Client::Core::forked_error();
  Result<void> result;
  net::run_in(core_->loop(), [&] {
    if (is_closed_) {
      result = closed();
    } else {
      function();
    }
  });
  return result;
}

Result<void> SimpleConsumer::Impl::close_handle(std::chrono::milliseconds deadline) {
  close(deadline);
  return {};
}

HandleStatistics SimpleConsumer::Impl::handle_statistics() {
  HandleStatistics statistics{.kind = "simple_consumer", .group = group_};
  net::run_in(core_->loop(), [&] { statistics.done = receiver_->pops().acknowledged(); });
  return statistics;
}

void SimpleConsumer::Impl::close(std::chrono::milliseconds deadline) {
  if (is_forked()) return;
  if (core_->loop().in_loop_thread()) {
    is_closed_ = true;
    receives_->end_all(closed());
    requests_->end_all(closed());
    return;
  }
  const bool in_callback = callbacks_->is_running_here();
  static_cast<void>(core_->wait<void>([&] {
    return shut_down(std::clamp<std::chrono::milliseconds>(deadline, 0ms, 24h), in_callback);
  }));
}

net::Task<Result<void>> SimpleConsumer::Impl::shut_down(net::Duration deadline, bool in_callback) {
  net::Loop& loop = core_->loop();
  const net::TimePoint end = loop.now() + deadline;
  is_closed_ = true;
  receives_->end_all(closed());
  static_cast<void>(co_await net::with_timeout(loop, deadline, requests_->ended()));
  requests_->end_all(closed());
  if (!in_callback) {
    const net::Duration left = std::max(end - loop.now(), callback_grace);
    static_cast<void>(co_await net::with_timeout(loop, left, callbacks_->ended()));
  }
  co_return Result<void>{};
}

// ---- the handle

Result<SimpleConsumer> Client::create_simple_consumer(SimpleConsumerOptions options) {
  auto impl = SimpleConsumer::Impl::create(core_, options);
  if (!impl) return std::move(impl).error();
  return SimpleConsumer(*std::move(impl));
}

SimpleConsumer::SimpleConsumer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
SimpleConsumer::SimpleConsumer(SimpleConsumer&&) noexcept = default;

SimpleConsumer& SimpleConsumer::operator=(SimpleConsumer&& other) noexcept {
  if (this != &other) {
    const SimpleConsumer before(std::move(*this));
    impl_ = std::move(other.impl_);
  }
  return *this;
}

SimpleConsumer::~SimpleConsumer() {
  if (impl_ == nullptr) return;
  if (impl_->is_forked()) {
    client::leave_behind(impl_);
  } else {
    close();
  }
}

Result<std::vector<MessageView>> SimpleConsumer::receive(const ReceiveOptions& options) {
  return impl_->wait<std::vector<MessageView>>(
      [&](ReceiveCallback done) { impl_->receive(options, std::move(done)); });
}

void SimpleConsumer::receive_async(const ReceiveOptions& options, ReceiveCallback done) {
  impl_->receive(options, impl_->as_callback<std::vector<MessageView>>(std::move(done)));
}

Result<void> SimpleConsumer::ack(const MessageView& message) {
  return impl_->wait<void>([&](DoneCallback done) { impl_->ack(message, std::move(done)); });
}

void SimpleConsumer::ack_async(const MessageView& message, DoneCallback done) {
  impl_->ack(message, impl_->as_callback<void>(std::move(done)));
}

Result<void> SimpleConsumer::ack(Span<const MessageView> messages) {
  if (messages.empty()) return {};
  return impl_->wait<void>([&](DoneCallback done) { impl_->ack(messages, std::move(done)); });
}

Result<MessageView> SimpleConsumer::change_invisible(const MessageView& message,
                                                     std::chrono::milliseconds invisible) {
  return impl_->wait<MessageView>([&](std::function<void(Result<MessageView>)> done) {
    impl_->change_invisible(message, invisible, std::move(done));
  });
}

Result<void> SimpleConsumer::subscribe(const Subscription& subscription) {
  return impl_->subscribe(subscription);
}

Result<void> SimpleConsumer::unsubscribe(const std::string& topic) {
  return impl_->unsubscribe(topic);
}

void SimpleConsumer::close(std::chrono::milliseconds deadline) {
  const std::shared_ptr<Impl> impl = impl_;
  impl->close(deadline);
}

}  // namespace rocketmq
