#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "broker-lite/core.h"
#include "broker-lite/services/queue_tail.h"
#include "broker-lite/state/names.h"
#include "net/log.h"
#include "net/loop.h"
#include "protocol/requests/transaction.h"

namespace rocketmq::broker {

// Half messages: stored where nobody reads them, until their producer says what became of its
// transaction, or is asked. Belongs to the broker's loop. Java: TransactionalMessageServiceImpl.
//
// What is open is what the half topic holds and the op topic does not take back; both are read as
// they grow, and after a start from the offsets of group CID_RMQ_SYS_TRANS, as stock does. So
// whatever ends a transaction ends it with the commit that stores its op record, or not at all.
class TransactionService {
 public:
  TransactionService(Core& core, net::LogLine log)
      : core_(core),
        log_(std::move(log)),
        halves_(core.store, half_topic),
        op_records_(core.store, op_half_topic) {}

  void start();
  void arrived() { read_new(); }  // in the half or the op topic

  // Puts the message, if the transaction is committed, and the op record. False: there was nothing
  // to do; it has ended. Errors are stock's answers.
  Result<bool> end(const protocol::EndTransaction& request);

  // One that was given up is half again: its producer is asked anew. Java: resumeCheckHalfMessage.
  Result<void> resume(std::int64_t position);

  // Every transactionCheckInterval: asks the producers of those that are open for too long, and
  // gives up those that were asked too often. A walk over many takes many turns of the loop; until
  // it is over another one does not begin.
  void check();
  void save_progress();  // into the offsets

  std::size_t open() const { return open_.size(); }

 private:
  struct Half {
    std::int64_t position = 0;  // in the commit log
    std::int64_t born_timestamp = 0;
  };
  // A half message that was stored again to be asked for.
  struct Asked {
    std::int64_t old_offset = 0;
    Placed placed;
    std::int32_t queue_id = 0;
  };
  // A record of the op topic, and the last half message it ends.
  struct Op {
    std::int64_t offset = 0;
    std::int64_t last_half = 0;
  };

  void read_new();
  void check_some();
  void take_back(const protocol::RecordView& op);
  void forget_old_place(std::int64_t half);
  Result<StoredRecord> find_half(const protocol::EndTransaction& request) const;
  Result<void> commit(const StoredRecord& half);
  Result<Placed> put_op(const std::vector<std::int64_t>& half_offsets);
  bool is_due(const protocol::RecordView& half, std::int64_t now_ms) const;
  bool is_given_up(const protocol::RecordView& half, std::int64_t now_ms) const;
  Result<void> give_up(protocol::RecordView half);
  Result<Placed> store_half(protocol::RecordView half, std::int32_t check_times);
  void ask(const Placed& placed);

  Core& core_;
  const net::LogLine log_;
  std::map<std::int64_t, Half> open_;  // by offset in the half queue
  // Where a half message lies that was stored again: a late answer names the old place.
  std::unordered_map<std::int64_t, std::int64_t> moved_;
  std::unordered_map<std::int64_t, std::int64_t> moved_from_;  // by new place; goes with its half
  std::unordered_set<std::int64_t> ending_;  // their op record is put, and cannot be read yet
  std::deque<Op> ops_;                       // those that end something not passed yet
  QueueTail halves_;
  QueueTail op_records_;

  // The walk under way: over the half messages from here on, but not those stored since it began.
  std::int64_t check_next_ = 0;
  std::int64_t check_end_ = 0;
  std::unique_ptr<net::Timer> next_checks_;  // empty: there is none
};

}  // namespace rocketmq::broker
