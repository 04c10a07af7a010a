#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// What became of a message: records that clients send as messages to the trace topic, many in one
// body. Fields are separated by 01, every record ends with 02. Java: TraceDataEncoder.

namespace rocketmq::protocol {

// The trace's own number for what kind of message it was. Java: MessageType.
enum class TraceMessageType { normal, half, commit, delay, order };

// How a listener ended. Java: ConsumeReturnType.
enum class TraceConsumeCode { success, time_out, exception, returned_null, failed };

// Texts are views: of what the caller keeps until the record is written, or of the body it was
// decoded from. An absent text is written "null", and that is read as absent. Times are in Unix ms,
// costs in ms.

struct PubTrace {
  std::int64_t timestamp = 0;
  std::string_view region_id;
  std::string_view group;
  std::string_view topic;
  std::string_view msg_id;  // UNIQ_KEY
  std::optional<std::string_view> tags;
  std::optional<std::string_view> keys;
  std::string_view store_host;   // the broker's address
  std::int32_t body_length = 0;  // as sent
  std::int32_t cost = 0;
  TraceMessageType message_type = TraceMessageType::normal;
  std::optional<std::string_view> offset_msg_id;
  bool success = true;

  friend bool operator==(const PubTrace&, const PubTrace&) = default;
};

// Handed to a listener. `request_id` says which records are of one batch.
struct SubBeforeTrace {
  std::int64_t timestamp = 0;
  std::string_view region_id;
  std::string_view group;
  std::string_view request_id;
  std::string_view msg_id;
  std::int32_t retry_times = 0;
  std::optional<std::string_view> keys;

  friend bool operator==(const SubBeforeTrace&, const SubBeforeTrace&) = default;
};

// The listener has ended.
struct SubAfterTrace {
  // What cloud services leave out.
  struct Origin {
    std::int64_t timestamp = 0;
    std::string_view group;

    friend bool operator==(const Origin&, const Origin&) = default;
  };

  std::string_view request_id;
  std::string_view msg_id;
  std::int32_t cost = 0;  // of the batch, divided by its messages
  bool success = true;
  std::optional<std::string_view> keys;
  TraceConsumeCode code = TraceConsumeCode::success;
  std::optional<Origin> origin;

  friend bool operator==(const SubAfterTrace&, const SubAfterTrace&) = default;
};

struct EndTransactionTrace {
  std::int64_t timestamp = 0;
  std::string_view region_id;
  std::string_view group;
  std::string_view topic;
  std::string_view msg_id;
  std::optional<std::string_view> tags;
  std::optional<std::string_view> keys;
  std::string_view store_host;
  TraceMessageType message_type = TraceMessageType::commit;
  std::optional<std::string_view> transaction_id;
  std::string_view state;  // COMMIT_MESSAGE, ROLLBACK_MESSAGE or UNKNOW
  bool from_check = false;

  friend bool operator==(const EndTransactionTrace&, const EndTransactionTrace&) = default;
};

struct RecallTrace {
  std::int64_t timestamp = 0;
  std::string_view region_id;
  std::string_view group;
  std::string_view topic;
  std::string_view msg_id;
  bool success = true;

  friend bool operator==(const RecallTrace&, const RecallTrace&) = default;
};

using TraceRecord =
    std::variant<PubTrace, SubBeforeTrace, SubAfterTrace, EndTransactionTrace, RecallTrace>;

// No text may have 01 or 02 in it.
void append_trace(std::string& body, const TraceRecord& record);

// All records of a body. Those of a kind we do not know, or that are not whole, are left out: other
// writers may be newer. Records of older writers, which lack the last fields, are taken.
std::vector<TraceRecord> decode_traces(std::string_view body);

}  // namespace rocketmq::protocol
