#include "broker-lite/state/tag_filter.h"

#include <algorithm>

#include "protocol/properties.h"
#include "protocol/trimmed.h"

namespace rocketmq::broker {
namespace {

bool means_all(std::string_view expression) { return expression.empty() || expression == "*"; }

}  // namespace

Result<std::vector<std::int32_t>> parse_tags(std::string_view expression) {
  std::vector<std::int32_t> codes;
  if (means_all(expression)) return codes;
  for (std::string_view rest = expression; !rest.empty();) {
    const std::size_t size = std::min(rest.find("||"), rest.size());
    if (const std::string_view tag = protocol::trimmed(rest.substr(0, size)); !tag.empty()) {
      codes.push_back(protocol::java_hash(tag));
    }
    rest.remove_prefix(std::min(size + 2, rest.size()));
  }
  if (codes.empty()) {
    return Error{ResponseCode::subscription_parse_failed,
                 "parse the consumer's subscription failed"};
  }
  return codes;
}

std::vector<std::int32_t> tags_codes_of(const protocol::SubscriptionData& subscription) {
  if (means_all(subscription.sub_string)) return {};
  if (!subscription.code_set.empty()) return subscription.code_set;
  return parse_tags(subscription.sub_string).value_or({});
}

}  // namespace rocketmq::broker
