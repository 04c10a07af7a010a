#pragma once

#include <rocketmq/errc.h>

#include <cstdint>
#include <string_view>

// Every request code of RocketMQ up to 5.5.0, by its standard name (Java: RequestCode):
// number, our enumerator, the name on the Java side. The only list; everything else follows from
// it.
#define ROCKETMQ_REQUEST_CODES(X)                                                            \
  X(10, send_message, SEND_MESSAGE)                                                          \
  X(11, pull_message, PULL_MESSAGE)                                                          \
  X(12, query_message, QUERY_MESSAGE)                                                        \
  X(13, query_broker_offset, QUERY_BROKER_OFFSET)                                            \
  X(14, query_consumer_offset, QUERY_CONSUMER_OFFSET)                                        \
  X(15, update_consumer_offset, UPDATE_CONSUMER_OFFSET)                                      \
  X(17, update_and_create_topic, UPDATE_AND_CREATE_TOPIC)                                    \
  X(18, update_and_create_topic_list, UPDATE_AND_CREATE_TOPIC_LIST)                          \
  X(21, get_all_topic_config, GET_ALL_TOPIC_CONFIG)                                          \
  X(22, get_topic_config_list, GET_TOPIC_CONFIG_LIST)                                        \
  X(23, get_topic_name_list, GET_TOPIC_NAME_LIST)                                            \
  X(25, update_broker_config, UPDATE_BROKER_CONFIG)                                          \
  X(26, get_broker_config, GET_BROKER_CONFIG)                                                \
  X(27, trigger_delete_files, TRIGGER_DELETE_FILES)                                          \
  X(28, get_broker_runtime_info, GET_BROKER_RUNTIME_INFO)                                    \
  X(29, search_offset_by_timestamp, SEARCH_OFFSET_BY_TIMESTAMP)                              \
  X(30, get_max_offset, GET_MAX_OFFSET)                                                      \
  X(31, get_min_offset, GET_MIN_OFFSET)                                                      \
  X(32, get_earliest_msg_storetime, GET_EARLIEST_MSG_STORETIME)                              \
  X(33, view_message_by_id, VIEW_MESSAGE_BY_ID)                                              \
  X(34, heart_beat, HEART_BEAT)                                                              \
  X(35, unregister_client, UNREGISTER_CLIENT)                                                \
  X(36, consumer_send_msg_back, CONSUMER_SEND_MSG_BACK)                                      \
  X(37, end_transaction, END_TRANSACTION)                                                    \
  X(38, get_consumer_list_by_group, GET_CONSUMER_LIST_BY_GROUP)                              \
  X(39, check_transaction_state, CHECK_TRANSACTION_STATE)                                    \
  X(40, notify_consumer_ids_changed, NOTIFY_CONSUMER_IDS_CHANGED)                            \
  X(41, lock_batch_mq, LOCK_BATCH_MQ)                                                        \
  X(42, unlock_batch_mq, UNLOCK_BATCH_MQ)                                                    \
  X(43, get_all_consumer_offset, GET_ALL_CONSUMER_OFFSET)                                    \
  X(45, get_all_delay_offset, GET_ALL_DELAY_OFFSET)                                          \
  X(46, check_client_config, CHECK_CLIENT_CONFIG)                                            \
  X(47, get_client_config, GET_CLIENT_CONFIG)                                                \
  X(60, get_timer_check_point, GET_TIMER_CHECK_POINT)                                        \
  X(61, get_timer_metrics, GET_TIMER_METRICS)                                                \
  X(100, put_kv_config, PUT_KV_CONFIG)                                                       \
  X(101, get_kv_config, GET_KV_CONFIG)                                                       \
  X(102, delete_kv_config, DELETE_KV_CONFIG)                                                 \
  X(103, register_broker, REGISTER_BROKER)                                                   \
  X(104, unregister_broker, UNREGISTER_BROKER)                                               \
  X(105, get_routeinfo_by_topic, GET_ROUTEINFO_BY_TOPIC)                                     \
  X(106, get_broker_cluster_info, GET_BROKER_CLUSTER_INFO)                                   \
  X(200, update_and_create_subscriptiongroup, UPDATE_AND_CREATE_SUBSCRIPTIONGROUP)           \
  X(201, get_all_subscriptiongroup_config, GET_ALL_SUBSCRIPTIONGROUP_CONFIG)                 \
  X(202, get_topic_stats_info, GET_TOPIC_STATS_INFO)                                         \
  X(203, get_consumer_connection_list, GET_CONSUMER_CONNECTION_LIST)                         \
  X(204, get_producer_connection_list, GET_PRODUCER_CONNECTION_LIST)                         \
  X(205, wipe_write_perm_of_broker, WIPE_WRITE_PERM_OF_BROKER)                               \
  X(206, get_all_topic_list_from_nameserver, GET_ALL_TOPIC_LIST_FROM_NAMESERVER)             \
  X(207, delete_subscriptiongroup, DELETE_SUBSCRIPTIONGROUP)                                 \
  X(208, get_consume_stats, GET_CONSUME_STATS)                                               \
  X(209, suspend_consumer, SUSPEND_CONSUMER)                                                 \
  X(210, resume_consumer, RESUME_CONSUMER)                                                   \
  X(211, reset_consumer_offset_in_consumer, RESET_CONSUMER_OFFSET_IN_CONSUMER)               \
  X(212, reset_consumer_offset_in_broker, RESET_CONSUMER_OFFSET_IN_BROKER)                   \
  X(213, adjust_consumer_thread_pool, ADJUST_CONSUMER_THREAD_POOL)                           \
  X(214, who_consume_the_message, WHO_CONSUME_THE_MESSAGE)                                   \
  X(215, delete_topic_in_broker, DELETE_TOPIC_IN_BROKER)                                     \
  X(216, delete_topic_in_namesrv, DELETE_TOPIC_IN_NAMESRV)                                   \
  X(217, register_topic_in_namesrv, REGISTER_TOPIC_IN_NAMESRV)                               \
  X(219, get_kvlist_by_namespace, GET_KVLIST_BY_NAMESPACE)                                   \
  X(220, reset_consumer_client_offset, RESET_CONSUMER_CLIENT_OFFSET)                         \
  X(221, get_consumer_status_from_client, GET_CONSUMER_STATUS_FROM_CLIENT)                   \
  X(222, invoke_broker_to_reset_offset, INVOKE_BROKER_TO_RESET_OFFSET)                       \
  X(223, invoke_broker_to_get_consumer_status, INVOKE_BROKER_TO_GET_CONSUMER_STATUS)         \
  X(224, get_topics_by_cluster, GET_TOPICS_BY_CLUSTER)                                       \
  X(225, update_and_create_subscriptiongroup_list, UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST) \
  X(300, query_topic_consume_by_who, QUERY_TOPIC_CONSUME_BY_WHO)                             \
  X(301, register_filter_server, REGISTER_FILTER_SERVER)                                     \
  X(302, register_message_filter_class, REGISTER_MESSAGE_FILTER_CLASS)                       \
  X(303, query_consume_time_span, QUERY_CONSUME_TIME_SPAN)                                   \
  X(304, get_system_topic_list_from_ns, GET_SYSTEM_TOPIC_LIST_FROM_NS)                       \
  X(305, get_system_topic_list_from_broker, GET_SYSTEM_TOPIC_LIST_FROM_BROKER)               \
  X(306, clean_expired_consumequeue, CLEAN_EXPIRED_CONSUMEQUEUE)                             \
  X(307, get_consumer_running_info, GET_CONSUMER_RUNNING_INFO)                               \
  X(308, query_correction_offset, QUERY_CORRECTION_OFFSET)                                   \
  X(309, consume_message_directly, CONSUME_MESSAGE_DIRECTLY)                                 \
  X(310, send_message_v2, SEND_MESSAGE_V2)                                                   \
  X(311, get_unit_topic_list, GET_UNIT_TOPIC_LIST)                                           \
  X(312, get_has_unit_sub_topic_list, GET_HAS_UNIT_SUB_TOPIC_LIST)                           \
  X(313, get_has_unit_sub_ununit_topic_list, GET_HAS_UNIT_SUB_UNUNIT_TOPIC_LIST)             \
  X(314, clone_group_offset, CLONE_GROUP_OFFSET)                                             \
  X(315, view_broker_stats_data, VIEW_BROKER_STATS_DATA)                                     \
  X(316, clean_unused_topic, CLEAN_UNUSED_TOPIC)                                             \
  X(317, get_broker_consume_stats, GET_BROKER_CONSUME_STATS)                                 \
  X(318, update_namesrv_config, UPDATE_NAMESRV_CONFIG)                                       \
  X(319, get_namesrv_config, GET_NAMESRV_CONFIG)                                             \
  X(320, send_batch_message, SEND_BATCH_MESSAGE)                                             \
  X(321, query_consume_queue, QUERY_CONSUME_QUEUE)                                           \
  X(322, query_data_version, QUERY_DATA_VERSION)                                             \
  X(323, resume_check_half_message, RESUME_CHECK_HALF_MESSAGE)                               \
  X(324, send_reply_message, SEND_REPLY_MESSAGE)                                             \
  X(325, send_reply_message_v2, SEND_REPLY_MESSAGE_V2)                                       \
  X(326, push_reply_message_to_client, PUSH_REPLY_MESSAGE_TO_CLIENT)                         \
  X(327, add_write_perm_of_broker, ADD_WRITE_PERM_OF_BROKER)                                 \
  X(328, get_all_producer_info, GET_ALL_PRODUCER_INFO)                                       \
  X(329, delete_expired_commitlog, DELETE_EXPIRED_COMMITLOG)                                 \
  X(343, query_topics_by_consumer, QUERY_TOPICS_BY_CONSUMER)                                 \
  X(345, query_subscription_by_consumer, QUERY_SUBSCRIPTION_BY_CONSUMER)                     \
  X(351, get_topic_config, GET_TOPIC_CONFIG)                                                 \
  X(352, get_subscriptiongroup_config, GET_SUBSCRIPTIONGROUP_CONFIG)                         \
  X(353, update_and_get_group_forbidden, UPDATE_AND_GET_GROUP_FORBIDDEN)                     \
  X(354, check_rocksdb_cq_write_progress, CHECK_ROCKSDB_CQ_WRITE_PROGRESS)                   \
  X(355, export_rocksdb_config_to_json, EXPORT_ROCKSDB_CONFIG_TO_JSON)                       \
  X(361, lite_pull_message, LITE_PULL_MESSAGE)                                               \
  X(370, recall_message, RECALL_MESSAGE)                                                     \
  X(400, query_assignment, QUERY_ASSIGNMENT)                                                 \
  X(401, set_message_request_mode, SET_MESSAGE_REQUEST_MODE)                                 \
  X(402, get_all_message_request_mode, GET_ALL_MESSAGE_REQUEST_MODE)                         \
  X(513, update_and_create_static_topic, UPDATE_AND_CREATE_STATIC_TOPIC)                     \
  X(901, get_broker_member_group, GET_BROKER_MEMBER_GROUP)                                   \
  X(902, add_broker, ADD_BROKER)                                                             \
  X(903, remove_broker, REMOVE_BROKER)                                                       \
  X(904, broker_heartbeat, BROKER_HEARTBEAT)                                                 \
  X(905, notify_min_broker_id_change, NOTIFY_MIN_BROKER_ID_CHANGE)                           \
  X(906, exchange_broker_ha_info, EXCHANGE_BROKER_HA_INFO)                                   \
  X(907, get_broker_ha_status, GET_BROKER_HA_STATUS)                                         \
  X(908, reset_master_flush_offset, RESET_MASTER_FLUSH_OFFSET)                               \
  X(1001, controller_alter_sync_state_set, CONTROLLER_ALTER_SYNC_STATE_SET)                  \
  X(1002, controller_elect_master, CONTROLLER_ELECT_MASTER)                                  \
  X(1003, controller_register_broker, CONTROLLER_REGISTER_BROKER)                            \
  X(1004, controller_get_replica_info, CONTROLLER_GET_REPLICA_INFO)                          \
  X(1005, controller_get_metadata_info, CONTROLLER_GET_METADATA_INFO)                        \
  X(1006, controller_get_sync_state_data, CONTROLLER_GET_SYNC_STATE_DATA)                    \
  X(1007, get_broker_epoch_cache, GET_BROKER_EPOCH_CACHE)                                    \
  X(1008, notify_broker_role_changed, NOTIFY_BROKER_ROLE_CHANGED)                            \
  X(1009, update_controller_config, UPDATE_CONTROLLER_CONFIG)                                \
  X(1010, get_controller_config, GET_CONTROLLER_CONFIG)                                      \
  X(1011, clean_broker_data, CLEAN_BROKER_DATA)                                              \
  X(1012, controller_get_next_broker_id, CONTROLLER_GET_NEXT_BROKER_ID)                      \
  X(1013, controller_apply_broker_id, CONTROLLER_APPLY_BROKER_ID)                            \
  X(1014, broker_close_channel_request, BROKER_CLOSE_CHANNEL_REQUEST)                        \
  X(1015, check_not_active_broker_request, CHECK_NOT_ACTIVE_BROKER_REQUEST)                  \
  X(1016, get_broker_live_info_request, GET_BROKER_LIVE_INFO_REQUEST)                        \
  X(1017, get_sync_state_data_request, GET_SYNC_STATE_DATA_REQUEST)                          \
  X(1018, raft_broker_heart_beat_event_request, RAFT_BROKER_HEART_BEAT_EVENT_REQUEST)        \
  X(2001, update_cold_data_flow_ctr_config, UPDATE_COLD_DATA_FLOW_CTR_CONFIG)                \
  X(2002, remove_cold_data_flow_ctr_config, REMOVE_COLD_DATA_FLOW_CTR_CONFIG)                \
  X(2003, get_cold_data_flow_ctr_info, GET_COLD_DATA_FLOW_CTR_INFO)                          \
  X(2004, set_commitlog_read_mode, SET_COMMITLOG_READ_MODE)                                  \
  X(3001, auth_create_user, AUTH_CREATE_USER)                                                \
  X(3002, auth_update_user, AUTH_UPDATE_USER)                                                \
  X(3003, auth_delete_user, AUTH_DELETE_USER)                                                \
  X(3004, auth_get_user, AUTH_GET_USER)                                                      \
  X(3005, auth_list_user, AUTH_LIST_USER)                                                    \
  X(3006, auth_create_acl, AUTH_CREATE_ACL)                                                  \
  X(3007, auth_update_acl, AUTH_UPDATE_ACL)                                                  \
  X(3008, auth_delete_acl, AUTH_DELETE_ACL)                                                  \
  X(3009, auth_get_acl, AUTH_GET_ACL)                                                        \
  X(3010, auth_list_acl, AUTH_LIST_ACL)                                                      \
  X(5001, switch_timer_engine, SWITCH_TIMER_ENGINE)                                          \
  X(200050, pop_message, POP_MESSAGE)                                                        \
  X(200051, ack_message, ACK_MESSAGE)                                                        \
  X(200052, peek_message, PEEK_MESSAGE)                                                      \
  X(200053, change_message_invisibletime, CHANGE_MESSAGE_INVISIBLETIME)                      \
  X(200054, notification, NOTIFICATION)                                                      \
  X(200055, polling_info, POLLING_INFO)                                                      \
  X(200056, pop_rollback, POP_ROLLBACK)                                                      \
  X(200070, pop_lite_message, POP_LITE_MESSAGE)                                              \
  X(200071, lite_subscription_ctl, LITE_SUBSCRIPTION_CTL)                                    \
  X(200072, ack_lite_message, ACK_LITE_MESSAGE)                                              \
  X(200073, notify_unsubscribe_lite, NOTIFY_UNSUBSCRIBE_LITE)                                \
  X(200074, get_broker_lite_info, GET_BROKER_LITE_INFO)                                      \
  X(200075, get_parent_topic_info, GET_PARENT_TOPIC_INFO)                                    \
  X(200076, get_lite_topic_info, GET_LITE_TOPIC_INFO)                                        \
  X(200077, get_lite_client_info, GET_LITE_CLIENT_INFO)                                      \
  X(200078, get_lite_group_info, GET_LITE_GROUP_INFO)                                        \
  X(200079, trigger_lite_dispatch, TRIGGER_LITE_DISPATCH)                                    \
  X(200151, batch_ack_message, BATCH_ACK_MESSAGE)

namespace rocketmq {

enum class RequestCode : std::int32_t {
#define ROCKETMQ_ENUMERATOR(number, enumerator, name) enumerator = number,
  ROCKETMQ_REQUEST_CODES(ROCKETMQ_ENUMERATOR)
#undef ROCKETMQ_ENUMERATOR
};

// "SEND_MESSAGE_V2"; empty for a number that is no request code.
std::string_view to_string(RequestCode code);

}  // namespace rocketmq
