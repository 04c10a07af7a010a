#include "client/tag_filter.h"

#include <algorithm>

#include "protocol/properties.h"
#include "protocol/str.h"

namespace rocketmq {

FilterExpression tags(std::string expression) { return {std::move(expression)}; }
FilterExpression sql(std::string expression) {
  return {std::move(expression), FilterExpression::Kind::sql};
}

namespace client {
namespace {

constexpr std::string_view all_messages = "*";
constexpr std::string_view or_separator = "||";

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

void add_tag(protocol::SubscriptionData& subscription, std::string_view tag) {
  auto& wanted = subscription.tags_set;
  if (tag.empty() || std::find(wanted.begin(), wanted.end(), tag) != wanted.end()) return;
  wanted.emplace_back(tag);
  subscription.code_set.push_back(protocol::java_hash(tag));
}

}  // namespace

Result<protocol::SubscriptionData> tag_subscription(std::string_view topic,
                                                    std::string_view expression,
                                                    std::int64_t version) {
  protocol::SubscriptionData subscription;
  subscription.topic = topic;
  subscription.sub_version = version;
  subscription.sub_string = trimmed(expression).empty() ? all_messages : trimmed(expression);
  if (subscription.sub_string == all_messages) return subscription;

  for (std::string_view rest = subscription.sub_string; !rest.empty();) {
    const std::size_t size = std::min(rest.find(or_separator), rest.size());
    add_tag(subscription, trimmed(rest.substr(0, size)));
    rest.remove_prefix(std::min(size + or_separator.size(), rest.size()));
  }
  if (subscription.tags_set.empty()) {
    return Error{Errc::invalid_argument, str("the filter \"", expression, "\" names no tag")};
  }
  return subscription;
}

bool wants_tag(const protocol::SubscriptionData& subscription, std::string_view tag) {
  const auto& wanted = subscription.tags_set;
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), tag) != wanted.end();
}

}  // namespace client
}  // namespace rocketmq
