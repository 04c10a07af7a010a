#include "client/fault_detector.h"

#include "client/route_table.h"
#include "net/wait.h"
#include "protocol/requests/offset.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration round_interval = 3s;  // Java: LatencyFaultToleranceImpl.startDetector
constexpr net::Duration probe_timeout = 200ms;

}  // namespace

FaultDetector::FaultDetector(Client::Core& core, FaultTable& table)
    : core_(core), table_(table), rounds_(probe_again_and_again()) {
  rounds_.start();
}

net::Task<> FaultDetector::probe_again_and_again() {
  while (true) {
    co_await net::sleep_for(core_.loop(), round_interval);
    for (const std::string& broker : table_.to_probe(core_.loop().now())) {
      if (core_.routes().table().address_of(broker, master_id) == nullptr) {
        table_.forget(broker);
      } else {
        probes_.start(probe(broker, topic_));
      }
    }
  }
}

net::Task<> FaultDetector::probe(std::string broker, std::string topic) {
  const auto answer = co_await core_.call(
      broker, protocol::GetMaxOffset{.topic = topic, .queue_id = 0, .broker_name = broker}, {},
      probe_timeout);
  if (answer) table_.is_back(broker);
}

}  // namespace rocketmq::client
