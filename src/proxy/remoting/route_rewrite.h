#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "protocol/bodies/route_data.h"
#include "protocol/command.h"

// What name servers tell, as clients of the proxy get to see it: the addresses of brokers become
// addresses of ours. Names, ids, queues and the order of ordered topics stay.

namespace rocketmq::proxy {

// Where a client is to reach that broker; empty: it cannot, and does not hear of it.
using AddressOf = std::function<std::string(const std::string& broker_name, std::int64_t id)>;

void rewrite(protocol::TopicRouteData& route, const AddressOf& address_of);
void rewrite(protocol::ClusterInfo& cluster, const AddressOf& address_of);

// The body of what a name server answered to a request of that code, rewritten where it has
// addresses in it. Errors: bad_message.
Result<std::string> rewrite_body(std::int32_t code, std::string_view body,
                                 const AddressOf& address_of);

// Integer keys in quotes, for whose JSON library wants them. Java: ClientRequestProcessor.
bool wants_standard_json(const protocol::Command& request);

}  // namespace rocketmq::proxy
