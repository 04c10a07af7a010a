#include "proxy/http/pull_leases.h"

#include <algorithm>
#include <utility>

#include "client/subscription_check.h"
#include "client/subscription_data.h"
#include "net/wait.h"
#include "protocol/str.h"
#include "proxy/http/problem.h"

namespace rocketmq::gateway {
namespace {

using namespace std::chrono_literals;

// Brokers with POP are asked again so late: who replaces them by older ones waits.
constexpr net::Duration pop_believed_for = 5min;
constexpr std::size_t pop_topics_max = 10'000;
constexpr net::Duration look_interval = 500ms;

Error not_lent() {
  return {Slug::receipt_expired,
          "this gateway has not lent the message: it was started anew, has left the group, or "
          "another gateway has; the message comes again"};
}

}  // namespace

PullLeases::PullLeases(Client::Core& core, const LeaseOptions& options)
    : core_(core), options_(options) {
  tasks_.start(look_after_all());
}

net::Task<bool> PullLeases::serve(std::string group, std::string topic) {
  const MemberPtr member = find(group);
  if (member != nullptr && member->takes(topic)) co_return true;
  const auto known = has_pop_.find(topic);
  if (known != has_pop_.end() && known->second > core_.loop().now()) co_return false;
  const std::string wire_topic = core_.wire_name(topic);
  const auto checked = co_await client::check_pop(core_, core_.wire_name(group), wire_topic);
  if (!checked) co_return true;
  if (has_pop_.size() >= pop_topics_max) has_pop_.clear();
  // A topic without a route yet says nothing.
  const bool has_route = core_.routes().find(wire_topic) != nullptr;
  if (has_route) has_pop_[topic] = core_.loop().now() + pop_believed_for;
  co_return false;
}

// ---- receiving

net::Task<Result<PullLeases::Messages>> PullLeases::receive(Wanted wanted,
                                                            std::function<bool()> is_gone) {
  if (auto good = check_time(wanted.options.invisible); !good) co_return std::move(good).error();
  const std::string topic = wanted.subscription.topic;
  const std::string group = wanted.group;
  const ReceiveOptions options = wanted.options;
  auto member = co_await member_to_receive(std::move(wanted));
  if (!member) co_return std::move(member).error();
  auto messages = co_await (*member)->receive(topic, options, std::move(is_gone));
  // A broker that does not let us into one group hears of no other from us either.
  const bool is_kept_out = !messages && find(group) == *member;
  if (is_kept_out) tasks_.start(leave(group));
  co_return messages;
}

net::Task<Result<PullLeases::MemberPtr>> PullLeases::member_to_receive(Wanted wanted) {
  const std::string& topic = wanted.subscription.topic;
  const std::string wire_topic = core_.wire_name(topic);
  if (auto route = co_await core_.routes().get(wire_topic); !route) {
    co_return std::move(route).error();
  }
  const std::string group = core_.wire_name(wanted.group);
  auto subscription = client::subscription_data(wanted.subscription, core_.loop().wall_ms());
  if (!subscription) co_return std::move(subscription).error();
  subscription->topic = wire_topic;
  if (auto good = co_await client::check_subscription(core_, group, *subscription); !good) {
    co_return std::move(good).error();
  }
  while (leaving_.contains(wanted.group)) co_await net::sleep_for(core_.loop(), look_interval);
  MemberPtr member = find(wanted.group);
  const bool is_new_topic = member == nullptr || !member->takes(topic);
  if (is_new_topic && topic_count() >= options_.subscriptions_max) {
    co_return Error{Slug::throttled, str("this gateway receives for ", topic_count(),
                                         " groups and topics already; httpLeaseSubscriptionsMax "
                                         "says how many may be")};
  }
  const bool is_new = member == nullptr;
  if (is_new) member = std::make_shared<LeaseMember>(core_, options_, group);
  auto taken = member->take_topic(wanted, *std::move(subscription));
  if (!taken) co_return std::move(taken).error();
  if (is_new) {
    if (auto joined = member->join(); !joined) co_return std::move(joined).error();
    members_.emplace(wanted.group, member);
  }
  co_return member;
}

Result<void> PullLeases::check_time(milliseconds time) const {
  if (time <= options_.time_max) return {};
  return Error{Slug::bad_request,
               str("invisible is ", time.count(),
                   " ms; the brokers of this topic have no POP, so "
                   "the gateway itself keeps what is lent, for at most ",
                   options_.time_max.count(), " ms at a time: extend it again and again")};
}

// ---- by receipt

net::Task<Result<void>> PullLeases::ack(Receipt receipt) {
  const MemberPtr member = find(receipt.group);
  if (member == nullptr) co_return not_lent();
  co_return member->ack(receipt.topic, receipt.checkpoint);
}

net::Task<Result<Receipt>> PullLeases::change_invisible(Receipt receipt, milliseconds invisible) {
  if (auto good = check_time(invisible); !good) co_return std::move(good).error();
  const MemberPtr member = find(receipt.group);
  if (member == nullptr) co_return not_lent();
  auto changed = member->extend(receipt.topic, receipt.checkpoint, invisible);
  if (!changed) co_return std::move(changed).error();
  receipt.checkpoint = *std::move(changed);
  co_return receipt;
}

net::Task<Result<void>> PullLeases::nack(Receipt receipt, milliseconds delay) {
  const MemberPtr member = find(receipt.group);
  if (member == nullptr) co_return not_lent();
  co_return co_await member->nack(receipt.topic, receipt.checkpoint, delay);
}

net::Task<Result<void>> PullLeases::bury(Receipt receipt) {
  const MemberPtr member = find(receipt.group);
  if (member == nullptr) co_return not_lent();
  co_return co_await member->bury(receipt.topic, receipt.checkpoint);
}

// ---- members

PullLeases::MemberPtr PullLeases::find(const std::string& group) const {
  const auto found = members_.find(group);
  return found == members_.end() ? nullptr : found->second;
}

std::size_t PullLeases::topic_count() const {
  std::size_t count = 0;
  for (const auto& [group, member] : members_) count += member->topic_count();
  return count;
}

net::Task<> PullLeases::look_after_all() {
  for (;;) {
    co_await net::sleep_for(core_.loop(), look_interval);
    std::vector<std::string> idle;
    for (const auto& [group, member] : members_) {
      member->look_after();
      if (member->is_idle()) idle.push_back(group);
    }
    for (std::string& group : idle) tasks_.start(leave(std::move(group)));
  }
}

// Who receives for the group meanwhile waits: a broker must not hear that we left after it has
// heard that we joined again.
net::Task<> PullLeases::leave(std::string group) {
  const MemberPtr member = find(group);
  if (member == nullptr) co_return;
  members_.erase(group);
  leaving_.insert(group);
  co_await member->leave();
  leaving_.erase(group);
}

void PullLeases::close() {
  for (const auto& [group, member] : members_) member->leave_at_once();
  members_.clear();
}

}  // namespace rocketmq::gateway
