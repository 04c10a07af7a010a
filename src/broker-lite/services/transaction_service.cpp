#include "broker-lite/services/transaction_service.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "broker-lite/handlers/stored_properties.h"
#include "broker-lite/services/transaction_texts.h"
#include "broker-lite/state/names.h"
#include "net/channel.h"
#include "protocol/message_id.h"
#include "protocol/properties.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

namespace property = protocol::property;
using namespace std::chrono_literals;

constexpr std::string_view progress_group = "CID_RMQ_SYS_TRANS";
// What is stored again in one turn waits in memory for its commit: no more bytes than this, and one
// message.
constexpr std::int64_t stored_at_once_max = 8 << 20;
constexpr std::string_view given_up_topic = "TRANS_CHECK_MAX_TIME_TOPIC";

Error failed(std::string_view remark) {
  return Error{ResponseCode::system_error, std::string(remark)};
}

}  // namespace

// ---- what is open

void TransactionService::start() {
  halves_.start_at(core_.offsets.find(progress_group, half_topic, 0).value_or(0));
  op_records_.start_at(core_.offsets.find(progress_group, op_half_topic, 0).value_or(0));
  read_new();
}

void TransactionService::read_new() {
  halves_.read([this](const protocol::RecordView& half) {
    open_.emplace(half.queue_offset, Half{half.physical_offset, half.born_timestamp});
  });
  op_records_.read([this](const protocol::RecordView& op) { take_back(op); });
}

void TransactionService::take_back(const protocol::RecordView& record) {
  Op op{.offset = record.queue_offset, .last_half = -1};
  for (const std::int64_t half : half_offsets_of(record)) {
    open_.erase(half);
    ending_.erase(half);
    forget_old_place(half);
    op.last_half = std::max(op.last_half, half);
  }
  ops_.push_back(op);
}

void TransactionService::forget_old_place(std::int64_t half) {
  const auto old = moved_from_.find(half);
  if (old == moved_from_.end()) return;
  moved_.erase(old->second);
  moved_from_.erase(old);
}

void TransactionService::save_progress() {
  const std::int64_t half = open_.empty() ? halves_.next() : open_.begin()->first;
  while (!ops_.empty() && ops_.front().last_half < half) ops_.pop_front();
  const std::int64_t op = ops_.empty() ? op_records_.next() : ops_.front().offset;
  const std::int64_t now_ms = core_.loop.wall_ms();
  if (halves_.next() > 0) core_.offsets.commit(progress_group, half_topic, 0, half, now_ms);
  if (op_records_.next() > 0) core_.offsets.commit(progress_group, op_half_topic, 0, op, now_ms);
}

// ---- ending

// Java: EndTransactionProcessor.checkPrepareMessage.
Result<StoredRecord> TransactionService::find_half(const protocol::EndTransaction& request) const {
  auto half = core_.store.record_at(request.commit_log_offset);
  if (!half || half->record.topic != half_topic) {
    return failed("Find prepared transaction message failed");
  }
  const auto group = protocol::find_property(half->record.properties, property::producer_group);
  if (group != std::string_view(request.producer_group)) {
    return failed("The producer group wrong");
  }
  if (half->record.queue_offset != request.tran_state_table_offset) {
    return failed("The transaction state table offset wrong");
  }
  return half;
}

Result<bool> TransactionService::end(const protocol::EndTransaction& request) {
  const auto half = find_half(request);
  if (!half) return half.error();
  std::int64_t offset = half->record.queue_offset;
  while (true) {  // it may have been stored again more than once
    const auto moved = moved_.find(offset);
    if (moved == moved_.end()) break;
    offset = moved->second;
  }
  if (!open_.contains(offset) || ending_.contains(offset)) return false;

  const auto real = real_place_of(half->record);
  const std::string topic(real ? real->topic : half_topic);
  if (request.commit_or_rollback == protocol::sys_flag::transaction_commit) {
    if (auto committed = commit(*half); !committed) return std::move(committed).error();
    core_.message_metrics.committed(topic, core_.loop.wall_ms() - half->record.born_timestamp);
  } else if (request.commit_or_rollback != protocol::sys_flag::transaction_rollback) {
    return false;  // its producer does not know yet
  }
  const auto op = put_op({offset});
  if (!op) return op.error();
  if (request.commit_or_rollback == protocol::sys_flag::transaction_rollback) {
    core_.message_metrics.rolled_back(topic);
  }
  ending_.insert(offset);
  // In the next turn, when this one's commit is over.
  core_.loop.defer([this, offset, end = op->end] {
    core_.loop.post([this, offset, end] {
      if (core_.store.max_position() < end) ending_.erase(offset);  // it has failed
    });
  });
  return true;
}

// Java: EndTransactionProcessor.endMessageTransaction.
Result<void> TransactionService::commit(const StoredRecord& half) {
  protocol::RecordView message = half.record;
  const auto real = real_place_of(message);
  if (!real) return failed("The half message does not say what it is for");
  std::string properties(message.properties);
  protocol::erase_property(properties, property::real_topic);
  protocol::erase_property(properties, property::real_queue_id);
  const std::string wished = properties;
  const std::int64_t now_ms = core_.loop.wall_ms();
  Wishes wishes = read_wishes(wished);
  wishes.is_half = false;  // no longer
  const auto place = core_.detours.of(wishes, *real, properties, now_ms);
  if (!place) return place.error();
  message.topic = place->topic;
  message.queue_id = place->queue_id;
  message.properties = properties;
  message.sys_flag |= protocol::sys_flag::transaction_commit;
  message.prepared_transaction_offset = half.record.physical_offset;
  message.store_host = core_.store_host;
  auto placed = core_.store.put(message, now_ms);
  return placed ? Result<void>() : std::move(placed).error();
}

Result<Placed> TransactionService::put_op(const std::vector<std::int64_t>& half_offsets) {
  const std::int64_t now_ms = core_.loop.wall_ms();
  const std::string body = op_body(half_offsets);
  const std::string properties = protocol::encode_properties({{property::tags, op_tag}});
  protocol::RecordView op;
  op.topic = op_half_topic;
  op.body = body;
  op.properties = properties;
  op.born_timestamp = now_ms;
  op.born_host = op.store_host = core_.store_host;
  return core_.store.put(op, now_ms);
}

// ---- asking

bool TransactionService::is_given_up(const protocol::RecordView& half, std::int64_t now_ms) const {
  return check_times_of(half) >= core_.options.transaction_check_max ||
         now_ms - half.born_timestamp > core_.options.file_reserved_time * 3'600'000;
}

bool TransactionService::is_due(const protocol::RecordView& half, std::int64_t now_ms) const {
  const std::int64_t age = now_ms - half.born_timestamp;
  const std::int64_t patience = patience_of(half).value_or(core_.options.transaction_time_out_ms);
  return age > patience || age < 0;  // a clock is wrong
}

void TransactionService::check() {
  if (next_checks_) return;
  check_next_ = 0;
  check_end_ = halves_.next();
  check_some();
}

void TransactionService::check_some() {
  next_checks_.reset();
  const std::int64_t now_ms = core_.loop.wall_ms();
  std::vector<std::int64_t> ended;
  std::vector<Asked> asked;
  Result<void> put;
  std::int64_t room = stored_at_once_max;
  std::int32_t left = core_.options.transaction_checks_at_once_max;
  for (auto half = open_.lower_bound(check_next_); half != open_.end(); ++half) {
    const std::int64_t offset = half->first;
    if (offset >= check_end_ || left-- == 0 || room <= 0) break;
    check_next_ = offset + 1;
    if (ending_.contains(offset)) continue;
    const auto stored = core_.store.record_at(half->second.position);
    if (!stored) {
      log_(str("a half message is gone: ", to_string(stored.error())));
      ended.push_back(offset);
    } else if (is_given_up(stored->record, now_ms)) {
      if (put = give_up(stored->record); !put) break;
      room -= std::ssize(stored->record.body);
      ended.push_back(offset);
    } else if (is_due(stored->record, now_ms)) {
      auto placed = store_half(stored->record, check_times_of(stored->record) + 1);
      if (!placed) {
        put = std::move(placed).error();
        break;
      }
      room -= std::ssize(stored->record.body);
      ended.push_back(offset);
      asked.push_back({offset, *placed});
    }
  }
  if (!ended.empty()) {
    if (auto op = put_op(ended); !op && put) put = std::move(op).error();
    if (auto committed = core_.commit_messages(); !committed) put = std::move(committed);
  }
  if (!put) return log_(str("half messages are checked later: ", to_string(put.error())));
  for (const Asked& one : asked) {
    moved_[one.old_offset] = one.placed.queue_offset;
    moved_from_[one.placed.queue_offset] = one.old_offset;
    ask(one.placed);
  }
  // What is left has its turn after others.
  const auto next = open_.lower_bound(check_next_);
  if (next != open_.end() && next->first < check_end_) {
    next_checks_ = core_.loop.after(1ms, [this] { check_some(); });
    return;
  }
  save_progress();
}

// Java: TransactionalMessageCheckService's resolveDiscardMsg.
Result<void> TransactionService::give_up(protocol::RecordView half) {
  protocol::TopicConfig config;
  config.topic_name = given_up_topic;
  config.read_queue_nums = config.write_queue_nums = 1;
  config.perm = perm_read | perm_write;
  const auto created = core_.topics.find_or_create(config, core_.loop.wall_ms());
  if (created.is_new) core_.topic_changed(given_up_topic);
  log_(str("a half message is given up after ", check_times_of(half), " checks: ",
           protocol::find_property(half.properties, property::unique_key).value_or("")));
  half.topic = given_up_topic;
  half.queue_id = 0;
  half.store_host = core_.store_host;
  auto placed = core_.store.put(half, core_.loop.wall_ms());
  return placed ? Result<void>() : std::move(placed).error();
}

Result<void> TransactionService::resume(std::int64_t position) {
  const auto stored = core_.store.record_at(position);
  if (!stored) return stored.error();
  protocol::RecordView half = stored->record;
  if (half.topic != given_up_topic || !real_place_of(half)) {
    return failed("it is no half message that was given up");
  }
  half.topic = half_topic;
  half.queue_id = 0;
  if (auto placed = store_half(half, 0); !placed) return std::move(placed).error();
  return core_.commit_messages();
}

Result<Placed> TransactionService::store_half(protocol::RecordView half, std::int32_t check_times) {
  std::string properties(half.properties);
  protocol::erase_property(properties, property::transaction_check_times);
  protocol::append_property(properties, property::transaction_check_times,
                            std::to_string(check_times));
  half.properties = properties;
  half.store_host = core_.store_host;
  return core_.store.put(half, core_.loop.wall_ms());
}

// Any producer of the group knows, or will say that it does not. Java:
// AbstractTransactionalMessageCheckListener.sendCheckMessage.
void TransactionService::ask(const Placed& placed) {
  const auto stored = core_.store.record_at(placed.position);
  if (!stored) return;
  const protocol::RecordView& half = stored->record;
  const auto text = [&](std::string_view name) {
    return protocol::find_property(half.properties, name).value_or("");
  };
  const auto real = real_place_of(half);
  const auto* producers = core_.clients.find_producers(text(property::producer_group));
  if (!real || producers == nullptr) return;
  protocol::RecordView message = half;
  message.topic = real->topic;
  message.queue_id = real->queue_id;
  std::string body(protocol::record_size(message), '\0');
  protocol::encode_record(message, body.data());
  protocol::patch_queue_offset(body.data(), half.queue_offset);
  protocol::patch_physical_offset(body.data(), half.physical_offset);
  protocol::patch_store_timestamp(body.data(), half.store_timestamp);
  const std::string offset_id =
      to_string(protocol::OffsetMessageId{core_.store_host, half.physical_offset});

  protocol::CheckTransactionState request;
  request.topic = half_topic;
  request.tran_state_table_offset = half.queue_offset;
  request.commit_log_offset = half.physical_offset;
  request.msg_id = request.transaction_id = text(property::unique_key);
  request.offset_msg_id = offset_id;
  request.broker_name = core_.options.broker_name;
  for (std::size_t i = 0; i < producers->size(); ++i) {
    // One after the other has its turn.
    const auto at = (static_cast<std::size_t>(half.queue_offset) + i) % producers->size();
    const net::ChannelHandle& channel = (*producers)[at].channel;
    if (channel && channel->oneway(request, body)) return;
  }
}

}  // namespace rocketmq::broker
