#pragma once

#include <rocketmq/message.h>
#include <rocketmq/producer.h>
#include <rocketmq/result.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/memory_block.h"
#include "protocol/properties.h"

namespace rocketmq::client {

struct PrepareOptions {
  std::size_t message_bytes_max = 4 * 1024 * 1024;
  Compression compression = Compression::zlib;
  std::size_t compress_from_bytes = 4096;
  int compression_level = 5;
  std::size_t unique_key_size = 32;
  std::string_view name_space;  // of the topic; empty: none
  std::size_t front_bytes = 0;  // room in the memory for its owner
  BlockPool* blocks = nullptr;  // where the memory is from; nullptr: of no pool
};

// A message as it goes into a frame. Its texts lie in one block of memory that it owns; only the
// body may be borrowed.
struct PreparedMessage {
  std::string_view topic;
  std::string_view properties;  // the text of protocol/properties.h
  std::string_view body;        // maybe compressed
  std::int32_t sys_flag = 0;
  std::int32_t flag = 0;
  std::size_t body_size = 0;  // before compression

  // The UNIQ_KEY inside `properties`: room that set_unique_key() fills in. Left open here, because
  // keys are made by one owner and messages are prepared on any thread. An open room begins with 0.
  std::string_view unique_key() const { return {unique_key_room, unique_key_size}; }
  bool has_unique_key() const { return *unique_key_room != 0; }
  void set_unique_key(std::string_view key) { set_key(unique_key_room, key); }
  void set_key(char* room, std::string_view key);

  // What the user knows it by: the UNIQ_KEY; of a batch those of its entries, joined by commas.
  std::string message_id() const;

  MemoryBlock memory;
  char* unique_key_room = nullptr;
  std::size_t unique_key_size = 0;
  std::vector<char*> entry_key_rooms;  // of a batch: the UNIQ_KEYs of its entries
};

// What is added to a message beyond what its user has set in it.
struct Added {
  std::string_view sharding_key;  // instead of the message's own, where it is not empty
  // In names users may not set; every text satisfies protocol::is_property_text(). A UNIQ_KEY among
  // them is the message's, instead of one that the sender makes.
  std::span<const protocol::Property> properties;
  std::int32_t sys_flag = 0;  // protocol::sys_flag
};

enum class BodyMemory {
  copy,
  borrow,  // the message outlives what was prepared from it
};

// Checks a message and prepares it. Errors: invalid_argument, too_large. Safe on any thread. Java:
// Validators.checkMessage, DefaultMQProducerImpl.sendKernelImpl.
Result<PreparedMessage> prepare(const Message& message, const PrepareOptions& options,
                                BodyMemory memory, const Added& added = {});

}  // namespace rocketmq::client
