#include "client/send_back.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

#include "client/delay_level.h"
#include "client/message_view.h"
#include "client/offset_store.h"
#include "protocol/message_codec.h"
#include "protocol/properties.h"
#include "protocol/requests/message.h"

namespace rocketmq::client {

using namespace std::chrono_literals;

namespace {

constexpr net::Duration send_back_timeout = 5s;  // Java: consumerSendMessageBack
constexpr net::Duration copy_timeout = 3s;       // Java: sendMsgTimeout
constexpr std::string_view copy_producer_group = "CLIENT_INNER_PRODUCER";
constexpr std::int32_t compression_flags =
    protocol::sys_flag::compressed | protocol::sys_flag::compression_mask;
constexpr std::int32_t first_level = 3;  // Java: delay level 3 + reconsumeTimes

void replace_property(std::string& text, std::string_view name, std::string_view value) {
  protocol::erase_property(text, name);
  protocol::append_property(text, name, value);
}

std::int32_t one_more(std::int32_t count) {
  return count == std::numeric_limits<std::int32_t>::max() ? count : count + 1;
}

}  // namespace

net::Task<Result<void>> SendBack::give_back(MessageView message, std::int32_t level) {
  const auto sent = co_await ask_broker(message, level);
  if (sent) co_return sent;
  core_.log().info(
      str("message ", message.message_id(), " is given back as a copy: ", to_string(sent.error())));
  const auto copied = co_await send_copy(message, level);
  if (copied) co_return copied;
  Error error = sent.error();
  error.message += str("; as a copy: ", copied.error().message);
  co_return error;
}

net::Task<Result<void>> SendBack::ask_broker(MessageView message, std::int32_t level) {
  const MessageQueue& queue = message.queue();
  const std::string topic = core_.wire_name(message.topic());
  const auto sent =
      co_await core_.call(queue.broker_name,
                          protocol::ConsumerSendMsgBack{.offset = message.commit_log_offset(),
                                                        .group = group_,
                                                        .delay_level = level,
                                                        .origin_msg_id = message.message_id(),
                                                        .origin_topic = topic,
                                                        .unit_mode = false,
                                                        .max_reconsume_times = reconsume_times_max_,
                                                        .broker_name = queue.broker_name},
                          {}, send_back_timeout);
  if (!sent) co_return sent.error();
  co_return Result<void>{};
}

std::string properties_of_copy(const MessageView& message, std::string_view topic,
                               std::int32_t reconsume_times, std::int32_t reconsume_times_max,
                               std::int32_t level) {
  namespace property = protocol::property;
  std::string text(message.data().record.properties);
  const std::string_view origin = message.property(property::origin_message_id);
  const std::string id(origin.empty() ? message.message_id() : origin);
  replace_property(text, property::retry_topic, topic);
  replace_property(text, property::origin_message_id, id);
  replace_property(text, property::reconsume_time, str(reconsume_times));
  replace_property(text, property::max_reconsume_times, str(reconsume_times_max));
  replace_property(text, property::delay_time_level, str(level));
  protocol::erase_property(text, property::transaction_prepared);
  return text;
}

net::Task<Result<void>> SendBack::send_copy(MessageView message, std::int32_t level) {
  const std::string topic = str(retry_topic_prefix, group_);
  const auto route = co_await core_.routes().get(topic);
  if (!route) co_return route.error();
  const auto& queues = (*route)->publish_queues;
  if (queues.empty()) co_return Error{Errc::no_route, str("topic ", topic, " has no queue")};
  const PublishQueue& to = queues[core_.random() % queues.size()];

  // The broker's rule for the dead letters: more than the maximum.
  std::int32_t times = one_more(message.reconsume_times());
  const bool is_dead = level == dead_letters_level;
  if (is_dead) times = std::max(times, one_more(reconsume_times_max_));
  // An endless one has no more than that either.
  const std::int32_t times_max =
      is_dead ? std::min(reconsume_times_max_, times - 1) : reconsume_times_max_;
  const std::int32_t copy_level =
      level > 0 ? level : first_level + std::min(message.reconsume_times(), 15);
  const std::string properties =
      properties_of_copy(message, core_.wire_name(message.topic()), times, times_max, copy_level);
  const auto& record = message.data().record;
  // What could not be unpacked travels as it is.
  const bool is_readable = message.data().is_readable;
  const std::string_view body = is_readable ? message.body() : record.body;
  const std::string broker_name = (*route)->broker_name(to);
  const auto sent = co_await core_.pool().call(
      (*route)->master_address(to),
      protocol::SendMessageV2{.producer_group = copy_producer_group,
                              .topic = topic,
                              .default_topic = template_topic,
                              .default_topic_queue_nums = 4,
                              .queue_id = to.queue_id,
                              .sys_flag = is_readable ? 0 : record.sys_flag & compression_flags,
                              .born_timestamp = core_.loop().wall_ms(),
                              .flag = message.flag(),
                              .properties = properties,
                              .reconsume_times = times,
                              .unit_mode = false,
                              .max_reconsume_times = times_max,
                              .batch = false,
                              .broker_name = broker_name},
      body, copy_timeout);
  if (!sent) co_return sent.error();
  co_return Result<void>{};
}

}  // namespace rocketmq::client
