#pragma once

#include <rocketmq/result.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

// Locks of queues that lie on several brokers, in one request. Stock's proxy asks the broker of the
// first queue only.

namespace rocketmq::proxy {

// By broker name, the body for that broker. A body with the queues of one broker stays as it is:
// there may be a signature over it. Errors: what is wrong with the body.
Result<std::map<std::string, std::string>> split_locks(std::string_view body);

// One answer of what several brokers have locked. A body that cannot be read has locked nothing.
std::string merge_locks(const std::vector<std::string>& bodies);

}  // namespace rocketmq::proxy
