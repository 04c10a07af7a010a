#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "client/core.h"
#include "client/fault_table.h"
#include "net/task.h"
#include "net/task_set.h"

namespace rocketmq::client {

// Asks the brokers of a fault table, every 3 s, whether they are back. Belongs to the loop. Java:
// LatencyFaultToleranceImpl.startDetector, MQClientInstance's serviceDetector.
class FaultDetector {
 public:
  // Both outlive it.
  FaultDetector(Client::Core& core, FaultTable& table);

  // Any topic: brokers are asked for the end of its queue 0.
  void set_topic(std::string_view topic) { topic_ = topic; }

 private:
  net::Task<> probe_again_and_again();
  net::Task<> probe(std::string broker, std::string topic);

  Client::Core& core_;
  FaultTable& table_;
  std::string topic_;
  net::TaskSet probes_;
  net::Task<> rounds_;
};

}  // namespace rocketmq::client
