#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <memory>
#include <string_view>

#include "protocol/describe.h"
#include "protocol/incoming.h"
#include "protocol/kept.h"

namespace rocketmq::net {

// What a peer answered. Copies are cheap and share `bytes`.
template <class Response>
struct Answer {
  Response header{};
  std::int32_t code = 0;     // 0, or another that the request's accepts() names
  std::int32_t version = 0;  // of the peer
  std::string_view remark;
  std::string_view body;
  // Keeps alive what the views above, and the Texts of `header`, point into. Whoever keeps one of
  // them, such as a message made from a pulled body, keeps a copy of this.
  std::shared_ptr<const void> bytes;
};

// A request type says which answer codes carry its response header: 0, unless it has
//   static constexpr bool accepts(std::int32_t code);
// Every other code is an Error.
template <class Req>
constexpr bool accepts_answer(std::int32_t code) {
  if constexpr (requires { Req::accepts(code); }) {
    return Req::accepts(code);
  } else {
    return code == 0;
  }
}

// The peer said no: its code and its remark, and what to do where it does not know us or we may
// not.
Error error_of_answer(const protocol::Command& answer);

// For a PendingCall's answered(). Copies or takes the frame only where something points into it.
template <class Req>
Result<Answer<typename Req::Response>> decode_answer(protocol::Incoming& incoming) {
  using Response = typename Req::Response;
  const protocol::Command& command = incoming.command();
  if (!accepts_answer<Req>(command.code)) return error_of_answer(command);

  Answer<Response> answer;
  if (protocol::has_text<Response>() || !command.body.empty() || !command.remark.empty()) {
    answer.bytes = incoming.keep();
  }
  if (auto decoded = protocol::decode_header(command.fields, answer.header); !decoded) {
    return Error{Errc::bad_message, decoded.error().message, Outcome::unknown};
  }
  answer.code = command.code;
  answer.version = command.version;
  answer.remark = command.remark;
  answer.body = command.body;
  return answer;
}

}  // namespace rocketmq::net
