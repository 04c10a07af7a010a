#include "proxy/http/lent_messages.h"

namespace rocketmq::gateway {

void LentMessages::add(std::string receipt, Lent lent) {
  lent_.insert_or_assign(std::move(receipt), Entry{.lent = std::move(lent)});
}

std::optional<Lent> LentMessages::take(const std::string& receipt) {
  auto node = lent_.extract(receipt);
  if (node.empty()) return std::nullopt;
  return std::move(node.mapped().lent);
}

std::vector<Lent> LentMessages::take_all() {
  std::vector<Lent> all;
  for (auto& [receipt, entry] : lent_) all.push_back(std::move(entry.lent));
  lent_.clear();
  return all;
}

std::vector<Lent> LentMessages::take_expired(net::TimePoint now) {
  std::vector<Lent> expired;
  for (auto each = lent_.begin(); each != lent_.end();) {
    if (each->second.lent.ends > now) {
      ++each;
      continue;
    }
    expired.push_back(std::move(each->second.lent));
    each = lent_.erase(each);
  }
  return expired;
}

// In the middle of its time: the broker may be asked again should the first request fail.
std::vector<std::pair<std::string, Lent>> LentMessages::due(net::TimePoint now) {
  std::vector<std::pair<std::string, Lent>> found;
  for (auto& [receipt, entry] : lent_) {
    const bool is_due = entry.lent.ends - now <= entry.lent.invisible / 2;
    if (!is_due || entry.is_being_renewed || now >= entry.lent.renew_until) continue;
    entry.is_being_renewed = true;
    found.emplace_back(receipt, entry.lent);
  }
  return found;
}

void LentMessages::renewed(const std::string& receipt, Receipt current, net::TimePoint now) {
  const auto found = lent_.find(receipt);
  if (found == lent_.end()) return;  // done meanwhile
  found->second.is_being_renewed = false;
  found->second.lent.receipt = std::move(current);
  found->second.lent.ends = now + found->second.lent.invisible;
}

}  // namespace rocketmq::gateway
