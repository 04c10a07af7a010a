#pragma once

#include "protocol/prometheus_text.h"

namespace rocketmq::net {

// CPU, memory, files and start of this process, by the names Prometheus' own clients give them.
// What /proc does not tell is left out.
void write_process(protocol::PrometheusText& text);

}  // namespace rocketmq::net
