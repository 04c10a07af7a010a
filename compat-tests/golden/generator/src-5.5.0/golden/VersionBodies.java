package golden;

import com.alibaba.fastjson2.JSONWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.rocketmq.common.MQVersion;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.protocol.RemotingSerializable;
import org.apache.rocketmq.remoting.protocol.body.*;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;
import org.apache.rocketmq.remoting.protocol.statictopic.LogicQueueMappingItem;
import org.apache.rocketmq.remoting.protocol.statictopic.TopicConfigAndQueueMapping;
import org.apache.rocketmq.remoting.protocol.statictopic.TopicQueueMappingDetail;
import org.apache.rocketmq.remoting.protocol.statictopic.TopicQueueMappingInfo;
import org.apache.rocketmq.remoting.protocol.subscription.*;

/** Bodies and members that 4.9.7 does not have. */
final class VersionBodies {
  private VersionBodies() {}

  static void addTo(Bodies bodies) throws Exception {
    TopicConfigAndMappingSerializeWrapper wrapper = new TopicConfigAndMappingSerializeWrapper();
    wrapper.setDataVersion(Samples.dataVersion(1, Samples.TIME, 2));
    wrapper.setMappingDataVersion(Samples.dataVersion(0, Samples.TIME + 1, 3));
    wrapper.getTopicConfigTable().put("T", Samples.fullTopic());
    wrapper.getTopicQueueMappingDetailMap().put("T", detail());
    addMapping(wrapper);
    bodies.add("TopicConfigAndMappingSerializeWrapper.full", wrapper);
    TopicConfigAndMappingSerializeWrapper none = new TopicConfigAndMappingSerializeWrapper();
    none.setDataVersion(Samples.dataVersion(0, Samples.TIME, 0));
    none.setMappingDataVersion(Samples.dataVersion(0, Samples.TIME, 0));
    bodies.add("TopicConfigAndMappingSerializeWrapper.min", none);

    bodies.add("TopicConfigAndQueueMapping.full",
        new TopicConfigAndQueueMapping(Samples.fullTopic(), detail()));
    bodies.add("TopicConfigAndQueueMapping.min",
        new TopicConfigAndQueueMapping(Samples.fullTopic(), null));

    GetBrokerMemberGroupResponseBody members = new GetBrokerMemberGroupResponseBody();
    BrokerMemberGroup group = new BrokerMemberGroup("DefaultCluster", "b-a");
    group.setBrokerAddrs(new TreeMap<>(Map.of(0L, "10.0.0.1:10911", 2L, "10.0.0.2:10911")));
    members.setBrokerMemberGroup(group);
    bodies.add("GetBrokerMemberGroupResponseBody.full", members);
    bodies.add("GetBrokerMemberGroupResponseBody.min", new GetBrokerMemberGroupResponseBody());

    PopSamples.addTo(bodies);

    QuerySubscriptionResponseBody subscription = new QuerySubscriptionResponseBody();
    subscription.setGroup("CG");
    subscription.setTopic("T");
    subscription.setSubscriptionData(Samples.subscription("T", "TagA", "TagA"));
    bodies.add("QuerySubscriptionResponseBody.full", subscription);
    GroupForbidden forbidden = new GroupForbidden();
    forbidden.setGroup("CG");
    forbidden.setTopic("主题");
    forbidden.setReadable(true);
    bodies.add("GroupForbidden.full", forbidden);
    bodies.add("CreateTopicListRequestBody.full",
        new CreateTopicListRequestBody(List.of(Samples.fullTopic(), new TopicConfig("T2"))));
    SubscriptionGroupConfig consumers = new SubscriptionGroupConfig();
    consumers.setGroupName("CG");
    bodies.add("SubscriptionGroupList.full", new SubscriptionGroupList(List.of(consumers)));

    HARuntimeInfo ha = new HARuntimeInfo();
    ha.setMaster(true);
    ha.setMasterCommitLogMaxOffset(1L << 40);
    ha.setInSyncSlaveNums(1);
    HARuntimeInfo.HAConnectionRuntimeInfo slave = new HARuntimeInfo.HAConnectionRuntimeInfo();
    slave.setAddr("10.0.0.2:1234");
    slave.setSlaveAckOffset(100);
    slave.setDiff(5);
    slave.setInSync(true);
    slave.setTransferredByteInSecond(1024);
    slave.setTransferFromWhere(7);
    ha.getHaConnectionInfo().add(slave);
    ha.getHaClientRuntimeInfo().setMasterAddr("10.0.0.1:10912");
    ha.getHaClientRuntimeInfo().setTransferredByteInSecond(2048);
    ha.getHaClientRuntimeInfo().setMaxOffset(99);
    ha.getHaClientRuntimeInfo().setLastReadTimestamp(Samples.TIME);
    ha.getHaClientRuntimeInfo().setLastWriteTimestamp(Samples.TIME + 1);
    ha.getHaClientRuntimeInfo().setMasterFlushOffset(98);
    bodies.add("HARuntimeInfo.full", ha);
    bodies.add("HARuntimeInfo.min", new HARuntimeInfo());

    UserInfo user = new UserInfo();
    user.setUsername("alice");
    user.setPassword(Samples.ODD_NAME);
    user.setUserType("Super");
    user.setUserStatus("enable");
    bodies.add("UserInfo.full", user);
    bodies.add("UserInfo.min", new UserInfo());
    bodies.add("AclInfo.full",
        AclInfo.of("User:alice", List.of("Topic:T", "Group:*"), List.of("Pub", "Sub"),
            List.of("1.1.1.1"), "Allow"));
    bodies.add("AclInfo.min", new AclInfo());
  }

  private static TopicQueueMappingDetail detail() {
    TopicQueueMappingDetail detail = new TopicQueueMappingDetail("T", 8, "b-a", 100);
    detail.getCurrIdMap().put(0, 1);
    detail.getHostedQueues().put(0,
        List.of(new LogicQueueMappingItem(0, 0, "b-a", 0, 0, 100, -1, -1),
            new LogicQueueMappingItem(1, 1, "b-a", 100, 0, -1, -1, -1)));
    return detail;
  }

  private static TopicQueueMappingInfo info() {
    TopicQueueMappingInfo info = new TopicQueueMappingInfo("T", 8, "b-a", 100);
    info.getCurrIdMap().put(0, 1);
    info.getCurrIdMap().put(7, 0);
    return info;
  }

  static void addMapping(TopicRouteData route) {
    Map<String, TopicQueueMappingInfo> mapping = new LinkedHashMap<>();
    TopicQueueMappingInfo info = info();
    // Beyond what JavaScript counts exactly: the standard form quotes it.
    info.setEpoch(Long.MAX_VALUE);
    mapping.put("b-a", info);
    route.setTopicQueueMappingByBroker(mapping);
  }

  static void addMapping(TopicConfigAndMappingSerializeWrapper wrapper) {
    wrapper.getTopicQueueMappingInfoMap().put("T", info());
  }

  static void fill(SubscriptionGroupConfig group) {
    group.setConsumeMessageOrderly(true);
    group.setGroupSysFlag(1);
    group.setConsumeTimeoutMinute(30);
    group.setSubscriptionDataSet(
        Samples.setOf(new SimpleSubscriptionData("T", "TAG", "TagA||标签", 1),
            new SimpleSubscriptionData("T2", "SQL92", "a > 5", 2)));
    GroupRetryPolicy policy = new GroupRetryPolicy();
    policy.setType(GroupRetryPolicyType.EXPONENTIAL);
    policy.setExponentialRetryPolicy(new ExponentialRetryPolicy(5000, 7200000, 2));
    policy.setCustomizedRetryPolicy(new CustomizedRetryPolicy(new long[] {1000, 5000}));
    group.setGroupRetryPolicy(policy);
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("priority.factor", "50");
    group.setAttributes(attributes);
  }

  static void fill(ConsumerRunningInfo info) {
    PopProcessQueueInfo queue = new PopProcessQueueInfo();
    queue.setWaitAckCount(1);
    queue.setDroped(true);
    queue.setLastPopTimestamp(Samples.TIME);
    info.getMqPopTable().put(new MessageQueue("T", "b-a", -1), queue);
    info.getUserConsumerInfo().put("key", "value");
  }

  /** As ClientRequestProcessor answers clients from V4_9_4 on. */
  static byte[] standardJson(TopicRouteData route) {
    return route.encode(JSONWriter.Feature.BrowserCompatible, JSONWriter.Feature.MapSortField);
  }

  /**
   * What Java reads from a compressed registration: the text form of a topic lacks some members.
   */
  static Object readCompressed(byte[] bytes) throws Exception {
    RegisterBrokerBody body = RegisterBrokerBody.decode(bytes, true, MQVersion.Version.V5_0_0);
    // Does not travel: the class fills it with the time of reading.
    body.getTopicConfigSerializeWrapper().setMappingDataVersion(null);
    return Json.readDialect(new String(RemotingSerializable.encode(body), StandardCharsets.UTF_8));
  }
}
