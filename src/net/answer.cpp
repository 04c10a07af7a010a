#include "net/answer.h"

#include <string>
#include <string_view>

#include "protocol/denial.h"
#include "protocol/str.h"

namespace rocketmq::net {

Error error_of_answer(const protocol::Command& answer) {
  Error error{static_cast<ResponseCode>(answer.code), std::string(answer.remark)};
  if (protocol::is_denial(error)) {
    const std::string_view between = error.message.ends_with('.') ? " " : ". ";
    error.message += str(between, protocol::advice_on_denial(answer.remark));
  }
  return error;
}

}  // namespace rocketmq::net
