#include "client/pop_messages.h"

#include <map>
#include <memory>
#include <tuple>
#include <utility>

#include "client/message_view.h"
#include "protocol/ack_bits.h"
#include "protocol/properties.h"
#include "protocol/str.h"

namespace rocketmq::client {
namespace {

using Records = std::vector<std::shared_ptr<MessageView::Data>>;

Result<std::vector<protocol::PoppedInfo>> infos_of(const PopAnswer& answer,
                                                   const std::string& broker_name,
                                                   const Records& records) {
  std::vector<protocol::PoppedMessage> came;
  came.reserve(records.size());
  for (const auto& data : records) {
    const protocol::RecordView& record = data->record;
    came.push_back({record.topic, record.queue_id, record.queue_offset,
                    protocol::find_property(record.properties, protocol::property::pop_ck)});
  }
  return protocol::popped_infos(answer.header, broker_name, came);
}

// Shared by neighbouring messages that came from the same queue.
class Sources {
 public:
  std::shared_ptr<const PullSource> like(const std::shared_ptr<const PullSource>& source,
                                         MessageQueue queue) {
    if (made_from_ != source || made_->queue != queue) {
      auto made = std::make_shared<PullSource>(*source);
      made->queue = std::move(queue);
      made_ = std::move(made);
      made_from_ = source;
    }
    return made_;
  }

 private:
  std::shared_ptr<const PullSource> made_from_;
  std::shared_ptr<const PullSource> made_;
};

// Those of one pop from one queue are acknowledged together, a bit each.
using PopKey = std::tuple<std::string, protocol::PopTopicKind, std::int32_t, std::int64_t,
                          std::int64_t, std::int64_t, std::int32_t>;

struct Bits {
  protocol::BatchAck ack;
  std::vector<std::uint32_t> indexes;
};

// What was subscribed to, of where a message lies.
std::string_view subscribed_topic(const MessageQueue& queue, protocol::PopTopicKind kind,
                                  const std::string& group) {
  const std::string_view topic = queue.topic;
  return topic.substr(protocol::pop_topic(kind, "", group).size());
}

protocol::BatchAck ack_without_bits(const std::string& group, std::string_view topic,
                                    const protocol::PopCheckpoint& checkpoint) {
  return {.consumer_group = group,
          .invisible_time = checkpoint.invisible_time,
          .pop_time = checkpoint.pop_time,
          .queue_id = checkpoint.queue_id,
          .retry = std::string(1, static_cast<char>(checkpoint.kind)),
          .revive_queue_id = checkpoint.revive_queue_id,
          .start_offset = checkpoint.start_offset,
          .topic = std::string(topic)};
}

}  // namespace

Result<PoppedMessages> popped_messages(const PopAnswer& answer, const PopOrigin& origin,
                                       std::size_t body_bytes_max) {
  const auto& [topic, shown_topic, group, broker_name] = origin;
  DecodedRecords decoded = decode_records(answer.body,
                                          std::make_shared<const PullSource>(PullSource{
                                              answer.bytes, {topic, broker_name, -1}, 0, topic}),
                                          body_bytes_max);
  const auto infos = infos_of(answer, broker_name, decoded.messages);
  if (!infos) return infos.error();

  PoppedMessages popped{.messages = {}, .error = std::move(decoded.error)};
  popped.messages.reserve(decoded.messages.size());
  Sources sources;
  for (std::size_t i = 0; i < decoded.messages.size(); ++i) {
    auto& data = decoded.messages[i];
    const std::string& text = (*infos)[i].checkpoint;
    const auto checkpoint = protocol::parse_pop_checkpoint(text);
    if (!checkpoint) return Error{Errc::bad_frame, checkpoint.error().message};
    set_popped(*data,
               sources.like(data->source, {protocol::pop_topic(checkpoint->kind, topic, group),
                                           broker_name, checkpoint->queue_id}),
               text);
    const std::int32_t times = (*infos)[i].reconsume_times;  // of a pop in order
    if (times > 0) data->record.reconsume_times = times;
    popped.messages.emplace_back(std::move(data));
  }
  return popped;
}

Result<protocol::PopCheckpoint> checkpoint_of(const MessageView& message) {
  const std::string& text = message.data().pop_checkpoint;
  if (text.empty()) {
    return Error{Errc::invalid_argument,
                 str("message ", message.message_id(), " was not received by a pop")};
  }
  return protocol::parse_pop_checkpoint(text);
}

std::string changed_checkpoint(const protocol::PopCheckpoint& old,
                               const protocol::ChangeMessageInvisibleTimeResponse& answer) {
  protocol::PopCheckpoint changed = old;
  changed.start_offset = old.offset;
  changed.pop_time = answer.pop_time;
  changed.invisible_time = answer.invisible_time;
  changed.revive_queue_id = answer.revive_queue_id;
  return to_string(changed);
}

Result<std::vector<protocol::BatchAckMessageRequestBody>> batch_acks(
    const std::string& group, Span<const MessageView> messages) {
  std::map<std::string, std::map<PopKey, Bits>, std::less<>> brokers;
  for (const MessageView& message : messages) {
    const auto checkpoint = checkpoint_of(message);
    if (!checkpoint) return checkpoint.error();
    const std::uint64_t index = static_cast<std::uint64_t>(checkpoint->offset) -
                                static_cast<std::uint64_t>(checkpoint->start_offset);
    if (index >= protocol::ack_bits_max) {
      return Error{Errc::invalid_argument,
                   str("POP_CK of message ", message.message_id(), " contradicts itself")};
    }
    const std::string_view topic = subscribed_topic(message.queue(), checkpoint->kind, group);
    Bits& bits = brokers[std::string(checkpoint->broker_name)][{
        std::string(topic), checkpoint->kind, checkpoint->queue_id, checkpoint->start_offset,
        checkpoint->pop_time, checkpoint->invisible_time, checkpoint->revive_queue_id}];
    if (bits.indexes.empty()) bits.ack = ack_without_bits(group, topic, *checkpoint);
    bits.indexes.push_back(static_cast<std::uint32_t>(index));
  }

  std::vector<protocol::BatchAckMessageRequestBody> requests;
  for (auto& [broker_name, of_broker] : brokers) {
    protocol::BatchAckMessageRequestBody& request = requests.emplace_back();
    request.broker_name = broker_name;
    for (auto& [key, bits] : of_broker) {
      bits.ack.bits = protocol::encode_ack_bits(bits.indexes);
      request.acks.push_back(std::move(bits.ack));
    }
  }
  return requests;
}

}  // namespace rocketmq::client
