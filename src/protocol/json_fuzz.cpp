// Arbitrary bytes as JSON bodies: whatever is read must be written to a text that reads the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocol/bodies/client_data.h"
#include "protocol/bodies/config_data.h"
#include "protocol/bodies/route_data.h"
#include "protocol/bodies/stats_data.h"

using namespace rocketmq::protocol;

namespace {

template <class T>
void round_trip(std::string_view text) {
  const auto value = from_json<T>(text, "body");
  if (!value) return;
  for (const JsonStyle& style :
       {JsonStyle{}, JsonStyle{.pretty = true, .quote_integer_keys = true}}) {
    const auto again = from_json<T>(to_json(*value, style), "body");
    if (!again || to_json(*again) != to_json(*value)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 6) {
    case 0:
      round_trip<HeartbeatData>(text);
      break;
    case 1:
      round_trip<TopicRouteData>(text);
      break;
    case 2:
      round_trip<RegisterBrokerBody>(text);
      break;
    case 3:
      round_trip<SubscriptionGroupWrapper>(text);
      break;
    case 4:
      round_trip<ConsumeStats>(text);
      break;
    case 5:
      round_trip<LockBatchRequestBody>(text);
      break;
  }
  return 0;
}
