#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace rocketmq::protocol {

// A message's properties travel and are stored as one text: name 01 value 02 name 01 value 02 …
// The last 02 may be missing. What is shorter than 3 bytes, or lacks a name or a value, is not
// there. Of two values of one name the later counts. Java: MessageDecoder.string2messageProperties.

inline constexpr char name_value_separator = '\x01';
inline constexpr char property_separator = '\x02';

// Java: MessageConst.
namespace property {
inline constexpr std::string_view keys = "KEYS";  // blank-separated, each indexed
inline constexpr std::string_view tags = "TAGS";
inline constexpr std::string_view wait_store_msg_ok = "WAIT";  // absent = true
inline constexpr std::string_view delay_time_level = "DELAY";
inline constexpr std::string_view retry_topic = "RETRY_TOPIC";
inline constexpr std::string_view real_topic = "REAL_TOPIC";
inline constexpr std::string_view real_queue_id = "REAL_QID";
inline constexpr std::string_view transaction_prepared = "TRAN_MSG";
inline constexpr std::string_view producer_group = "PGROUP";
inline constexpr std::string_view min_offset = "MIN_OFFSET";
inline constexpr std::string_view max_offset = "MAX_OFFSET";
inline constexpr std::string_view buyer_id = "BUYER_ID";
inline constexpr std::string_view origin_message_id = "ORIGIN_MESSAGE_ID";
inline constexpr std::string_view transfer_flag = "TRANSFER_FLAG";
inline constexpr std::string_view correction_flag = "CORRECTION_FLAG";
inline constexpr std::string_view mq2_flag = "MQ2_FLAG";
inline constexpr std::string_view reconsume_time = "RECONSUME_TIME";
inline constexpr std::string_view max_reconsume_times = "MAX_RECONSUME_TIMES";
inline constexpr std::string_view msg_region = "MSG_REGION";
inline constexpr std::string_view trace_switch = "TRACE_ON";
inline constexpr std::string_view unique_key = "UNIQ_KEY";
inline constexpr std::string_view extend_unique_info = "EXTEND_UNIQ_INFO";
inline constexpr std::string_view dup_info = "DUP_INFO";
inline constexpr std::string_view consume_start_time = "CONSUME_START_TIME";
inline constexpr std::string_view inner_num = "INNER_NUM";
inline constexpr std::string_view inner_base = "INNER_BASE";
inline constexpr std::string_view tran_prepared_queue_offset = "TRAN_PREPARED_QUEUE_OFFSET";
inline constexpr std::string_view transaction_check_times = "TRANSACTION_CHECK_TIMES";
inline constexpr std::string_view check_immunity_time_seconds = "CHECK_IMMUNITY_TIME_IN_SECONDS";
inline constexpr std::string_view transaction_id = "__transactionId__";
inline constexpr std::string_view instance_id = "INSTANCE_ID";
inline constexpr std::string_view correlation_id = "CORRELATION_ID";
inline constexpr std::string_view reply_to_client = "REPLY_TO_CLIENT";
inline constexpr std::string_view message_ttl = "TTL";
inline constexpr std::string_view push_reply_time = "PUSH_REPLY_TIME";
inline constexpr std::string_view arrive_time = "ARRIVE_TIME";
inline constexpr std::string_view cluster = "CLUSTER";
inline constexpr std::string_view message_type = "MSG_TYPE";
inline constexpr std::string_view pop_ck = "POP_CK";
inline constexpr std::string_view pop_ck_offset = "POP_CK_OFFSET";
inline constexpr std::string_view first_pop_time = "1ST_POP_TIME";
inline constexpr std::string_view sharding_key = "__SHARDINGKEY";
inline constexpr std::string_view forward_queue_id = "PROPERTY_FORWARD_QUEUE_ID";
inline constexpr std::string_view redirect = "REDIRECT";
inline constexpr std::string_view inner_multi_dispatch = "INNER_MULTI_DISPATCH";
inline constexpr std::string_view inner_multi_queue_offset = "INNER_MULTI_QUEUE_OFFSET";
inline constexpr std::string_view trace_context = "TRACE_CONTEXT";
inline constexpr std::string_view timer_delay_sec = "TIMER_DELAY_SEC";
inline constexpr std::string_view timer_delay_ms = "TIMER_DELAY_MS";
inline constexpr std::string_view timer_deliver_ms = "TIMER_DELIVER_MS";
inline constexpr std::string_view timer_out_ms = "TIMER_OUT_MS";
inline constexpr std::string_view timer_enqueue_ms = "TIMER_ENQUEUE_MS";
inline constexpr std::string_view timer_dequeue_ms = "TIMER_DEQUEUE_MS";
inline constexpr std::string_view timer_roll_times = "TIMER_ROLL_TIMES";
inline constexpr std::string_view timer_del_unique_key = "TIMER_DEL_UNIQKEY";
inline constexpr std::string_view timer_roll_label = "TIMER_ROLL_LABEL";
inline constexpr std::string_view timer_delay_level = "TIMER_DELAY_LEVEL";
inline constexpr std::string_view born_host = "__BORNHOST";
inline constexpr std::string_view born_timestamp = "BORN_TIMESTAMP";
inline constexpr std::string_view transient_topic_sys_flag = "__RMQ.TRANSIENT.TOPIC_SYS_FLAG";
inline constexpr std::string_view transient_group_sys_flag = "__RMQ.TRANSIENT.GROUP_SYS_FLAG";
inline constexpr std::string_view dlq_origin_topic = "DLQ_ORIGIN_TOPIC";
inline constexpr std::string_view dlq_origin_message_id = "DLQ_ORIGIN_MESSAGE_ID";
inline constexpr std::string_view priority = "_SYS_MSG_PRIORITY_";
inline constexpr std::string_view origin_group = "ORIGIN_GROUP";
inline constexpr std::string_view lite_topic = "__LITE_TOPIC";
inline constexpr std::string_view trans_offset = "TRANS_OFFSET";
inline constexpr std::string_view start_deliver_time = "__STARTDELIVERTIME";
inline constexpr std::string_view crc32 = "__CRC32#";
}  // namespace property

struct Property {
  std::string_view name;
  std::string_view value;

  friend bool operator==(const Property&, const Property&) = default;
};

// for (const auto& [name, value] : PropertyRange(text)) … : the valid entries in order, as views of
// the text. Nothing is copied, so the text outlives the walk.
class PropertyRange {
 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Property;
    using difference_type = std::ptrdiff_t;
    using pointer = const Property*;
    using reference = const Property&;

    Iterator() = default;
    explicit Iterator(std::string_view rest) : rest_(rest) { ++*this; }

    const Property& operator*() const { return current_; }
    const Property* operator->() const { return &current_; }
    Iterator& operator++();
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    // The end has an empty name, which no valid entry has.
    friend bool operator==(const Iterator& a, const Iterator& b) {
      return a.current_.name.data() == b.current_.name.data();
    }

   private:
    std::string_view rest_;
    Property current_;
  };

  explicit PropertyRange(std::string_view text) : text_(text) {}
  Iterator begin() const { return Iterator(text_); }
  Iterator end() const { return {}; }

 private:
  std::string_view text_;
};

// One property's value by a single scan; a view of `text`.
std::optional<std::string_view> find_property(std::string_view text, std::string_view name);

// A name or value with a separator in it, or an empty one, cannot be written: check users' input.
bool is_property_text(std::string_view name_or_value);

// Adds "name 01 value 02", first ending an unfinished last entry with 02. `name` and `value`
// satisfy is_property_text(). To replace a value it is enough to append: the later one counts.
void append_property(std::string& text, std::string_view name, std::string_view value);
void erase_property(std::string& text, std::string_view name);

std::string encode_properties(std::initializer_list<Property> properties);

// "__CRC32#" as a broker with enabledAppendPropCRC writes it: ten digits, the lowest first.
void append_crc_property(std::string& text, std::uint32_t crc);

// Java's String.hashCode of UTF-8 text (h = 31 h + UTF-16 unit), which consume queues hold for
// TAGS.
std::int32_t java_hash(std::string_view utf8);

// What a consume queue stores for a message: the hash of its whole TAGS value, sign-extended; 0
// without tags. Java: MessageExtBrokerInner.tagsString2tagsCode.
std::int64_t tags_code(std::string_view properties);

}  // namespace rocketmq::protocol
