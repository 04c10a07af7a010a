#pragma once

#include <cstddef>
#include <vector>

#include "client/process_queue.h"
#include "net/answer.h"
#include "protocol/bodies/client_data.h"
#include "protocol/requests/pull.h"

namespace rocketmq::client {

using PullAnswer = net::Answer<protocol::PullMessageResponse>;

struct TakenMessages {
  std::vector<MessageInHand> messages;  // new, and wanted by the subscription
  // Fails where the answer contradicts itself. `messages` holds what came before that; what follows
  // is to be asked for again.
  Result<void> result;
};

// Takes the messages of an answer with code 0 in hand. `queue`: as they show it.
TakenMessages take_messages(const PullAnswer& answer, const MessageQueue& queue,
                            const protocol::SubscriptionData& subscription,
                            std::size_t message_bytes_max, const std::string& name_space,
                            ProcessQueue& in_hand);

}  // namespace rocketmq::client
