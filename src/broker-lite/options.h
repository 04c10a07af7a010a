#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/bodies/assignment_data.h"
#include "protocol/java_properties.h"
#include "protocol/json_body.h"

namespace rocketmq::broker {

using protocol::append_java_property;
using protocol::JavaProperties;
using protocol::JavaProperty;
using protocol::parse_java_properties;

// Java: FlushDiskType.
enum class FlushDiskType { async_flush, sync_flush };

// Java: MetricsExporterType, in this order: broker.conf may have the number.
enum class MetricsExporterType { disable, otlp_grpc, prom, log };

}  // namespace rocketmq::broker

template <>
struct rocketmq::protocol::EnumNames<rocketmq::broker::FlushDiskType> {
  static constexpr std::array<std::string_view, 2> names{"ASYNC_FLUSH", "SYNC_FLUSH"};
};
template <>
struct rocketmq::protocol::EnumNames<rocketmq::broker::MetricsExporterType> {
  static constexpr std::array<std::string_view, 4> names{"DISABLE", "OTLP_GRPC", "PROM", "LOG"};
};

namespace rocketmq::broker {

// Every setting of a broker that has an effect here, under the name stock gives it in broker.conf.
// Defaults are stock's, except where a comment says otherwise: a developer's machine comes first.
// Java: BrokerConfig, MessageStoreConfig, NettyServerConfig.
struct BrokerOptions {
  // Who it is, and where.
  std::string broker_cluster_name = "DefaultCluster";
  std::string broker_name = "broker-lite";  // stock: the host's name
  std::int64_t broker_id = 0;               // there are no slaves here: always 0, a master
  std::string broker_ip1;                  // what routes and message ids carry; empty: bind_address
  std::int32_t advertise_port = 0;         // ours: the port that goes with it; 0: the real one
  std::string bind_address = "127.0.0.1";  // stock: 0.0.0.0
  std::int32_t listen_port = 10911;        // 0: any free one
  std::string namesrv_addr;                // "a:9876;b:9876"
  std::int64_t register_name_server_period_ms = 30'000;
  std::int64_t register_broker_timeout_ms = 24'000;
  std::int32_t broker_permission = 6;  // 4 read, 2 write
  std::int32_t server_channel_max_idle_time_seconds = 120;
  std::int64_t channel_expired_timeout_ms = 120'000;

  // Topics, groups, clients.
  bool auto_create_topic_enable = true;
  std::int32_t default_topic_queue_nums = 8;
  bool cluster_topic_enable = true;
  bool broker_topic_enable = true;
  bool auto_create_subscription_group = true;
  bool trace_topic_enable = false;
  bool trace_on = true;
  std::string region_id = "DefaultRegion";
  bool notify_consumer_ids_changed_enable = true;
  bool long_polling_enable = true;
  std::int64_t short_polling_time_ms = 1'000;
  bool lite_pull_message_enable = true;
  std::int64_t flush_consumer_offset_interval_ms = 5'000;
  bool use_server_side_reset_offset = true;  // false: consumers are asked to move, as 4.x does
  std::int64_t start_accept_send_request_time_stamp = 0;  // Unix ms

  // Messages that wait.
  std::string message_delay_level = "1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h";
  std::int64_t flush_delay_offset_interval_ms = 10'000;
  bool timer_wheel_enable = true;
  std::int64_t timer_max_delay_sec = 259'200;
  bool recall_message_enable = false;
  bool reject_transaction_message = false;
  bool store_reply_message_enable = true;
  std::int64_t transaction_time_out_ms = 6'000;
  std::int64_t transaction_check_interval_ms = 30'000;
  std::int32_t transaction_check_max = 15;
  // Ours: so many half messages are looked at before others have their turn, about a millisecond's
  // work.
  std::int32_t transaction_checks_at_once_max = 1'000;

  // POP.
  std::int32_t revive_queue_num = 8;
  std::int64_t revive_interval_ms = 1'000;
  std::int32_t pop_from_retry_probability = 20;  // of 100: what comes again is looked for first
  bool enable_retry_topic_v2 = false;
  // Of groups and topics for which no tool has said otherwise.
  protocol::MessageRequestMode default_message_request_mode = protocol::MessageRequestMode::pull;
  std::int32_t default_pop_share_queue_num = -1;  // below 1: all members pop from all queues
  std::int32_t pop_polling_size = 1'024;          // held, of a topic, group and queue
  std::int32_t max_pop_polling_size = 100'000;    // held, of all

  // Who may use the broker.
  bool authentication_enabled = false;
  bool authorization_enabled = false;
  std::string authentication_whitelist;                 // request codes, separated by commas
  std::string authorization_whitelist;                  // the same
  std::string init_authentication_user;                 // {"username":"…","password":"…"}
  std::string inner_client_authentication_credentials;  // {"accessKey":"…","secretKey":"…"}
  // Or by the files of 4.x: this one below the home folder, and all .yml files in its conf/acl.
  bool acl_enable = false;
  std::string acl_home = ".";  // stock: $ROCKETMQ_HOME
  std::string acl_plain_file = "conf/plain_acl.yml";

  // Ours: disabled, permissive, enforcing: may, or must, connections begin with HAProxy's PROXY
  // header, which says who is behind a load balancer? Only where nobody but it reaches the port:
  // stock, which is always permissive, believes whoever connects.
  std::string proxy_protocol = "disabled";

  // TLS, on the ports of the broker and of the name server beside it. All files are PEM.
  std::string tls_server_mode;  // disabled, permissive, enforcing; empty: as there is a certificate
  std::string tls_server_cert_path;
  std::string tls_server_key_path;
  std::string tls_server_key_password;
  std::string tls_server_need_client_auth = "none";  // none, optional, require
  std::string tls_server_trust_cert_path;            // who signs clients' certificates
  bool tls_enable = false;                           // towards name servers
  std::string tls_client_cert_path;
  std::string tls_client_key_path;
  std::string tls_client_trust_cert_path;  // empty: whoever it is

  // The store.
  std::string store_path_root_dir = "./rocketmq-store";  // ":memory:" keeps nothing
  std::int64_t mapped_file_size_commit_log = 1'073'741'824;
  std::int64_t mapped_file_size_consume_queue = 6'000'000;
  std::int32_t max_message_size = 4'194'304;
  bool message_index_enable = true;            // messages can be found by key
  std::int32_t max_hash_slot_num = 5'000'000;  // of an index file: it was written with so many
  std::int32_t max_index_num = 20'000'000;
  FlushDiskType flush_disk_type = FlushDiskType::async_flush;
  std::int64_t flush_interval_commit_log_ms = 500;
  std::int64_t sync_flush_timeout_ms = 5'000;

  // Old files, and how full the disk may be, in used percent.
  std::string delete_when = "04";        // hours of the day, local time: "04;16"
  std::int64_t file_reserved_time = 72;  // hours
  std::int32_t disk_max_used_space_ratio = 75;
  std::int32_t disk_space_clean_forcibly_ratio = 85;  // at least 30
  std::int32_t disk_space_warning_level_ratio = 90;   // at least 35; stock: at most 90
  bool clean_file_forcibly_enable = true;
  std::int64_t clean_resource_interval_ms = 10'000;
  std::int64_t delete_commit_log_files_interval_ms = 100;
  std::int64_t delete_consume_queue_files_interval_ms = 100;
  std::int32_t delete_file_batch_max = 10;

  // One answer to a pull.
  std::int32_t max_transfer_bytes_on_message_in_memory = 262'144;
  std::int32_t max_transfer_count_on_message_in_memory = 1'024;  // stock: 32
  std::int32_t pull_batch_max_message_count = 1'024;             // stock: 160
  std::int32_t max_filter_message_size = 16'000;  // of consume queue scanned at once, bytes
  bool enable_property_filter = true;             // SQL92; stock: false

  // One answer to a query by key, and by unique key.
  std::int32_t max_msgs_num_batch = 64;
  std::int32_t default_query_max_num = 32;

  // Ours. Limits on SQL92 expressions: of their text, and of operators and parentheses within each
  // other, which cost stack.
  std::int32_t sql_filter_length_max = 65'536;
  std::int32_t sql_filter_depth_max = 200;

  // What is to be seen. PROM: a page of metrics over HTTP.
  MetricsExporterType metrics_exporter_type = MetricsExporterType::disable;
  std::string metrics_prom_exporter_host;  // empty: bindAddress; stock: brokerIP1
  std::int32_t metrics_prom_exporter_port = 5557;
  std::string metrics_label;  // "k:v,k:v": on every line
  // Ours. A request that takes so long is worth a line in the log; 0: none is.
  std::int64_t slow_request_threshold_ms = 1'000;

  // Ours. A limit on requests that are held until a message arrives: each keeps about 600 bytes.
  std::int64_t waiting_pulls_max = 100'000;

  template <class V>
  static constexpr void fields(V&& v) {
    using O = BrokerOptions;
    v("brokerClusterName", &O::broker_cluster_name);
    v("brokerName", &O::broker_name);
    v("brokerId", &O::broker_id);
    v("brokerIP1", &O::broker_ip1);
    v("advertisePort", &O::advertise_port);
    v("bindAddress", &O::bind_address);
    v("listenPort", &O::listen_port);
    v("namesrvAddr", &O::namesrv_addr);
    v("registerNameServerPeriod", &O::register_name_server_period_ms);
    v("registerBrokerTimeoutMills", &O::register_broker_timeout_ms);
    v("brokerPermission", &O::broker_permission);
    v("serverChannelMaxIdleTimeSeconds", &O::server_channel_max_idle_time_seconds);
    v("channelExpiredTimeout", &O::channel_expired_timeout_ms);
    v("autoCreateTopicEnable", &O::auto_create_topic_enable);
    v("defaultTopicQueueNums", &O::default_topic_queue_nums);
    v("clusterTopicEnable", &O::cluster_topic_enable);
    v("brokerTopicEnable", &O::broker_topic_enable);
    v("autoCreateSubscriptionGroup", &O::auto_create_subscription_group);
    v("traceTopicEnable", &O::trace_topic_enable);
    v("traceOn", &O::trace_on);
    v("regionId", &O::region_id);
    v("notifyConsumerIdsChangedEnable", &O::notify_consumer_ids_changed_enable);
    v("longPollingEnable", &O::long_polling_enable);
    v("shortPollingTimeMills", &O::short_polling_time_ms);
    v("litePullMessageEnable", &O::lite_pull_message_enable);
    v("flushConsumerOffsetInterval", &O::flush_consumer_offset_interval_ms);
    v("useServerSideResetOffset", &O::use_server_side_reset_offset);
    v("startAcceptSendRequestTimeStamp", &O::start_accept_send_request_time_stamp);
    v("messageDelayLevel", &O::message_delay_level);
    v("flushDelayOffsetInterval", &O::flush_delay_offset_interval_ms);
    v("timerWheelEnable", &O::timer_wheel_enable);
    v("timerMaxDelaySec", &O::timer_max_delay_sec);
    v("recallMessageEnable", &O::recall_message_enable);
    v("storeReplyMessageEnable", &O::store_reply_message_enable);
    v("rejectTransactionMessage", &O::reject_transaction_message);
    v("transactionTimeOut", &O::transaction_time_out_ms);
    v("transactionCheckInterval", &O::transaction_check_interval_ms);
    v("transactionCheckMax", &O::transaction_check_max);
    v("transactionChecksAtOnceMax", &O::transaction_checks_at_once_max);
    v("reviveQueueNum", &O::revive_queue_num);
    v("reviveInterval", &O::revive_interval_ms);
    v("popFromRetryProbability", &O::pop_from_retry_probability);
    v("enableRetryTopicV2", &O::enable_retry_topic_v2);
    v("defaultMessageRequestMode", &O::default_message_request_mode);
    v("defaultPopShareQueueNum", &O::default_pop_share_queue_num);
    v("popPollingSize", &O::pop_polling_size);
    v("maxPopPollingSize", &O::max_pop_polling_size);
    v("authenticationEnabled", &O::authentication_enabled);
    v("authorizationEnabled", &O::authorization_enabled);
    v("authenticationWhitelist", &O::authentication_whitelist);
    v("authorizationWhitelist", &O::authorization_whitelist);
    v("initAuthenticationUser", &O::init_authentication_user);
    v("innerClientAuthenticationCredentials", &O::inner_client_authentication_credentials);
    v("aclEnable", &O::acl_enable);
    v("rocketmq.home.dir", &O::acl_home);
    v("rocketmq.acl.plain.file", &O::acl_plain_file);
    v("proxyProtocol", &O::proxy_protocol);
    v("tls.server.mode", &O::tls_server_mode);
    v("tls.server.certPath", &O::tls_server_cert_path);
    v("tls.server.keyPath", &O::tls_server_key_path);
    v("tls.server.keyPassword", &O::tls_server_key_password);
    v("tls.server.need.client.auth", &O::tls_server_need_client_auth);
    v("tls.server.trustCertPath", &O::tls_server_trust_cert_path);
    v("tls.enable", &O::tls_enable);
    v("tls.client.certPath", &O::tls_client_cert_path);
    v("tls.client.keyPath", &O::tls_client_key_path);
    v("tls.client.trustCertPath", &O::tls_client_trust_cert_path);
    v("storePathRootDir", &O::store_path_root_dir);
    v("mappedFileSizeCommitLog", &O::mapped_file_size_commit_log);
    v("mappedFileSizeConsumeQueue", &O::mapped_file_size_consume_queue);
    v("maxMessageSize", &O::max_message_size);
    v("messageIndexEnable", &O::message_index_enable);
    v("maxHashSlotNum", &O::max_hash_slot_num);
    v("maxIndexNum", &O::max_index_num);
    v("flushDiskType", &O::flush_disk_type);
    v("flushIntervalCommitLog", &O::flush_interval_commit_log_ms);
    v("syncFlushTimeout", &O::sync_flush_timeout_ms);
    v("deleteWhen", &O::delete_when);
    v("fileReservedTime", &O::file_reserved_time);
    v("diskMaxUsedSpaceRatio", &O::disk_max_used_space_ratio);
    v("diskSpaceCleanForciblyRatio", &O::disk_space_clean_forcibly_ratio);
    v("diskSpaceWarningLevelRatio", &O::disk_space_warning_level_ratio);
    v("cleanFileForciblyEnable", &O::clean_file_forcibly_enable);
    v("cleanResourceInterval", &O::clean_resource_interval_ms);
    v("deleteCommitLogFilesInterval", &O::delete_commit_log_files_interval_ms);
    v("deleteConsumeQueueFilesInterval", &O::delete_consume_queue_files_interval_ms);
    v("deleteFileBatchMax", &O::delete_file_batch_max);
    v("maxTransferBytesOnMessageInMemory", &O::max_transfer_bytes_on_message_in_memory);
    v("maxTransferCountOnMessageInMemory", &O::max_transfer_count_on_message_in_memory);
    v("pullBatchMaxMessageCount", &O::pull_batch_max_message_count);
    v("maxFilterMessageSize", &O::max_filter_message_size);
    v("maxMsgsNumBatch", &O::max_msgs_num_batch);
    v("defaultQueryMaxNum", &O::default_query_max_num);
    v("enablePropertyFilter", &O::enable_property_filter);
    v("sqlFilterLengthMax", &O::sql_filter_length_max);
    v("sqlFilterDepthMax", &O::sql_filter_depth_max);
    v("waitingPullsMax", &O::waiting_pulls_max);
    v("metricsExporterType", &O::metrics_exporter_type);
    v("metricsPromExporterHost", &O::metrics_prom_exporter_host);
    v("metricsPromExporterPort", &O::metrics_prom_exporter_port);
    v("metricsLabel", &O::metrics_label);
    v("slowRequestThresholdMs", &O::slow_request_threshold_ms);
  }
  bool operator==(const BrokerOptions&) const = default;
};

inline constexpr std::string_view memory_store = ":memory:";

// Sets what `properties` say. Gives back what a person should be told: settings without effect
// here, and values that cannot be used (the default stays, as in Java). Fails only on a setting
// that would change what the broker is, such as brokerRole=SLAVE: ignoring it would be a lie.
Result<std::vector<std::string>> apply_properties(BrokerOptions& options,
                                                  std::span<const JavaProperty> properties);

// Fails on values no broker can run with.
Result<void> check(const BrokerOptions& options);

// All of them, as GET_BROKER_CONFIG and `-p` show them.
JavaProperties to_properties(const BrokerOptions& options);

// "k:v,k:v", as metricsLabel has it. Fails with invalid_argument where it is something else.
Result<std::vector<std::pair<std::string, std::string>>> parse_metrics_label(std::string_view text);

// "127.0.0.1", "[::1]", "localhost": reachable from this machine only.
bool is_loopback(std::string_view host);

}  // namespace rocketmq::broker
