// The public handle.
#include <rocketmq/client.h>
#include <rocketmq/producer.h>

#include <utility>

#include "client/producer_impl.h"

namespace rocketmq {
namespace {

constexpr std::chrono::seconds close_deadline(3);  // as in the declaration of close()

void end(std::shared_ptr<Producer::Impl>& impl) {
  if (impl == nullptr) return;
  if (impl->core()->is_forked()) return client::leave_behind(impl);
  const std::shared_ptr<Producer::Impl> kept = impl;  // a callback may destroy the handle meanwhile
  static_cast<void>(kept->close(close_deadline));
}

}  // namespace

Result<Producer> Client::create_producer(ProducerOptions options) {
  auto impl = Producer::Impl::create(core_, std::move(options));
  if (!impl) return std::move(impl).error();
  if (auto added = core_->add_handle(*impl); !added) {
    end(*impl);
    return std::move(added).error();
  }
  return Producer(*std::move(impl));
}

Producer::Producer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Producer::Producer(Producer&&) noexcept = default;
Producer& Producer::operator=(Producer&& other) noexcept {
  if (this == &other) return *this;
  end(impl_);
  impl_ = std::move(other.impl_);
  return *this;
}
Producer::~Producer() { end(impl_); }

Result<SendReceipt> Producer::send(const Message& message) { return impl_->send(message); }
Result<SendReceipt> Producer::send(const Message& message, const SendOptions& options) {
  return impl_->send(message, {.options = options});
}
Result<SendReceipt> Producer::send_ordered(const Message& message, std::string_view sharding_key) {
  if (!protocol::is_property_text(sharding_key)) {
    return Error{Errc::invalid_argument,
                 "the sharding key is empty or has a byte 0x01 or 0x02 in it"};
  }
  return impl_->send(message, {.added = {.sharding_key = sharding_key}});
}
Result<SendReceipt> Producer::send_to(const MessageQueue& queue, const Message& message) {
  return impl_->send(message, {.options = {.queue = queue}});
}

Result<SendReceipt> Producer::send_batch(Span<const Message> messages, const SendOptions& options) {
  return impl_->send_batch(messages, options);
}
Result<SendReceipt> Producer::send_batch(const std::vector<Message>& messages) {
  return impl_->send_batch({messages.data(), messages.size()}, {});
}

void Producer::send_async(const Message& message, SendCallback done) {
  impl_->send_async(message, std::move(done));
}
void Producer::send_async(const Message& message, const SendOptions& options, SendCallback done) {
  impl_->send_async(message, std::move(done), {.options = options});
}
void Producer::send_batch_async(Span<const Message> messages, const SendOptions& options,
                                SendCallback done) {
  impl_->send_batch_async(messages, options, std::move(done));
}
std::future<Result<SendReceipt>> Producer::send_future(const Message& message,
                                                       const SendOptions& options) {
  return impl_->send_future(message, {.options = options});
}
Result<void> Producer::send_oneway(const Message& message, const SendOptions& options) {
  return impl_->send_oneway(message, {.options = options});
}

Result<std::string> Producer::recall(const SendReceipt& receipt) {
  if (receipt.recall_handle.empty()) {
    return Error{Errc::invalid_argument,
                 "the receipt has no recall_handle: not timed, or the broker cannot recall"};
  }
  return impl_->recall(receipt.queue.topic, receipt.recall_handle);
}
Result<std::string> Producer::recall(const std::string& topic, const std::string& recall_handle) {
  return impl_->recall(topic, recall_handle);
}

ProducerStatistics Producer::statistics() const { return impl_->statistics(); }

Result<void> Producer::close(std::chrono::milliseconds deadline) {
  const std::shared_ptr<Impl> impl = impl_;  // a callback may destroy the producer meanwhile
  return impl->close(deadline);
}

}  // namespace rocketmq
