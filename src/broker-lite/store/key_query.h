#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "broker-lite/store/index_keys.h"
#include "broker-lite/store/key_index.h"
#include "broker-lite/store/message_reader.h"

namespace rocketmq::broker {

struct KeyQuery {
  std::string_view topic;
  std::string_view key;
  KeyKind kind = KeyKind::key;
  std::int32_t messages_max = 32;
  std::int64_t begin_timestamp = 0;  // of storing
  std::int64_t end_timestamp = 0;
};

struct KeyResult {
  std::vector<StoredRecord> records;  // the newest, in the order they were stored
  std::int64_t index_timestamp = 0;   // how far the index files are
  std::int64_t index_position = 0;
};

// Of those the index names, the ones that have the key and were stored in time: another key may
// have the same hash, and another message may lie where an old one was. At most `messages_max`.
Result<KeyResult> find_by_key(const KeyQuery& query, const KeyIndex& index,
                              const MessageReader& reader, std::int32_t messages_max);

}  // namespace rocketmq::broker
