#pragma once

#include <rocketmq/result.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "net/task.h"
#include "proxy/http/parts.h"
#include "proxy/http/receipt.h"

// What becomes of messages that were received: done, later, longer, or never.

namespace rocketmq::gateway {

inline constexpr std::chrono::milliseconds invisible_min = std::chrono::seconds(1);
inline constexpr std::chrono::milliseconds invisible_max = std::chrono::hours(12);
inline constexpr std::chrono::milliseconds invisible_otherwise = std::chrono::seconds(60);
inline constexpr std::chrono::milliseconds nack_delay_otherwise = std::chrono::seconds(10);
// For messages that nobody took, or nobody can acknowledge any more: as stock does.
inline constexpr std::chrono::milliseconds given_back_for = std::chrono::seconds(1);
inline constexpr std::size_t receipts_max = 64;  // in one request

// A receipt whose time is not over, and where its broker can be asked.
struct Lease {
  Receipt receipt;
  bool is_loan = false;  // of our own: PullLeases knows the rest
  std::string topic;     // where the message lies
  std::string broker_name;
  std::int32_t queue_id = 0;
  std::int64_t offset = 0;
};

// Errors: Slug::invalid_receipt, Slug::receipt_expired, and those of a route.
net::Task<Result<Lease>> find_lease(Parts& parts, Receipt receipt);
// … which must be of `group`.
net::Task<Result<Lease>> find_lease(Parts& parts, std::string text, std::string group);
// Somebody else has the message by now, or it is done.
bool is_gone(const Error& error);

net::Task<Result<void>> ack(Parts& parts, Lease lease);
// The receipt that stands for the message from now on.
net::Task<Result<Receipt>> change_invisible(Parts& parts, Lease lease,
                                            std::chrono::milliseconds invisible);
net::Task<Result<void>> nack(Parts& parts, Lease lease, std::chrono::milliseconds delay);
net::Task<Result<void>> bury(Parts& parts, Lease lease);

}  // namespace rocketmq::gateway
