#include "client/message_check.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "client/names.h"
#include "protocol/properties.h"
#include "protocol/str.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
namespace property = protocol::property;

constexpr int delay_level_max = 18;  // Java: MessageStoreConfig.messageDelayLevel, its default
constexpr std::string_view retry_topic_prefix = "%RETRY%";

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
  if (!message.sharding_key.empty() && !protocol::is_property_text(message.sharding_key)) {
    return refused("the sharding key has a byte 0x01 or 0x02");
  }
  for (const std::string& key : message.keys) {
    // Keys travel as one text, separated by blanks.
    if (!protocol::is_property_text(key) || key.find(' ') != key.npos) {
      return refused(str("key \"", key, "\" is empty or has a blank, 0x01 or 0x02 in it"));
    }
  }
  for (const auto& [name, value] : message.properties) {
    if (is_reserved_property(name)) {
      return refused(str("property ", name, " is reserved"));
    }
    if (!protocol::is_property_text(name) || !protocol::is_property_text(value)) {
      return refused(str("property ", name, ": name or value is empty or has 0x01 or 0x02 in it"));
    }
  }
  return {};
}

Result<void> check_delay(const Message& message) {
  if (message.delay_level < 0 || message.delay_level > delay_level_max) {
    return refused(str("delay_level is ", message.delay_level, ", not 0 to ", delay_level_max));
  }
  if (message.deliver_after < 0ms) {
    return refused(str("deliver_after is ", message.deliver_after.count(), " ms"));
  }
  if (message.deliver_at < Timestamp()) return refused("deliver_at is before 1970");
  const int set = (message.delay_level != 0 ? 1 : 0) + (message.deliver_after != 0ms ? 1 : 0) +
                  (message.deliver_at != Timestamp() ? 1 : 0);
  if (set > 1) {
    return refused("more than one of delay_level, deliver_after and deliver_at is set");
  }
  return {};
}

}  // namespace

bool is_delayed(const Message& message) {
  return message.delay_level != 0 || message.deliver_after != 0ms ||
         message.deliver_at != Timestamp();
}

bool is_reserved_property(std::string_view name) {
  return std::ranges::find(reserved_names, name) != reserved_names.end();
}

bool is_retry_topic(std::string_view topic) { return topic.starts_with(retry_topic_prefix); }

Result<void> check_message(const Message& message, std::size_t bytes_max) {
  if (auto checked = check_topic_to_send(message.topic); !checked) return checked;
  if (message.body.empty()) return refused("the body is empty");
  if (message.body.size() > bytes_max) {
    return Error{Errc::too_large,
                 str("the body has ", message.body.size(), " bytes, more than ", bytes_max)};
  }
  if (auto checked = check_delay(message); !checked) return checked;
  return check_texts(message);
}

Result<void> check_batch(Span<const Message> messages) {
  if (messages.empty()) return refused("the batch is empty");
  const Message& first = messages[0];
  for (const Message& message : messages) {
    if (message.topic != first.topic) {
      return refused(str("a batch of two topics, ", first.topic, " and ", message.topic));
    }
    if (message.wait_for_store != first.wait_for_store) {
      return refused("wait_for_store differs within the batch");
    }
    if (is_delayed(message)) return refused("a delayed or timed message in a batch");
  }
  if (is_retry_topic(first.topic)) return refused(str("topic ", first.topic, " takes no batches"));
  return {};
}

}  // namespace rocketmq::client
