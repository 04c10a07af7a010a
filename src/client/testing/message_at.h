#pragma once

#include <memory>
#include <string>
#include <utility>

#include "client/message_view.h"
#include "protocol/message_codec.h"

namespace rocketmq::client::testing {

// A message of topic T with this offset, as a pull brings it.
inline MessageView message_at(std::int64_t offset, std::int32_t sys_flag = 0,
                              std::string_view properties = {}) {
  protocol::RecordView record;
  record.queue_offset = offset;
  record.topic = "T";
  record.body = "body";
  record.sys_flag = sys_flag;
  record.properties = properties;
  auto bytes = std::make_shared<std::string>(protocol::record_size(record), '\0');
  protocol::encode_record(record, bytes->data());
  const std::string_view body = *bytes;
  return decode_messages(
             body, std::make_shared<const PullSource>(PullSource{bytes, {"T", "b", 0}, 0}), 1 << 20)
      .messages.at(0);
}

}  // namespace rocketmq::client::testing
