#include "proxy/remoting/route_rewrite.h"

#include <rocketmq/request_code.h>

#include <map>
#include <utility>

namespace rocketmq::proxy {
namespace {

constexpr std::int32_t standard_json_version = protocol::version_ordinal(4, 9, 4);

void rewrite(std::map<std::int64_t, std::string>& addresses, const std::string& broker_name,
             const AddressOf& address_of) {
  for (auto& [id, address] : addresses) address = address_of(broker_name, id);
  std::erase_if(addresses, [](const auto& entry) { return entry.second.empty(); });
}

template <class Body, class Change>
Result<std::string> changed(std::string_view text, std::string_view what, Change change) {
  auto body = protocol::from_json<Body>(text, what);
  if (!body) return Error{Errc::bad_message, body.error().message};
  change(*body);
  return protocol::to_json(*body);
}

}  // namespace

void rewrite(protocol::TopicRouteData& route, const AddressOf& address_of) {
  for (protocol::BrokerData& broker : route.broker_datas) {
    rewrite(broker.broker_addrs, broker.broker_name, address_of);
  }
}

void rewrite(protocol::ClusterInfo& cluster, const AddressOf& address_of) {
  for (auto& [name, broker] : cluster.broker_addr_table) {
    rewrite(broker.broker_addrs, name, address_of);
  }
}

Result<std::string> rewrite_body(std::int32_t code, std::string_view body,
                                 const AddressOf& address_of) {
  switch (static_cast<RequestCode>(code)) {
    case RequestCode::get_broker_cluster_info:
      return changed<protocol::ClusterInfo>(
          body, "cluster info",
          [&](protocol::ClusterInfo& cluster) { rewrite(cluster, address_of); });
    case RequestCode::get_broker_member_group:
      return changed<protocol::BrokerMemberGroupBody>(
          body, "member group", [&](protocol::BrokerMemberGroupBody& group) {
            if (auto& members = group.broker_member_group) {
              rewrite(members->broker_addrs, members->broker_name, address_of);
            }
          });
    case RequestCode::get_system_topic_list_from_ns:
      return changed<protocol::TopicList>(  // Java: the address of any broker, to ask for more
          body, "topic list", [](protocol::TopicList& list) { list.broker_addr.reset(); });
    default:
      return std::string(body);
  }
}

bool wants_standard_json(const protocol::Command& request) {
  if (request.version >= standard_json_version) return true;
  const auto* const wish = protocol::find_field(request.fields, "acceptStandardJsonOnly");
  bool is_wanted = false;
  return wish != nullptr && protocol::from_text(*wish, is_wanted) && is_wanted;
}

}  // namespace rocketmq::proxy
