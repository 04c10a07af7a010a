#include "broker-lite/state/request_modes.h"

#include <utility>

#include "protocol/json_body.h"
#include "protocol/str.h"

namespace rocketmq::broker {

const RequestModes::Mode* RequestModes::find(std::string_view topic, std::string_view group) const {
  const auto groups = table_.find(topic);
  if (groups == table_.end()) return nullptr;
  const auto found = groups->second.find(group);
  return found == groups->second.end() ? nullptr : &found->second;
}

Result<void> RequestModes::set(Mode mode) {
  if (find(mode.topic, mode.consumer_group) == nullptr) {
    if (entries_ >= entries_max_) {
      return Error{ResponseCode::system_error,
                   str("this broker knows the request modes of ", entries_, " groups and topics, ",
                       "which is its limit")};
    }
    ++entries_;
  }
  TextMap<Mode>& groups = table_[mode.topic];
  std::string group = mode.consumer_group;
  groups.insert_or_assign(std::move(group), std::move(mode));
  return {};
}

std::string RequestModes::to_json() const {
  protocol::MessageRequestModeSerializeWrapper all;
  for (const auto& [topic, groups] : table_) {
    all.message_request_mode_map[topic] = {groups.begin(), groups.end()};
  }
  return protocol::to_json(all);
}

Result<void> RequestModes::load(std::string_view json) {
  auto file = protocol::from_json<protocol::MessageRequestModeSerializeWrapper>(
      json, "messageRequestMode.json");
  if (!file) return std::move(file).error();
  for (auto& [topic, groups] : file->message_request_mode_map) {
    for (auto& [group, mode] : groups) {
      mode.topic = topic;
      mode.consumer_group = group;
      if (auto room = set(std::move(mode)); !room) return {};
    }
  }
  return {};
}

}  // namespace rocketmq::broker
