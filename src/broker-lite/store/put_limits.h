#pragma once

#include <rocketmq/result.h>

#include <cstddef>
#include <cstdint>
#include <optional>

#include "protocol/message_codec.h"

namespace rocketmq::broker {

// What a message may look like to be stored. Java: DefaultMessageStore.checkMessage,
// MessageExtEncoder.encode.
struct PutLimits {
  std::size_t body_size_max = 0;
  std::size_t block_size_max = 0;  // what the commit log takes in one piece

  Result<void> check(const protocol::RecordView& message) const;
  // message_illegal, in stock's words.
  Error illegal() const;
};

// service_not_available, in stock's words and then ours. Of the disk what is known: used percent.
Error not_available(const Error& why, std::optional<std::int32_t> disk_used_percent = {});

}  // namespace rocketmq::broker
