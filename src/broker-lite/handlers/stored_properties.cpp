#include "broker-lite/handlers/stored_properties.h"

#include "protocol/describe.h"
#include "protocol/properties.h"

namespace rocketmq::broker {
namespace {

namespace property = protocol::property;

// Java: Boolean.parseBoolean.
bool is_true(std::string_view text) {
  bool value = false;
  protocol::from_text(text, value);
  return value;
}

// The lower comes first. Java: HookUtils.transformTimerMessage.
int rank_of_timer(std::string_view name) {
  if (name == property::timer_delay_sec) return 1;
  if (name == property::timer_delay_ms) return 2;
  if (name == property::timer_deliver_ms) return 3;
  return 4;
}

void read_timer(const protocol::Property& entry, Wishes& wishes) {
  const int rank = rank_of_timer(entry.name);
  if (rank <= 3 && rank <= rank_of_timer(wishes.timer.name)) wishes.timer = entry;
}

void read_wish(const protocol::Property& entry, Wishes& wishes) {
  switch (entry.name.front()) {  // cheap: few properties begin like one of these
    case 'U':
      if (entry.name == property::unique_key) wishes.unique_key = entry.value;
      return;
    case 'W':
      if (entry.name == property::wait_store_msg_ok) wishes.waits_for_store = is_true(entry.value);
      return;
    case 'D':
      if (entry.name != property::delay_time_level) return;
      // Java throws at what is no number, and the message is not stored; here it does not wait.
      if (!protocol::from_text(entry.value, wishes.delay_level)) wishes.delay_level = 0;
      return;
    case 'T':
      if (entry.name == property::transaction_prepared) wishes.is_half = is_true(entry.value);
      if (entry.name == property::timer_del_unique_key) wishes.deletes_timer = true;
      return read_timer(entry, wishes);
    default:
      return;
  }
}

bool is_set_by_broker(std::string_view name) {
  return name == property::cluster || name == property::msg_region ||
         name == property::trace_switch || name == property::pop_ck;
}

}  // namespace

BrokerProperties::BrokerProperties(std::string_view cluster, std::string_view region) {
  for (std::string* const text : {&with_trace_, &without_trace_}) {
    const auto append = [text](std::string_view name, std::string_view value) {
      if (protocol::is_property_text(value)) protocol::append_property(*text, name, value);
    };
    append(property::cluster, cluster);
    append(property::msg_region, region);
    append(property::trace_switch, text == &with_trace_ ? "true" : "false");
  }
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
