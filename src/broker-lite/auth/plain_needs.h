#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/command.h"

namespace rocketmq::broker {

// What plain ACL files give, as bits. Java: Permission of 4.x.
namespace plain_perm {
inline constexpr std::uint8_t deny = 1;
inline constexpr std::uint8_t pub = 4;
inline constexpr std::uint8_t sub = 8;
}  // namespace plain_perm

// Of a topic, or of a group, of which its retry topic is a part.
struct PlainNeed {
  bool is_group = false;
  std::string_view name;
  std::uint8_t perm = 0;
};
std::string to_string(const PlainNeed& need);  // "topic:T"

// A topic's name as it is, or the group of a retry topic.
PlainNeed plain_need(std::string_view topic, std::uint8_t perm);

// What a request needs of who sends it: all of these. Most need no more than a good signature.
// Views of the command and of `kept`. Fails on a body that cannot be read.
Result<std::vector<PlainNeed>> plain_needs(const protocol::Command& command,
                                           std::deque<std::string>& kept);

// For accounts with `admin: true` only.
bool needs_plain_admin(std::int32_t code);

}  // namespace rocketmq::broker
