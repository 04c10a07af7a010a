#include "client/delay_level.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace rocketmq::client {

std::int32_t delay_level(std::chrono::milliseconds delay) {
  using std::chrono::hours;
  using std::chrono::minutes;
  using std::chrono::seconds;
  static constexpr std::array<seconds, 18> levels{
      seconds(1), seconds(5),  seconds(10), seconds(30), minutes(1), minutes(2),
      minutes(3), minutes(4),  minutes(5),  minutes(6),  minutes(7), minutes(8),
      minutes(9), minutes(10), minutes(20), minutes(30), hours(1),   hours(2)};
  if (delay <= delay.zero()) return 0;
  const auto level = std::lower_bound(levels.begin(), levels.end() - 1, delay);
  return static_cast<std::int32_t>(std::distance(levels.begin(), level)) + 1;
}

}  // namespace rocketmq::client
