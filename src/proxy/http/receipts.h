#pragma once

#include <rocketmq/result.h>

#include <memory>
#include <string>
#include <vector>

#include "proxy/http/json.h"
#include "proxy/http/parameters.h"

// Several receipts in one request, and what became of each.

namespace rocketmq::gateway {

// Of member "receipts". Errors: Slug::bad_request.
Result<std::vector<std::string>> receipts_of(const Members& members);
// {"receipt":…,"status":"ok"}; "gone" or "error", with the problem.
std::unique_ptr<Json> told(const std::string& receipt, const Result<void>& done,
                           const std::string& request_id);

}  // namespace rocketmq::gateway
