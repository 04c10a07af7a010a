#pragma once

#include <array>

#include "broker-lite/live_settings.h"
#include "broker-lite/options.h"

namespace rocketmq::broker {

// What UPDATE_BROKER_CONFIG may change. Who adds one sees to it that the change has an effect:
// either its value is read from Core::options whenever it is needed, or
// Broker::Impl::options_changed() passes it on.
inline constexpr auto live_options = [] {
  using O = BrokerOptions;
  constexpr std::int64_t day_ms = 24LL * 3'600'000;
  return std::array<LiveSetting<O>, 25>{{
      {&O::auto_create_subscription_group},
      {&O::auto_create_topic_enable},
      {&O::broker_permission, 0, 6},
      {&O::clean_file_forcibly_enable},
      {&O::default_query_max_num, 1, 10'000},
      {&O::disk_max_used_space_ratio, 10, 95},
      {&O::disk_space_clean_forcibly_ratio, 30, 100},
      {&O::disk_space_warning_level_ratio, 35, 100},
      {&O::enable_property_filter},
      {&O::enable_retry_topic_v2},
      {&O::file_reserved_time, 1, 10 * 365 * 24},
      {&O::lite_pull_message_enable},
      {&O::long_polling_enable},
      {&O::notify_consumer_ids_changed_enable},
      {&O::pop_from_retry_probability, 0, 100},
      {&O::pull_batch_max_message_count, 1, 100'000},
      {&O::recall_message_enable},
      {&O::reject_transaction_message},
      {&O::short_polling_time_ms, 1, day_ms},
      {&O::start_accept_send_request_time_stamp, 0},
      {&O::store_reply_message_enable},
      {&O::trace_on},
      {&O::transaction_check_max, 1, 1'000},
      {&O::transaction_time_out_ms, 1, day_ms},
      {&O::use_server_side_reset_offset},
  }};
}();

}  // namespace rocketmq::broker
