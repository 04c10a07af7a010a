#include "broker-lite/options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>

#include "broker-lite/auth/access_options.h"
#include "broker-lite/services/delay_levels.h"
#include "broker-lite/store/retention.h"
#include "protocol/split.h"
#include "protocol/str.h"
#include "protocol/trimmed.h"

namespace rocketmq::broker {
namespace {

using protocol::enum_from_name;
using protocol::name_of;

// Settings that promise something we do not have, and the only value that is harmless.
struct Refused {
  std::string_view name;
  std::string_view harmless;
};
constexpr std::array refused_settings{
    Refused{"authenticationProvider",
            "org.apache.rocketmq.auth.authentication.provider.DefaultAuthenticationProvider"},
    Refused{"authenticationMetadataProvider",
            "org.apache.rocketmq.auth.authentication.provider.LocalAuthenticationMetadataProvider"},
    Refused{"authorizationProvider",
            "org.apache.rocketmq.auth.authorization.provider.DefaultAuthorizationProvider"},
    Refused{"authorizationMetadataProvider",
            "org.apache.rocketmq.auth.authorization.provider.LocalAuthorizationMetadataProvider"},
    Refused{"migrateAuthFromV1Enabled", "false"},
    Refused{"brokerRole", "ASYNC_MASTER"},
    Refused{"duplicationEnable", "false"},
    Refused{"enableConsumeQueueExt", "false"},
    Refused{"enableControllerMode", "false"},
    Refused{"enableDLegerCommitLog", "false"},
    Refused{"enableLmq", "false"},
    Refused{"enableMultiDispatch", "false"},
    Refused{"enableRemoteEscape", "false"},
    Refused{"enableSlaveActingMaster", "false"},
    Refused{"messageStorePlugIn", ""},
    Refused{"readOnlyCommitLogStorePaths", ""},
    Refused{"storeType", "default"},
};

// Never shown.
constexpr std::array<std::string_view, 3> secret_settings{
    "initAuthenticationUser", "innerClientAuthenticationCredentials", "tls.server.keyPassword"};

// Wrong names that tutorials repeat, and what to write instead.
struct Misspelt {
  std::string_view name;
  std::string_view advice;
};
constexpr std::array misspelt_settings{
    Misspelt{"mapedFileSizeCommitLog", "since 4.5 it is mappedFileSizeCommitLog"},
    Misspelt{"mapedFileSizeConsumeQueue",
             "since 4.5 it is mappedFileSizeConsumeQueue, and counts bytes"},
    Misspelt{"storePathConsumeQueue", "it lies below storePathRootDir"},
    Misspelt{"storePathIndex", "it lies below storePathRootDir"},
    Misspelt{"storeCheckpoint", "it lies below storePathRootDir"},
    Misspelt{"abortFile", "it lies below storePathRootDir"},
};

// Java: MixAll.properties2Object. Unlike Java, blanks around numbers and booleans do no harm.
bool set_value(std::string_view text, std::string& value) {
  value = text;
  return true;
}
template <class T>
  requires(std::integral<T>)
bool set_value(std::string_view text, T& value) {
  return protocol::from_text(text, value);
}
// Java: MetricsExporterType.valueOf, by name or number.
bool set_value(std::string_view text, MetricsExporterType& value) {
  std::int32_t number = 0;
  const auto named = enum_from_name<MetricsExporterType>(text);
  if (named) value = *named;
  if (named || !protocol::from_text(text, number) || number < 0 || number > 3) return bool(named);
  value = static_cast<MetricsExporterType>(number);
  return true;
}
template <class E>
  requires(std::is_enum_v<E>)
bool set_value(std::string_view text, E& value) {
  const auto named = enum_from_name<E>(text);
  if (named) value = *named;
  return named.has_value();
}

std::string value_text(const std::string& value) { return value; }
std::string value_text(bool value) { return value ? "true" : "false"; }
std::string value_text(std::int64_t value) { return std::to_string(value); }
std::string value_text(std::int32_t value) { return std::to_string(value); }
template <class E>
  requires(std::is_enum_v<E>)
std::string value_text(E value) {
  return std::string(name_of(value));
}

enum class Applied { yes, no_such_setting, bad_value };

Applied apply(BrokerOptions& options, std::string_view name, std::string_view text) {
  Applied applied = Applied::no_such_setting;
  BrokerOptions::fields([&](std::string_view field, auto member) {
    if (field != name) return;
    auto value = options.*member;
    const bool good = set_value(text, value);
    if (good) options.*member = std::move(value);
    applied = good ? Applied::yes : Applied::bad_value;
  });
  return applied;
}

template <class Table>
const auto* find_setting(const Table& table, std::string_view name) {
  const auto found = std::ranges::find(table, name, [](const auto& row) { return row.name; });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace

Result<std::vector<std::string>> apply_properties(BrokerOptions& options,
                                                  std::span<const JavaProperty> properties) {
  std::vector<std::string> warnings;
  std::string without_effect;
  for (const JavaProperty& property : properties) {
    const std::string_view value = protocol::trimmed(property.value);
    if (const Refused* refused = find_setting(refused_settings, property.name)) {
      if (value == refused->harmless) continue;
      return Error{Errc::unsupported, str(property.name, "=", value, " is not offered here")};
    }
    if (const Misspelt* misspelt = find_setting(misspelt_settings, property.name)) {
      warnings.push_back(str(property.name, " has no effect: ", misspelt->advice));
      continue;
    }
    switch (apply(options, property.name, value)) {
      case Applied::yes:
        break;
      case Applied::bad_value:
        warnings.push_back(str(property.name, "=", value, " cannot be used: the default stays"));
        break;
      case Applied::no_such_setting:
        // One line for all: a file written by stock has nearly 500 settings.
        without_effect += str(without_effect.empty() ? "" : ", ", property.name);
    }
  }
  if (options.broker_id != 0) {
    warnings.push_back("brokerId counts as 0: a master, and there are no slaves here");
    options.broker_id = 0;
  }
  if (!without_effect.empty()) {
    warnings.push_back(str("settings without effect here: ", without_effect));
  }
  return warnings;
}

Result<void> check(const BrokerOptions& options) {
  const auto wrong = [](std::string_view what) {
    return Error{Errc::invalid_argument, std::string(what)};
  };
  const auto is_port = [](std::int32_t port) { return port >= 0 && port <= 65535; };
  if (!is_port(options.listen_port)) return wrong("listenPort is not a port");
  if (!is_port(options.advertise_port)) return wrong("the advertised port is not a port");
  if (options.broker_name.empty()) return wrong("brokerName is empty");
  if (options.broker_cluster_name.empty()) return wrong("brokerClusterName is empty");
  if (options.store_path_root_dir.empty()) return wrong("storePathRootDir is empty");
  if (options.default_topic_queue_nums < 1) return wrong("defaultTopicQueueNums is below 1");
  if (options.max_message_size < 1 || options.max_message_size > 15 * 1024 * 1024) {
    // A frame ends at 16 MiB, and header and properties want room in it too.
    return wrong("maxMessageSize is not between 1 and 15728640");
  }
  const std::int64_t record_max = options.max_message_size + 64 * 1024;
  if (options.mapped_file_size_commit_log < 2 * record_max) {
    return wrong("mappedFileSizeCommitLog has no room for two messages of maxMessageSize");
  }
  if (options.mapped_file_size_consume_queue < 20) {
    return wrong("mappedFileSizeConsumeQueue has no room for an entry of 20 bytes");
  }
  if (options.max_hash_slot_num < 1 || options.max_index_num < 2) {
    return wrong("maxHashSlotNum is below 1, or maxIndexNum below 2");
  }
  if (options.sql_filter_length_max < 1) return wrong("sqlFilterLengthMax is below 1");
  if (options.sql_filter_depth_max < 1 || options.sql_filter_depth_max > 1000) {
    return wrong("sqlFilterDepthMax is not between 1 and 1000");  // about 1 MB of stack
  }
  if (options.revive_queue_num < 1 || options.revive_queue_num > 998) {
    return wrong("reviveQueueNum is not between 1 and 998");  // 999 says "in order"
  }
  if (options.pop_polling_size < 1 || options.max_pop_polling_size < 1) {
    return wrong("popPollingSize or maxPopPollingSize is below 1");
  }
  if (options.transaction_checks_at_once_max < 1) {
    return wrong("transactionChecksAtOnceMax is below 1");
  }
  if (options.authorization_enabled && !options.authentication_enabled) {
    return wrong("authorizationEnabled=true needs authenticationEnabled=true");
  }
  if (options.acl_enable && options.authentication_enabled) {
    return wrong(
        "aclEnable=true and authenticationEnabled=true: choose one, the files of 4.x or the users "
        "of 5.x");
  }
  if (auto access = access_options(options); !access) return std::move(access).error();
  if (auto users = initial_users(options); !users) return std::move(users).error();
  for (const std::int64_t period_ms :
       {options.register_name_server_period_ms, options.register_broker_timeout_ms,
        options.channel_expired_timeout_ms, options.flush_consumer_offset_interval_ms,
        options.flush_interval_commit_log_ms, options.sync_flush_timeout_ms,
        options.short_polling_time_ms, options.flush_delay_offset_interval_ms,
        options.timer_max_delay_sec, options.transaction_check_interval_ms,
        options.transaction_time_out_ms, options.file_reserved_time, options.revive_interval_ms,
        options.clean_resource_interval_ms, std::int64_t{options.delete_file_batch_max},
        std::int64_t{options.server_channel_max_idle_time_seconds}}) {
    if (period_ms < 1) return wrong("a period or timeout is below 1");
  }
  if (options.timer_max_delay_sec > 10LL * 365 * 24 * 3600) {
    return wrong("timerMaxDelaySec is more than ten years");
  }
  if (options.metrics_exporter_type != MetricsExporterType::disable &&
      options.metrics_exporter_type != MetricsExporterType::prom) {
    return wrong("metricsExporterType is neither DISABLE nor PROM: others are not offered here");
  }
  if (!is_port(options.metrics_prom_exporter_port)) {
    return wrong("metricsPromExporterPort is not a port");
  }
  if (options.slow_request_threshold_ms < 0) return wrong("slowRequestThresholdMs is below 0");
  if (auto labels = parse_metrics_label(options.metrics_label); !labels) {
    return std::move(labels).error();
  }
  if (auto hours = parse_delete_when(options.delete_when); !hours) return hours.error();
  if (auto levels = DelayLevels::parse(options.message_delay_level); !levels) {
    return std::move(levels).error();
  }
  return {};
}

JavaProperties to_properties(const BrokerOptions& options) {
  JavaProperties properties;
  BrokerOptions::fields([&](std::string_view name, auto member) {
    std::string value = value_text(options.*member);
    if (std::ranges::find(secret_settings, name) != secret_settings.end() && !value.empty())
      value = "***";
    properties.push_back({std::string(name), std::move(value)});
  });
  return properties;
}

Result<std::vector<std::pair<std::string, std::string>>> parse_metrics_label(
    std::string_view text) {
  // Prometheus' names of labels; those with two underscores in front are its own.
  const auto is_name = [](std::string_view name) {
    const auto is_good = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    return !name.empty() && std::ranges::all_of(name, is_good) && !name.starts_with("__") &&
           (name.front() < '0' || name.front() > '9');
  };
  std::vector<std::pair<std::string, std::string>> labels;
  while (!text.empty()) {
    std::string_view value = protocol::take_until(text, ',');
    const std::string_view name = protocol::take_until(value, ':');
    if (!is_name(name)) {
      return Error{Errc::invalid_argument, str("metricsLabel: ", name, " is no name of a label")};
    }
    labels.emplace_back(name, value);
  }
  return labels;
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host == "[::1]" || host.starts_with("127.");
}

}  // namespace rocketmq::broker
