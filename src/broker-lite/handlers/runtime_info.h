#pragma once

#include <cstdint>

#include "broker-lite/handlers/admin.h"
#include "protocol/bodies/config_data.h"

namespace rocketmq::broker {

// What GET_BROKER_RUNTIME_INFO tells: every key of a stock broker, as text, because tools parse
// several of them without looking whether they are there. What we do not have is zero.
// Java: AdminBrokerProcessor.prepareRuntimeInfo, StoreStatsService.getRuntimeInfo.
protocol::KVTable runtime_info(Core& core, const AdminServices& services, std::int64_t boot_ms);

}  // namespace rocketmq::broker
