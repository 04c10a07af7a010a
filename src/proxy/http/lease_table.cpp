#include "proxy/http/lease_table.h"

#include <algorithm>
#include <utility>

#include "client/message_view.h"

namespace rocketmq::gateway {
namespace {

HeldMessage failed_once_more(HeldMessage held) {
  held.message = client::delivered_again(held.message);
  return held;
}

}  // namespace

void LeaseTable::set_in_order(bool is_in_order) {
  if (is_in_order == is_in_order_) return;
  is_in_order_ = is_in_order;
  auto before = std::exchange(ready_, is_in_order ? ready_in_order() : ready_oldest_first());
  for (HeldMessage& held : before->take_all()) add(std::move(held));
}

void LeaseTable::add(HeldMessage message) { ready_->add(std::move(message)); }

std::vector<LeaseTable::Loan> LeaseTable::lend(std::size_t count_max, net::TimePoint now,
                                               net::Duration time) {
  std::vector<Loan> loans;
  for (HeldMessage& held : ready_->take(count_max, now)) {
    MessageView message = held.message;
    loans.push_back({add_lent(std::move(held), now + time), std::move(message)});
  }
  return loans;
}

std::optional<LeaseTable::LoanId> LeaseTable::extend(LoanId id, net::TimePoint now,
                                                     net::Duration time) {
  const auto found = find(id, now);
  if (found == lent_.end()) return std::nullopt;
  return add_lent(remove_lent(found), now + time);
}

bool LeaseTable::can_keep(LoanId id) const {
  const auto found = lent_.find(id);
  return found != lent_.end() && !found->second.held.queue->in_hand.is_full();
}

bool LeaseTable::delay(LoanId id, net::TimePoint now, net::Duration time) {
  const auto found = find(id, now);
  if (found == lent_.end()) return false;
  put_back(failed_once_more(remove_lent(found)), now + time);
  return true;
}

std::optional<HeldMessage> LeaseTable::take(LoanId id, net::TimePoint now) {
  const auto found = find(id, now);
  if (found == lent_.end()) return std::nullopt;
  return remove_lent(found);
}

void LeaseTable::put_back(HeldMessage message, net::TimePoint ready_at) {
  waiting_.emplace(ready_at, std::move(message));
}

std::vector<HeldMessage> LeaseTable::pass(net::TimePoint now) {
  while (!ends_.empty() && ends_.begin()->first <= now) {
    const auto [ended, id] = *ends_.begin();
    put_back(failed_once_more(remove_lent(lent_.find(id))), ended);
  }
  std::vector<HeldMessage> failed;
  std::vector<HeldMessage> due;
  while (!waiting_.empty() && waiting_.begin()->first <= now) {
    HeldMessage held = std::move(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    if (!held.is_held()) continue;
    const bool is_enough = held.message.reconsume_times() > reconsume_times_max_;
    (is_enough ? failed : due).push_back(std::move(held));
  }
  if (!due.empty()) ready_->add_again(std::move(due));
  return failed;
}

std::optional<net::TimePoint> LeaseTable::next_due() const {
  std::optional<net::TimePoint> next;
  if (!ends_.empty()) next = ends_.begin()->first;
  if (!waiting_.empty())
    next = std::min(next.value_or(waiting_.begin()->first), waiting_.begin()->first);
  return next;
}

void LeaseTable::forget_lost() {
  ready_->forget_lost();
  std::erase_if(waiting_, [](const auto& each) { return !each.second.is_held(); });
  for (auto each = lent_.cbegin(); each != lent_.cend();) {
    const auto loan = each++;
    if (!loan->second.held.is_held()) static_cast<void>(remove_lent(loan));
  }
}

LeaseTable::LentById::const_iterator LeaseTable::find(LoanId id, net::TimePoint now) const {
  const auto found = lent_.find(id);
  const bool is_lent =
      found != lent_.end() && found->second.ends > now && found->second.held.is_held();
  return is_lent ? found : lent_.end();
}

LeaseTable::LoanId LeaseTable::add_lent(HeldMessage message, net::TimePoint ends) {
  const LoanId id = ++last_id_;
  lent_.emplace(id, Lent{std::move(message), ends});
  ends_.emplace(ends, id);
  return id;
}

HeldMessage LeaseTable::remove_lent(LentById::const_iterator loan) {
  ends_.erase({loan->second.ends, loan->first});
  auto node = lent_.extract(loan);
  return std::move(node.mapped().held);
}

}  // namespace rocketmq::gateway
