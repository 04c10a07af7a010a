#include "broker-lite/handlers/send_answers.h"

#include <algorithm>
#include <utility>

#include "protocol/message_id.h"
#include "protocol/properties.h"
#include "protocol/requests/message.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

constexpr auto stored_but_not_flushed = static_cast<std::int32_t>(ResponseCode::flush_disk_timeout);

std::int32_t answer_code(const Error& error) {
  if (error.code.category() == response_category()) return error.code.value();
  return static_cast<std::int32_t>(ResponseCode::system_error);
}

// Producers try another broker then. Java: PutMessageStatus.SERVICE_NOT_AVAILABLE.
Error not_stored(const Error& cause) {
  return Error{ResponseCode::service_not_available,
               str("service not available now. The message was not stored: ", cause.message)};
}

protocol::WrittenFields trace_fields(std::string_view region, std::string_view trace_on) {
  const protocol::Field fields[] = {{protocol::property::msg_region, region},
                                    {protocol::property::trace_switch, trace_on}};
  return protocol::WrittenFields(fields);
}

}  // namespace

SendAnswers::SendAnswers(net::Loop& loop, MessageStore& store, StoreTimes& times,
                         SavedTable& topics, SendAnswersOptions options)
    : loop_(loop),
      store_(store),
      times_(times),
      topics_(topics),
      options_(std::move(options)),
      trace_on_(options_.trace_on),
      traced_(trace_fields(options_.region_id, "true")),
      untraced_(trace_fields(options_.region_id, "false")) {}

void SendAnswers::park(net::Responder responder, const StoredMessage& message) {
  Parked& parked = current_.parked.emplace_back();
  parked.responder = std::move(responder);
  parked.is_send = true;
  parked.waits_for_flush = message.waits_for_store && options_.flush_mode == FlushMode::sync;
  parked.queue_id = message.queue_id;
  parked.queue_offset = message.placed.queue_offset;
  parked.text_at = current_.texts.size();
  append_message_ids(message);
  parked.id_size = current_.texts.size() - parked.text_at;
  parked.key_size = message.unique_key.size();
  current_.texts += message.unique_key;
  parked.handle_size = message.recall_handle.size();
  current_.texts += message.recall_handle;
  current_.end = std::max(current_.end, message.placed.end);
  current_.waits_for_flush = current_.waits_for_flush || parked.waits_for_flush;
  arm_commit();
}

void SendAnswers::park_plain(net::Responder responder) {
  current_.parked.emplace_back().responder = std::move(responder);
  arm_commit();
}

void SendAnswers::park_recall(net::Responder responder, std::string_view unique_key) {
  Parked& parked = current_.parked.emplace_back();
  parked.responder = std::move(responder);
  parked.is_recall = true;
  parked.text_at = current_.texts.size();
  parked.id_size = unique_key.size();
  current_.texts += unique_key;
  arm_commit();
}

void SendAnswers::append_message_ids(const StoredMessage& message) {
  std::string& to = current_.texts;
  const auto append = [&](std::int64_t position) {
    protocol::append_offset_message_id(to, options_.store_host, position);
  };
  if (message.positions.empty()) return append(message.placed.position);
  for (std::size_t i = 0; i < message.positions.size(); ++i) {
    if (i > 0) to += ',';
    append(message.positions[i]);
  }
}

void SendAnswers::arm_commit() {
  if (std::exchange(is_commit_armed_, true)) return;
  first_parked_ = loop_.now();
  loop_.defer([this] {
    if (is_commit_armed_) static_cast<void>(commit());  // who waits is told
  });
}

Result<void> SendAnswers::commit() {
  is_commit_armed_ = false;
  current_.waits_for_topics = !topics_.is_saved();
  auto committed = store_.commit();
  if (!current_.parked.empty()) {
    const auto now = loop_.now();
    times_.put(static_cast<std::int64_t>(current_.parked.size()), now - first_parked_, now);
  }
  if (!committed) {
    refuse_all(current_, committed.error());
  } else if (current_.waits_for_flush || current_.waits_for_topics) {
    hold();
  } else {
    answer_all(current_, 0);
  }
  current_.clear();
  return committed;
}

void SendAnswers::hold() {
  const std::int64_t number = next_number_++;
  Group& group = held_.emplace(number, std::exchange(current_, {})).first->second;
  group.deadline = loop_.now() + options_.sync_flush_timeout;
  if (!group.waits_for_topics) {
    for (Parked& parked : group.parked) {
      if (!parked.waits_for_flush) answer(parked, group, 0);
    }
  }
  if (!group.waits_for_flush) return proceed(number, {});
  store_.on_flushed(group.end,
                    [this, number](const Result<void>& result) { proceed(number, result); });
}

// One thing a held group waited for has come, or failed.
void SendAnswers::proceed(std::int64_t number, const Result<void>& result) {
  const auto found = held_.find(number);
  if (found == held_.end()) return;
  Group& group = found->second;
  if (!result) {
    refuse_all(group, not_stored(result.error()));
  } else if (std::exchange(group.waits_for_topics, false)) {
    return topics_.when_saved(
        [this, number](const Result<void>& saved) { proceed(number, saved); });
  } else {
    answer_all(group, 0);
  }
  held_.erase(found);
}

void SendAnswers::tick(net::TimePoint now) {
  for (auto& [number, group] : held_) {
    if (group.deadline <= now) answer_all(group, stored_but_not_flushed);
  }
}

void SendAnswers::answer(Parked& parked, const Group& group, std::int32_t code) const {
  const std::string_view texts = std::string_view(group.texts).substr(parked.text_at);
  if (parked.is_recall) {
    return parked.responder.reply(
        protocol::RecallMessageResponse{.msg_id = texts.substr(0, parked.id_size)});
  }
  if (!parked.is_send) return parked.responder.reply(protocol::NoFields{});
  protocol::SendMessageResponse response;
  response.msg_id = texts.substr(0, parked.id_size);
  response.queue_id = parked.queue_id;
  response.queue_offset = parked.queue_offset;
  response.transaction_id = texts.substr(parked.id_size, parked.key_size);
  if (parked.handle_size > 0) {
    response.recall_handle = texts.substr(parked.id_size + parked.key_size, parked.handle_size);
  }
  const std::string_view remark = code == 0 ? "" : "FLUSH_DISK_TIMEOUT";
  parked.responder.reply(response, {}, {.code = code, .remark = remark, .written = extra()});
}

void SendAnswers::answer_all(Group& group, std::int32_t code) const {
  for (Parked& parked : group.parked) {
    if (parked.responder.is_waiting()) answer(parked, group, code);
  }
  group.parked.clear();
}

void SendAnswers::refuse_all(Group& group, const Error& error) const {
  for (Parked& parked : group.parked) {
    if (!parked.responder.is_waiting()) continue;
    parked.is_send ? refuse(parked.responder, error) : parked.responder.fail(error);
  }
  group.parked.clear();
}

void SendAnswers::refuse(net::Responder& responder, const Error& error) const {
  responder.reply(protocol::NoFields{}, {},
                  {.code = answer_code(error), .remark = error.message, .written = extra()});
}

}  // namespace rocketmq::broker
