#pragma once

#include "broker-lite/core.h"
#include "protocol/prometheus_text.h"

namespace rocketmq::broker {

// How far consumers are behind, as of now, by group and topic. Java: ConsumerLagCalculator. Unlike
// stock also of groups nobody is connected of, by their stored offsets: that is when an operator
// wants to know. The broker's own groups are left out.
void write_lags(protocol::PrometheusText& text, const Core& core);

}  // namespace rocketmq::broker
