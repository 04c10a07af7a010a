#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <string_view>

#include "protocol/bodies/config_data.h"

namespace rocketmq::namesrv {

struct RegisterBodyLimits {
  std::size_t inflated_bytes_max = 64 * 1024 * 1024;  // about 300,000 topics
};

// Decodes the body of a REGISTER_BROKER in every form brokers send: JSON, the bare topic table of
// brokers before V3_0_11, zlib (which stock brokers send without saying so in the header), nothing
// at all. `version` is the broker's ordinal. Java: RegisterBrokerBody.decode.
Result<protocol::RegisterBrokerBody> decode_register_body(std::string_view body,
                                                          std::int32_t version,
                                                          const RegisterBodyLimits& limits = {});

}  // namespace rocketmq::namesrv
