#include "broker-lite/handlers/send_request.h"

#include <string_view>
#include <utility>

#include "broker-lite/state/names.h"
#include "protocol/str.h"

namespace rocketmq::broker {

Result<const protocol::TopicConfig*> find_or_make_topic(Core& core,
                                                        const protocol::SendMessageV2& request) {
  const std::string_view name = request.topic;
  const protocol::TopicConfig* topic = core.topics.find(name);
  if (topic == nullptr) {  // a topic that exists has a good name
    if (auto good = check_topic_name(name); !good) return std::move(good).error();
  }
  if (auto may = check_may_send_to(name); !may) return std::move(may).error();
  if (topic != nullptr) return topic;

  const std::int32_t unit = request.unit_mode.value_or(false) ? (is_retry_topic(name) ? 2 : 1) : 0;
  const auto created = core.topics.find_or_create(
      name, request.default_topic, request.default_topic_queue_nums, unit, core.loop.wall_ms());
  if (created.topic == nullptr) {
    return Error{ResponseCode::topic_not_exist,
                 str("topic[", name, "] not exist, apply first please!")};
  }
  if (created.is_new) core.topic_changed(name);
  return created.topic;
}

}  // namespace rocketmq::broker
