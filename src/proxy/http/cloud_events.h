#pragma once

#include <rocketmq/message.h>
#include <rocketmq/result.h>

#include <string>
#include <string_view>

#include "net/http_message.h"
#include "proxy/http/json.h"

// CloudEvents 1.0 as messages. Every attribute is a property "ce_<name>", the data's type is
// contentType; `subject` is also the key, and `type` the tag, where they may be.

namespace rocketmq::gateway {

// Do the headers have an event, whose data is the body?
bool is_binary_event(const net::HttpRequest& request);
Result<Message> message_of_event(const net::HttpRequest& request, std::string_view topic,
                                 std::string body);
// An event as a JSON object.
Result<Message> message_of_event(const Json& event, std::string_view topic,
                                 const std::string& pointer);

}  // namespace rocketmq::gateway
