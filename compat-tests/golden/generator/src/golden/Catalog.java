package golden;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.rocketmq.common.message.MessageConst;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;

/** The requests for which there are frames. */
final class Catalog {
  private static final String ODD_BODY = "hello 标签😀\0\u0001\u0002";

  private Catalog() {}

  static List<Api> all(Bodies bodies) throws Exception {
    Body text = new Body(null, ODD_BODY.getBytes(StandardCharsets.UTF_8));
    Body one = new Body(null, "1".getBytes(StandardCharsets.UTF_8));
    Body batch = new Body(null, Records.batchBody());
    Body pulled = new Body(null, Records.pulledBody());
    Body record = new Body(null, Records.halfMessage());
    Body config =
        new Body(null, "brokerName=b-a\nlistenPort=10911\n".getBytes(StandardCharsets.UTF_8));
    return List.of(
        // Messages
        send("SEND_MESSAGE", "SendMessageRequestHeader").body(text, one),
        send("SEND_MESSAGE_V2", "SendMessageRequestHeaderV2").body(text, one),
        send("SEND_BATCH_MESSAGE", "SendMessageRequestHeaderV2").body(batch, batch),
        pull("PULL_MESSAGE").answerBody(pulled, null),
        pull("LITE_PULL_MESSAGE").answerBody(pulled, null),
        send("SEND_REPLY_MESSAGE", "SendMessageRequestHeader").body(text, one),
        send("SEND_REPLY_MESSAGE_V2", "SendMessageRequestHeaderV2").body(text, one),
        api("PUSH_REPLY_MESSAGE_TO_CLIENT", "ReplyMessageRequestHeader", null).body(text, one),
        api("RECALL_MESSAGE", "RecallMessageRequestHeader", "RecallMessageResponseHeader"),
        // POP
        api("POP_MESSAGE", "PopMessageRequestHeader", "PopMessageResponseHeader")
            .answerBody(pulled, null),
        api("PEEK_MESSAGE", "PeekMessageRequestHeader", "PopMessageResponseHeader")
            .answerBody(pulled, null),
        api("ACK_MESSAGE", "AckMessageRequestHeader", null),
        api("BATCH_ACK_MESSAGE", null, null)
            .body(bodies.of("BatchAckMessageRequestBody.full"),
                bodies.of("BatchAckMessageRequestBody.min")),
        api("CHANGE_MESSAGE_INVISIBLETIME", "ChangeInvisibleTimeRequestHeader",
            "ChangeInvisibleTimeResponseHeader"),
        api("NOTIFICATION", "NotificationRequestHeader", "NotificationResponseHeader"),
        api("POLLING_INFO", "PollingInfoRequestHeader", "PollingInfoResponseHeader"),
        api("POP_ROLLBACK", null, null),
        api("QUERY_ASSIGNMENT", null, null)
            .body(bodies.of("QueryAssignmentRequestBody.full"),
                bodies.of("QueryAssignmentRequestBody.min"))
            .answerBody(bodies.of("QueryAssignmentResponseBody.full"),
                bodies.of("QueryAssignmentResponseBody.min")),
        api("SET_MESSAGE_REQUEST_MODE", null, null)
            .body(bodies.of("SetMessageRequestModeRequestBody.full"),
                bodies.of("SetMessageRequestModeRequestBody.min")),
        api("GET_ALL_MESSAGE_REQUEST_MODE", null, null)
            .answerBody(bodies.of("MessageRequestModeSerializeWrapper.full"),
                bodies.of("MessageRequestModeSerializeWrapper.min")),
        api("CONSUMER_SEND_MSG_BACK", "ConsumerSendMsgBackRequestHeader", null),
        api("QUERY_MESSAGE", "QueryMessageRequestHeader", "QueryMessageResponseHeader")
            .extra(command -> command.addExtField("_UNIQUE_KEY_QUERY", "false"))
            .answerBody(pulled, null),
        api("VIEW_MESSAGE_BY_ID", "ViewMessageRequestHeader", "ViewMessageResponseHeader")
            .answerBody(record, record),
        // Offsets
        api("QUERY_CONSUMER_OFFSET", "QueryConsumerOffsetRequestHeader",
            "QueryConsumerOffsetResponseHeader"),
        api("UPDATE_CONSUMER_OFFSET", "UpdateConsumerOffsetRequestHeader",
            "UpdateConsumerOffsetResponseHeader"),
        api("SEARCH_OFFSET_BY_TIMESTAMP", "SearchOffsetRequestHeader",
            "SearchOffsetResponseHeader"),
        api("GET_MAX_OFFSET", "GetMaxOffsetRequestHeader", "GetMaxOffsetResponseHeader"),
        api("GET_MIN_OFFSET", "GetMinOffsetRequestHeader", "GetMinOffsetResponseHeader"),
        api("GET_EARLIEST_MSG_STORETIME", "GetEarliestMsgStoretimeRequestHeader",
            "GetEarliestMsgStoretimeResponseHeader"),
        // Client sessions
        api("HEART_BEAT", "HeartbeatRequestHeader", null)
            .body(bodies.of("HeartbeatData.full"), bodies.of("HeartbeatData.min"))
            .answerExtra(Catalog::heartbeatAnswer),
        api("UNREGISTER_CLIENT", "UnregisterClientRequestHeader", "UnregisterClientResponseHeader"),
        api("GET_CONSUMER_LIST_BY_GROUP", "GetConsumerListByGroupRequestHeader",
            "GetConsumerListByGroupResponseHeader")
            .answerBody(bodies.of("GetConsumerListByGroupResponseBody.full"),
                bodies.of("GetConsumerListByGroupResponseBody.min")),
        api("NOTIFY_CONSUMER_IDS_CHANGED", "NotifyConsumerIdsChangedRequestHeader", null).oneway(),
        api("CHECK_CLIENT_CONFIG", null, null)
            .body(
                bodies.of("CheckClientRequestBody.full"), bodies.of("CheckClientRequestBody.min")),
        api("LOCK_BATCH_MQ", "LockBatchMqRequestHeader", null)
            .body(bodies.of("LockBatchRequestBody.full"), bodies.of("LockBatchRequestBody.min"))
            .answerBody(
                bodies.of("LockBatchResponseBody.full"), bodies.of("LockBatchResponseBody.min")),
        api("UNLOCK_BATCH_MQ", "UnlockBatchMqRequestHeader", null)
            .body(
                bodies.of("UnlockBatchRequestBody.full"), bodies.of("UnlockBatchRequestBody.min")),
        // Transactions
        api("END_TRANSACTION", "EndTransactionRequestHeader", null)
            .oneway()
            .extra(command -> command.setRemark("java.lang.Exception: " + Headers.ODD_TEXT)),
        api("CHECK_TRANSACTION_STATE", "CheckTransactionStateRequestHeader", null)
            .oneway()
            .body(record, record),
        // Brokers to clients, for tools
        api("INVOKE_BROKER_TO_RESET_OFFSET", "ResetOffsetRequestHeader", null)
            .answerBody(bodies.of("ResetOffsetBody.full"), bodies.of("ResetOffsetBody.min")),
        api("RESET_CONSUMER_CLIENT_OFFSET", "ResetOffsetRequestHeader", null)
            .oneway()
            .body(bodies.of("ResetOffsetBody.full"), bodies.of("ResetOffsetBodyForC.full")),
        api("INVOKE_BROKER_TO_GET_CONSUMER_STATUS", "GetConsumerStatusRequestHeader", null)
            .answerBody(
                bodies.of("GetConsumerStatusBody.full"), bodies.of("GetConsumerStatusBody.min")),
        api("GET_CONSUMER_STATUS_FROM_CLIENT", "GetConsumerStatusRequestHeader", null)
            .answerBody(
                bodies.of("GetConsumerStatusBody.full"), bodies.of("GetConsumerStatusBody.min")),
        api("GET_CONSUMER_RUNNING_INFO", "GetConsumerRunningInfoRequestHeader", null)
            .answerBody(
                bodies.of("ConsumerRunningInfo.full"), bodies.of("ConsumerRunningInfo.min")),
        api("CONSUME_MESSAGE_DIRECTLY", "ConsumeMessageDirectlyResultRequestHeader", null)
            .body(record, record)
            .answerBody(bodies.of("ConsumeMessageDirectlyResult.full"),
                bodies.of("ConsumeMessageDirectlyResult.min")),
        // Topics and groups
        api("UPDATE_AND_CREATE_TOPIC", "CreateTopicRequestHeader", null),
        api("GET_TOPIC_CONFIG", "GetTopicConfigRequestHeader", null)
            .answerBody(bodies.of("TopicConfigAndQueueMapping.full"),
                bodies.of("TopicConfigAndQueueMapping.min")),
        api("GET_ALL_TOPIC_CONFIG", "GetAllTopicConfigRequestHeader",
            "GetAllTopicConfigResponseHeader")
            .answerBody(bodies.of("TopicConfigAndMappingSerializeWrapper.full",
                            "TopicConfigSerializeWrapper.full"),
                bodies.of("TopicConfigSerializeWrapper.min")),
        api("UPDATE_AND_CREATE_SUBSCRIPTIONGROUP", null, null)
            .body(bodies.of("SubscriptionGroupConfig.full"),
                bodies.of("SubscriptionGroupConfig.min")),
        api("GET_ALL_SUBSCRIPTIONGROUP_CONFIG", "GetAllSubscriptionGroupRequestHeader",
            "GetAllSubscriptionGroupResponseHeader")
            .answerBody(bodies.of("SubscriptionGroupWrapper.full"),
                bodies.of("SubscriptionGroupWrapper.min")),
        api("DELETE_TOPIC_IN_BROKER", "DeleteTopicRequestHeader", null),
        api("DELETE_SUBSCRIPTIONGROUP", "DeleteSubscriptionGroupRequestHeader", null),
        api("GET_SUBSCRIPTIONGROUP_CONFIG", "GetSubscriptionGroupConfigRequestHeader", null)
            .answerBody(bodies.of("SubscriptionGroupConfig.full"),
                bodies.of("SubscriptionGroupConfig.min")),
        api("QUERY_TOPIC_CONSUME_BY_WHO", "QueryTopicConsumeByWhoRequestHeader", null)
            .answerBody(bodies.of("GroupList.full"), bodies.of("GroupList.min")),
        api("QUERY_TOPICS_BY_CONSUMER", "QueryTopicsByConsumerRequestHeader", null)
            .answerBody(bodies.of("TopicList.full"), bodies.of("TopicList.min")),
        // Broker administration
        api("GET_BROKER_CONFIG", null, "GetBrokerConfigResponseHeader").answerBody(config, config),
        api("GET_BROKER_RUNTIME_INFO", null, null)
            .answerBody(bodies.of("KVTable.full"), bodies.of("KVTable.min")),
        api("GET_TOPIC_STATS_INFO", "GetTopicStatsInfoRequestHeader", null)
            .answerBody(bodies.of("TopicStatsTable.full"), bodies.of("TopicStatsTable.min")),
        api("GET_CONSUMER_CONNECTION_LIST", "GetConsumerConnectionListRequestHeader", null)
            .answerBody(bodies.of("ConsumerConnection.full"), bodies.of("ConsumerConnection.min")),
        api("GET_PRODUCER_CONNECTION_LIST", "GetProducerConnectionListRequestHeader", null)
            .answerBody(bodies.of("ProducerConnection.full"), bodies.of("ProducerConnection.min")),
        api("GET_CONSUME_STATS", "GetConsumeStatsRequestHeader", null)
            .answerBody(bodies.of("ConsumeStats.full"), bodies.of("ConsumeStats.min")),
        api("UPDATE_BROKER_CONFIG", null, null).body(config, config),
        api("UPDATE_AND_CREATE_TOPIC_LIST", null, null)
            .body(bodies.of("CreateTopicListRequestBody.full"),
                bodies.of("CreateTopicListRequestBody.full")),
        api("UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST", null, null)
            .body(bodies.of("SubscriptionGroupList.full"), bodies.of("SubscriptionGroupList.full")),
        api("GET_SYSTEM_TOPIC_LIST_FROM_BROKER", null, null)
            .answerBody(bodies.of("TopicList.full"), bodies.of("TopicList.min")),
        api("QUERY_CONSUME_TIME_SPAN", "QueryConsumeTimeSpanRequestHeader", null)
            .answerBody(bodies.of("QueryConsumeTimeSpanBody.full"), bodies.of("QueryConsumeTimeSpanBody.min")),
        api("QUERY_CORRECTION_OFFSET", "QueryCorrectionOffsetHeader", null)
            .answerBody(bodies.of("QueryCorrectionOffsetBody.full"), bodies.of("QueryCorrectionOffsetBody.min")),
        api("CLONE_GROUP_OFFSET", "CloneGroupOffsetRequestHeader", null),
        api("GET_BROKER_CONSUME_STATS", "GetConsumeStatsInBrokerHeader", null)
            .answerBody(bodies.of("ConsumeStatsList.full"), bodies.of("ConsumeStatsList.min")),
        api("QUERY_SUBSCRIPTION_BY_CONSUMER", "QuerySubscriptionByConsumerRequestHeader", null)
            .answerBody(bodies.of("QuerySubscriptionResponseBody.full"), null),
        api("UPDATE_AND_GET_GROUP_FORBIDDEN", "UpdateGroupForbiddenRequestHeader", null)
            .answerBody(bodies.of("GroupForbidden.full"), null),
        api("GET_ALL_CONSUMER_OFFSET", null, null)
            .answerBody(bodies.of("ConsumerOffsetSerializeWrapper.full"), bodies.of("ConsumerOffsetSerializeWrapper.min")),
        api("VIEW_BROKER_STATS_DATA", "ViewBrokerStatsDataRequestHeader", null)
            .answerBody(bodies.of("BrokerStatsData.full"), null),
        api("GET_ALL_PRODUCER_INFO", "GetAllProducerInfoRequestHeader", null)
            .answerBody(bodies.of("ProducerTableInfo.full"), bodies.of("ProducerTableInfo.min")),
        api("QUERY_CONSUME_QUEUE", "QueryConsumeQueueRequestHeader", null)
            .answerBody(bodies.of("QueryConsumeQueueResponseBody.full"), bodies.of("QueryConsumeQueueResponseBody.min")),
        api("CLEAN_EXPIRED_CONSUMEQUEUE", null, null), api("CLEAN_UNUSED_TOPIC", null, null),
        api("DELETE_EXPIRED_COMMITLOG", null, null),
        api("RESUME_CHECK_HALF_MESSAGE", "ResumeCheckHalfMessageRequestHeader", null),
        api("UPDATE_COLD_DATA_FLOW_CTR_CONFIG", null, null).body(config, config),
        api("REMOVE_COLD_DATA_FLOW_CTR_CONFIG", null, null).body(one, one),
        api("GET_COLD_DATA_FLOW_CTR_INFO", null, null),
        api("GET_BROKER_HA_STATUS", null, null)
            .answerBody(bodies.of("HARuntimeInfo.full"), bodies.of("HARuntimeInfo.min")),
        api("SET_COMMITLOG_READ_MODE", null, null)
            .body(one, one)
            .extra(command -> command.addExtField("READ_AHEAD_MODE", "1")),
        api("AUTH_CREATE_USER", "CreateUserRequestHeader", null).body(bodies.of("UserInfo.full"), bodies.of("UserInfo.min")),
        api("AUTH_UPDATE_USER", "UpdateUserRequestHeader", null).body(bodies.of("UserInfo.full"), bodies.of("UserInfo.min")),
        api("AUTH_DELETE_USER", "DeleteUserRequestHeader", null),
        api("AUTH_GET_USER", "GetUserRequestHeader", null).answerBody(bodies.of("UserInfo.full"), bodies.of("UserInfo.min")),
        api("AUTH_LIST_USER", "ListUsersRequestHeader", null),
        api("AUTH_CREATE_ACL", "CreateAclRequestHeader", null).body(bodies.of("AclInfo.full"), bodies.of("AclInfo.min")),
        api("AUTH_UPDATE_ACL", "UpdateAclRequestHeader", null).body(bodies.of("AclInfo.full"), bodies.of("AclInfo.min")),
        api("AUTH_DELETE_ACL", "DeleteAclRequestHeader", null),
        api("AUTH_GET_ACL", "GetAclRequestHeader", null).answerBody(bodies.of("AclInfo.full"), bodies.of("AclInfo.min")),
        api("AUTH_LIST_ACL", "ListAclsRequestHeader", null),
        // Name server
        api("PUT_KV_CONFIG", "PutKVConfigRequestHeader", null),
        api("GET_KV_CONFIG", "GetKVConfigRequestHeader", "GetKVConfigResponseHeader"),
        api("DELETE_KV_CONFIG", "DeleteKVConfigRequestHeader", null),
        api("GET_KVLIST_BY_NAMESPACE", "GetKVListByNamespaceRequestHeader", null)
            .answerBody(bodies.of("KVTable.full"), bodies.of("KVTable.min")),
        api("DELETE_TOPIC_IN_NAMESRV", "DeleteTopicFromNamesrvRequestHeader", null),
        api("REGISTER_TOPIC_IN_NAMESRV", "RegisterTopicRequestHeader", null)
            .body(bodies.of("TopicRouteData.typical"), bodies.of("TopicRouteData.min")),
        api("GET_TOPICS_BY_CLUSTER", "GetTopicsByClusterRequestHeader", null)
            .answerBody(bodies.of("TopicList.full"), bodies.of("TopicList.min")),
        api("GET_SYSTEM_TOPIC_LIST_FROM_NS", null, null)
            .answerBody(bodies.of("TopicList.full"), bodies.of("TopicList.min")),
        api("GET_UNIT_TOPIC_LIST", null, null)
            .answerBody(bodies.of("TopicList.full"), bodies.of("TopicList.min")),
        api("GET_HAS_UNIT_SUB_TOPIC_LIST", null, null)
            .answerBody(bodies.of("TopicList.full"), bodies.of("TopicList.min")),
        api("GET_HAS_UNIT_SUB_UNUNIT_TOPIC_LIST", null, null)
            .answerBody(bodies.of("TopicList.full"), bodies.of("TopicList.min")),
        api("UPDATE_NAMESRV_CONFIG", null, null).body(config, config),
        api("GET_NAMESRV_CONFIG", null, null).answerBody(config, config),
        api("WIPE_WRITE_PERM_OF_BROKER", "WipeWritePermOfBrokerRequestHeader",
            "WipeWritePermOfBrokerResponseHeader"),
        api("ADD_WRITE_PERM_OF_BROKER", "AddWritePermOfBrokerRequestHeader",
            "AddWritePermOfBrokerResponseHeader"),
        api("GET_BROKER_MEMBER_GROUP", "GetBrokerMemberGroupRequestHeader", null)
            .answerBody(bodies.of("GetBrokerMemberGroupResponseBody.full"),
                bodies.of("GetBrokerMemberGroupResponseBody.min")),
        api("BROKER_HEARTBEAT", "BrokerHeartbeatRequestHeader", null), registerBroker(bodies),
        api("UNREGISTER_BROKER", "UnRegisterBrokerRequestHeader", null),
        api("GET_ROUTEINFO_BY_TOPIC", "GetRouteInfoRequestHeader", null)
            .answerBody(bodies.of("TopicRouteData.full.standard"), bodies.of("TopicRouteData.min")),
        api("GET_BROKER_CLUSTER_INFO", null, null)
            .answerBody(bodies.of("ClusterInfo.full"), bodies.of("ClusterInfo.min")),
        api("GET_ALL_TOPIC_LIST_FROM_NAMESERVER", null, null)
            .answerBody(bodies.of("TopicList.full"), bodies.of("TopicList.min")),
        api("QUERY_DATA_VERSION", "QueryDataVersionRequestHeader", "QueryDataVersionResponseHeader")
            .body(bodies.of("DataVersion.full"), bodies.of("DataVersion.min"))
            .answerBody(bodies.of("DataVersion.full"), null));
  }

  private static Api api(String name, String requestHeader, String responseHeader) {
    return new Api(name, requestHeader, responseHeader);
  }

  /**
   * The broker adds its region and trace switch to every answer to a send (SendMessageProcessor).
   */
  private static Api send(String name, String requestHeader) {
    return api(name, requestHeader, "SendMessageResponseHeader").answerExtra(command -> {
      command.addExtField(MessageConst.PROPERTY_MSG_REGION, "DefaultRegion");
      command.addExtField(MessageConst.PROPERTY_TRACE_SWITCH, "true");
    });
  }

  private static Api pull(String name) {
    return api(name, "PullMessageRequestHeader", "PullMessageResponseHeader")
        .answerExtra(command -> command.setRemark("FOUND"));
  }

  private static void heartbeatAnswer(RemotingCommand command) {
    command.addExtField("IS_SUPPORT_HEART_BEAT_V2", "true");
    command.addExtField("IS_SUB_CHANGE", "true");
  }

  /** The header carries the body's checksum, and says whether the body is compressed. */
  private static Api registerBroker(Bodies bodies) {
    Body compressed = bodies.of("RegisterBrokerBody.full.compressed");
    Body plain = bodies.of("RegisterBrokerBody.min");
    return api("REGISTER_BROKER", "RegisterBrokerRequestHeader", "RegisterBrokerResponseHeader")
        .body(compressed, plain)
        .answerBody(bodies.of("KVTable.full"), null)
        .adjust(header -> {
          boolean isFull = Headers.isTrue(header, "compressed");
          byte[] body = (isFull ? compressed : plain).bytes();
          Headers.set(header, "bodyCrc32", org.apache.rocketmq.common.UtilAll.crc32(body));
        });
  }
}
