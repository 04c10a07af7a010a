#include "broker-lite/services/release.h"

#include "broker-lite/state/names.h"
#include "protocol/describe.h"
#include "protocol/properties.h"
#include "protocol/str.h"

namespace rocketmq::broker {

namespace property = protocol::property;

Result<Placed> release(Core& core, protocol::RecordView waited, std::string_view properties) {
  const std::string_view topic =
      protocol::find_property(waited.properties, property::real_topic).value_or("");
  std::int32_t queue_id = 0;
  const bool has_queue = protocol::from_text(
      protocol::find_property(waited.properties, property::real_queue_id).value_or(""), queue_id);
  // Java refuses half messages here, too: only their transaction's end makes them visible.
  if (!check_topic_name(topic) || !has_queue || queue_id < 0 || topic == half_topic) {
    return Error{Errc::bad_message, str("the message at ", waited.physical_offset,
                                        " is for no queue: '", topic, "' ", queue_id)};
  }
  waited.topic = topic;
  waited.queue_id = queue_id;
  waited.properties = properties;
  waited.store_host = core.store_host;
  waited.prepared_transaction_offset = 0;
  return core.store.put(waited, core.loop.wall_ms());
}

bool can_never_be_stored(const Error& error) {
  return error.code == Errc::bad_message || error.code == ResponseCode::message_illegal;
}

}  // namespace rocketmq::broker
