#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "protocol/command.h"
#include "protocol/signature.h"

namespace rocketmq::protocol {

// Of the fields a request carries, those that its signature is over. Until 4.9.3 clients added one
// after they had signed. Java: DefaultAuthenticationContextBuilder.
void signed_fields(std::span<const Field> fields, std::int32_t version,
                   std::vector<SignedField>& result);

// Who a request says it is from; the error is what brokers answer where it does not say.
Result<std::string_view> user_of(const Command& request);
Error user_not_found(std::string_view name);
Error user_disabled(std::string_view name);

// Is it signed with his key? The error is what brokers answer where it is not. `scratch` is used
// again for every request.
Result<void> check_signature(const Command& request, Signer& key,
                             std::vector<SignedField>& scratch);

}  // namespace rocketmq::protocol
