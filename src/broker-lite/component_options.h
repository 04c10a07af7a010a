#pragma once

#include "broker-lite/options.h"
#include "broker-lite/services/delay_levels.h"
#include "broker-lite/state/sql_filters.h"
#include "broker-lite/state/topics.h"
#include "broker-lite/store/retention.h"
#include "broker-lite/store/store_options.h"

namespace rocketmq::broker {

// A broker's settings as its parts want them.
StoreOptions store_options(const BrokerOptions& options, const DelayLevels& levels);
RetentionOptions retention_options(const BrokerOptions& options);
TopicsOptions topics_options(const BrokerOptions& options);
SqlLimits sql_limits(const BrokerOptions& options);

}  // namespace rocketmq::broker
