#include "proxy/http/socket_subscriptions.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "protocol/str.h"
#include "proxy/http/leases.h"
#include "proxy/http/operations.h"
#include "proxy/http/problem.h"

namespace rocketmq::gateway {
namespace {

using namespace std::chrono_literals;

constexpr milliseconds pop_wait = 5s;  // at a time
constexpr milliseconds look_interval = 250ms;
constexpr milliseconds full_interval = 100ms;
constexpr milliseconds renew_max = 3h;  // Java: ProxyConfig.renewMaxTimeMillis

}  // namespace

struct SocketSubscriptions::Subscription {
  Subscription(Parts& parts, std::function<bool()> is_gone, Wanted wanted)
      : receiving(parts, std::move(is_gone), std::move(wanted)) {}

  Receiving receiving;
  std::string name;
  BodyForm form = BodyForm::automatic;
  bool is_renewed = false;
  bool has_manual_credit = false;
  std::int64_t credit = 0;
  std::shared_ptr<bool> is_open;
  net::Event changed;  // credit came, or it was closed
};

SocketSubscriptions::SocketSubscriptions(Parts& parts, SocketPeer& peer)
    : parts_(parts), peer_(peer) {
  idle_.set();
}

// ---- subscriptions

Result<SocketSubscriptions::SubscriptionPtr> SocketSubscriptions::read(const Members& members) {
  auto name = members.required("sub");
  if (!name) return std::move(name).error();
  auto group = members.required("group");
  if (!group) return std::move(group).error();
  auto wanted = wanted_of(members, *group, pop_wait);
  if (!wanted) return std::move(wanted).error();
  wanted->options.wait = pop_wait;
  const auto credit = members.number("credit", {0, 0, parts_.options.sockets.credit_max});
  if (!credit) return credit.error();
  const auto is_renewed = members.flag("autoRenew", false);
  if (!is_renewed) return is_renewed.error();
  const auto is_manual = members.flag("manualCredit", false);
  if (!is_manual) return is_manual.error();
  const auto body = members.text("body", "auto");
  if (!body) return body.error();
  const auto form = parse_body_form(*body);
  if (!form) return members.invalid_member("body", "is none of auto, utf8, base64 and json");

  auto is_open = std::make_shared<bool>(true);
  auto subscription = std::make_shared<Subscription>(
      parts_, [this, is_open] { return !*is_open || !peer_.is_there(); }, *std::move(wanted));
  subscription->is_open = std::move(is_open);
  subscription->name = *std::move(name);
  subscription->form = *form;
  subscription->is_renewed = *is_renewed;
  subscription->has_manual_credit = *is_manual;
  subscription->credit = *credit;
  return subscription;
}

net::Task<Result<void>> SocketSubscriptions::subscribe(Members members) {
  auto read_one = read(members);
  if (!read_one) co_return std::move(read_one).error();
  SubscriptionPtr subscription = *std::move(read_one);
  if (auto checked = subscription->receiving.check(); !checked) co_return checked;
  // So that what cannot work is an error, and no subscription.
  const auto route = co_await parts_.core->routes().get(
      parts_.core->wire_name(subscription->receiving.wanted().subscription.topic));
  if (!route) co_return route.error();
  if (subscriptions_.size() >= parts_.options.sockets.subscriptions_max) {
    co_return Error{Slug::throttled,
                    str("this socket has ", subscriptions_.size(), " subscriptions already")};
  }
  if (!subscriptions_.emplace(subscription->name, subscription).second) {
    co_return Error{Slug::conflict, str("there is a subscription ", subscription->name)};
  }
  start(deliver(std::move(subscription)));
  co_return Result<void>();
}

Result<void> SocketSubscriptions::unsubscribe(const std::string& name) {
  const auto found = subscriptions_.find(name);
  if (found == subscriptions_.end()) {
    return Error{Slug::not_found, str("there is no subscription ", name)};
  }
  const SubscriptionPtr subscription = found->second;
  subscriptions_.erase(found);
  *subscription->is_open = false;
  subscription->changed.set();
  return {};
}

Result<void> SocketSubscriptions::add_credit(const std::string& name, std::int64_t count) {
  const auto found = subscriptions_.find(name);
  if (found == subscriptions_.end()) {
    return Error{Slug::not_found, str("there is no subscription ", name)};
  }
  const SubscriptionPtr subscription = found->second;
  subscription->credit = std::min(subscription->credit + count, parts_.options.sockets.credit_max);
  subscription->changed.set();
  return {};
}

// Of a subscription that has gone nobody needs any.
void SocketSubscriptions::give_credit_back(const std::string& name) {
  const auto found = subscriptions_.find(name);
  if (found == subscriptions_.end() || found->second->has_manual_credit) return;
  static_cast<void>(add_credit(name, 1));
}

net::Task<> SocketSubscriptions::deliver(SubscriptionPtr subscription) {
  while (*subscription->is_open && peer_.is_there()) {
    if (subscription->credit <= 0) {
      subscription->changed.reset();
      co_await subscription->changed.wait();
      continue;
    }
    if (!co_await wait_for_room(subscription)) co_return;
    subscription->receiving.set_max(static_cast<int>(std::min(subscription->credit, receive_max)));
    const auto messages = co_await subscription->receiving.receive();
    if (!messages) co_return closed(*subscription, messages.error());
    for (const MessageView& message : *messages) lend(*subscription, message);
  }
}

// What the peer does not read is not kept for it: nothing is asked for meanwhile. false: it does
// not read at all, and is let go.
net::Task<bool> SocketSubscriptions::wait_for_room(SubscriptionPtr subscription) {
  const net::TimePoint patience_ends = parts_.loop().now() + parts_.options.slow_peer_timeout;
  while (peer_.pending_output() > parts_.options.stream_bytes_max) {
    if (!*subscription->is_open || !peer_.is_there()) co_return false;
    if (parts_.loop().now() >= patience_ends) {
      peer_.close(SocketClose::slow, "messages are not read");
      co_return false;
    }
    co_await net::sleep_for(parts_.loop(), full_interval);
  }
  co_return true;
}

void SocketSubscriptions::lend(Subscription& subscription, const MessageView& message) {
  const Wanted& wanted = subscription.receiving.wanted();
  const net::TimePoint now = parts_.loop().now();
  Json json = subscription.receiving.json_of(message, subscription.form, true);
  Lent lent{.receipt = receipt_of(message, wanted.subscription.topic, wanted.group),
            .subscription = subscription.name,
            .invisible = wanted.options.invisible,
            .ends = now + wanted.options.invisible};
  lent.renew_until = subscription.is_renewed ? now + renew_max : now;
  lent_.add(json["receipt"].get<std::string>(), std::move(lent));
  watch_lent();
  --subscription.credit;
  peer_.tell({{"op", "deliver"}, {"sub", subscription.name}, {"message", std::move(json)}});
}

void SocketSubscriptions::closed(Subscription& subscription, const Error& why) {
  if (!*subscription.is_open) return;
  peer_.tell({{"op", "sub.closed"},
              {"sub", subscription.name},
              {"problem", json_of(problem_of(why), peer_.request_id())}});
  static_cast<void>(unsubscribe(subscription.name));
}

// ---- what was lent

net::Task<Result<void>> SocketSubscriptions::settle(std::string receipt, Settle how) {
  const std::optional<Lent> lent = lent_.take(receipt);
  Result<Receipt> known = lent ? Result<Receipt>(lent->receipt) : parse_receipt(receipt);
  if (!known) co_return std::move(known).error();
  auto lease = co_await find_lease(parts_, *std::move(known));
  Result<void> done = Result<void>();
  if (lease) {
    done = co_await how(*std::move(lease));
  } else {
    done = std::move(lease).error();
  }
  if (lent) give_credit_back(lent->subscription);
  co_return done;
}

net::Task<Result<void>> SocketSubscriptions::ack(std::string receipt) {
  return settle(std::move(receipt),
                [this](Lease lease) { return gateway::ack(parts_, std::move(lease)); });
}

net::Task<Result<void>> SocketSubscriptions::nack(std::string receipt, milliseconds delay) {
  return settle(std::move(receipt), [this, delay](Lease lease) {
    return gateway::nack(parts_, std::move(lease), delay);
  });
}

net::Task<Result<std::string>> SocketSubscriptions::extend(std::string receipt,
                                                           milliseconds invisible) {
  std::optional<Lent> lent = lent_.take(receipt);
  Result<Receipt> known = lent ? Result<Receipt>(lent->receipt) : parse_receipt(receipt);
  if (!known) co_return std::move(known).error();
  auto lease = co_await find_lease(parts_, *std::move(known));
  if (!lease) co_return std::move(lease).error();
  auto changed = co_await change_invisible(parts_, *std::move(lease), invisible);
  if (!changed) {
    if (lent) give_credit_back(lent->subscription);
    co_return std::move(changed).error();
  }
  std::string text = to_text(*changed);
  if (lent) {
    lent->receipt = *std::move(changed);
    lent->invisible = invisible;
    lent->ends = parts_.loop().now() + invisible;
    lent_.add(text, *std::move(lent));
    watch_lent();
  }
  co_return text;
}

void SocketSubscriptions::watch_lent() {
  if (timer_ != nullptr || lent_.size() == 0) return;
  timer_ = parts_.loop().after(look_interval, [this] {
    timer_.reset();
    look_after_lent();
    watch_lent();
  });
}

void SocketSubscriptions::look_after_lent() {
  const net::TimePoint now = parts_.loop().now();
  for (const Lent& lent : lent_.take_expired(now)) give_credit_back(lent.subscription);
  for (auto& [receipt, lent] : lent_.due(now)) start(renew(receipt, std::move(lent)));
}

// One that cannot be renewed expires, and comes again.
net::Task<> SocketSubscriptions::renew(std::string receipt, Lent lent) {
  auto lease = co_await find_lease(parts_, lent.receipt);
  if (!lease) co_return;
  auto changed = co_await change_invisible(parts_, *std::move(lease), lent.invisible);
  if (changed) lent_.renewed(receipt, *std::move(changed), parts_.loop().now());
}

// ---- the end

net::Task<> SocketSubscriptions::give_back(Lent lent) {
  auto lease = co_await find_lease(parts_, std::move(lent.receipt));
  if (!lease) co_return;
  const auto changed = co_await change_invisible(parts_, *std::move(lease), given_back_for);
  if (changed) ++parts_.metrics.messages_given_back;
}

net::Task<> SocketSubscriptions::end() {
  while (!subscriptions_.empty()) {
    static_cast<void>(unsubscribe(std::string(subscriptions_.begin()->first)));
  }
  timer_.reset();
  for (Lent& lent : lent_.take_all()) start(give_back(std::move(lent)));
  co_await idle_.wait();
  co_await net::sleep_for(parts_.loop(), 0ms);  // what was waited for is not at its end yet
}

net::Task<> SocketSubscriptions::counted(net::Task<> task) {
  if (++running_ == 1) idle_.reset();
  co_await std::move(task);
  if (--running_ == 0) idle_.set();
}

void SocketSubscriptions::start(net::Task<> task) { tasks_.start(counted(std::move(task))); }

}  // namespace rocketmq::gateway
