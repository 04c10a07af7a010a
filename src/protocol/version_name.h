#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "protocol/command.h"
#include "protocol/str.h"

namespace rocketmq::protocol {

// "V5_3_3", as Java's MQVersion names an ordinal. Releases before 4.0 were not numbered evenly: all
// of them are "V3".
inline std::string version_name(std::int32_t ordinal) {
  constexpr std::int32_t last = 612;
  if (ordinal >= last) return "HIGHER_VERSION";
  const std::int32_t since = ordinal - version_ordinal(4, 0, 0) + 1;  // snapshots come first
  if (since < 0) return "V3";
  const std::int32_t patches = since / 2;
  return str('V', 4 + patches / 100, '_', patches / 10 % 10, '_', patches % 10,
             since % 2 == 0 ? "_SNAPSHOT" : "");
}

}  // namespace rocketmq::protocol
