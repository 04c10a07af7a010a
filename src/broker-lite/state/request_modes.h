#pragma once

#include <rocketmq/result.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "broker-lite/state/text_map.h"
#include "protocol/bodies/assignment_data.h"

namespace rocketmq::broker {

// Whether a group pulls a topic or pops it, as tools have set it. Java: MessageRequestModeManager.
class RequestModes {
 public:
  // Each costs about 300 bytes here and in the file.
  explicit RequestModes(std::size_t entries_max = 100'000) : entries_max_(entries_max) {}

  using Mode = protocol::SetMessageRequestModeRequestBody;

  // nullptr: nobody has said.
  const Mode* find(std::string_view topic, std::string_view group) const;
  // The caller has checked that topic and group exist.
  Result<void> set(Mode mode);

  // config/messageRequestMode.json; also the body of code 402. An error leaves everything as it
  // was.
  std::string to_json() const;
  Result<void> load(std::string_view json);

 private:
  const std::size_t entries_max_;
  TextMap<TextMap<Mode>> table_;  // by topic, by group
  std::size_t entries_ = 0;
};

}  // namespace rocketmq::broker
