#pragma once

#include "protocol/requests/assignment.h"
#include "protocol/requests/auth_admin.h"
#include "protocol/requests/broker_admin.h"
#include "protocol/requests/broker_maintenance.h"
#include "protocol/requests/client_push.h"
#include "protocol/requests/client_session.h"
#include "protocol/requests/group_admin.h"
#include "protocol/requests/message.h"
#include "protocol/requests/namesrv.h"
#include "protocol/requests/namesrv_admin.h"
#include "protocol/requests/offset.h"
#include "protocol/requests/pop.h"
#include "protocol/requests/pull.h"
#include "protocol/requests/reply.h"
#include "protocol/requests/topic_group_admin.h"
#include "protocol/requests/transaction.h"

namespace rocketmq::protocol {

template <class... T>
struct TypeList {};

// Every request that has a struct. Tests, fuzzers and documentation walk this list; a request not
// in it is known by name only (request_code.h) and answered REQUEST_CODE_NOT_SUPPORTED.
using AllRequests = TypeList<
    // message.h, reply.h, pull.h, pop.h, assignment.h, offset.h
    SendMessage, SendMessageV2, SendBatchMessage, SendReplyMessage, SendReplyMessageV2,
    PushReplyMessageToClient, ConsumerSendMsgBack, RecallMessage, QueryMessage, ViewMessageById,
    PullMessage, LitePullMessage, PopMessage, PeekMessage, AckMessage, BatchAckMessage,
    ChangeMessageInvisibleTime, Notification, PollingInfo, PopRollback, QueryAssignment,
    SetMessageRequestMode, GetAllMessageRequestMode, QueryConsumerOffset, UpdateConsumerOffset,
    SearchOffsetByTimestamp, GetMaxOffset, GetMinOffset, GetEarliestMsgStoretime,
    // client_session.h, transaction.h
    HeartBeat, UnregisterClient, GetConsumerListByGroup, NotifyConsumerIdsChanged,
    CheckClientConfig, LockBatchMq, UnlockBatchMq, EndTransaction, CheckTransactionState,
    // client_push.h
    InvokeBrokerToResetOffset, ResetConsumerClientOffset, InvokeBrokerToGetConsumerStatus,
    GetConsumerStatusFromClient, GetConsumerRunningInfo, ConsumeMessageDirectly,
    // topic_group_admin.h, broker_admin.h
    UpdateAndCreateTopic, GetAllTopicConfig, GetTopicConfig, UpdateAndCreateSubscriptionGroup,
    GetAllSubscriptionGroupConfig, DeleteTopicInBroker, DeleteSubscriptionGroup,
    GetSubscriptionGroupConfig, QueryTopicConsumeByWho, QueryTopicsByConsumer, GetBrokerConfig,
    GetBrokerRuntimeInfo, GetTopicStatsInfo, GetConsumerConnectionList, GetProducerConnectionList,
    GetConsumeStats, UpdateBrokerConfig, UpdateAndCreateTopicList,
    UpdateAndCreateSubscriptionGroupList, GetSystemTopicListFromBroker,
    // group_admin.h
    QueryConsumeTimeSpan, QueryCorrectionOffset, CloneGroupOffset, GetBrokerConsumeStats,
    QuerySubscriptionByConsumer, UpdateAndGetGroupForbidden, GetAllConsumerOffset,
    // broker_maintenance.h
    ViewBrokerStatsData, GetAllProducerInfo, QueryConsumeQueue, CleanExpiredConsumeQueue,
    CleanUnusedTopic, DeleteExpiredCommitLog, ResumeCheckHalfMessage, UpdateColdDataFlowCtrConfig,
    RemoveColdDataFlowCtrConfig, GetColdDataFlowCtrInfo, SetCommitLogReadMode, GetBrokerHaStatus,
    // auth_admin.h
    AuthCreateUser, AuthUpdateUser, AuthDeleteUser, AuthGetUser, AuthListUser, AuthCreateAcl,
    AuthUpdateAcl, AuthDeleteAcl, AuthGetAcl, AuthListAcl,
    // namesrv.h, namesrv_admin.h
    PutKVConfig, GetKVConfig, DeleteKVConfig, GetKVListByNamespace, RegisterBroker,
    UnregisterBroker, GetRouteInfoByTopic, GetBrokerClusterInfo, GetAllTopicListFromNameserver,
    QueryDataVersion, WipeWritePermOfBroker, AddWritePermOfBroker, GetTopicsByCluster,
    GetSystemTopicListFromNs, DeleteTopicInNamesrv, RegisterTopicInNamesrv, GetBrokerMemberGroup,
    BrokerHeartbeat, GetUnitTopicList, GetHasUnitSubTopicList, GetHasUnitSubUnunitTopicList,
    UpdateNamesrvConfig, GetNamesrvConfig>;

// Calls visit.operator()<Request>() for each.
template <class Visit, class... T>
constexpr void for_each_type(TypeList<T...>, Visit&& visit) {
  (visit.template operator()<T>(), ...);
}
template <class Visit>
constexpr void for_each_request(Visit&& visit) {
  for_each_type(AllRequests{}, visit);
}

}  // namespace rocketmq::protocol
