#pragma once

#include <rocketmq/request_code.h>

#include <cstdint>
#include <optional>

#include "protocol/describe.h"

// Two-phase sends. Java: EndTransactionRequestHeader, CheckTransactionStateRequestHeader.

namespace rocketmq::protocol {

// EndTransaction::commit_or_rollback, and the transaction bits of a message's sysFlag.
namespace transaction_flag {
inline constexpr std::int32_t not_type = 0;
inline constexpr std::int32_t prepared = 4;
inline constexpr std::int32_t commit = 8;
inline constexpr std::int32_t rollback = 12;
}  // namespace transaction_flag

// One-way from the client.
struct EndTransaction {
  static constexpr auto code = RequestCode::end_transaction;
  using Response = NoFields;

  std::optional<Text> topic;  // since 5.3
  Text producer_group;
  std::int64_t tran_state_table_offset = 0;  // the half message's queue offset
  std::int64_t commit_log_offset = 0;
  std::int32_t commit_or_rollback = 0;  // see transaction_flag
  std::optional<bool> from_transaction_check;
  std::optional<Text> msg_id;  // UNIQ_KEY
  std::optional<Text> transaction_id;
  std::optional<Text> broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("topic", &EndTransaction::topic);
    v("producerGroup", &EndTransaction::producer_group);
    v("tranStateTableOffset", &EndTransaction::tran_state_table_offset);
    v("commitLogOffset", &EndTransaction::commit_log_offset);
    v("commitOrRollback", &EndTransaction::commit_or_rollback);
    v("fromTransactionCheck", &EndTransaction::from_transaction_check);
    v("msgId", &EndTransaction::msg_id);
    v("transactionId", &EndTransaction::transaction_id);
    v("bname", &EndTransaction::broker_name);
  }
  bool operator==(const EndTransaction&) const = default;
};

// Broker to producer, one-way: what became of it? Body: the half message.
struct CheckTransactionState {
  static constexpr auto code = RequestCode::check_transaction_state;
  using Response = NoFields;

  std::optional<Text> topic;
  std::int64_t tran_state_table_offset = 0;
  std::int64_t commit_log_offset = 0;
  std::optional<Text> msg_id;  // UNIQ_KEY
  std::optional<Text> transaction_id;
  std::optional<Text> offset_msg_id;
  std::optional<Text> broker_name;

  template <class V>
  static constexpr void fields(V&& v) {
    v("topic", &CheckTransactionState::topic);
    v("tranStateTableOffset", &CheckTransactionState::tran_state_table_offset);
    v("commitLogOffset", &CheckTransactionState::commit_log_offset);
    v("msgId", &CheckTransactionState::msg_id);
    v("transactionId", &CheckTransactionState::transaction_id);
    v("offsetMsgId", &CheckTransactionState::offset_msg_id);
    v("bname", &CheckTransactionState::broker_name);
  }
  bool operator==(const CheckTransactionState&) const = default;
};

}  // namespace rocketmq::protocol
