#include "client/batch_prep.h"

#include <cassert>
#include <cstring>
#include <utility>
#include <vector>

#include "client/message_check.h"
#include "protocol/message_codec.h"
#include "protocol/properties.h"
#include "protocol/str.h"

namespace rocketmq::client {
namespace {

namespace property = protocol::property;

protocol::BatchEntry entry_of(const PreparedMessage& message) {
  return {.flag = message.flag, .body = message.body, .properties = message.properties};
}

// The batch's own: whether the broker waits, which it reads here. No UNIQ_KEY, unlike Java's: 4.x
// brokers append these to the properties of every message, and all would have the same id.
std::string properties_of_batch(const PreparedMessage& first) {
  std::string text;
  if (const auto wait = protocol::find_property(first.properties, property::wait_store_msg_ok)) {
    protocol::append_property(text, property::wait_store_msg_ok, *wait);
  }
  return text;
}

}  // namespace

std::size_t batch_entry_size(const PreparedMessage& message) {
  return protocol::batch_entry_size(entry_of(message));
}

PreparedMessage join(std::span<const PreparedMessage* const> messages) {
  assert(!messages.empty());
  const PreparedMessage& first = *messages.front();
  const std::string properties = properties_of_batch(first);
  std::size_t body_size = 0;
  PreparedMessage batch;
  for (const PreparedMessage* const message : messages) {
    body_size += batch_entry_size(*message);
    batch.body_size += message->body_size;
  }
  batch.memory = MemoryBlock(nullptr, 0, first.topic.size() + properties.size() + body_size);
  char* at = batch.memory.texts();
  const auto put = [&at](std::string_view text) {
    char* const start = at;
    if (!text.empty()) std::memcpy(start, text.data(), text.size());
    at += text.size();
    return std::string_view(start, text.size());
  };
  batch.topic = put(first.topic);
  batch.properties = put(properties);
  batch.unique_key_size = first.unique_key_size;

  char* const body = at;
  batch.entry_key_rooms.reserve(messages.size());
  for (const PreparedMessage* const message : messages) {
    at += protocol::encode_batch_entry(entry_of(*message), at);
    // The properties are the entry's end.
    const auto from_end =
        message->properties.data() + message->properties.size() - message->unique_key_room;
    batch.entry_key_rooms.push_back(at - from_end);
  }
  batch.body = {body, body_size};
  return batch;
}

Result<PreparedMessage> prepare_batch(Span<const Message> messages, PrepareOptions options) {
  if (auto checked = check_batch(messages); !checked) return std::move(checked).error();
  options.compression = Compression::none;
  options.front_bytes = 0;
  std::vector<PreparedMessage> entries;
  std::vector<const PreparedMessage*> pointers;
  entries.reserve(messages.size());
  pointers.reserve(messages.size());
  std::size_t size = 0;
  for (const Message& message : messages) {
    auto prepared = prepare(message, options, BodyMemory::borrow);
    if (!prepared) return std::move(prepared).error();
    size += batch_entry_size(*prepared);
    entries.push_back(*std::move(prepared));
    pointers.push_back(&entries.back());
  }
  if (size > options.message_bytes_max) {
    return Error{Errc::too_large,
                 str("the batch has ", size, " bytes, more than ", options.message_bytes_max)};
  }
  return join(pointers);
}

}  // namespace rocketmq::client
