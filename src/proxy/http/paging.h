#pragma once

#include <rocketmq/result.h>

#include <optional>
#include <string>
#include <vector>

#include "proxy/http/parameters.h"

namespace rocketmq::gateway {

// A part of a sorted list of names: after the one that the cursor holds, as many as asked for.
struct Page {
  std::vector<std::string> names;
  std::optional<std::string> next;  // the cursor of what follows
};
// Takes ?limit= and ?cursor=. Errors: bad_request.
Result<Page> page_of(const std::vector<std::string>& sorted, const Parameters& parameters);

}  // namespace rocketmq::gateway
