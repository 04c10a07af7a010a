#pragma once

#include <rocketmq/request_code.h>

#include <cstdint>

#include "protocol/bodies/assignment_data.h"
#include "protocol/describe.h"

// Queues divided by the broker instead of by each client. Java: QueryAssignmentProcessor.

namespace rocketmq::protocol {

struct QueryAssignment {
  static constexpr auto code = RequestCode::query_assignment;
  using Response = NoFields;
  using Body = QueryAssignmentRequestBody;
  using ResponseBody = QueryAssignmentResponseBody;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const QueryAssignment&) const = default;
};

struct SetMessageRequestMode {
  static constexpr auto code = RequestCode::set_message_request_mode;
  using Response = NoFields;
  using Body = SetMessageRequestModeRequestBody;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const SetMessageRequestMode&) const = default;
};

struct GetAllMessageRequestMode {
  static constexpr auto code = RequestCode::get_all_message_request_mode;
  using Response = NoFields;
  using ResponseBody = MessageRequestModeSerializeWrapper;

  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const GetAllMessageRequestMode&) const = default;
};

}  // namespace rocketmq::protocol
