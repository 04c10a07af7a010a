#pragma once

#include <rocketmq/message.h>
#include <rocketmq/result.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace rocketmq::client {

// The receipt of a batch, or why there is none, as those of its messages. Ids are joined by commas,
// queue offsets follow each other; what is stored as one record (topics with queue.type=BatchCQ)
// has one offset message id for all. Java: ProduceAccumulator.MessageAccumulation.splitSendResults.
Result<SendReceipt> part_of_batch(const Result<SendReceipt>& whole, std::size_t index,
                                  std::string_view message_id);

// Calls told(message id, result) for each message of a send; for one that is no batch once.
void each_of_batch(std::string_view message_ids, const Result<SendReceipt>& whole,
                   const std::function<void(const std::string&, const Result<SendReceipt>&)>& told);

}  // namespace rocketmq::client
