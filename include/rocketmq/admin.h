#pragma once

#include <rocketmq/message.h>
#include <rocketmq/result.h>
#include <rocketmq/subscription.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rocketmq {

// ---- topics

struct TopicOptions {
  std::string name;
  int queues = 8;  ///< for reading and for writing, on each broker
  bool readable = true;
  bool writable = true;
  bool ordered = false;
  /// 5.x: "message.type" → "FIFO" and the like. On a topic that exists: set; an empty value
  /// removes.
  std::map<std::string, std::string> attributes;
  /// The cluster whose brokers get it. Empty: the only one there is; an error when there are more.
  std::string cluster;
  std::string broker_address;  ///< only this broker, instead of a cluster
};

/// What a broker says about one queue.
struct QueueStatus {
  MessageQueue queue;
  std::int64_t min_offset = 0;
  std::int64_t max_offset = 0;  ///< the next message gets this one
  Timestamp last_store_time{};  ///< epoch when the queue is empty
};

struct TopicBroker {
  std::string broker_name;
  std::string address;  ///< of the master
  int read_queues = 0;
  int write_queues = 0;
  bool readable = false;
  bool writable = false;
};

struct TopicDescription {
  std::string name;
  std::vector<TopicBroker> brokers;
  std::vector<QueueStatus> queues;
};

/// Where a topic is, as a name server tells it.
struct TopicRoute {
  struct Broker {
    std::string cluster;
    std::string broker_name;
    std::map<std::int64_t, std::string> addresses;  ///< by broker id; 0 is the master
  };
  std::vector<TopicBroker> queues;
  std::vector<Broker> brokers;
};

// ---- groups

struct GroupOptions {
  std::string name;
  bool consume_enabled = true;
  bool consume_broadcast_enabled = true;
  bool ordered = false;  ///< consumeMessageOrderly
  int retry_queues = 1;
  int reconsume_times_max = 16;
  std::string cluster;         ///< as TopicOptions::cluster
  std::string broker_address;  ///< as TopicOptions::broker_address
};

/// How far a group is in one queue.
struct QueueLag {
  MessageQueue queue;
  std::int64_t consumer_offset = 0;  ///< stored by the group; 0 where it has none
  std::int64_t broker_offset = 0;    ///< the next message gets this one
  std::int64_t behind = 0;           ///< broker_offset - consumer_offset
  std::int64_t in_flight = 0;        ///< pulled, not consumed, as the broker knows it
  Timestamp last_consumed{};         ///< when the last consumed message was stored; epoch: unknown
  std::string client_id;             ///< who holds it now; empty: nobody, or not asked
};

struct ClientConnection {
  std::string client_id;
  std::string address;
  std::string language;
  int version = 0;           ///< ordinal
  std::string version_name;  ///< "V5_5_0"
};

struct GroupConnections {
  std::vector<ClientConnection> connections;
  std::vector<Subscription> subscriptions;
  std::string consume_type;   ///< CONSUME_PASSIVELY, CONSUME_ACTIVELY, CONSUME_POP
  std::string message_model;  ///< CLUSTERING, BROADCASTING
  std::string consume_from_where;
};

struct GroupSummary {
  std::string name;
  int members = 0;
  int version = 0;
  std::string consume_type;
  std::string message_model;
  double consume_tps = 0;
  std::int64_t behind = 0;
};

/// What one consumer says about itself. Java: ConsumerRunningInfo.
struct ConsumerState {
  std::map<std::string, std::string> properties;
  std::vector<Subscription> subscriptions;
  std::map<MessageQueue, std::map<std::string, std::string>> queues;  ///< the fields of each
  std::map<std::string, std::map<std::string, double>> topics;        ///< rates of each
  std::string stack;  ///< where its threads are, if it was asked and can tell
};

/// What a consumer's listener made of a message it was told to consume. Java:
/// ConsumeMessageDirectlyResult.
struct DirectConsumption {
  std::string result;  ///< CR_SUCCESS, CR_LATER, CR_ROLLBACK, CR_COMMIT, CR_THROW_EXCEPTION, …
  std::string remark;
  std::chrono::milliseconds spent{0};
  bool ordered = false;
  bool auto_commit = true;
};

// ---- messages

struct MessageQuery {
  std::string topic;
  std::string key;  ///< one of the message's keys, or its message id
  int max = 64;
  Timestamp from{};
  Timestamp until = Timestamp::max();
  bool by_message_id = false;  ///< `key` is a message id (UNIQ_KEY)
};

/// What a group has done with one message.
struct MessageTrack {
  std::string group;
  std::string state;  ///< CONSUMED, NOT_CONSUME_YET, NOT_ONLINE, CONSUMED_BUT_FILTERED, UNKNOWN, …
  std::string problem;
};

/// One record of a message's way, from the trace topic.
struct MessageTrace {
  std::string type;  ///< Pub, SubBefore, SubAfter, EndTransaction, Recall
  Timestamp time{};
  std::string group;
  std::string topic;
  std::string message_id;
  std::string tag;
  std::string keys;
  std::string store_host;
  std::string client_host;
  std::chrono::milliseconds cost{0};
  bool success = false;
  int retry_times = 0;
  std::string message_type;  ///< Normal, Trans_Msg_Half, …
  std::string transaction;   ///< COMMIT_MESSAGE, … of EndTransaction
};

// ---- brokers

struct BrokerStatus {
  std::string cluster;
  std::string broker_name;
  std::int64_t broker_id = 0;  ///< 0 is the master
  std::string address;
  /// The broker's runtime information as it gives it (brokerVersionDesc, putTps, …); empty when it
  /// did not answer, and then `problem` says why.
  std::map<std::string, std::string> runtime;
  std::string problem;
};

/// A rate a broker keeps (Java: BrokerStatsData).
struct BrokerRate {
  struct Window {
    std::int64_t sum = 0;
    double per_second = 0;
    double average = 0;
  };
  Window minute, hour, day;
};

using Settings = std::map<std::string, std::string>;

// ---- users and rules (5.3 and later)

struct User {
  std::string username;
  std::string password;  ///< empty when updating: stays; never told
  std::string type;      ///< "Super", "Normal"
  std::string status;    ///< "enable", "disable"
};

struct AclRule {
  std::string resource;              ///< "Topic:orders", "Group:*", "Topic:ord*"
  std::vector<std::string> actions;  ///< "Pub", "Sub", "Create", "Update", "Delete", "Get", "List"
  std::vector<std::string> source_ips;
  std::string decision;  ///< "Allow", "Deny"
};

struct Acl {
  std::string subject;      ///< "User:alice"
  std::string policy_type;  ///< "Custom", "Default"
  std::vector<AclRule> rules;
};

/// What tools ask and change. Made by Client::create_admin(); a move-only handle, safe to use from
/// several threads. Every call waits for the answers, at most ClientOptions::request_timeout for
/// each request (would_deadlock on the client's loop thread). Where several brokers are concerned
/// an error names the one it is of; those before it have done what was asked. Errors everywhere:
/// invalid_argument, no_name_server, not_connected, timeout, client_closed, and what a server
/// answers. Java: DefaultMQAdminExt.
class Admin {
 public:
  Admin(Admin&&) noexcept;
  Admin& operator=(Admin&&) noexcept;
  ~Admin();

  // ---- topics
  Result<std::vector<std::string>> topics();
  Result<std::vector<std::string>> topics_of_cluster(const std::string& cluster);
  /// Creates the topic, or changes it, on every master of the cluster.
  Result<void> create_topic(const TopicOptions& options);
  /// From every broker of the cluster, then from every name server. Empty: the only cluster.
  Result<void> delete_topic(const std::string& topic, const std::string& cluster = "");
  Result<TopicDescription> describe_topic(const std::string& topic);
  Result<TopicRoute> route(const std::string& topic);
  /// Which groups consume it, or have.
  Result<std::vector<std::string>> groups_of_topic(const std::string& topic);

  // ---- groups
  Result<std::vector<GroupSummary>> groups();
  Result<void> create_group(const GroupOptions& options);
  Result<GroupOptions> describe_group(const std::string& group);
  Result<void> delete_group(const std::string& group, bool with_offsets = true,
                            const std::string& cluster = "");
  /// Of all its topics, or of one.
  Result<std::vector<QueueLag>> lag(const std::string& group, const std::string& topic = "");
  Result<GroupConnections> consumers(const std::string& group);
  Result<std::vector<ClientConnection>> producers(const std::string& group,
                                                  const std::string& topic);
  Result<ConsumerState> consumer_state(const std::string& group, const std::string& client_id,
                                       bool with_stack = false);
  /// Where each of its clients is in each queue of the topic. By client id.
  Result<std::map<std::string, std::map<MessageQueue, std::int64_t>>> consumer_offsets(
      const std::string& group, const std::string& topic, const std::string& client_id = "");

  /// Lets the group go on elsewhere: the new offsets. `force`: also forward of where it is. Takes
  /// effect within seconds, whether its members run or not. Errors: those of the broker; a 4.x
  /// broker refuses a group that is not online (consumer_not_online): then reset_offline().
  Result<std::map<MessageQueue, std::int64_t>> reset_offsets(const std::string& group,
                                                             const std::string& topic,
                                                             StartAt where, bool force = true);
  /// Stores offsets for a group none of whose members run.
  Result<std::map<MessageQueue, std::int64_t>> reset_offline(const std::string& group,
                                                             const std::string& topic,
                                                             StartAt where);
  Result<void> set_offset(const std::string& group, const MessageQueue& queue, std::int64_t offset);
  Result<void> clone_offsets(const std::string& from_group, const std::string& to_group,
                             const std::string& topic);
  /// Whether the group may read the topic; changed first where `readable` is given.
  Result<bool> group_readable(const std::string& group, const std::string& topic,
                              std::optional<bool> readable = std::nullopt);
  /// Whether members are given queues or single messages (ConsumeMode::pop), for
  /// PushConsumerOptions::assigned_by_broker.
  Result<void> set_message_request_mode(const std::string& group, const std::string& topic,
                                        bool pop, int pop_share_queues = 0);

  // ---- messages
  /// By either of its ids. Errors: no_message, query_not_found.
  Result<MessageView> message(const std::string& topic, const std::string& message_id);
  Result<std::vector<MessageView>> query(const MessageQuery& query);
  /// From there on, at most `max`, and no more than the broker gives at once. Commits nothing.
  Result<std::vector<MessageView>> read(const MessageQueue& queue, std::int64_t offset,
                                        int max = 32);
  Result<std::int64_t> offset_at(const MessageQueue& queue, StartAt where);
  Result<std::vector<MessageTrack>> track(const MessageView& message);
  /// By time. Empty trace topic: RMQ_SYS_TRACE_TOPIC.
  Result<std::vector<MessageTrace>> trace(const std::string& message_id,
                                          const std::string& trace_topic = "");
  /// Has a running consumer consume a message now, and says what came of it.
  Result<DirectConsumption> consume_directly(const std::string& group, const std::string& client_id,
                                             const MessageView& message);
  /// Has the broker ask again about a half message that it has given up on.
  Result<void> resume_half_message(const MessageView& message);

  // ---- brokers and name servers. `address`: a broker's, as cluster() tells it.
  Result<std::vector<BrokerStatus>> cluster();
  Result<Settings> broker_settings(const std::string& address);
  Result<void> update_broker_settings(const std::string& address, const Settings& settings);
  /// `name` is one of the broker's counters, TOPIC_PUT_NUMS and the like; `key` a topic, or what it
  /// counts by.
  Result<BrokerRate> broker_rate(const std::string& address, const std::string& name,
                                 const std::string& key);
  Result<Settings> name_server_settings(const std::string& address);
  Result<void> update_name_server_settings(const Settings& settings);  ///< of all name servers
  /// Takes the right to write off a broker's queues at every name server, or gives it back; how
  /// many topics that concerned.
  Result<int> set_broker_writable(const std::string& broker_name, bool writable);
  Result<void> delete_expired_commit_log(const std::string& address);
  Result<void> clean_expired_consume_queue(const std::string& address);
  Result<void> clean_unused_topics(const std::string& address);
  Result<std::map<std::string, std::string>> kv_configs(const std::string& ns);
  Result<void> put_kv_config(const std::string& ns, const std::string& key,
                             const std::string& value);
  Result<void> delete_kv_config(const std::string& ns, const std::string& key);

  // ---- users and rules, on every master of the only cluster, read from one of them. An older
  // broker refuses (request_code_not_supported).
  Result<void> create_user(const User& user);
  Result<void> update_user(const User& user);
  Result<void> delete_user(const std::string& username);
  Result<std::vector<User>> users(const std::string& filter = "");
  Result<void> create_acl(const Acl& acl);
  Result<void> update_acl(const Acl& acl);
  Result<void> delete_acl(const std::string& subject, const std::string& resource = "");
  Result<std::vector<Acl>> acls(const std::string& subject_filter = "",
                                const std::string& resource_filter = "");

  class Impl;
  explicit Admin(std::unique_ptr<Impl> impl);

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace rocketmq
