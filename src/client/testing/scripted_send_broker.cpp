#include "client/testing/scripted_send_broker.h"

#include <algorithm>
#include <cstdlib>

#include "protocol/properties.h"
#include "protocol/recall_handle.h"
#include "protocol/requests/reply.h"
#include "protocol/str.h"

namespace rocketmq::client::testing {
namespace {

using namespace protocol;

std::string_view value_of(std::string_view properties, std::string_view name) {
  return find_property(properties, name).value_or(std::string_view());
}

}  // namespace

ScriptedSendBroker::ScriptedSendBroker(net::Loop& loop, std::string name, std::string address)
    : ScriptedBroker(loop, std::move(name), std::move(address)) {
  serve_sends<SendMessageV2>();
  serve_sends<SendBatchMessage>();
  serve_sends<SendReplyMessageV2>();
  serve<RecallMessage>([this](net::Call<RecallMessage> call) {
    const auto handle = parse_recall_handle(call->recall_handle);
    if (!handle || handle->topic != call->topic || handle->broker_name != this->name()) {
      return call.fail({ResponseCode::illegal_operation, "handle is invalid"});
    }
    recalled_.push_back(handle->message_id);
    call.reply({.msg_id = handle->message_id});
  });
}

template <class Req>
void ScriptedSendBroker::serve_sends() {
  serve<Req>([this](net::Call<Req> call) {
    last_code_ = static_cast<std::int32_t>(Req::code);
    last_send_ = Kept<SendMessageV2>(call.request());
    const SendMessageResponse response = take(call.request(), call.body());
    const Field extra[] = {{"MSG_REGION", region_}, {"TRACE_ON", is_trace_on_ ? "true" : "false"}};
    ResponseCode code = ResponseCode::success;
    if (next_code_left_ > 0) {
      --next_code_left_;
      code = next_code_;
    }
    call.reply(response, std::string_view(),
               {.code = static_cast<std::int32_t>(code), .extra = extra});
  });
}

SendMessageResponse ScriptedSendBroker::take(const SendMessageV2& request, std::string_view body) {
  SendMessageResponse response;
  response.queue_id = std::max(request.queue_id, 0);
  ids_.clear();
  const std::string_view properties = request.properties.value_or("");
  if (request.batch.value_or(false)) {
    BatchReader reader(body);
    bool is_first = true;
    while (const auto entry = reader.next()) {
      const std::int64_t offset = store_one(request, *entry);
      if (std::exchange(is_first, false)) response.queue_offset = offset;
    }
  } else {
    response.queue_offset =
        store_one(request, {.flag = request.flag, .body = body, .properties = properties});
  }
  response.msg_id = ids_;
  transaction_id_ = value_of(properties, property::unique_key);
  response.transaction_id = transaction_id_;

  const std::string_view due = value_of(properties, property::timer_deliver_ms);
  if (!due.empty()) {
    recall_handle_ = to_string(RecallHandle{.topic = std::string(request.topic),
                                            .broker_name = name(),
                                            .timestamp = std::atoll(std::string(due).c_str()) + 1,
                                            .message_id = transaction_id_});
    response.recall_handle = recall_handle_;
  }
  return response;
}

std::int64_t ScriptedSendBroker::store_one(const SendMessageV2& request, const BatchEntry& entry) {
  if (!ids_.empty()) ids_ += ',';
  ids_ += str("offset-id-", next_id_++);
  return store({.topic = std::string(request.topic),
                .queue_id = std::max(request.queue_id, 0),
                .body = std::string(entry.body),
                .properties = std::string(entry.properties),
                .sys_flag = request.sys_flag,
                .flag = entry.flag});
}

void ScriptedSendBroker::answer_next_sends_with(ResponseCode code, int count) {
  next_code_ = code;
  next_code_left_ = count;
}

void ScriptedSendBroker::set_region(std::string region, bool is_trace_on) {
  region_ = std::move(region);
  is_trace_on_ = is_trace_on;
}

}  // namespace rocketmq::client::testing
