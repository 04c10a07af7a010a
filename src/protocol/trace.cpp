#include "protocol/trace.h"

#include <array>
#include <type_traits>

#include "protocol/describe.h"
#include "protocol/split.h"

namespace rocketmq::protocol {
namespace {

constexpr char field_end = '\x01';
constexpr char record_end = '\x02';
constexpr std::string_view null_text = "null";

template <class T>
void append_field(std::string& body, const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    body += value ? "true" : "false";
  } else if constexpr (std::is_enum_v<T>) {
    body += std::to_string(static_cast<int>(value));
  } else if constexpr (std::is_integral_v<T>) {
    body += std::to_string(value);
  } else if constexpr (is_optional<T>) {
    body += value ? *value : null_text;
  } else {
    body += value;
  }
}

template <class... Fields>
void append_fields(std::string& body, std::string_view kind, const Fields&... fields) {
  body += kind;
  ((body += field_end, append_field(body, fields)), ...);
}

void append(std::string& body, const PubTrace& t) {
  append_fields(body, "Pub", t.timestamp, t.region_id, t.group, t.topic, t.msg_id, t.tags, t.keys,
                t.store_host, t.body_length, t.cost, t.message_type, t.offset_msg_id, t.success);
}

void append(std::string& body, const SubBeforeTrace& t) {
  append_fields(body, "SubBefore", t.timestamp, t.region_id, t.group, t.request_id, t.msg_id,
                t.retry_times, t.keys);
}

void append(std::string& body, const SubAfterTrace& t) {
  append_fields(body, "SubAfter", t.request_id, t.msg_id, t.cost, t.success, t.keys, t.code);
  body += field_end;  // there without an origin too
  if (!t.origin) return;
  append_field(body, t.origin->timestamp);
  body += field_end;
  append_field(body, t.origin->group);
}

void append(std::string& body, const EndTransactionTrace& t) {
  append_fields(body, "EndTransaction", t.timestamp, t.region_id, t.group, t.topic, t.msg_id,
                t.tags, t.keys, t.store_host, t.message_type, t.transaction_id, t.state,
                t.from_check);
}

void append(std::string& body, const RecallTrace& t) {
  append_fields(body, "Recall", t.timestamp, t.region_id, t.group, t.topic, t.msg_id, t.success);
}

// The fields of one record behind its kind.
class FieldReader {
 public:
  explicit FieldReader(std::string_view record) : rest_(record) {}

  // False from the first field on that is not there or not of its type.
  template <class... Values>
  bool read(Values&... values) {
    return (read_one(values) && ...);
  }

 private:
  template <class T>
  bool read_one(T& value) {
    if (at_end_of_record_) return false;
    const std::string_view text = next();
    if constexpr (std::is_enum_v<T>) {
      std::int32_t number = 0;
      constexpr std::int32_t last = 4;  // of both enums
      if (!from_text(text, number) || number < 0 || number > last) return false;
      value = static_cast<T>(number);
      return true;
    } else if constexpr (is_optional<T>) {
      if (text != null_text) value = text;
      return true;
    } else {
      return from_text(text, value);
    }
  }

  std::string_view next() {
    at_end_of_record_ = rest_.find(field_end) == std::string_view::npos;
    return take_until(rest_, field_end);
  }

  std::string_view rest_;
  bool at_end_of_record_ = false;
};

std::optional<TraceRecord> decode_pub(FieldReader in) {
  PubTrace t;
  if (!in.read(t.timestamp, t.region_id, t.group, t.topic, t.msg_id, t.tags, t.keys, t.store_host,
               t.body_length, t.cost, t.message_type)) {
    return std::nullopt;
  }
  // Later versions have put the offset id in front of the success.
  std::string_view last;
  if (!in.read(last)) return t;
  if (std::string_view success; in.read(success)) {
    if (last != null_text) t.offset_msg_id = last;
    last = success;
  }
  from_text(last, t.success);
  return t;
}

std::optional<TraceRecord> decode_sub_before(FieldReader in) {
  SubBeforeTrace t;
  if (!in.read(t.timestamp, t.region_id, t.group, t.request_id, t.msg_id, t.retry_times, t.keys)) {
    return std::nullopt;
  }
  return t;
}

std::optional<TraceRecord> decode_sub_after(FieldReader in) {
  SubAfterTrace t;
  if (!in.read(t.request_id, t.msg_id, t.cost, t.success, t.keys)) return std::nullopt;
  if (!in.read(t.code)) return t;
  if (SubAfterTrace::Origin origin; in.read(origin.timestamp, origin.group)) t.origin = origin;
  return t;
}

std::optional<TraceRecord> decode_end_transaction(FieldReader in) {
  EndTransactionTrace t;
  if (!in.read(t.timestamp, t.region_id, t.group, t.topic, t.msg_id, t.tags, t.keys, t.store_host,
               t.message_type, t.transaction_id, t.state, t.from_check)) {
    return std::nullopt;
  }
  return t;
}

std::optional<TraceRecord> decode_recall(FieldReader in) {
  RecallTrace t;
  if (!in.read(t.timestamp, t.region_id, t.group, t.topic, t.msg_id, t.success)) {
    return std::nullopt;
  }
  return t;
}

std::optional<TraceRecord> decode_record(std::string_view record) {
  const std::string_view kind = take_until(record, field_end);
  const FieldReader in(record);
  if (kind == "Pub") return decode_pub(in);
  if (kind == "SubBefore") return decode_sub_before(in);
  if (kind == "SubAfter") return decode_sub_after(in);
  if (kind == "EndTransaction") return decode_end_transaction(in);
  if (kind == "Recall") return decode_recall(in);
  return std::nullopt;
}

}  // namespace

void append_trace(std::string& body, const TraceRecord& record) {
  std::visit([&body](const auto& trace) { append(body, trace); }, record);
  body += record_end;
}

std::vector<TraceRecord> decode_traces(std::string_view body) {
  std::vector<TraceRecord> records;
  while (!body.empty()) {
    if (auto record = decode_record(take_until(body, record_end))) {
      records.push_back(*std::move(record));
    }
  }
  return records;
}

}  // namespace rocketmq::protocol
