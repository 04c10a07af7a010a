#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker-lite/saved_table.h"
#include "broker-lite/state/store_times.h"
#include "broker-lite/store/message_store.h"
#include "net/loop.h"
#include "net/responder.h"
#include "protocol/host.h"

namespace rocketmq::broker {

struct SendAnswersOptions {
  FlushMode flush_mode = FlushMode::async;
  net::Duration sync_flush_timeout = std::chrono::seconds(5);
  std::string region_id;
  bool trace_on = true;
  protocol::Host store_host;  // of the message ids
};

// What the answer to a send says.
struct StoredMessage {
  std::int32_t queue_id = 0;
  Placed placed;
  std::span<const std::int64_t> positions;  // of a batch, of each message; empty for a single one
  std::string_view unique_key;
  std::string_view recall_handle = {};  // of a timer message
  bool waits_for_store = true;          // false: does not wait for the flusher in sync mode
};

// The one place where messages become acknowledged. Handlers put a message into the store and park
// the right to answer here; at the end of the loop's turn there is one commit for all of them, and
// then, or in sync mode once the flusher has said so, the answers are written. Where one of them
// made a new topic they wait for topics.json, too: a message in a topic nobody knows is as good as
// lost. A failed commit, flush or save fails every one of its senders. Java:
// SendMessageProcessor.handlePutMessageResult, GroupCommitService.
//
// Belongs to the loop. Not destroyed from inside a turn in which something was parked. In async
// mode nothing is allocated for a message.
class SendAnswers {
 public:
  SendAnswers(net::Loop& loop, MessageStore& store, StoreTimes& times, SavedTable& topics,
              SendAnswersOptions options);
  SendAnswers(const SendAnswers&) = delete;
  SendAnswers& operator=(const SendAnswers&) = delete;

  // Whether clients are told to write traces.
  void set_trace_on(bool on) { trace_on_ = on; }

  // For a message just put; the answer to a send.
  void park(net::Responder responder, const StoredMessage& message);
  // For a message just put; the answer has no header and waits for the commit only.
  void park_plain(net::Responder responder);
  // The same; the answer says which message was called back.
  void park_recall(net::Responder responder, std::string_view unique_key);

  // MSG_REGION and TRACE_ON go with a refused send too.
  void refuse(net::Responder& responder, const Error& error) const;

  // What would happen at the end of the turn, now. An error: nothing of it is stored.
  Result<void> commit();

  // Every second: senders who wait for the flusher too long are told FLUSH_DISK_TIMEOUT; their
  // messages are stored.
  void tick(net::TimePoint now);

  // Some senders wait for the flusher.
  bool is_holding() const { return !held_.empty(); }

 private:
  struct Parked {
    net::Responder responder;
    bool is_send = false;
    bool is_recall = false;
    bool waits_for_flush = false;
    std::int32_t queue_id = 0;
    std::int64_t queue_offset = 0;
    // Message id, unique key and recall handle stand in Group::texts at `text_at`.
    std::size_t id_size = 0;
    std::size_t key_size = 0;
    std::size_t handle_size = 0;
    std::size_t text_at = 0;
  };
  // What one commit answers.
  struct Group {
    std::vector<Parked> parked;
    std::string texts;
    std::int64_t end = 0;  // behind its last message
    bool waits_for_flush = false;
    bool waits_for_topics = false;
    net::TimePoint deadline{};

    void clear() {
      parked.clear();
      texts.clear();
      end = 0;
      waits_for_flush = waits_for_topics = false;
    }
  };

  void arm_commit();
  void hold();
  void proceed(std::int64_t number, const Result<void>& result);
  void append_message_ids(const StoredMessage& message);
  void answer(Parked& parked, const Group& group, std::int32_t code) const;
  void answer_all(Group& group, std::int32_t code) const;
  void refuse_all(Group& group, const Error& error) const;

  net::Loop& loop_;
  MessageStore& store_;
  StoreTimes& times_;
  SavedTable& topics_;
  const SendAnswersOptions options_;
  const protocol::WrittenFields* extra() const { return trace_on_ ? &traced_ : &untraced_; }

  bool trace_on_;
  const protocol::WrittenFields traced_;
  const protocol::WrittenFields untraced_;
  Group current_;
  bool is_commit_armed_ = false;
  net::TimePoint first_parked_{};       // since the last commit
  std::map<std::int64_t, Group> held_;  // by the number of their commit
  std::int64_t next_number_ = 0;
};

}  // namespace rocketmq::broker
