#include "broker-lite/handlers/stored_properties.h"

#include "protocol/describe.h"
#include "protocol/properties.h"

namespace rocketmq::broker {
namespace {

namespace property = protocol::property;

bool is_true(std::string_view text) {
  bool value = false;
  protocol::from_text(text, value);
  return value;
}

// Java: Message.getDelayTimeLevel; where it would throw, the wish is there all the same.
bool is_delay_level(std::string_view text) {
  std::int32_t level = 0;
  return !protocol::from_text(text, level) || level > 0;
}

bool asks_for_missing_service(const protocol::Property& entry) {
  const auto& [name, value] = entry;
  switch (name.front()) {  // cheap: few properties begin like one of these
    case 'D':
      return name == property::delay_time_level && is_delay_level(value);
    case 'T':
      if (name == property::transaction_prepared) return is_true(value);
      return name == property::timer_delay_sec || name == property::timer_delay_ms ||
             name == property::timer_deliver_ms || name == property::timer_del_unique_key;
    default:
      return false;
  }
}

void read_wish(const protocol::Property& entry, Wishes& wishes) {
  if (entry.name == property::unique_key) {
    wishes.unique_key = entry.value;
  } else if (entry.name == property::wait_store_msg_ok) {
    wishes.waits_for_store = is_true(entry.value);  // Java: Boolean.parseBoolean
  } else if (wishes.unsupported.empty() && asks_for_missing_service(entry)) {
    wishes.unsupported = entry.name;
  }
}

bool is_set_by_broker(std::string_view name) {
  return name == property::cluster || name == property::msg_region ||
         name == property::trace_switch || name == property::pop_ck;
}

}  // namespace

std::string broker_properties(std::string_view cluster, std::string_view region, bool trace_on) {
  std::string text;
  const auto append = [&text](std::string_view name, std::string_view value) {
    if (protocol::is_property_text(value)) protocol::append_property(text, name, value);
  };
  append(property::cluster, cluster);
  append(property::msg_region, region);
  append(property::trace_switch, trace_on ? "true" : "false");
  return text;
}

Wishes read_wishes(std::string_view properties) {
  Wishes wishes;
  for (const protocol::Property& entry : protocol::PropertyRange(properties)) {
    read_wish(entry, wishes);
  }
  return wishes;
}

Wishes rewrite_properties(std::string_view sent, std::string_view broker_properties,
                          std::string& stored) {
  Wishes wishes;
  for (const protocol::Property& entry : protocol::PropertyRange(sent)) {
    if (is_set_by_broker(entry.name)) continue;
    read_wish(entry, wishes);
    stored += entry.name;
    stored += protocol::name_value_separator;
    stored += entry.value;
    stored += protocol::property_separator;
  }
  stored += broker_properties;
  return wishes;
}

}  // namespace rocketmq::broker
