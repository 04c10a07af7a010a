#pragma once

#include <string_view>

#include "proxy/http/socket_session.h"

namespace rocketmq::gateway {

// What frames with this op are for.
struct SocketSession::Operation {
  std::string_view name;
  Names known;  // members, beside op and id
  net::Task<Result<JsonPtr>> (SocketSession::*run)(Members);
  bool needs_id = true;
};

// nullptr: none was given, and nobody waits for an answer.
const Json* id_of(const Json& frame);

}  // namespace rocketmq::gateway
