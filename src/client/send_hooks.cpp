#include "client/send_hooks.h"

#include <exception>
#include <functional>
#include <utility>

#include "client/batch_receipt.h"
#include "protocol/str.h"

namespace rocketmq {
namespace client {
namespace {

template <class Call>
void guarded(const Log& log, Call call) {
  try {
    call();
  } catch (const std::exception& problem) {
    log.write(LogLevel::error, str("a send hook threw: ", problem.what()));
  } catch (...) {
    log.write(LogLevel::error, "a send hook threw something");
  }
}

std::vector<std::shared_ptr<SendHook>> without_null(std::vector<std::shared_ptr<SendHook>> hooks) {
  std::erase(hooks, nullptr);
  return hooks;
}

}  // namespace

SendHooks::SendHooks(std::vector<std::shared_ptr<SendHook>> hooks, const Log& log)
    : hooks_(without_null(std::move(hooks))), log_(log) {}

void SendHooks::before(Message& message) const {
  for (const auto& hook : hooks_) guarded(log_, [&] { hook->before_send(message); });
}

void SendHooks::after(const std::string& message_id, const Result<SendReceipt>& result) const {
  each_of_batch(message_id, result, [&](const std::string& id, const Result<SendReceipt>& part) {
    for (const auto& hook : hooks_) guarded(log_, [&] { hook->after_send(id, part); });
  });
}

}  // namespace client

namespace {

class TraceparentHook final : public SendHook {
 public:
  explicit TraceparentHook(std::function<std::string()> current) : current_(std::move(current)) {}

  void before_send(Message& message) override {
    if (message.properties.contains("traceparent")) return;
    std::string context = current_();
    if (!context.empty()) message.properties.emplace("traceparent", std::move(context));
  }

 private:
  const std::function<std::string()> current_;
};

}  // namespace

std::shared_ptr<SendHook> traceparent_hook(std::function<std::string()> current) {
  return std::make_shared<TraceparentHook>(std::move(current));
}

}  // namespace rocketmq
