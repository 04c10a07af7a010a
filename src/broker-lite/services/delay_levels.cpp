#include "broker-lite/services/delay_levels.h"

#include <algorithm>
#include <charconv>

#include "broker-lite/state/names.h"
#include "protocol/describe.h"
#include "protocol/properties.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

constexpr std::int64_t second_ms = 1000;

std::int64_t unit_ms(std::string_view unit) {
  if (unit == "s") return second_ms;
  if (unit == "m") return 60 * second_ms;
  if (unit == "h") return 3600 * second_ms;
  if (unit == "d") return 24 * 3600 * second_ms;
  return 0;
}

}  // namespace

Result<DelayLevels> DelayLevels::parse(std::string_view text) {
  constexpr std::int64_t count_max = 100'000;  // years of any unit
  DelayLevels levels;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (word.empty()) continue;
    std::int64_t count = 0;
    const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), count);
    const std::int64_t unit = unit_ms(word.substr(static_cast<std::size_t>(end - word.data())));
    if (failed != std::errc() || count < 0 || count > count_max || unit == 0) {
      return Error{Errc::invalid_argument,
                   str("messageDelayLevel: '", word, "' is no time like 1s, 5m, 2h or 1d")};
    }
    levels.delays_ms_.push_back(count * unit);
  }
  if (levels.delays_ms_.empty()) {
    return Error{Errc::invalid_argument, "messageDelayLevel names no level"};
  }
  return levels;
}

std::int64_t DelayLevels::delay_ms(std::int32_t level) const {
  if (level < 1 || level > level_max()) return second_ms;
  return delays_ms_[static_cast<std::size_t>(level) - 1];
}

std::int64_t DelayLevels::deliver_at(std::string_view properties,
                                     std::int64_t store_timestamp) const {
  std::int32_t level = 0;
  protocol::from_text(
      protocol::find_property(properties, protocol::property::delay_time_level).value_or(""),
      level);
  return store_timestamp + delay_ms(std::min(level, level_max()));
}

std::int64_t DelayLevels::tags_code(const protocol::RecordView& record,
                                    std::int64_t store_timestamp) const {
  if (record.topic != schedule_topic) return protocol::tags_code(record.properties);
  return deliver_at(record.properties, store_timestamp);
}

}  // namespace rocketmq::broker
