#pragma once

#include <string>
#include <vector>

#include "client/testing/scripted_broker.h"
#include "protocol/kept.h"
#include "protocol/message_codec.h"
#include "protocol/requests/message.h"

namespace rocketmq::client::testing {

// A master that answers every kind of send as brokers of the 5.x line do: batches, ids, recall
// handles, and what it tells beside the header.
class ScriptedSendBroker : public ScriptedBroker {
 public:
  ScriptedSendBroker(net::Loop& loop, std::string name, std::string address);

  // The last request, whatever carried it.
  const protocol::SendMessageV2& last_send() const { return *last_send_; }
  std::int32_t last_code() const { return last_code_; }

  // The next `count` sends are stored, and answered with this code: FLUSH_DISK_TIMEOUT and its
  // like.
  void answer_next_sends_with(ResponseCode code, int count);
  void set_region(std::string region, bool is_trace_on);
  const std::vector<std::string>& recalled() const { return recalled_; }

 private:
  template <class Req>
  void serve_sends();
  // Stores it; what the answer's texts point to is in the members.
  protocol::SendMessageResponse take(const protocol::SendMessageV2& request, std::string_view body);
  std::int64_t store_one(const protocol::SendMessageV2& request, const protocol::BatchEntry& entry);

  protocol::Kept<protocol::SendMessageV2> last_send_;
  std::int32_t last_code_ = 0;
  ResponseCode next_code_ = ResponseCode::success;
  int next_code_left_ = 0;
  std::string region_ = "DefaultRegion";
  bool is_trace_on_ = true;
  std::vector<std::string> recalled_;
  int next_id_ = 0;
  std::string ids_;  // what the answer just made points to
  std::string transaction_id_;
  std::string recall_handle_;
};

}  // namespace rocketmq::client::testing
