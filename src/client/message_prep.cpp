#include "client/message_prep.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <string>
#include <utility>

#include "client/message_check.h"
#include "protocol/compression.h"
#include "protocol/message_codec.h"
#include "protocol/namespaces.h"
#include "protocol/properties.h"
#include "protocol/str.h"

namespace rocketmq::client {
namespace {

namespace property = protocol::property;

protocol::Compression on_the_wire(Compression compression) {
  switch (compression) {
    case Compression::lz4:
      return protocol::Compression::lz4;
    case Compression::zstd:
      return protocol::Compression::zstd;
    default:
      return protocol::Compression::zlib;
  }
}

// The packed body, or an empty text where the body goes as it is: too short, or not made shorter.
Result<std::string> packed_body(const Message& message, const PrepareOptions& options) {
  if (options.compression == Compression::none ||
      message.body.size() < options.compress_from_bytes) {
    return std::string();
  }
  auto packed =
      protocol::compress(on_the_wire(options.compression), message.body, options.compression_level);
  if (packed && packed->size() >= message.body.size()) packed->clear();
  return packed;
}

std::string join_keys(const std::vector<std::string>& keys) {
  std::string joined;
  for (const std::string& key : keys) {
    if (!joined.empty()) joined += ' ';
    joined += key;
  }
  return joined;
}

// The properties of a message, but for its unique key, which has only room yet.
class Properties {
 public:
  Properties(const Message& message, const Added& added, std::string_view name_space)
      : message_(message),
        added_(added),
        name_space_(name_space),
        keys_(join_keys(message.keys)),
        sharding_key_(added.sharding_key.empty() ? std::string_view(message.sharding_key)
                                                 : added.sharding_key) {
    if (message.delay_level != 0) {
      set_delay(property::delay_time_level, message.delay_level);
    } else if (message.deliver_after.count() != 0) {
      set_delay(property::timer_delay_ms, message.deliver_after.count());
    } else if (message.deliver_at != Timestamp()) {
      set_delay(property::timer_deliver_ms, message.deliver_at.time_since_epoch().count());
    }
  }

  // Calls visit(name, value) for each. Of two values the later counts: ours.
  template <class Visit>
  void each(Visit visit) const {
    if (!message_.tag.empty()) visit(property::tags, message_.tag);
    if (!keys_.empty()) visit(property::keys, keys_);
    if (!message_.wait_for_store) visit(property::wait_store_msg_ok, "false");
    for (const auto& [name, value] : message_.properties) visit(name, value);
    if (!sharding_key_.empty()) visit(property::sharding_key, sharding_key_);
    if (!delay_.empty()) visit(delay_name_, delay_);
    if (!name_space_.empty()) visit(property::instance_id, name_space_);
    for (const auto& [name, value] : added_.properties) visit(name, value);
  }

 private:
  void set_delay(std::string_view name, std::int64_t value) {
    delay_name_ = name;
    delay_ = std::to_string(value);
  }

  const Message& message_;
  const Added& added_;
  const std::string_view name_space_;
  const std::string keys_;
  const std::string_view sharding_key_;
  std::string_view delay_name_;
  std::string delay_;
};

// Writes texts one behind the other into memory that was counted out before.
class Writer {
 public:
  explicit Writer(char* at) : at_(at) {}
  std::string_view put(std::string_view text) {
    char* const start = at_;
    if (!text.empty()) std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
    return {start, text.size()};
  }
  void put(char c) { *at_++ = c; }
  char* skip(std::size_t count) { return std::exchange(at_, at_ + count); }
  char* at() const { return at_; }

 private:
  char* at_;
};

constexpr std::size_t separators = 2;  // 0x01 behind the name, 0x02 behind the value

}  // namespace

void PreparedMessage::set_key(char* room, std::string_view key) {
  assert(key.size() == unique_key_size);
  std::memcpy(room, key.data(), key.size());
}

std::string PreparedMessage::message_id() const {
  if (entry_key_rooms.empty()) return std::string(unique_key());
  std::string joined;
  for (const char* const room : entry_key_rooms) {
    if (!joined.empty()) joined += ',';
    joined.append(room, unique_key_size);
  }
  return joined;
}

Result<PreparedMessage> prepare(const Message& message, const PrepareOptions& options,
                                BodyMemory body_memory, const Added& added) {
  if (auto checked = check_message(message, options.message_bytes_max); !checked) {
    return std::move(checked).error();
  }
  const auto packed = packed_body(message, options);
  if (!packed) return packed.error();

  const std::string in_name_space =
      options.name_space.empty() ? std::string()
                                 : protocol::wrap_namespace(options.name_space, message.topic);
  const std::string_view topic = in_name_space.empty() ? message.topic : in_name_space;
  const Properties properties(message, added, options.name_space);
  const auto given =
      std::ranges::find(added.properties, property::unique_key, &protocol::Property::name);
  const bool has_unique_key = given != added.properties.end();
  std::size_t properties_size = 0;
  if (!has_unique_key) {
    properties_size += property::unique_key.size() + options.unique_key_size + separators;
  }
  properties.each([&](std::string_view name, std::string_view value) {
    properties_size += name.size() + value.size() + separators;
  });
  if (properties_size > protocol::properties_size_max) {
    return Error{Errc::too_large, str("the properties have ", properties_size, " bytes, more than ",
                                      protocol::properties_size_max)};
  }

  PreparedMessage prepared;
  prepared.body_size = message.body.size();
  prepared.flag = message.flag;
  prepared.sys_flag = added.sys_flag;
  const bool is_packed = !packed->empty();
  const bool is_copied = is_packed || body_memory == BodyMemory::copy;
  const std::string_view body = is_packed ? *packed : message.body;
  if (is_packed) {
    prepared.sys_flag |= protocol::compression_sys_flag(on_the_wire(options.compression));
  }

  prepared.memory = MemoryBlock(options.blocks, options.front_bytes,
                                topic.size() + properties_size + (is_copied ? body.size() : 0));
  Writer out(prepared.memory.texts());
  prepared.topic = out.put(topic);
  const char* const properties_start = out.at();
  if (!has_unique_key) {
    out.put(property::unique_key);
    out.put(protocol::name_value_separator);
    prepared.unique_key_room = out.skip(options.unique_key_size);
    prepared.unique_key_size = options.unique_key_size;
    *prepared.unique_key_room = 0;
    out.put(protocol::property_separator);
  }
  properties.each([&](std::string_view name, std::string_view value) {
    out.put(name);
    out.put(protocol::name_value_separator);
    if (name == property::unique_key) {
      prepared.unique_key_room = out.at();
      prepared.unique_key_size = value.size();
    }
    out.put(value);
    out.put(protocol::property_separator);
  });
  prepared.properties = {properties_start, properties_size};
  prepared.body = is_copied ? out.put(body) : body;
  return prepared;
}

}  // namespace rocketmq::client
