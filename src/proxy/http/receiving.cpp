#include "proxy/http/receiving.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "client/subscription_data.h"
#include "proxy/http/leases.h"
#include "proxy/http/pull_leases.h"
#include "proxy/http/receipt.h"

namespace rocketmq::gateway {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

// A pop that waits cannot be called back. So it waits no longer than this at a time, and a peer
// that goes leaves no long pops behind.
constexpr milliseconds turn_max = 5s;

SimpleConsumerOptions receiver_options(const Wanted& wanted) {
  return {.group = wanted.group, .start_at = wanted.start_at};
}

}  // namespace

Receiving::Receiving(Parts& parts, std::function<bool()> is_gone, Wanted wanted)
    : parts_(parts),
      is_gone_(std::move(is_gone)),
      wanted_(std::move(wanted)),
      receiver_(*parts.core, receiver_options(wanted_), wanted_.is_in_order) {}

Result<void> Receiving::check() {
  if (auto checked = check_group(wanted_.group); !checked) return checked;
  if (auto checked = check_topic(wanted_.subscription.topic); !checked) return checked;
  auto data = client::subscription_data(wanted_.subscription, parts_.loop().wall_ms());
  if (!data) return Error{Slug::illegal_filter, data.error().message};
  receiver_.subscribe(*std::move(data));
  return {};
}

net::Task<Result<Receiving::Messages>> Receiving::receive() {
  is_leased_ = co_await parts_.pull_leases.serve(wanted_.group, wanted_.subscription.topic);
  if (!is_leased_) {
    auto popped = co_await pop();
    // Its brokers were replaced by older ones.
    is_leased_ = !popped && popped.error().code == ResponseCode::request_code_not_supported;
    if (!is_leased_) co_return popped;
  }
  std::function<bool()> is_over = [this] { return is_gone_() || parts_.is_draining; };
  auto got = co_await parts_.pull_leases.receive(wanted_, std::move(is_over));
  if (got) parts_.metrics.messages_delivered += got->size();
  co_return got;
}

net::Task<Result<Receiving::Messages>> Receiving::pop() {
  const net::TimePoint end = parts_.loop().now() + wanted_.options.wait;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<milliseconds>(std::max(end - parts_.loop().now(), 0ns));
    ReceiveOptions turn = wanted_.options;
    turn.wait = std::min(left, turn_max);
    auto got = co_await receiver_.receive(turn);
    if (!got) co_return got;
    if (is_gone_()) {
      co_await give_back(*std::move(got));
      co_return Messages();
    }
    parts_.metrics.messages_delivered += got->size();
    if (!got->empty() || parts_.loop().now() >= end || parts_.is_draining) co_return got;
  }
}

net::Task<> Receiving::give_back(Messages messages) {
  for (const MessageView& message : messages) {
    const auto changed = co_await receiver_.pops().change_invisible(message, given_back_for);
    if (changed) ++parts_.metrics.messages_given_back;
  }
}

net::Task<Result<void>> Receiving::ack_all(Messages messages) {
  if (!is_leased_) co_return co_await receiver_.pops().ack_all(std::move(messages));
  Result<void> result;
  for (const MessageView& message : messages) {
    auto acked = co_await parts_.pull_leases.ack(
        receipt_of(message, wanted_.subscription.topic, wanted_.group));
    if (!acked && result) result = std::move(acked);
  }
  co_return result;
}

Json Receiving::json_of(const MessageView& message, BodyForm form, bool with_receipt) const {
  Json json = gateway::json_of(message, form);
  if (with_receipt) {
    json["receipt"] = to_text(receipt_of(message, wanted_.subscription.topic, wanted_.group));
  }
  return json;
}

}  // namespace rocketmq::gateway
