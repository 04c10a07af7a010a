#include "client/fetcher.h"

#include <limits>
#include <utility>

namespace rocketmq::client {
namespace {

std::int64_t milliseconds(net::Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

// Will asking again, with nothing changed, bring the same answer?
bool is_refusal(const std::error_code& code) {
  return code.category() == response_category() && code != ResponseCode::flow_control &&
         code != ResponseCode::system_busy && code != ResponseCode::subscription_not_exist &&
         code != ResponseCode::subscription_not_latest;
}

}  // namespace

Fetcher::Fetcher(Client::Core& core, const PullOptions& options,
                 const protocol::SubscriptionData& subscription, OffsetStore& offsets,
                 MessageQueue queue, const Surroundings& surroundings)
    : core_(core),
      options_(options),
      subscription_(subscription),
      offsets_(offsets),
      queue_(std::move(queue)),
      shown_queue_{core.plain_name(queue_.topic), queue_.broker_name, queue_.queue_id},
      surroundings_(surroundings),
      broker_(core, options, offsets, queue_) {
  start();
}

void Fetcher::start() {
  running_ = run();
  running_.start();
}

std::optional<std::int64_t> Fetcher::position() const {
  if (!fetched_) return std::nullopt;
  return fetched_->position();
}

std::vector<MessageView> Fetcher::take(std::size_t count_max) {
  if (!fetched_ || is_paused_) return {};
  auto messages = fetched_->take(count_max);
  go_on();
  return messages;
}

void Fetcher::seek(std::int64_t offset) {
  // An answer that is under way to us belongs to the old place.
  running_.cancel();
  fetched_.emplace(offset, options_.limits);
  start();
}

void Fetcher::resume() {
  is_paused_ = false;
  go_on();
}

// A refusal comes at once, again and again. A pull that is not answered at once is no longer
// refused: the broker waits for a message.
std::optional<Error> Fetcher::refusal() const {
  const bool is_old = core_.loop().now() - refused_at_ > 3 * options_.error_delay;
  return is_old ? std::nullopt : refusal_;
}

net::Task<> Fetcher::run() {
  if (!fetched_) co_await find_start();
  for (;;) {
    while (must_wait()) {
      go_on_.reset();
      co_await go_on_.wait();
    }
    const std::int64_t asked_for = fetched_->next_offset();
    const net::TimePoint asked_at = core_.loop().now();
    const Result<PullAnswer> answer = co_await pull();
    if (!answer) {
      co_await recover(answer.error());
      continue;
    }
    broker_.answered(answer->header);
    refusal_.reset();
    if (auto taken = take_in(*answer); !taken) co_await recover(taken.error());
    // Normally a broker with nothing to give takes its time over saying so.
    const bool came_at_once = core_.loop().now() - asked_at < options_.error_delay;
    if (fetched_->next_offset() == asked_for && came_at_once) {
      co_await net::sleep_for(core_.loop(), options_.idle_delay);
    }
  }
}

net::Task<> Fetcher::find_start() {
  for (;;) {
    // Of a queue that was assigned we may not know the broker yet.
    const auto route = co_await core_.routes().get(queue_.topic);
    Result<std::int64_t> offset = route.has_value() ? 0 : Result<std::int64_t>(route.error());
    if (route) offset = co_await offsets_.start_offset(queue_, options_.start_at);
    if (offset) {
      fetched_.emplace(*offset, options_.limits);
      surroundings_.on_changed();
      co_return;
    }
    co_await recover(offset.error());
  }
}

net::Task<Result<PullAnswer>> Fetcher::pull() {
  const auto broker = broker_.address();
  if (!broker) co_return broker.error();
  const bool is_by_tag = subscription_.expression_type == "TAG";
  protocol::LitePullMessage request;
  request.consumer_group = options_.group;
  request.topic = queue_.topic;
  request.queue_id = queue_.queue_id;
  request.queue_offset = fetched_->next_offset();
  request.max_msg_nums = options_.batch_size;
  request.sys_flag = protocol::pull_flag::suspend | protocol::pull_flag::subscription |
                     protocol::pull_flag::lite_pull;
  request.suspend_timeout_millis = milliseconds(options_.poll_timeout);
  request.subscription = subscription_.sub_string;
  request.expression_type = subscription_.expression_type;
  // Java: DefaultLitePullConsumerImpl.pull.
  request.sub_version = is_by_tag ? 0 : subscription_.sub_version;
  request.max_msg_bytes = std::numeric_limits<std::int32_t>::max();
  request.broker_name = queue_.broker_name;
  const net::Duration timeout = options_.poll_timeout + options_.answer_margin;
  if (!is_old_broker_) {
    auto answer = co_await core_.pool().call(broker->address, request, {}, timeout);
    is_old_broker_ = !answer && answer.error().code == ResponseCode::request_code_not_supported;
    if (!is_old_broker_) co_return answer;
  }
  const protocol::PullMessage& same = request;
  co_return co_await core_.pool().call(broker->address, same, {}, timeout);
}

net::Task<> Fetcher::recover(Error error) {
  refusal_.reset();
  if (is_refusal(error.code)) {
    refusal_ = error;
    refused_at_ = core_.loop().now();
  }
  return broker_.recover(std::move(error));
}

Result<void> Fetcher::take_in(const PullAnswer& answer) {
  const std::int64_t next = answer.header.next_begin_offset;
  if (next < 0) return Error{Errc::bad_message, str("the broker answered with offset ", next)};
  if (answer.code == static_cast<std::int32_t>(ResponseCode::pull_offset_moved)) {
    core_.log().warn(str("the broker moves ", to_string(queue_), " from offset ",
                         fetched_->next_offset(), " to ", next));
    fetched_->move_to(next);
    return {};
  }
  if (answer.code != static_cast<std::int32_t>(ResponseCode::success)) {
    fetched_->in_hand().advance_to(next);
    return {};
  }
  TakenMessages taken =
      take_messages(answer, shown_queue_, subscription_, options_.message_bytes_max,
                    core_.name_space(), fetched_->in_hand());
  if (const std::size_t left_out = fetched_->add(std::move(taken.messages)); left_out > 0) {
    core_.log().warn(str(to_string(queue_), ": left out ", left_out, " messages below offset ",
                         next, " whose bodies cannot be unpacked"));
  }
  if (fetched_->size() > 0) surroundings_.on_changed();
  return std::move(taken.result);
}

}  // namespace rocketmq::client
