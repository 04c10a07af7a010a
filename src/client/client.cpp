#include <rocketmq/client.h>

#include "client/core.h"

namespace rocketmq {

Client::Client(ClientOptions options) : core_(Core::create(std::move(options))) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<std::vector<MessageQueue>> Client::queues(const std::string& topic) {
  if (auto usable = core_->usable(); !usable) return std::move(usable).error();
  auto route =
      core_->wait<client::RoutePtr>([&] { return core_->routes().get(core_->wire_name(topic)); });
  if (!route) return std::move(route).error();
  std::vector<MessageQueue> queues = (*route)->subscribe_queues;
  for (MessageQueue& queue : queues) queue.topic = core_->plain_name(queue.topic);
  return queues;
}

ClientStatistics Client::statistics() const { return core_->statistics(); }

Result<void> Client::close(std::chrono::milliseconds deadline) {
  const std::shared_ptr<Core> core = core_;  // a callback may destroy the client meanwhile
  return core->close(deadline);
}

const std::string& Client::client_id() const { return core_->client_id(); }

}  // namespace rocketmq
