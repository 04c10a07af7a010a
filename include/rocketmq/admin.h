#pragma once

#include <rocketmq/message.h>
#include <rocketmq/result.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace rocketmq {

struct TopicOptions {
  std::string name;
  int queues = 8;  ///< for reading and for writing, on each broker
  bool readable = true;
  bool writable = true;
  /// The cluster whose brokers get it. Empty: the only one there is; an error when there are more.
  std::string cluster;
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

/// What tools ask and change. Made by Client::create_admin(); a move-only handle. Every call waits
/// for the answers, at most ClientOptions::request_timeout for each request.
class Admin {
 public:
  Admin(Admin&&) noexcept;
  Admin& operator=(Admin&&) noexcept;
  ~Admin();

  Result<std::vector<std::string>> topics();
  /// Creates the topic, or changes it, on every master of the cluster.
  Result<void> create_topic(const TopicOptions& options);
  Result<TopicDescription> describe_topic(const std::string& topic);
  Result<std::vector<BrokerStatus>> cluster();

  class Impl;
  explicit Admin(std::unique_ptr<Impl> impl);

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace rocketmq
