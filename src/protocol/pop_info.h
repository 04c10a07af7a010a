#pragma once

#include <rocketmq/result.h>

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/requests/pop.h"

// The texts inside POP requests and answers. Java: ExtraInfoUtil, KeyBuilder.

namespace rocketmq::protocol {

// Messages that were popped and not acknowledged come again from a topic of the group's own; the
// enumerator's value stands for it in texts.
enum class PopTopicKind : char {
  normal = '0',
  retry_v1 = '1',  // %RETRY%<group>_<topic>
  retry_v2 = '2'   // %RETRY%<group>+<topic>
};
// By the name alone, so that an ordinary retry topic counts as retry_v1 too. Java:
// ExtraInfoUtil.getRetry.
PopTopicKind pop_topic_kind(std::string_view topic);
// Where the messages of `topic` of that kind lie.
std::string pop_topic(PopTopicKind kind, std::string_view topic, std::string_view group);

// POP_CK of a message, `extra_info` of what is then asked about it:
//   <start offset> <pop time> <invisible time> <revive queue> <kind> <broker> <queue> <offset>
struct PopCheckpoint {
  static constexpr std::int32_t ordered_revive_queue_id = 999;

  std::int64_t start_offset = 0;  // of the pop in this queue
  std::int64_t pop_time = 0;      // Unix ms
  std::int64_t invisible_time = 0;
  std::int32_t revive_queue_id = 0;
  PopTopicKind kind = PopTopicKind::normal;
  Text broker_name;
  std::int32_t queue_id = 0;
  std::int64_t offset = 0;  // of the message

  bool is_ordered() const { return revive_queue_id == ordered_revive_queue_id; }
  // When the message shows up again, in Unix ms.
  std::int64_t visible_again() const { return pop_time + invisible_time; }
  friend bool operator==(const PopCheckpoint&, const PopCheckpoint&) = default;
};
std::string to_string(const PopCheckpoint& checkpoint);
// A view of `text`, of which more words may follow: the stock proxy adds where the message lies in
// the log. Fails with invalid_argument.
Result<PopCheckpoint> parse_pop_checkpoint(std::string_view text);

// A queue that messages were popped from.
struct PopQueue {
  PopTopicKind kind = PopTopicKind::normal;
  std::int32_t queue_id = 0;

  friend auto operator<=>(const PopQueue&, const PopQueue&) = default;
};

// PopMessageResponse::start_offset_info: "<kind> <queue> <offset>" joined by ';'.
using PopStartOffsets = std::map<PopQueue, std::int64_t>;
// PopMessageResponse::msg_offset_info: "<kind> <queue> <offset>,<offset>,…" joined by ';'.
using PopMessageOffsets = std::map<PopQueue, std::vector<std::int64_t>>;
// PopMessageResponse::order_count_info: how often queues ("<kind> <queue> <count>") and messages
// ("<kind> qo<queue>%<offset> <count>") were popped before, joined by ';'.
struct PopOrderCounts {
  std::map<PopQueue, std::int32_t> of_queue;
  std::map<std::pair<PopQueue, std::int64_t>, std::int32_t> of_message;

  // That of the message, else that of its queue, else 0.
  std::int32_t count(const PopQueue& queue, std::int64_t offset) const;
};

// What brokers write. The texts grow entry by entry.
void append_start_offset(std::string& info, const PopQueue& queue, std::int64_t offset);
void append_message_offsets(std::string& info, const PopQueue& queue,
                            std::span<const std::int64_t> offsets);
void append_order_count(std::string& info, const PopQueue& queue, std::int32_t count);
void append_order_count(std::string& info, const PopQueue& queue, std::int64_t offset,
                        std::int32_t count);

// What clients read. Fail with bad_frame; of two entries of one queue the later counts.
Result<PopStartOffsets> parse_start_offsets(std::string_view info);
Result<PopMessageOffsets> parse_message_offsets(std::string_view info);
Result<PopOrderCounts> parse_order_counts(std::string_view info);

// A message as it came in the answer to a pop.
struct PoppedMessage {
  Text topic;
  std::int32_t queue_id = 0;
  std::int64_t queue_offset = 0;
  // POP_CK, where the broker has set it: for what it took from a retry topic and renamed.
  std::optional<Text> checkpoint;
};
struct PoppedInfo {
  std::string checkpoint;            // POP_CK
  std::int32_t reconsume_times = 0;  // of an ordered pop; of others the message has its own
};
// One for each of `messages`, which are all that came in the answer. Fails with bad_frame where the
// answer does not say where they lie. Java: MQClientAPIImpl.processPopResponse.
Result<std::vector<PoppedInfo>> popped_infos(const PopMessageResponse& answer,
                                             std::string_view broker_name,
                                             std::span<const PoppedMessage> messages);

}  // namespace rocketmq::protocol
