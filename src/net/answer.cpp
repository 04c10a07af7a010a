#include "net/answer.h"

#include <string>

namespace rocketmq::net {

Error error_of_answer(const protocol::Command& answer) {
  return Error{static_cast<ResponseCode>(answer.code), std::string(answer.remark)};
}

}  // namespace rocketmq::net
