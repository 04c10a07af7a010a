#pragma once

#include <string>

#include "broker-lite/core.h"
#include "broker-lite/services/pop_reviver.h"
#include "broker-lite/services/timer_service.h"
#include "broker-lite/services/transaction_service.h"
#include "broker-lite/store/file.h"
#include "net/request_metrics.h"

namespace rocketmq::broker {

// What a broker's metrics are made of when they are asked for.
struct MetricsSources {
  Core& core;
  const net::RequestMetrics& requests;
  const TimerService& timers;
  const TransactionService& transactions;
  const PopReviver& reviver;
  const Directory& directory;
};

// All of them, as text. Names and labels are those a stock 5.x broker shows. On the broker's loop.
std::string broker_metrics(const MetricsSources& sources);

}  // namespace rocketmq::broker
