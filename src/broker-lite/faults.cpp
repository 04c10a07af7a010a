#include "broker-lite/faults.h"

#include <rocketmq/request_code.h>

#include <utility>

#include "broker-lite/store/put_limits.h"

namespace rocketmq::broker {
namespace {

// A producer may use either code.
std::int32_t kind_of(std::int32_t code) {
  switch (static_cast<RequestCode>(code)) {
    case RequestCode::send_message:
      return static_cast<std::int32_t>(RequestCode::send_message_v2);
    case RequestCode::send_reply_message:
      return static_cast<std::int32_t>(RequestCode::send_reply_message_v2);
    default:
      return code;
  }
}

bool stores_messages(std::int32_t kind) {
  const auto code = static_cast<RequestCode>(kind);
  return code == RequestCode::send_message_v2 || code == RequestCode::send_batch_message;
}

}  // namespace

Faults::Script& Faults::of(std::int32_t code) { return scripts_[kind_of(code)]; }

const Faults::Script* Faults::find(std::int32_t code) const {
  const auto found = scripts_.find(kind_of(code));
  return found == scripts_.end() ? nullptr : &found->second;
}

void Faults::fail_next(std::int32_t code, int times, std::int32_t answer_code, std::string remark) {
  Script& script = of(code);
  script.fail_left = times;
  script.answer_code = answer_code;
  script.remark = std::move(remark);
}

void Faults::clear() {
  is_disk_full_ = false;
  for (auto& [code, script] : scripts_) script = Script{.came = script.came};
}

Faults::Fate Faults::request_came(std::int32_t code) {
  Script& script = of(code);
  ++script.came;
  if (script.drop_left > 0) {
    --script.drop_left;
    return {Fate::Kind::drop_connection};
  }
  if (script.fail_left > 0) {
    --script.fail_left;
    return {Fate::Kind::refuse, script.answer_code, script.remark};
  }
  if (is_disk_full_ && stores_messages(kind_of(code))) {
    const Error full = not_available(Error{Errc::io_error, "the disk is full"});
    return {Fate::Kind::refuse, full.code.value(), full.message};
  }
  if (script.lose_left > 0) {
    --script.lose_left;
    return {Fate::Kind::lose_answer};
  }
  return {};
}

net::Duration Faults::answer_delay(std::int32_t code) const {
  const Script* const script = find(code);
  return script == nullptr ? net::Duration::zero() : script->delay;
}

std::size_t Faults::requests(std::int32_t code) const {
  const Script* const script = find(code);
  return script == nullptr ? 0 : script->came;
}

}  // namespace rocketmq::broker
