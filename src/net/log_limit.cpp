#include "net/log_limit.h"

#include <utility>

namespace rocketmq::net {

LogLimit::Verdict LogLimit::ask(TimePoint now) {
  if (now - second_began_ >= std::chrono::seconds(1)) {
    second_began_ = now;
    lines_ = 0;
  }
  if (lines_ == lines_per_second_) {
    ++suppressed_;
    return {false, 0};
  }
  ++lines_;
  return {true, std::exchange(suppressed_, 0)};
}

}  // namespace rocketmq::net
