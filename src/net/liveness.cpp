#include "net/liveness.h"

#include <utility>

// Not inline: g++ 12 would warn of a pointer to the stack that stays behind (-Wdangling-pointer).
// It does not: a Watch takes itself out again.

namespace rocketmq::net {

Liveness::Watch::Watch(Liveness& of) : liveness_(&of), outer_(std::exchange(of.innermost_, this)) {}

Liveness::Watch::~Watch() {
  if (liveness_ != nullptr) liveness_->innermost_ = outer_;
}

Liveness::~Liveness() {
  for (Watch* watch = innermost_; watch != nullptr; watch = watch->outer_) {
    watch->liveness_ = nullptr;
  }
}

}  // namespace rocketmq::net
