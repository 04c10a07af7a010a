#pragma once

#include <rocketmq/message.h>
#include <rocketmq/result.h>

#include <optional>
#include <string>
#include <string_view>

#include "proxy/http/json.h"

// Messages as JSON objects, both ways.

namespace rocketmq::gateway {

// How the body of a message stands in JSON.
enum class BodyForm {
  automatic,  // json where the message says it is that, utf8 where it is, else base64
  base64,
  utf8,
  json,
};
std::optional<BodyForm> parse_body_form(std::string_view name);

// The property that says what a body is.
inline constexpr std::string_view content_type_property = "contentType";
bool is_json_type(std::string_view content_type);

// One to send to `topic`. Errors: bad_request, with what is wrong at which place under `pointer`.
Result<Message> message_of(const Json& json, std::string_view topic, const std::string& pointer);

Json json_of(const MessageView& message, BodyForm form);

}  // namespace rocketmq::gateway
