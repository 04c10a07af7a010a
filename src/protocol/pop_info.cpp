#include "protocol/pop_info.h"

#include <algorithm>
#include <array>

#include "protocol/describe.h"
#include "protocol/split.h"
#include "protocol/str.h"

namespace rocketmq::protocol {
namespace {

constexpr std::string_view retry_prefix = "%RETRY%";
constexpr std::string_view message_mark = "qo";  // in front of <queue>%<offset>

bool parse_kind(std::string_view text, PopTopicKind& kind) {
  if (text != "0" && text != "1" && text != "2") return false;
  kind = static_cast<PopTopicKind>(text[0]);
  return true;
}

bool parse_queue(std::string_view kind, std::string_view queue_id, PopQueue& queue) {
  return parse_kind(kind, queue.kind) && from_text(queue_id, queue.queue_id);
}

Error bad_info(std::string_view entry) {
  return Error{Errc::bad_frame, str("the answer to a pop has a bad entry: ", entry)};
}

// Calls use(kind, middle, last) with the three words of each entry, as long as it is true.
template <class Use>
Result<void> each_entry(std::string_view info, Use use) {
  while (!info.empty()) {
    const std::string_view entry = take_until(info, ';');
    std::array<std::string_view, 3> words;
    if (!split_exactly(entry, ' ', words) || !use(words[0], words[1], words[2])) {
      return bad_info(entry);
    }
  }
  return {};
}

void begin_entry(std::string& info, PopTopicKind kind) {
  if (!info.empty()) info += ';';
  info += static_cast<char>(kind);
  info += ' ';
}

bool parse_offsets(std::string_view text, std::vector<std::int64_t>& offsets) {
  offsets.clear();
  while (!text.empty()) {
    if (!from_text(take_until(text, ','), offsets.emplace_back())) return false;
  }
  return !offsets.empty();
}

PopQueue queue_of(const PoppedMessage& message) {
  const auto kind = [&message] {
    if (message.checkpoint) {
      if (const auto parsed = parse_pop_checkpoint(*message.checkpoint)) return parsed->kind;
    }
    return pop_topic_kind(message.topic);
  };
  return {kind(), message.queue_id};
}

PopMessageOffsets sorted_offsets(std::span<const PoppedMessage> messages) {
  PopMessageOffsets offsets;
  for (const PoppedMessage& message : messages) {
    offsets[queue_of(message)].push_back(message.queue_offset);
  }
  for (auto& [queue, of_queue] : offsets) std::ranges::sort(of_queue);
  return offsets;
}

// Where each message of one answer lies in its queue.
class Places {
 public:
  Places(const PopStartOffsets& starts, const PopMessageOffsets& offsets,
         std::span<const PoppedMessage> messages)
      : starts_(starts), offsets_(offsets), came_(sorted_offsets(messages)) {}

  // The nth message of a queue has the nth offset the answer names for that queue. (They are the
  // same but where a message was stored for several queues.)
  bool find(const PoppedMessage& message, PopCheckpoint& checkpoint) const {
    const PopQueue queue = queue_of(message);
    const auto start = starts_.find(queue);
    const auto offsets = offsets_.find(queue);
    if (start == starts_.end() || offsets == offsets_.end()) return false;
    const auto& came = came_.at(queue);
    const auto nth = static_cast<std::size_t>(std::ranges::lower_bound(came, message.queue_offset) -
                                              came.begin());
    if (nth >= offsets->second.size()) return false;
    checkpoint.start_offset = start->second;
    checkpoint.offset = offsets->second[nth];
    return true;
  }

  bool are_told() const { return !starts_.empty(); }

  // For brokers that tell no places: a pop starts with its first message.
  void guess(const PoppedMessage& message, PopCheckpoint& checkpoint) const {
    checkpoint.start_offset = came_.at(queue_of(message)).front();
    checkpoint.offset = message.queue_offset;
  }

 private:
  const PopStartOffsets& starts_;
  const PopMessageOffsets& offsets_;
  const PopMessageOffsets came_;
};

Result<std::string> checkpoint_of(const PoppedMessage& message, const PopCheckpoint& of_all,
                                  const Places& places) {
  if (message.checkpoint) return std::string(*message.checkpoint);
  PopCheckpoint checkpoint = of_all;
  checkpoint.kind = pop_topic_kind(message.topic);
  checkpoint.queue_id = message.queue_id;
  if (!places.are_told()) {
    places.guess(message, checkpoint);
  } else if (!places.find(message, checkpoint)) {
    return Error{Errc::bad_frame,
                 str("the answer to a pop does not say where offset ", message.queue_offset,
                     " of queue ", message.queue_id, " lies")};
  }
  return to_string(checkpoint);
}

}  // namespace

PopTopicKind pop_topic_kind(std::string_view topic) {
  if (!topic.starts_with(retry_prefix)) return PopTopicKind::normal;
  return topic.find('+') == std::string_view::npos ? PopTopicKind::retry_v1
                                                   : PopTopicKind::retry_v2;
}

std::string pop_topic(PopTopicKind kind, std::string_view topic, std::string_view group) {
  if (kind == PopTopicKind::normal) return std::string(topic);
  return str(retry_prefix, group, kind == PopTopicKind::retry_v1 ? '_' : '+', topic);
}

std::string to_string(const PopCheckpoint& c) {
  return str(c.start_offset, ' ', c.pop_time, ' ', c.invisible_time, ' ', c.revive_queue_id, ' ',
             static_cast<char>(c.kind), ' ', c.broker_name, ' ', c.queue_id, ' ', c.offset);
}

Result<PopCheckpoint> parse_pop_checkpoint(std::string_view text) {
  PopCheckpoint checkpoint;
  std::array<std::string_view, 8> words;
  if (split(text, ' ', words) < words.size() || !from_text(words[0], checkpoint.start_offset) ||
      !from_text(words[1], checkpoint.pop_time) ||
      !from_text(words[2], checkpoint.invisible_time) ||
      !from_text(words[3], checkpoint.revive_queue_id) || !parse_kind(words[4], checkpoint.kind) ||
      !from_text(words[6], checkpoint.queue_id) || !from_text(words[7], checkpoint.offset)) {
    return Error{Errc::invalid_argument, str("this is no POP_CK: ", text)};
  }
  checkpoint.broker_name = words[5];
  return checkpoint;
}

std::int32_t PopOrderCounts::count(const PopQueue& queue, std::int64_t offset) const {
  if (const auto found = of_message.find({queue, offset}); found != of_message.end()) {
    return found->second;
  }
  const auto found = of_queue.find(queue);
  return found == of_queue.end() ? 0 : found->second;
}

void append_start_offset(std::string& info, const PopQueue& queue, std::int64_t offset) {
  begin_entry(info, queue.kind);
  info += str(queue.queue_id, ' ', offset);
}

void append_message_offsets(std::string& info, const PopQueue& queue,
                            std::span<const std::int64_t> offsets) {
  begin_entry(info, queue.kind);
  info += str(queue.queue_id, ' ');
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    if (i > 0) info += ',';
    info += std::to_string(offsets[i]);
  }
}

void append_order_count(std::string& info, const PopQueue& queue, std::int32_t count) {
  begin_entry(info, queue.kind);
  info += str(queue.queue_id, ' ', count);
}

void append_order_count(std::string& info, const PopQueue& queue, std::int64_t offset,
                        std::int32_t count) {
  begin_entry(info, queue.kind);
  info += str(message_mark, queue.queue_id, '%', offset, ' ', count);
}

Result<PopStartOffsets> parse_start_offsets(std::string_view info) {
  PopStartOffsets starts;
  auto parsed = each_entry(info, [&](auto kind, auto queue_id, auto offset) {
    PopQueue queue;
    return parse_queue(kind, queue_id, queue) && from_text(offset, starts[queue]);
  });
  if (!parsed) return std::move(parsed).error();
  return starts;
}

Result<PopMessageOffsets> parse_message_offsets(std::string_view info) {
  PopMessageOffsets offsets;
  auto parsed = each_entry(info, [&](auto kind, auto queue_id, auto list) {
    PopQueue queue;
    return parse_queue(kind, queue_id, queue) && parse_offsets(list, offsets[queue]);
  });
  if (!parsed) return std::move(parsed).error();
  return offsets;
}

Result<PopOrderCounts> parse_order_counts(std::string_view info) {
  PopOrderCounts counts;
  auto parsed = each_entry(info, [&](auto kind, auto place, auto count) {
    PopQueue queue;
    if (!place.starts_with(message_mark)) {
      return parse_queue(kind, place, queue) && from_text(count, counts.of_queue[queue]);
    }
    place.remove_prefix(message_mark.size());
    std::array<std::string_view, 2> parts;
    std::int64_t offset = 0;
    return split_exactly(place, '%', parts) && parse_queue(kind, parts[0], queue) &&
           from_text(parts[1], offset) && from_text(count, counts.of_message[{queue, offset}]);
  });
  if (!parsed) return std::move(parsed).error();
  return counts;
}

Result<std::vector<PoppedInfo>> popped_infos(const PopMessageResponse& answer,
                                             std::string_view broker_name,
                                             std::span<const PoppedMessage> messages) {
  auto starts = parse_start_offsets(answer.start_offset_info.value_or(""));
  if (!starts) return std::move(starts).error();
  auto offsets = parse_message_offsets(answer.msg_offset_info.value_or(""));
  if (!offsets) return std::move(offsets).error();
  auto counts = parse_order_counts(answer.order_count_info.value_or(""));
  if (!counts) return std::move(counts).error();

  const Places places(*starts, *offsets, messages);
  const PopCheckpoint of_all{.pop_time = answer.pop_time,
                             .invisible_time = answer.invisible_time,
                             .revive_queue_id = answer.revive_queue_id,
                             .broker_name = broker_name};
  std::vector<PoppedInfo> infos;
  infos.reserve(messages.size());
  for (const PoppedMessage& message : messages) {
    auto checkpoint = checkpoint_of(message, of_all, places);
    if (!checkpoint) return std::move(checkpoint).error();
    infos.push_back(
        {*std::move(checkpoint), counts->count(queue_of(message), message.queue_offset)});
  }
  return infos;
}

}  // namespace rocketmq::protocol
