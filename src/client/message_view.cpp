#include "client/message_view.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "protocol/compression.h"
#include "protocol/message_id.h"
#include "protocol/properties.h"

namespace rocketmq {

namespace property = protocol::property;

namespace {

constexpr std::string_view retry_topic_prefix = "%RETRY%";
constexpr char namespace_separator = '%';

Timestamp timestamp_of(std::int64_t unix_ms) {
  return Timestamp(std::chrono::milliseconds(unix_ms));
}

// The topic a message was sent to: one that comes back from %RETRY%group is shown under the topic
// it failed in. Java: DefaultMQPushConsumerImpl.resetRetryAndNamespace.
std::string_view shown_topic(const protocol::RecordView& record, std::string_view name_space) {
  if (!record.topic.starts_with(retry_topic_prefix)) return record.topic;
  std::string_view topic =
      protocol::find_property(record.properties, property::retry_topic).value_or(record.topic);
  const std::size_t size = name_space.size();
  const bool is_wrapped = !name_space.empty() && topic.starts_with(name_space) &&
                          topic.substr(size).starts_with(namespace_separator);
  if (is_wrapped) topic.remove_prefix(size + 1);
  return topic;
}

// Fills what follows from source and record, except the body.
void describe(MessageView::Data& data) {
  const std::string& fixed_topic = data.source->shown_topic;
  data.topic =
      fixed_topic.empty() ? shown_topic(data.record, data.source->name_space) : fixed_topic;
  protocol::append_offset_message_id(data.own_text, data.record.store_host,
                                     data.record.physical_offset);
  data.offset_id_size = data.own_text.size();
  data.own_text += protocol::to_string(data.record.born_host);

  const auto unique_key = protocol::find_property(data.record.properties, property::unique_key);
  data.message_id =
      unique_key ? *unique_key : std::string_view(data.own_text).substr(0, data.offset_id_size);
}

// Numbers from the network may be any: what is too much for them wraps.
template <class T>
T sum(T a, T b) {
  using Unsigned = std::make_unsigned_t<T>;
  return static_cast<T>(static_cast<Unsigned>(a) + static_cast<Unsigned>(b));
}

// The body as the sender gave it; nothing where that cannot be had.
Result<std::string> unpacked(const protocol::RecordView& record, std::size_t bytes_max) {
  const auto type = protocol::compression_of(record.sys_flag);
  if (!type) return type.error();
  return protocol::decompress(*type, record.body, bytes_max);
}

class Decoder {
 public:
  Decoder(std::shared_ptr<const client::PullSource> source, std::size_t body_bytes_max)
      : source_(std::move(source)), body_bytes_max_(body_bytes_max) {}

  void add(protocol::RecordView record) {
    record.queue_offset = sum(record.queue_offset, source_->offset_delta);
    auto data = std::make_shared<MessageView::Data>();
    data->source = source_;
    data->record = record;
    data->body = record.body;
    if ((record.sys_flag & protocol::sys_flag::compressed) != 0 && !record.body.empty()) {
      if (auto body = unpacked(record, body_bytes_max_)) {
        data->own_body = *std::move(body);
        data->body = data->own_body;
      } else {
        data->is_readable = false;
      }
    }
    if (data->is_readable && is_batch(record)) return add_entries(data);
    finish(std::move(data));
  }

  std::vector<std::shared_ptr<MessageView::Data>> take() { return std::move(messages_); }

 private:
  static bool is_batch(const protocol::RecordView& record) {
    constexpr auto both = protocol::sys_flag::need_unwrap | protocol::sys_flag::inner_batch;
    return (record.sys_flag & both) == both;
  }

  // A batch stored as one record (topics with queue.type=BatchCQ) counts one queue offset for each
  // of its messages. Java: MessageDecoder.decodeMessage.
  void add_entries(const std::shared_ptr<MessageView::Data>& batch) {
    protocol::BatchReader reader(batch->body);
    const std::size_t first = messages_.size();
    std::int64_t index = 0;
    while (const auto entry = reader.next()) {
      auto data = std::make_shared<MessageView::Data>();
      data->source = source_of_entries(batch);
      data->record = batch->record;
      data->record.queue_offset = sum(data->record.queue_offset, index++);
      data->record.flag = entry->flag;
      data->record.properties = entry->properties;
      data->record.body = data->body = entry->body;
      finish(std::move(data));
    }
    if (reader.ok()) return;
    messages_.erase(messages_.begin() + static_cast<std::ptrdiff_t>(first), messages_.end());
    batch->is_readable = false;
    finish(batch);
  }

  // Entries of a compressed batch point into the batch's own body.
  static std::shared_ptr<const client::PullSource> source_of_entries(
      const std::shared_ptr<MessageView::Data>& batch) {
    if (batch->own_body.empty()) return batch->source;
    auto source = std::make_shared<client::PullSource>(*batch->source);
    source->bytes = batch;
    return source;
  }

  void finish(std::shared_ptr<MessageView::Data> data) {
    describe(*data);
    messages_.push_back(std::move(data));
  }

  const std::shared_ptr<const client::PullSource> source_;
  const std::size_t body_bytes_max_;
  std::vector<std::shared_ptr<MessageView::Data>> messages_;
};

// A copy, to be changed and described.
std::shared_ptr<MessageView::Data> copy_of(const MessageView& message) {
  const MessageView::Data& original = message.data();
  auto data = std::make_shared<MessageView::Data>();
  data->source = original.source;
  if (!original.own_body.empty()) {
    // The copy's body lies in what `message` owns.
    auto source = std::make_shared<client::PullSource>(*original.source);
    source->bytes = std::make_shared<const MessageView>(message);
    data->source = std::move(source);
  }
  data->record = original.record;
  data->body = original.body;
  data->is_readable = original.is_readable;
  data->pop_checkpoint = original.pop_checkpoint;
  return data;
}

}  // namespace

namespace client {

DecodedRecords decode_records(std::string_view body, std::shared_ptr<const PullSource> source,
                              std::size_t body_bytes_max) {
  Decoder decoder(std::move(source), body_bytes_max);
  // Java clients do not check the CRC either, and servers exist that leave it 0.
  protocol::RecordReader reader(body, protocol::CrcCheck::skip);
  while (const auto record = reader.next()) decoder.add(*record);
  return {decoder.take(), reader.ok() ? Error{} : reader.error()};
}

DecodedMessages decode_messages(std::string_view body, std::shared_ptr<const PullSource> source,
                                std::size_t body_bytes_max) {
  DecodedRecords decoded = decode_records(body, std::move(source), body_bytes_max);
  DecodedMessages result{.messages = {}, .error = std::move(decoded.error)};
  result.messages.reserve(decoded.messages.size());
  for (auto& data : decoded.messages) result.messages.emplace_back(std::move(data));
  return result;
}

void set_popped(MessageView::Data& message, std::shared_ptr<const PullSource> from,
                std::string checkpoint) {
  message.source = std::move(from);
  message.topic = message.source->shown_topic;
  message.pop_checkpoint = std::move(checkpoint);
}

MessageView delivered_again(const MessageView& message) {
  auto data = copy_of(message);
  data->record.reconsume_times = sum(data->record.reconsume_times, 1);
  describe(*data);
  return MessageView(std::move(data));
}

MessageView with_checkpoint(const MessageView& message, std::string checkpoint) {
  auto data = copy_of(message);
  data->pop_checkpoint = std::move(checkpoint);
  describe(*data);
  return MessageView(std::move(data));
}

}  // namespace client

std::string_view MessageView::topic() const { return data_->topic; }
std::string_view MessageView::body() const { return data_->body; }
std::string_view MessageView::tag() const { return property(property::tags); }
std::string_view MessageView::message_id() const { return data_->message_id; }

std::string_view MessageView::offset_message_id() const {
  return std::string_view(data_->own_text).substr(0, data_->offset_id_size);
}

std::string_view MessageView::born_host() const {
  return std::string_view(data_->own_text).substr(data_->offset_id_size);
}

std::vector<std::string_view> MessageView::keys() const {
  std::vector<std::string_view> keys;
  std::string_view rest = property(property::keys);
  while (!rest.empty()) {
    const std::size_t size = std::min(rest.find(' '), rest.size());
    if (size > 0) keys.push_back(rest.substr(0, size));
    rest.remove_prefix(std::min(size + 1, rest.size()));
  }
  return keys;
}

std::string_view MessageView::property(std::string_view name) const {
  return protocol::find_property(data_->record.properties, name).value_or(std::string_view());
}

std::vector<std::pair<std::string_view, std::string_view>> MessageView::properties() const {
  std::vector<std::pair<std::string_view, std::string_view>> all;
  for (const auto& [name, value] : protocol::PropertyRange(data_->record.properties)) {
    all.emplace_back(name, value);
  }
  return all;
}

std::string_view MessageView::sharding_key() const { return property(property::sharding_key); }
// Java: DefaultMQPushConsumerImpl, PullAPIWrapper.processPullResult.
std::string_view MessageView::transaction_id() const {
  const std::string_view id = property(property::transaction_id);
  if (!id.empty() || property(property::transaction_prepared) != "true") return id;
  return message_id();
}

std::int32_t MessageView::flag() const { return data_->record.flag; }
const MessageQueue& MessageView::queue() const { return data_->source->queue; }
std::int64_t MessageView::queue_offset() const { return data_->record.queue_offset; }
std::int64_t MessageView::commit_log_offset() const { return data_->record.physical_offset; }
std::int32_t MessageView::reconsume_times() const { return data_->record.reconsume_times; }
Timestamp MessageView::born_time() const { return timestamp_of(data_->record.born_timestamp); }
Timestamp MessageView::store_time() const { return timestamp_of(data_->record.store_timestamp); }

}  // namespace rocketmq
