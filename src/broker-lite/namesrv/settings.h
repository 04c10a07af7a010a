#pragma once

#include <array>

#include "broker-lite/live_settings.h"

namespace rocketmq::namesrv {

// Named as in namesrv.conf. Java: NamesrvConfig.
struct NamesrvSettings {
  bool order_message_enable = false;
  bool return_order_topic_config_to_broker = true;
  bool delete_topic_with_broker_registration = false;
  bool enable_all_topic_list = true;
  bool enable_topic_list = true;

  template <class V>
  static constexpr void fields(V&& v) {
    using S = NamesrvSettings;
    v("orderMessageEnable", &S::order_message_enable);
    v("returnOrderTopicConfigToBroker", &S::return_order_topic_config_to_broker);
    v("deleteTopicWithBrokerRegistration", &S::delete_topic_with_broker_registration);
    v("enableAllTopicList", &S::enable_all_topic_list);
    v("enableTopicList", &S::enable_topic_list);
  }
  bool operator==(const NamesrvSettings&) const = default;
};

using LiveNamesrvSettings = broker::LiveSettings<NamesrvSettings>;

// What UPDATE_NAMESRV_CONFIG may change: all of them.
inline constexpr std::array<broker::LiveSetting<NamesrvSettings>, 5> live_namesrv_settings{{
    {&NamesrvSettings::order_message_enable},
    {&NamesrvSettings::return_order_topic_config_to_broker},
    {&NamesrvSettings::delete_topic_with_broker_registration},
    {&NamesrvSettings::enable_all_topic_list},
    {&NamesrvSettings::enable_topic_list},
}};

}  // namespace rocketmq::namesrv
