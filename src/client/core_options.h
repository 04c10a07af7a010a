#pragma once

#include <rocketmq/options.h>
#include <rocketmq/result.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "net/channel_pool.h"
#include "net/request_hook.h"

// What ClientOptions mean, without anything that runs.

namespace rocketmq::client {

// Errors: invalid_argument, with the option and what is wrong with it.
Result<void> check_options(const ClientOptions& options);

// A client whose options are refused has a core all the same, which must do no harm.
std::chrono::milliseconds bounded(std::chrono::milliseconds duration);

// "ip@instance[@unit]". Java: ClientConfig.buildMQClientId.
std::string make_client_id(const ClientOptions& options);

// "host:port" of each; none where an address server will say. Errors: no_name_server,
// invalid_argument.
Result<std::vector<std::string>> name_server_list(const ClientOptions& options);

// The namespace that names are wrapped in: `ns`, or the instance that the name server's address
// tells: "http://MQ_INST_1_x.example:80". Java: ClientConfig.getNamespace.
std::string namespace_of(const ClientOptions& options);

// Adds what every request carries: the namespace of the second kind, then the signature over all of
// it. None where there is nothing to add. Java: NamespaceRpcHook, AclClientRPCHook.
net::RequestHook request_hook(const ClientOptions& options);

// Without TLS and log.
net::ChannelPoolOptions pool_options(const ClientOptions& options, std::uint64_t random_seed);

}  // namespace rocketmq::client
