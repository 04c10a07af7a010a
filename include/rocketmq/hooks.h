#pragma once

#include <rocketmq/message.h>
#include <rocketmq/result.h>

#include <functional>
#include <memory>
#include <string>

namespace rocketmq {

/// What a consumer's listener said, or would have.
class Consumed;

/// Looks at every message on its way out, of batches too. Called on the thread that sends, before
/// the message is checked, and on the callback executor when the send has ended (no id: it was
/// refused); may be called from several threads at once. What it throws is logged and ignored.
class SendHook {
 public:
  virtual ~SendHook() = default;
  virtual void before_send(Message& message) { static_cast<void>(message); }
  virtual void after_send(const std::string& message_id, const Result<SendReceipt>& result) {
    static_cast<void>(message_id);
    static_cast<void>(result);
  }
};

/// Looks at every message a listener is given; called on the listener's thread, before and after
/// it, for each message of a batch; may be called from several threads at once. What it throws is
/// logged and ignored. Java: ConsumeMessageHook.
class ConsumeHook {
 public:
  virtual ~ConsumeHook() = default;
  virtual void before_consume(const MessageView& message) { static_cast<void>(message); }
  virtual void after_consume(const MessageView& message, const Consumed& result) {
    static_cast<void>(message);
    static_cast<void>(result);
  }
};

/// Adds a W3C trace context to every message that has none, as user property "traceparent".
/// `current` gives it ("00-<trace>-<span>-01"), or "" for none.
std::shared_ptr<SendHook> traceparent_hook(std::function<std::string()> current);

}  // namespace rocketmq
