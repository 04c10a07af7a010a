#include "client/pop_outcome.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>

namespace rocketmq::client {
namespace {

// Java: DefaultMQPushConsumerImpl.popDelayLevel.
constexpr std::array<int, 16> delays_seconds{10,  30,  60,  120, 180,  240,  300,  360,
                                             420, 480, 540, 600, 1200, 1800, 3600, 7200};

net::Duration delay_after(std::int32_t reconsume_times) {
  const auto index = static_cast<std::size_t>(std::max(reconsume_times, 0));
  return std::chrono::seconds(delays_seconds[std::min(index, delays_seconds.size() - 1)]);
}

}  // namespace

PopOutcome pop_outcome(const Consumed& verdict, std::int32_t reconsume_times,
                       std::int32_t reconsume_times_max) {
  using Kind = PopOutcome::Kind;
  if (verdict.kind() == Consumed::Kind::ok) return {Kind::acknowledge};
  if (verdict.kind() == Consumed::Kind::dead_letters || reconsume_times >= reconsume_times_max) {
    return {Kind::dead_letters};
  }
  const net::Duration wanted = verdict.delay();
  return {Kind::show_again, wanted > net::Duration::zero() ? wanted : delay_after(reconsume_times)};
}

}  // namespace rocketmq::client
