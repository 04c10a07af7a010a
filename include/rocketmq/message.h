#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rocketmq {

/// Wall-clock times of messages, in whole milliseconds.
using Timestamp = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

/// One queue of a topic, on one broker.
struct MessageQueue {
  std::string topic;
  std::string broker_name;
  std::int32_t queue_id = 0;  ///< from 0

  friend bool operator==(const MessageQueue& a, const MessageQueue& b) {
    return a.queue_id == b.queue_id && a.broker_name == b.broker_name && a.topic == b.topic;
  }
  friend bool operator!=(const MessageQueue& a, const MessageQueue& b) { return !(a == b); }
  /// By topic, broker name, queue id: the order in which all members of a group must see queues.
  friend bool operator<(const MessageQueue& a, const MessageQueue& b) {
    if (a.topic != b.topic) return a.topic < b.topic;
    if (a.broker_name != b.broker_name) return a.broker_name < b.broker_name;
    return a.queue_id < b.queue_id;
  }
};

/// "orders@broker-a#3"
std::string to_string(const MessageQueue& queue);
std::ostream& operator<<(std::ostream& out, const MessageQueue& queue);

/// A message to send: a value, filled field by field or by designated initialisers.
struct Message {
  std::string topic;              ///< 1–127 of [%|a-zA-Z0-9_-]; none that only brokers write to
  std::string body;               ///< not empty; at most ProducerOptions::message_bytes_max
  std::string tag;                ///< what consumers filter by; may be empty
  std::vector<std::string> keys;  ///< what tools find it by; no blanks inside a key
  /// The user's own. Names RocketMQ reserves (TAGS, KEYS, DELAY, …) are refused, and so are bytes
  /// 0x01 and 0x02 in a name or value.
  std::map<std::string, std::string> properties;
  std::int32_t flag = 0;  ///< the user's own number, handed through untouched
  /// Whether the broker answers only once the message is as safe as it is set up to make it
  /// (flushed to disk with SYNC_FLUSH). Property WAIT.
  bool wait_for_store = true;

  // When consumers get it; at most one of the three.
  int delay_level = 0;  ///< 1–18, by the broker's table (1 s … 2 h); 0: at once. Property DELAY.
  /// After this time, at most 3 days unless the broker is set up for more; 5.x brokers only, an
  /// older one delivers at once. Property TIMER_DELAY_MS.
  std::chrono::milliseconds deliver_after{0};
  Timestamp deliver_at{};  ///< at this time; epoch: not set. As deliver_after. TIMER_DELIVER_MS.

  /// What orders it: told to consumers (property __SHARDINGKEY), and, unless the call says more,
  /// the queue is chosen by it: messages with the same key go to the same queue.
  std::string sharding_key;
};

/// What became of a message that was stored.
enum class SendStatus {
  ok,                   ///< stored as the broker is set up to store
  flush_disk_timeout,   ///< stored, not known to be on disk in time
  flush_slave_timeout,  ///< stored, not known to be on a slave in time
  slave_not_available,  ///< stored, no slave to copy it to
};

/// The broker's receipt for a stored message.
struct SendReceipt {
  std::string message_id;  ///< given by the client (property UNIQ_KEY); tools find it by this
  std::string offset_message_id;  ///< given by the broker: its address and commit log offset
  MessageQueue queue;
  std::int64_t queue_offset = 0;  ///< position in the queue; of a batch: the first one's
  SendStatus status = SendStatus::ok;
  std::string transaction_id;  ///< as the broker answers; usually the message id
  std::string recall_handle;   ///< of a timed message on a broker that can recall; else empty
};

/// A received message: immutable, cheap to copy, free to cross threads. Every text it returns is a
/// view that lives as long as some copy of the message does. A moved-from one may only be destroyed
/// or assigned to.
class MessageView {
 public:
  std::string_view topic() const;  ///< of a retried message: the topic it was first sent to
  std::string_view body() const;   ///< decompressed
  std::string_view tag() const;
  std::vector<std::string_view> keys() const;
  std::string_view message_id() const;  ///< UNIQ_KEY, else the offset message id
  std::string_view offset_message_id() const;
  /// Empty when there is none of that name. (Empty values do not survive RocketMQ's encoding.)
  std::string_view property(std::string_view name) const;
  /// All of them, RocketMQ's own among them.
  std::vector<std::pair<std::string_view, std::string_view>> properties() const;
  std::int32_t flag() const;
  std::string_view sharding_key() const;
  std::string_view transaction_id() const;  ///< property __transactionId__; empty: none

  /// Where it was read from; of a retried message that is a queue of %RETRY%<group>.
  const MessageQueue& queue() const;
  std::int64_t queue_offset() const;       ///< position in that queue, from 0
  std::int64_t commit_log_offset() const;  ///< in bytes, on its broker
  std::int32_t reconsume_times() const;    ///< how often it has been given back already
  Timestamp born_time() const;             ///< by the producer's clock
  Timestamp store_time() const;            ///< by the broker's
  std::string_view born_host() const;      ///< "10.0.0.9:5555"

  struct Data;  ///< private to the library
  explicit MessageView(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
  const Data& data() const { return *data_; }

 private:
  std::shared_ptr<const Data> data_;
};

}  // namespace rocketmq
