#pragma once

#include <rocketmq/message.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "client/core.h"

namespace rocketmq::client {

// Gives messages that could not be consumed back to the broker, for their group. Belongs to the
// loop. Java: DefaultMQPushConsumerImpl.sendMessageBack.
class SendBack {
 public:
  // After being given back `reconsume_times_max` times a message goes to the dead letters. `core`
  // outlives it.
  SendBack(Client::Core& core, std::string group, std::int32_t reconsume_times_max)
      : core_(core), group_(std::move(group)), reconsume_times_max_(reconsume_times_max) {}

  // Delivered again after that delay level, 0: as the broker sees fit; at once to the dead letters:
  // dead_letters_level. Where the broker does not find its message, or does not answer, a copy is
  // sent instead, which may be once too often.
  net::Task<Result<void>> give_back(MessageView message, std::int32_t level);
  // A copy to %RETRY%group that counts as given back once more.
  net::Task<Result<void>> send_copy(MessageView message, std::int32_t level);

 private:
  net::Task<Result<void>> ask_broker(MessageView message, std::int32_t level);

  Client::Core& core_;
  const std::string group_;
  const std::int32_t reconsume_times_max_;
};

// The properties of such a copy; `topic`: where the message was sent to first.
std::string properties_of_copy(const MessageView& message, std::string_view topic,
                               std::int32_t reconsume_times, std::int32_t reconsume_times_max,
                               std::int32_t level);

}  // namespace rocketmq::client
