#include <rocketmq/client.h>

#include "client/core.h"

namespace rocketmq {

Client::Client(ClientOptions options) : core_(Core::create(std::move(options))) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

const std::string& Client::client_id() const { return core_->client_id(); }

}  // namespace rocketmq
