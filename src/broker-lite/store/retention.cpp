#include "broker-lite/store/retention.h"

#include <algorithm>
#include <ctime>

#include "protocol/describe.h"
#include "protocol/split.h"
#include "protocol/str.h"

namespace rocketmq::broker {

void Retention::begin_run(std::int32_t local_hour, std::int32_t used_percent) {
  const bool is_hour =
      std::ranges::find(options_.delete_when, local_hour) != options_.delete_when.end();
  const bool is_by_hand = runs_by_hand_ > 0;
  const bool is_for_space = used_percent > options_.disk_max_used_space_ratio ||
                            used_percent > options_.disk_space_clean_forcibly_ratio;
  if (is_by_hand) --runs_by_hand_;
  files_left_ = is_hour || is_by_hand || is_for_space ? options_.delete_file_batch_max : 0;
}

Removal Retention::judge(std::int64_t modified_ms, bool is_needed, std::int64_t now_ms,
                         std::int32_t used_percent) const {
  if (!is_running()) return Removal::no;
  if (!is_needed && now_ms - modified_ms >= options_.file_reserved_time_ms) {
    return Removal::expired;
  }
  const bool is_forced = options_.clean_file_forcibly_enable &&
                         used_percent > options_.disk_space_clean_forcibly_ratio;
  return is_forced ? Removal::disk_full : Removal::no;
}

std::int32_t local_hour(std::int64_t wall_ms) {
  const auto seconds = static_cast<std::time_t>(wall_ms / 1000);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return local.tm_hour;
}

// Java would not start to delete at all where it cannot read them.
Result<std::vector<std::int32_t>> parse_delete_when(std::string_view text) {
  std::vector<std::int32_t> hours;
  std::string_view rest = text;
  do {
    const std::string_view part = protocol::take_until(rest, ';');
    std::int32_t hour = -1;
    if (!protocol::from_text(part, hour) || hour < 0 || hour > 23) {
      return Error{Errc::invalid_argument,
                   str("deleteWhen=", text, " is no list of hours such as 04 or 04;16")};
    }
    hours.push_back(hour);
  } while (!rest.empty());
  return hours;
}

}  // namespace rocketmq::broker
