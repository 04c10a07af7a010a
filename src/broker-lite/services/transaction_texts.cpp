#include "broker-lite/services/transaction_texts.h"

#include <algorithm>

#include "broker-lite/state/names.h"
#include "protocol/describe.h"
#include "protocol/properties.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

namespace property = protocol::property;

template <class N>
std::optional<N> number_of(std::string_view properties, std::string_view name) {
  N value = 0;
  const auto text = protocol::find_property(properties, name);
  if (!text || !protocol::from_text(*text, value)) return std::nullopt;
  return value;
}

}  // namespace

std::string op_body(const std::vector<std::int64_t>& half_offsets) {
  std::string body;
  for (const std::int64_t offset : half_offsets) body += str(offset, ',');
  return body;
}

std::vector<std::int64_t> half_offsets_of(const protocol::RecordView& op) {
  std::vector<std::int64_t> offsets;
  if (protocol::find_property(op.properties, property::tags) != op_tag) return offsets;
  for (std::string_view rest = op.body; !rest.empty();) {
    const std::string_view word = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    std::int64_t offset = 0;
    if (protocol::from_text(word, offset)) offsets.push_back(offset);
  }
  return offsets;
}

std::optional<Place> real_place_of(const protocol::RecordView& half) {
  const auto topic = protocol::find_property(half.properties, property::real_topic);
  const auto queue_id = number_of<std::int32_t>(half.properties, property::real_queue_id);
  if (!topic || !queue_id || *queue_id < 0 || !check_topic_name(*topic)) return std::nullopt;
  return Place{*topic, *queue_id};
}

std::int32_t check_times_of(const protocol::RecordView& half) {
  return number_of<std::int32_t>(half.properties, property::transaction_check_times).value_or(0);
}

std::optional<std::int64_t> patience_of(const protocol::RecordView& half) {
  const auto seconds =
      number_of<std::int64_t>(half.properties, property::check_immunity_time_seconds);
  constexpr std::int64_t seconds_max = 1'000'000'000;
  if (!seconds || *seconds < 0 || *seconds > seconds_max) return std::nullopt;
  return *seconds * 1000;
}

}  // namespace rocketmq::broker
