// Compiled as C++17 without extensions: what a user's program sees must not need more.
#include <rocketmq/rocketmq.h>

namespace {

[[maybe_unused]] rocketmq::PushConsumerOptions options() {
  rocketmq::PushConsumerOptions options;
  options.group = "g";
  options.subscriptions = {{"t", rocketmq::tags("a || b")}};
  options.on_message = [](const rocketmq::MessageView&) { return rocketmq::Consumed::ok; };
  return options;
}

}  // namespace
