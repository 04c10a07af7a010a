#pragma once

#include <rocketmq/result.h>

#include <string_view>

namespace rocketmq::protocol {

// A broker with ACL that does not let us says why in its remark only: 5.x with the code
// no_permission, which it has for other things too, 4.x as an exception with system_error.

// What to do about it; empty when the remark says something else.
std::string_view advice_on_denial(std::string_view remark);

// Also of an error whose message has grown around the remark.
bool is_denial(const Error& error);

}  // namespace rocketmq::protocol
