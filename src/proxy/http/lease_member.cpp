#include "proxy/http/lease_member.h"

#include <rocketmq/allocation.h>

#include <algorithm>
#include <utility>

#include "client/delay_level.h"
#include "client/message_view.h"
#include "client/tag_filter.h"
#include "net/wait.h"
#include "protocol/str.h"
#include "proxy/http/loan_name.h"
#include "proxy/http/problem.h"
#include "proxy/http/random_id.h"

namespace rocketmq::gateway {
namespace {

using namespace std::chrono_literals;

// For the route, the round that finds our queues, and the first pull.
constexpr net::Duration joining_time = 2s;
constexpr net::Duration look_interval = 1s;       // whether a receiver is still there
constexpr net::Duration kept_for = 5s;            // what could not be given back
constexpr std::int32_t reconsume_times_max = 16;  // Java: SubscriptionGroupConfig.retryMaxTimes

Error gone() {
  return {Slug::receipt_expired,
          "this gateway does not lend the message under this receipt any more, or never did"};
}

client::PullOptions pull_options(const std::string& group, const LeaseOptions& options,
                                 StartAt start_at) {
  client::PullOptions pull;
  pull.group = group;
  pull.start_at = start_at;
  pull.limits = {.messages_max = options.messages_max,
                 .bytes_max = options.bytes_max,
                 .offset_span_max = static_cast<std::int64_t>(options.messages_max)};
  return pull;
}

class Counted {
 public:
  explicit Counted(std::size_t& count) : count_(count) { ++count_; }
  ~Counted() { --count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::size_t& count_;
};

}  // namespace

LeaseMember::Reading::Reading(LeaseMember& member, StartAt start_at, bool in_order)
    : is_in_order(in_order),
      options(pull_options(member.group_, member.options_, start_at)),
      shared{.core = member.core_,
             .options = options,
             .offsets = member.offsets_,
             .sink = member,
             .on_started = [&member, in_order](client::HeldQueue& held) {
               if (!in_order) return;
               held.gate.open_until =
                   member.locks_->trusted_until(held.queue).value_or(net::TimePoint::min());
             }} {}

LeaseMember::Lending::Lending() : lender(random_id()), table(reconsume_times_max) {}

LeaseMember::LeaseMember(Client::Core& core, const LeaseOptions& options, std::string group)
    : core_(core),
      options_(options),
      group_(std::move(group)),
      offsets_(core, group_),
      send_back_(core, group_, reconsume_times_max),
      used_at_(core.loop().now()),
      save_at_(used_at_),
      rebalancer_(core, group_,
                  std::make_unique<client::SharedQueues>(core, group_, allocate_averagely()),
                  *this) {
  const std::string given_back = str(client::retry_topic_prefix, group_);
  read(*client::tag_subscription(given_back, "*", core.loop().wall_ms()), StartAt::earliest, false);
}

LeaseMember::~LeaseMember() { leave_at_once(); }

Result<void> LeaseMember::join() { return rebalancer_.join(*this); }

protocol::ConsumerData LeaseMember::heartbeat_data() const {
  protocol::ConsumerData data;
  data.group_name = group_;
  data.subscription_data_set = rebalancer_.subscription_data();
  return data;
}

// ---- which topics and queues

bool LeaseMember::takes(const std::string& topic) const {
  return readings_.contains(core_.wire_name(topic));
}

Result<void> LeaseMember::take_topic(const Wanted& wanted,
                                     protocol::SubscriptionData subscription) {
  const std::string& topic = wanted.subscription.topic;
  Lending& lending = this->lending(topic);
  const auto known = rebalancer_.subscriptions().find(subscription.topic);
  if (known != rebalancer_.subscriptions().end()) {
    const bool is_in_order = readings_.at(subscription.topic)->is_in_order;
    const bool is_same = known->second.sub_string == subscription.sub_string &&
                         known->second.expression_type == subscription.expression_type &&
                         is_in_order == wanted.is_in_order;
    if (is_same) return {};
    if (lending.receivers > 0 || lending.table.lent_count() > 0) {
      return Error{Slug::conflict, str("topic ", topic, " is received for this group with filter ",
                                       known->second.sub_string, is_in_order ? " and fifo" : "",
                                       "; all who receive for a group need the same")};
    }
    stop_reading(subscription.topic);
  }
  lending.joined_until = core_.loop().now() + joining_time;
  lending.table.set_in_order(wanted.is_in_order);
  read(std::move(subscription), wanted.start_at, wanted.is_in_order);
  return {};
}

void LeaseMember::read(protocol::SubscriptionData subscription, StartAt start_at,
                       bool is_in_order) {
  auto reading = std::make_unique<Reading>(*this, start_at, is_in_order);
  readings_.insert_or_assign(subscription.topic, std::move(reading));
  rebalancer_.subscribe(std::move(subscription));
}

void LeaseMember::stop_reading(const std::string& wire_topic) {
  std::vector<MessageQueue> queues;
  for (const auto& [queue, loop] : loops_) {
    if (queue.topic == wire_topic) queues.push_back(queue);
  }
  tasks_.start(drop(std::move(queues)));
  rebalancer_.unsubscribe(wire_topic);  // the loops are gone, and with them what looks at it
  readings_.erase(wire_topic);
}

std::set<client::AssignedQueue> LeaseMember::held_queues(const std::string& topic) const {
  std::set<client::AssignedQueue> queues;
  for (const auto& [queue, loop] : loops_) {
    if (queue.topic == topic) queues.insert({queue});
  }
  return queues;
}

net::Task<bool> LeaseMember::take_round(client::QueueRound round) {
  for (const client::AssignedQueue& each : round.added) {
    auto loop = std::make_shared<client::PullLoop>(
        readings_.at(round.topic)->shared, rebalancer_.subscriptions().at(round.topic), each.queue);
    client::PullLoop& added = *loops_.emplace(each.queue, std::move(loop)).first->second;
    begin(added);
  }
  std::vector<MessageQueue> dropped;
  for (const client::AssignedQueue& each : round.dropped) dropped.push_back(each.queue);
  co_await drop(std::move(dropped));
  co_return true;
}

// In order no two members may have a queue at once, while they do not agree whose it is.
void LeaseMember::begin(client::PullLoop& loop) {
  if (!readings_.at(loop.queue().topic)->is_in_order) return loop.begin();
  if (!locks_) {
    locks_.emplace(
        core_, group_,
        client::QueueLocks::Listener{
            .on_locked = [this](const MessageQueue& queue, net::TimePoint until,
                                bool is_unbroken) { queue_locked(queue, until, is_unbroken); },
            .on_lost = [this](const MessageQueue& queue) { queue_lost(queue); }});
  }
  locks_->lock(loop.queue());
  // It may be ours from a moment ago, and not given back yet.
  if (locks_->trusted_until(loop.queue())) loop.begin();
}

void LeaseMember::queue_locked(const MessageQueue& queue, net::TimePoint until, bool is_unbroken) {
  const auto found = loops_.find(queue);
  if (found == loops_.end()) return;
  client::PullLoop& loop = *found->second;
  if (loop.held() != nullptr && is_unbroken) {
    loop.held()->gate.open_until = until;
    loop.held()->changed.set();
  } else if (!is_unbroken || !loop.is_running()) {
    loop.begin();
    forget_lost();
  }
}

void LeaseMember::queue_lost(const MessageQueue& queue) {
  const auto found = loops_.find(queue);
  if (found == loops_.end()) return;
  found->second->suspend();
  forget_lost();
}

// Who has a queue next begins behind what is done; what is lent of it comes to somebody again.
net::Task<> LeaseMember::drop(std::vector<MessageQueue> queues) {
  std::vector<client::QueueOffset> offsets;
  for (const MessageQueue& queue : queues) {
    const auto found = loops_.extract(queue);
    if (found.empty()) continue;
    client::PullLoop& loop = *found.mapped();
    loop.stop();
    if (loop.held() == nullptr) continue;
    loop.held()->end();
    offsets.push_back({queue, loop.held()->in_hand.safe_offset()});
  }
  if (!offsets.empty()) {
    forget_lost();
    co_await offsets_.save_all(std::move(offsets), core_.options().request_timeout);
  }
  for (const MessageQueue& queue : queues) {
    const bool is_ours_again = loops_.contains(queue);
    if (locks_ && !is_ours_again) locks_->unlock(queue);
  }
}

void LeaseMember::forget_lost() {
  for (const auto& [topic, lending] : lendings_) lending->table.forget_lost();
}

Result<void> LeaseMember::reset_offsets(const protocol::ResetConsumerClientOffset& request,
                                        const protocol::ResetOffsetBody& offsets) {
  for (const auto& [data, offset] : offsets.offset_table) {
    const auto found = loops_.find({data.topic, data.broker_name, data.queue_id});
    const bool is_ours = data.topic == request.topic && offset >= 0 && found != loops_.end();
    if (is_ours) found->second->begin_at(offset);
  }
  forget_lost();
  return {};
}

// ---- what comes, and is lent

LeaseMember::Lending& LeaseMember::lending(const std::string& topic) {
  std::unique_ptr<Lending>& found = lendings_[topic];
  if (found == nullptr) found = std::make_unique<Lending>();
  return *found;
}

// What was given back is shown, and lent, under the topic that it failed in.
void LeaseMember::deliver(const std::shared_ptr<client::HeldQueue>& queue,
                          std::vector<client::MessageInHand> messages) {
  std::set<Lending*> changed;
  for (client::MessageInHand& each : messages) {
    Lending& lending = this->lending(std::string(each.message.topic()));
    HeldMessage held{std::move(each.message), queue, each.ticket};
    if (!held.message.data().is_readable) {
      tasks_.start(bury_failed(lending, std::move(held)));
      continue;
    }
    lending.table.add(std::move(held));
    changed.insert(&lending);
  }
  for (Lending* const lending : changed) lending->changed.set();
}

net::Task<Result<LeaseMember::Messages>> LeaseMember::receive(std::string topic,
                                                              ReceiveOptions options,
                                                              std::function<bool()> is_gone) {
  Lending& lending = this->lending(topic);
  const Counted receiving(lending.receivers);
  net::Loop& loop = core_.loop();
  const net::TimePoint end = std::max(loop.now() + options.wait, lending.joined_until);
  Messages messages;
  for (;;) {
    const net::TimePoint now = used_at_ = loop.now();
    if (is_gone()) co_return messages;
    pass(lending);
    for (const LeaseTable::Loan& loan :
         lending.table.lend(static_cast<std::size_t>(options.max), now, options.invisible)) {
      messages.push_back(
          client::with_checkpoint(loan.message, to_text(LoanName{lending.lender, loan.id})));
    }
    if (!messages.empty()) {
      lending.joined_until = now;
      co_return messages;
    }
    if (now >= end) break;
    const net::TimePoint due = lending.table.next_due().value_or(end);
    const net::Duration pause = std::min({end - now, due - now, look_interval});
    static_cast<void>(co_await net::with_timeout(loop, pause, changed(lending)));
  }
  auto admitted = core_.groups().admitted();
  if (loops_.empty() && !admitted) co_return std::move(admitted).error();
  co_return messages;
}

net::Task<Result<void>> LeaseMember::changed(Lending& lending) {
  lending.changed.reset();
  co_await lending.changed.wait();
  co_return Result<void>();
}

// In order those behind it may be lent from now on.
void LeaseMember::done(Lending& lending, const HeldMessage& held) {
  held.queue->done(held.ticket);
  if (lending.table.is_in_order()) lending.changed.set();
}

void LeaseMember::pass(Lending& lending) {
  for (HeldMessage& held : lending.table.pass(core_.loop().now())) {
    tasks_.start(bury_failed(lending, std::move(held)));
  }
}

// ---- what becomes of it

LeaseMember::Found LeaseMember::find(const std::string& topic, const std::string& loan) const {
  const auto name = parse_loan_name(loan);
  const auto found = lendings_.find(topic);
  const bool is_ours = name && found != lendings_.end() && found->second->lender == name->lender;
  return is_ours ? Found{found->second.get(), name->id} : Found();
}

Result<void> LeaseMember::ack(const std::string& topic, const std::string& loan) {
  const auto [lending, id] = find(topic, loan);
  if (lending == nullptr) return gone();
  used_at_ = core_.loop().now();
  const auto held = lending->table.take(id, used_at_);
  if (!held) return gone();
  done(*lending, *held);
  return {};
}

Result<std::string> LeaseMember::extend(const std::string& topic, const std::string& loan,
                                        milliseconds time) {
  const auto [lending, id] = find(topic, loan);
  if (lending == nullptr) return gone();
  used_at_ = core_.loop().now();
  const auto longer = lending->table.extend(id, used_at_, time);
  if (!longer) return gone();
  lending->changed.set();  // it may be due sooner now
  return to_text(LoanName{lending->lender, *longer});
}

net::Task<Result<void>> LeaseMember::nack(std::string topic, std::string loan, milliseconds delay) {
  const auto [lending, id] = find(topic, loan);
  if (lending == nullptr) co_return gone();
  used_at_ = core_.loop().now();
  const bool is_kept = delay <= options_.kept_delay_max && lending->table.can_keep(id);
  if (is_kept || lending->table.is_in_order()) {  // a broker would give it back behind others
    if (!lending->table.delay(id, used_at_, delay)) co_return gone();
    lending->changed.set();
    co_return Result<void>();
  }
  auto held = lending->table.take(id, used_at_);
  if (!held) co_return gone();
  co_return co_await give_back(*lending, *std::move(held), client::delay_level(delay));
}

net::Task<Result<void>> LeaseMember::bury(std::string topic, std::string loan) {
  const auto [lending, id] = find(topic, loan);
  if (lending == nullptr) co_return gone();
  used_at_ = core_.loop().now();
  auto held = lending->table.take(id, used_at_);
  if (!held) co_return gone();
  co_return co_await give_back(*lending, *std::move(held), client::dead_letters_level);
}

net::Task<Result<void>> LeaseMember::give_back(Lending& lending, HeldMessage held,
                                               std::int32_t level) {
  const Counted giving_back(giving_back_);
  auto sent = co_await send_back_.give_back(held.message, level);
  if (sent) {
    done(lending, held);
  } else {
    lending.table.put_back(std::move(held), core_.loop().now() + kept_for);
  }
  co_return sent;
}

net::Task<> LeaseMember::bury_failed(Lending& lending, HeldMessage held) {
  const std::string id(held.message.message_id());
  core_.log().warn(str("message ", id, " of group ", group_,
                       " has failed too often or cannot be unpacked: it goes to the dead letters"));
  const auto buried = co_await give_back(lending, std::move(held), client::dead_letters_level);
  if (!buried) core_.log().warn(str("message ", id, " stays: ", to_string(buried.error())));
}

// ---- time, and the end

void LeaseMember::look_after() {
  for (const auto& [topic, lending] : lendings_) {
    pass(*lending);
    if (lending->table.has_ready()) lending->changed.set();
  }
  const net::TimePoint now = core_.loop().now();
  if (now < save_at_) return;
  save_at_ = now + core_.options().offset_commit_interval;
  for (const auto& [queue, loop] : loops_) {
    if (const auto& held = loop->held()) offsets_.save_soon(queue, held->in_hand.safe_offset());
  }
}

bool LeaseMember::is_idle() const {
  const bool is_used = std::ranges::any_of(lendings_, [](const auto& each) {
    return each.second->receivers > 0 || each.second->table.lent_count() > 0;
  });
  return !is_used && giving_back_ == 0 && core_.loop().now() - used_at_ >= options_.idle_timeout;
}

std::vector<client::QueueOffset> LeaseMember::give_up_queues() {
  rebalancer_.stop();
  std::vector<client::QueueOffset> offsets;
  for (const auto& [queue, loop] : loops_) {
    loop->stop();
    if (loop->held() == nullptr) continue;
    loop->held()->end();
    offsets.push_back({queue, loop->held()->in_hand.safe_offset()});
  }
  loops_.clear();
  return offsets;
}

net::Task<> LeaseMember::leave() {
  const net::Duration timeout = core_.options().request_timeout;
  co_await offsets_.save_all(give_up_queues(), timeout);
  if (locks_) co_await locks_->unlock_all(timeout);
  co_await rebalancer_.leave(timeout);
}

void LeaseMember::leave_at_once() {
  for (const client::QueueOffset& each : give_up_queues()) {
    offsets_.save_soon(each.queue, each.offset);
  }
  if (locks_) locks_->unlock_all_at_once();
  rebalancer_.leave_at_once();
}

}  // namespace rocketmq::gateway
