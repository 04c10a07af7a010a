#include "proxy/remoting/limits.h"

#include <rocketmq/request_code.h>

#include "protocol/str.h"
#include "proxy/remoting/forward.h"

namespace rocketmq::proxy {
namespace {

// What begins something. What keeps a client in its groups, or ends what it has begun, is not in
// the way of others, and would be asked again and again.
bool is_counted(std::int32_t code) {
  switch (static_cast<RequestCode>(code)) {
    case RequestCode::send_message:
    case RequestCode::send_message_v2:
    case RequestCode::send_batch_message:
    case RequestCode::pull_message:
    case RequestCode::lite_pull_message:
    case RequestCode::pop_message:
    case RequestCode::peek_message:
    case RequestCode::notification:
    case RequestCode::query_message:
    case RequestCode::view_message_by_id:
    case RequestCode::recall_message:
      return true;
    default:
      return rule_of(code).access != Access::client;
  }
}

}  // namespace

Result<void> Limits::count(std::string_view client, const protocol::Command& request,
                           net::TimePoint now) {
  if (is_counted(request.code) && !clients_.take(client, now)) {
    ++counts_.throttled_clients;
    return Error{Errc::overloaded, str("client ", client,
                                       " has had its requests of this second (requestsPerSecond)")};
  }
  if (!topics_.is_limited()) return {};
  const std::size_t messages = message_count(request);
  if (messages == 0) return {};
  const std::string_view topic = topic_of(request);
  if (topics_.take(topic, now, static_cast<double>(messages))) return {};
  ++counts_.throttled_topics;
  return Error{Errc::overloaded,
               str("topic ", topic, " has had its messages of this second (messagesPerSecond)")};
}

}  // namespace rocketmq::proxy
