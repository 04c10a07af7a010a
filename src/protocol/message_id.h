#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/host.h"

namespace rocketmq::protocol {

// Where a message lies, as text: upper-case hex of the storing broker's address, port and the
// record's place in the commit log; 32 characters, 56 with IPv6. Java:
// MessageDecoder.createMessageId.
struct OffsetMessageId {
  Host store_host;
  std::int64_t physical_offset = 0;

  friend bool operator==(const OffsetMessageId&, const OffsetMessageId&) = default;
};

std::string to_string(const OffsetMessageId& id);
void append_offset_message_id(std::string& to, const Host& store_host, std::int64_t position);

// Fails with invalid_argument on another length or a character that is no hex digit. A UNIQ_KEY of
// the same length also parses: only a broker can tell the two apart.
Result<OffsetMessageId> parse_offset_message_id(std::string_view text);

// The milliseconds since 1970 of the first day of `now_ms`'s month, 00:00 local time.
std::int64_t month_start_ms(std::int64_t now_ms);

// Makes the UNIQ_KEY a client gives every message: hex of address, process, a constant of the
// process, milliseconds since the month began, and a counter. Java: MessageClientIDSetter.
// One owner; not for several threads.
class UniqueKeyGenerator {
 public:
  // `process_hash`: any constant of this process (Java: the class loader's hash).
  UniqueKeyGenerator(const Host& ip, std::uint32_t pid, std::uint32_t process_hash);

  std::string next(std::int64_t now_ms);
  void append_next(std::string& to, std::int64_t now_ms);

 private:
  void start_month(std::int64_t now_ms);

  std::string prefix_;  // the hex of what never changes
  std::int64_t month_start_ms_ = 0;
  std::int64_t next_month_ms_ = 0;
  std::uint16_t counter_ = 0;
};

}  // namespace rocketmq::protocol
