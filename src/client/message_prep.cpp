#include "client/message_prep.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <string>
#include <utility>

#include "client/names.h"
#include "protocol/compression.h"
#include "protocol/message_codec.h"
#include "protocol/properties.h"
#include "protocol/str.h"

namespace rocketmq::client {
namespace {

namespace property = protocol::property;

// Java: MessageConst.STRING_HASH_SET. A program that set one of these would change what brokers and
// consumers do.
constexpr std::array reserved_names{
    property::keys,
    property::tags,
    property::wait_store_msg_ok,
    property::delay_time_level,
    property::retry_topic,
    property::real_topic,
    property::real_queue_id,
    property::transaction_prepared,
    property::producer_group,
    property::min_offset,
    property::max_offset,
    property::buyer_id,
    property::origin_message_id,
    property::transfer_flag,
    property::correction_flag,
    property::mq2_flag,
    property::reconsume_time,
    property::max_reconsume_times,
    property::msg_region,
    property::trace_switch,
    property::unique_key,
    property::extend_unique_info,
    property::dup_info,
    property::consume_start_time,
    property::tran_prepared_queue_offset,
    property::transaction_check_times,
    property::transaction_id,
    property::instance_id,
    property::correlation_id,
    property::reply_to_client,
    property::message_ttl,
    property::push_reply_time,
    property::arrive_time,
    property::cluster,
    property::message_type,
    property::pop_ck,
    property::pop_ck_offset,
    property::first_pop_time,
    property::timer_delay_sec,
    property::timer_delay_ms,
    property::timer_deliver_ms,
    property::timer_out_ms,
    property::timer_enqueue_ms,
    property::timer_dequeue_ms,
    property::timer_roll_times,
    property::timer_del_unique_key,
    property::timer_delay_level,
    property::born_host,
    property::born_timestamp,
    property::transient_topic_sys_flag,
    property::transient_group_sys_flag,
    property::dlq_origin_topic,
    property::dlq_origin_message_id,
    property::inner_multi_queue_offset,
    property::priority,
    property::origin_group,
    property::lite_topic,
    property::crc32,
};

Error refused(std::string why) { return {Errc::invalid_argument, std::move(why)}; }

Result<void> check_texts(const Message& message) {
  if (!message.tag.empty() && !protocol::is_property_text(message.tag)) {
    return refused("the tag has a byte 0x01 or 0x02");
  }
  for (const std::string& key : message.keys) {
    // Keys travel as one text, separated by blanks.
    if (!protocol::is_property_text(key) || key.find(' ') != key.npos) {
      return refused(str("key \"", key, "\" is empty or has a blank, 0x01 or 0x02 in it"));
    }
  }
  for (const auto& [name, value] : message.properties) {
    if (std::ranges::find(reserved_names, name) != reserved_names.end()) {
      return refused(str("property ", name, " is reserved"));
    }
    if (!protocol::is_property_text(name) || !protocol::is_property_text(value)) {
      return refused(str("property ", name, ": name or value is empty or has 0x01 or 0x02 in it"));
    }
  }
  return {};
}

Result<void> check(const Message& message, const PrepareOptions& options) {
  if (auto checked = check_topic_to_send(message.topic); !checked) return checked;
  if (message.body.empty()) return refused("the body is empty");
  if (message.body.size() > options.message_bytes_max) {
    return Error{Errc::too_large, str("the body has ", message.body.size(), " bytes, more than ",
                                      options.message_bytes_max)};
  }
  return check_texts(message);
}

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

// Calls visit(name, value) for each property but the unique key.
template <class Visit>
void each_property(const Message& message, std::string_view joined_keys, Visit visit) {
  if (!message.tag.empty()) visit(property::tags, message.tag);
  if (!joined_keys.empty()) visit(property::keys, joined_keys);
  if (!message.wait_for_store) visit(property::wait_store_msg_ok, "false");
  for (const auto& [name, value] : message.properties) visit(name, value);
}

std::string join_keys(const std::vector<std::string>& keys) {
  std::string joined;
  for (const std::string& key : keys) {
    if (!joined.empty()) joined += ' ';
    joined += key;
  }
  return joined;
}

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

void PreparedMessage::set_unique_key(std::string_view key) {
  assert(key.size() == unique_key_size);
  std::memcpy(unique_key_room, key.data(), key.size());
}

Result<PreparedMessage> prepare(const Message& message, const PrepareOptions& options,
                                BodyMemory body_memory) {
  if (auto checked = check(message, options); !checked) return std::move(checked).error();
  const auto packed = packed_body(message, options);
  if (!packed) return packed.error();

  const std::string joined_keys = join_keys(message.keys);
  std::size_t properties_size = property::unique_key.size() + options.unique_key_size + separators;
  each_property(message, joined_keys, [&](std::string_view name, std::string_view value) {
    properties_size += name.size() + value.size() + separators;
  });
  if (properties_size > protocol::properties_size_max) {
    return Error{Errc::too_large, str("the properties have ", properties_size, " bytes, more than ",
                                      protocol::properties_size_max)};
  }

  PreparedMessage prepared;
  prepared.body_size = message.body.size();
  prepared.flag = message.flag;
  const bool is_packed = !packed->empty();
  const bool is_copied = is_packed || body_memory == BodyMemory::copy;
  const std::string_view body = is_packed ? *packed : message.body;
  if (is_packed) {
    prepared.sys_flag = protocol::compression_sys_flag(on_the_wire(options.compression));
  }

  prepared.memory = std::make_unique_for_overwrite<char[]>(message.topic.size() + properties_size +
                                                           (is_copied ? body.size() : 0));
  Writer out(prepared.memory.get());
  prepared.topic = out.put(message.topic);
  const char* const properties_start = out.at();
  out.put(property::unique_key);
  out.put(protocol::name_value_separator);
  prepared.unique_key_room = out.skip(options.unique_key_size);
  prepared.unique_key_size = options.unique_key_size;
  out.put(protocol::property_separator);
  each_property(message, joined_keys, [&](std::string_view name, std::string_view value) {
    out.put(name);
    out.put(protocol::name_value_separator);
    out.put(value);
    out.put(protocol::property_separator);
  });
  prepared.properties = {properties_start, properties_size};
  prepared.body = is_copied ? out.put(body) : body;
  return prepared;
}

}  // namespace rocketmq::client
