#include <algorithm>
#include <variant>

#include "client/admin_calls.h"
#include "protocol/trace.h"

namespace rocketmq {
namespace {

// As tools print them. Java: MessageType.
std::string_view name_of(protocol::TraceMessageType type) {
  switch (type) {
    case protocol::TraceMessageType::normal:
      return "Normal";
    case protocol::TraceMessageType::half:
      return "Trans_Msg_Half";
    case protocol::TraceMessageType::commit:
      return "Trans_msg_Commit";
    case protocol::TraceMessageType::delay:
      return "Delay_Msg";
    case protocol::TraceMessageType::order:
      return "Order_Msg";
  }
  return "";
}

// What is in the record, with the rest left empty.
struct ToTrace {
  MessageTrace operator()(const protocol::PubTrace& record) const {
    MessageTrace trace = made("Pub", record.timestamp, record.group, record.topic, record.msg_id);
    trace.tag = record.tags.value_or("");
    trace.keys = record.keys.value_or("");
    trace.store_host = record.store_host;
    trace.cost = std::chrono::milliseconds(record.cost);
    trace.success = record.success;
    trace.message_type = name_of(record.message_type);
    return trace;
  }
  MessageTrace operator()(const protocol::SubBeforeTrace& record) const {
    MessageTrace trace = made("SubBefore", record.timestamp, record.group, "", record.msg_id);
    trace.keys = record.keys.value_or("");
    trace.retry_times = record.retry_times;
    trace.success = true;
    return trace;
  }
  MessageTrace operator()(const protocol::SubAfterTrace& record) const {
    MessageTrace trace = made("SubAfter", record.origin ? record.origin->timestamp : 0,
                              record.origin ? record.origin->group : "", "", record.msg_id);
    trace.keys = record.keys.value_or("");
    trace.cost = std::chrono::milliseconds(record.cost);
    trace.success = record.success;
    return trace;
  }
  MessageTrace operator()(const protocol::EndTransactionTrace& record) const {
    MessageTrace trace =
        made("EndTransaction", record.timestamp, record.group, record.topic, record.msg_id);
    trace.tag = record.tags.value_or("");
    trace.keys = record.keys.value_or("");
    trace.store_host = record.store_host;
    trace.success = true;
    trace.message_type = name_of(record.message_type);
    trace.transaction = record.state;
    return trace;
  }
  MessageTrace operator()(const protocol::RecallTrace& record) const {
    MessageTrace trace =
        made("Recall", record.timestamp, record.group, record.topic, record.msg_id);
    trace.success = record.success;
    return trace;
  }

 private:
  static MessageTrace made(std::string_view type, std::int64_t time, std::string_view group,
                           std::string_view topic, std::string_view message_id) {
    MessageTrace trace;
    trace.type = type;
    trace.time = client::time_of(time);
    trace.group = group;
    trace.topic = topic;
    trace.message_id = message_id;
    return trace;
  }
};

}  // namespace

Result<std::vector<MessageTrace>> Admin::trace(const std::string& message_id,
                                               const std::string& trace_topic) {
  const auto messages = query(
      {.topic = trace_topic.empty() ? "RMQ_SYS_TRACE_TOPIC" : trace_topic, .key = message_id});
  if (!messages) return messages.error();
  std::vector<MessageTrace> traces;
  for (const MessageView& message : *messages) {
    for (const protocol::TraceRecord& record : protocol::decode_traces(message.body())) {
      MessageTrace trace = std::visit(ToTrace{}, record);
      if (trace.message_id != message_id) continue;
      trace.client_host = message.born_host();
      traces.push_back(std::move(trace));
    }
  }
  std::ranges::stable_sort(traces, {}, &MessageTrace::time);
  return traces;
}

}  // namespace rocketmq
