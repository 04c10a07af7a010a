// Requests that travel as messages, and their replies.
#include <random>

#include "client/producer_impl.h"
#include "client/reply_message.h"
#include "client/requests.h"
#include "protocol/properties.h"
#include "protocol/str.h"

namespace rocketmq {
namespace {

using namespace std::chrono_literals;

namespace property = protocol::property;

constexpr std::chrono::milliseconds timeout_max = 24h;

// A random UUID. Java: CorrelationIdUtil.
std::string new_correlation_id() {
  std::random_device random;
  std::string id;
  for (int i = 0; i < 16; ++i) {
    constexpr std::string_view digits = "0123456789abcdef";
    auto byte = static_cast<unsigned char>(random());
    if (i == 6) byte = static_cast<unsigned char>((byte & 0x0f) | 0x40);  // version 4
    if (i == 8) byte = static_cast<unsigned char>((byte & 0x3f) | 0x80);
    if (i == 4 || i == 6 || i == 8 || i == 10) id += '-';
    id += digits[byte >> 4];
    id += digits[byte & 0x0f];
  }
  return id;
}

}  // namespace

template <class Told>
void Producer::Impl::start_request(const Message& message, std::chrono::milliseconds timeout,
                                   Told told) {
  const bool is_usable = timeout > 0ms && timeout <= timeout_max;
  const std::string id = new_correlation_id();
  const std::string ttl = std::to_string(timeout.count());
  const protocol::Property properties[] = {
      {property::correlation_id, id},
      {property::reply_to_client, core_->client_id()},
      {property::message_ttl, ttl},
  };
  const std::chrono::milliseconds time = is_usable ? timeout : 1ms;
  const client::SendCall call{.options = {.timeout = time}, .added = {.properties = properties}};
  const net::TimePoint deadline = core_->loop().now() + time;
  auto send = begin_async(
      message, SendCallback([core = core_, requests = requests_, id](Result<SendReceipt> result) {
        core->loop().post(
            [requests, id, result = std::move(result)] { requests->send_ended(id, result); });
      }),
      call);
  if (!is_usable && !send->result) {
    send->result = Error{Errc::invalid_argument,
                         str("a timeout of ", timeout.count(), " ms is not 1 ms to 24 h")};
  }
  auto request =
      std::make_unique<client::Request>(id, timeout, deadline, std::move(told), pending_);
  core_->loop().post([requests = requests_, request = request.release(), send = send.release()] {
    requests->start(std::unique_ptr<client::Request>(request), std::unique_ptr<client::Send>(send));
  });
}

Result<MessageView> Producer::Impl::request(const Message& message,
                                            std::chrono::milliseconds timeout) {
  if (auto refused = refuse_to_wait(); !refused) return std::move(refused).error();
  std::promise<Result<MessageView>> promise;
  auto reply = promise.get_future();
  start_request(message, timeout, std::move(promise));
  return reply.get();
}

void Producer::Impl::request_async(const Message& message, std::chrono::milliseconds timeout,
                                   ReplyCallback done) {
  if (core_->is_forked()) return done(Client::Core::forked_error());
  start_request(message, timeout, std::move(done));
}

// Sent to the broker that the request came from: there the asker is known. Java: any of the reply
// topic's queues, which fails where the asker does not know that broker.
Result<SendReceipt> Producer::Impl::reply(const MessageView& request, std::string body) {
  const auto to = client::reply_to(request);
  if (!to) return to.error();
  std::vector<protocol::Property> properties{
      {property::message_type, "reply"},
      {property::correlation_id, to->correlation_id},
      {property::reply_to_client, to->client_id},
  };
  if (!to->ttl.empty()) properties.push_back({property::message_ttl, to->ttl});
  const auto same_broker = [&request](Span<const MessageQueue> queues) -> std::size_t {
    for (std::size_t i = 0; i < queues.size(); ++i) {
      if (queues[i].broker_name == request.queue().broker_name) return i;
    }
    return 0;
  };
  return send({.topic = to->topic, .body = std::move(body)}, {.options = {.choose = same_broker},
                                                              .added = {.properties = properties},
                                                              .kind = client::SendKind::reply});
}

// ---- the public handle

Result<MessageView> Producer::request(const Message& message, std::chrono::milliseconds timeout) {
  return impl_->request(message, timeout);
}
void Producer::request_async(const Message& message, std::chrono::milliseconds timeout,
                             ReplyCallback done) {
  impl_->request_async(message, timeout, std::move(done));
}
Result<SendReceipt> Producer::reply(const MessageView& request, std::string body) {
  return impl_->reply(request, std::move(body));
}

}  // namespace rocketmq
