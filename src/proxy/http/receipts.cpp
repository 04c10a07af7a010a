#include "proxy/http/receipts.h"

#include <nlohmann/json.hpp>

#include "protocol/str.h"
#include "proxy/http/leases.h"
#include "proxy/http/problem.h"

namespace rocketmq::gateway {

Result<std::vector<std::string>> receipts_of(const Members& members) {
  const Json* const given = members.find("receipts");
  if (given == nullptr || !given->is_array()) {
    return members.invalid_member("receipts", "is not a list of receipts");
  }
  if (given->empty() || given->size() > receipts_max) {
    return members.invalid_member("receipts",
                                  str("has ", given->size(), " receipts, not 1 to ", receipts_max));
  }
  std::vector<std::string> receipts;
  for (const Json& receipt : *given) {
    if (!receipt.is_string()) return members.invalid_member("receipts", "is not a list of texts");
    receipts.push_back(receipt.get<std::string>());
  }
  return receipts;
}

std::unique_ptr<Json> told(const std::string& receipt, const Result<void>& done,
                           const std::string& request_id) {
  auto json = std::make_unique<Json>(Json{{"receipt", receipt}, {"status", "ok"}});
  if (done) return json;
  (*json)["status"] = is_gone(done.error()) ? "gone" : "error";
  (*json)["problem"] = json_of(problem_of(done.error()), request_id);
  return json;
}

}  // namespace rocketmq::gateway
