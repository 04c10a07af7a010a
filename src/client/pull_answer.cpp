#include "client/pull_answer.h"

#include <utility>

#include "client/message_view.h"
#include "client/offset_store.h"
#include "client/tag_filter.h"
#include "protocol/str.h"

namespace rocketmq::client {

TakenMessages take_messages(const PullAnswer& answer, const MessageQueue& queue,
                            const protocol::SubscriptionData& subscription,
                            std::size_t message_bytes_max, const std::string& name_space,
                            ProcessQueue& in_hand) {
  const std::int64_t end = answer.header.next_begin_offset;
  PullSource source{answer.bytes, queue, answer.header.offset_delta.value_or(0)};
  // What was given back is shown under the topic it failed in.
  if (!queue.topic.starts_with(retry_topic_prefix)) source.shown_topic = queue.topic;
  source.name_space = name_space;
  const DecodedMessages decoded = decode_messages(
      answer.body, std::make_shared<const PullSource>(std::move(source)), message_bytes_max);

  TakenMessages taken;
  if (decoded.error.code) taken.result = decoded.error;
  taken.messages.reserve(decoded.messages.size());
  for (const MessageView& message : decoded.messages) {
    const std::int64_t offset = message.queue_offset();
    if (offset < in_hand.next_offset()) continue;  // had it
    if (offset >= end) {
      taken.result = Error{Errc::bad_message,
                           str("message at offset ", offset, " of an answer that ends at ", end)};
      break;
    }
    if (wants_tag(subscription, message.tag())) {
      taken.messages.push_back({message, in_hand.add(offset, message.body().size())});
    } else {
      in_hand.advance_to(offset + 1);
    }
  }
  // Behind a message that cannot be decoded nothing is taken as read.
  if (taken.result) in_hand.advance_to(end);
  return taken;
}

}  // namespace rocketmq::client
