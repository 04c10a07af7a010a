#include "broker-lite/services/detour.h"

#include <algorithm>
#include <optional>

#include "broker-lite/state/names.h"
#include "protocol/describe.h"
#include "protocol/properties.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

namespace property = protocol::property;

// Java: MessageStoreConfig.timerPrecisionMs.
constexpr std::int64_t precision_ms = 1000;

void append_real(std::string& properties, const Place& place) {
  protocol::append_property(properties, property::real_topic, place.topic);
  protocol::append_property(properties, property::real_queue_id, std::to_string(place.queue_id));
}

// When a timer message is to be delivered; nothing where the property is no number.
std::optional<std::int64_t> deliver_at(const Wishes& wishes, std::int64_t now_ms) {
  // Beyond this a sum could overflow, and every limit is far below.
  constexpr std::int64_t far = std::int64_t{1} << 52;
  std::int64_t value = 0;
  if (!protocol::from_text(wishes.timer.value, value) || value > far || value < -far) {
    return std::nullopt;
  }
  if (wishes.timer.name == property::timer_delay_sec) {
    return value > far / 1000 ? std::nullopt : std::optional(now_ms + value * 1000);
  }
  return wishes.timer.name == property::timer_delay_ms ? now_ms + value : value;
}

}  // namespace

Result<Place> Detours::of(const Wishes& wishes, const Place& place, std::string& properties,
                          std::int64_t now_ms) const {
  if (wishes.is_half) {
    protocol::append_property(properties, property::transaction_id, wishes.unique_key);
    append_real(properties, place);
    return Place{half_topic, 0};
  }
  if (wishes.delay_level > 0) {
    append_real(properties, place);
    return Place{schedule_topic, std::min(wishes.delay_level, levels_.level_max()) - 1};
  }
  if (!wishes.timer.name.empty()) return wait_for_timer(wishes, place, properties, now_ms);
  return place;
}

// Java: HookUtils.transformTimerMessage.
Result<Place> Detours::wait_for_timer(const Wishes& wishes, const Place& place,
                                      std::string& properties, std::int64_t now_ms) const {
  if (!timer_wheel_enable_) {
    return Error{ResponseCode::system_error,
                 "accurate timer message is not enabled, timerWheelEnable is false"};
  }
  const auto at = deliver_at(wishes, now_ms);
  const bool is_too_late = at && *at <= now_ms && wishes.deletes_timer;
  if (!at || is_too_late || *at - now_ms > timer_delay_max_ms_) {
    return Error{
        ResponseCode::message_illegal,
        str("timer message illegal, the delay time should not be bigger than the max delay ",
            timer_delay_max_ms_,
            "ms; or if set del msg, the delay time should be bigger than the current time")};
  }
  if (*at <= now_ms) return place;
  const std::int64_t slot =
      *at % precision_ms == 0 ? *at - precision_ms : *at / precision_ms * precision_ms;
  protocol::append_property(properties, property::timer_out_ms, std::to_string(slot));
  append_real(properties, place);
  return Place{timer_topic, 0, slot + 1};
}

}  // namespace rocketmq::broker
