#include "proxy/remoting/locks.h"

#include <utility>

#include "protocol/bodies/client_data.h"

namespace rocketmq::proxy {

Result<std::map<std::string, std::string>> split_locks(std::string_view body) {
  auto request = protocol::from_json<protocol::LockBatchRequestBody>(body, "lock body");
  if (!request) return std::move(request).error();
  std::map<std::string, std::vector<protocol::MessageQueueData>> queues;
  for (protocol::MessageQueueData& queue : request->mq_set) {
    queues[queue.broker_name].push_back(std::move(queue));
  }
  std::map<std::string, std::string> bodies;
  for (auto& [broker_name, of_broker] : queues) {
    request->mq_set = std::move(of_broker);
    bodies[broker_name] = queues.size() == 1 ? std::string(body) : protocol::to_json(*request);
  }
  return bodies;
}

std::string merge_locks(const std::vector<std::string>& bodies) {
  protocol::LockBatchResponseBody merged;
  for (const std::string& body : bodies) {
    auto answer = protocol::from_json<protocol::LockBatchResponseBody>(body, "locked queues");
    if (!answer) continue;
    for (protocol::MessageQueueData& queue : answer->locked_queues) {
      merged.locked_queues.push_back(std::move(queue));
    }
  }
  return protocol::to_json(merged);
}

}  // namespace rocketmq::proxy
