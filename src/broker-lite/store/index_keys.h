#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "protocol/message_codec.h"

namespace rocketmq::broker {

// By what a message is looked for.
enum class KeyKind {
  key,  // one of its KEYS, or its UNIQ_KEY
  tag,  // its TAGS; indexed since stock 5.4
};

// Calls use(text) for each text the message is found by:
//
//   "topic#UNIQ_KEY"    "topic#key" for each blank-separated key    "topic#T#TAGS"
//
// None for a rolled back message. The view is of `buffer`. Java: IndexService.buildIndex.
void for_each_index_text(const protocol::RecordView& record, std::string& buffer,
                         const std::function<void(std::string_view text)>& use);

std::string index_text(std::string_view topic, std::string_view key, KeyKind kind);

// Of an index text. Java: IndexFile.indexKeyHashMethod.
std::int32_t index_hash(std::string_view text);

}  // namespace rocketmq::broker
