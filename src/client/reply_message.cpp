#include "client/reply_message.h"

#include <limits>
#include <memory>

#include "client/message_view.h"
#include "protocol/host.h"
#include "protocol/message_codec.h"
#include "protocol/properties.h"
#include "protocol/str.h"

namespace rocketmq::client {

using namespace protocol;

std::string reply_topic(std::string_view cluster) { return str(cluster, "_REPLY_TOPIC"); }

Result<ReplyTo> reply_to(const MessageView& request) {
  const std::string_view cluster = request.property(property::cluster);
  const ReplyTo to{.topic = reply_topic(cluster),
                   .correlation_id = request.property(property::correlation_id),
                   .client_id = request.property(property::reply_to_client),
                   .ttl = request.property(property::message_ttl)};
  for (const std::string_view needed : {cluster, to.correlation_id, to.client_id}) {
    if (!is_property_text(needed)) {
      return Error{Errc::invalid_argument,
                   str("message ", request.message_id(), " does not ask for a reply")};
    }
  }
  return to;
}

Result<MessageView> message_of(const PushReplyMessageToClient& reply, std::string_view body,
                               std::int64_t arrived_at_ms, std::size_t body_bytes_max) {
  std::string properties(reply.properties.value_or(""));
  append_property(properties, property::arrive_time, std::to_string(arrived_at_ms));
  constexpr auto topic_bytes_max = std::size_t{std::numeric_limits<std::int16_t>::max()};
  if (reply.topic.size() > topic_bytes_max || properties.size() > properties_size_max) {
    return Error{Errc::bad_message, "a reply's topic or properties are too long"};
  }
  // Written down as it would be stored, it is read like any other message.
  const RecordView record{.queue_id = reply.queue_id,
                          .flag = reply.flag,
                          .sys_flag = reply.sys_flag,
                          .born_timestamp = reply.born_timestamp,
                          .born_host = parse_host(reply.born_host).value_or(Host{}),
                          .store_timestamp = reply.store_timestamp,
                          .store_host = parse_host(reply.store_host).value_or(Host{}),
                          .reconsume_times = reply.reconsume_times.value_or(0),
                          .body = body,
                          .topic = reply.topic,
                          .properties = properties};
  const auto bytes = std::make_shared<std::string>(record_size(record), '\0');
  encode_record(record, bytes->data());
  const auto source = std::make_shared<const PullSource>(PullSource{
      .bytes = bytes, .queue = {.topic = std::string(reply.topic), .queue_id = reply.queue_id}});
  const DecodedMessages decoded = decode_messages(*bytes, source, body_bytes_max);
  if (decoded.messages.size() != 1 || !decoded.messages.front().data().is_readable) {
    return Error{Errc::bad_message, "a reply's body cannot be decompressed"};
  }
  return decoded.messages.front();
}

}  // namespace rocketmq::client
