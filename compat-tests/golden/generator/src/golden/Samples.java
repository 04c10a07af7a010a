package golden;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.common.TopicFilterType;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.protocol.DataVersion;
import org.apache.rocketmq.remoting.protocol.LanguageCode;
import org.apache.rocketmq.remoting.protocol.admin.*;
import org.apache.rocketmq.remoting.protocol.body.*;
import org.apache.rocketmq.remoting.protocol.header.GetConsumerListByGroupResponseBody;
import org.apache.rocketmq.remoting.protocol.heartbeat.*;
import org.apache.rocketmq.remoting.protocol.route.*;
import org.apache.rocketmq.remoting.protocol.subscription.SubscriptionGroupConfig;

/**
 * The bodies' contents, set through the stock classes. Linked sets keep in order what the stock
 * hash sets would order by identity. Members that only newer versions have are set by name.
 */
final class Samples {
  static final long TIME = 1700000000000L;
  /** What one form or one version of the JSON escapes and another does not. */
  static final String ODD_NAME = "名字-é😀\"q\"\\/\u0001\u007f";

  private final Bodies bodies;

  Samples(Bodies bodies) {
    this.bodies = bodies;
  }

  void addAll() throws Exception {
    routes();
    clients();
    locks();
    registration();
    topics();
    groups();
    statistics();
    new ToolSamples(bodies).addAll();
  }

  private void routes() throws Exception {
    TopicRouteData route = new TopicRouteData();
    route.setOrderTopicConf("b-a:8;b-b:4");
    route.setBrokerDatas(
        List.of(broker("b-a", Map.of(0L, "10.0.0.1:10911", 1L, "10.0.0.2:10911"), "z1", true),
            broker(ODD_NAME, Map.of(Long.MAX_VALUE, "[fd00::2]:10911"), null, false)));
    route.setQueueDatas(List.of(queues("b-a", 8, 4, 6, 0), queues(ODD_NAME, 1, 16, 4, 3)));
    HashMap<String, List<String>> filters = new HashMap<>();
    filters.put("10.0.0.1:10911", List.of("10.0.0.1:30000", "10.0.0.1:30001"));
    route.setFilterServerTable(filters);
    VersionBodies.addMapping(route);
    bodies.add("TopicRouteData.full", route);
    bodies.add("TopicRouteData.full.standard", route, VersionBodies.standardJson(route));

    TopicRouteData typical = new TopicRouteData();
    typical.setBrokerDatas(List.of(broker("b-a", Map.of(0L, "10.0.0.1:10911"), null, false)));
    typical.setQueueDatas(List.of(queues("b-a", 8, 8, 6, 0)));
    typical.setFilterServerTable(new HashMap<>());
    bodies.add("TopicRouteData.typical", typical);
    bodies.add("TopicRouteData.typical.standard", typical, VersionBodies.standardJson(typical));

    TopicRouteData none = new TopicRouteData();
    none.setBrokerDatas(new ArrayList<>());
    none.setQueueDatas(new ArrayList<>());
    none.setFilterServerTable(new HashMap<>());
    bodies.add("TopicRouteData.min", none);

    ClusterInfo cluster = new ClusterInfo();
    HashMap<String, BrokerData> brokers = new LinkedHashMap<>();
    brokers.put(
        "b-a", broker("b-a", Map.of(0L, "10.0.0.1:10911", 1L, "10.0.0.2:10911"), "z1", true));
    brokers.put("b-b", broker("b-b", Map.of(0L, "10.0.0.3:10911"), null, false));
    cluster.setBrokerAddrTable(brokers);
    HashMap<String, Set<String>> clusters = new LinkedHashMap<>();
    clusters.put("DefaultCluster", setOf("b-a", "b-b"));
    clusters.put("空", setOf());
    cluster.setClusterAddrTable(clusters);
    bodies.add("ClusterInfo.full", cluster);
    ClusterInfo noCluster = new ClusterInfo();
    noCluster.setBrokerAddrTable(new HashMap<>());
    noCluster.setClusterAddrTable(new HashMap<>());
    bodies.add("ClusterInfo.min", noCluster);
  }

  private static BrokerData broker(
      String name, Map<Long, String> addresses, String zone, boolean acts) {
    HashMap<Long, String> byId = new LinkedHashMap<>();
    addresses.keySet().stream().sorted().forEach(id -> byId.put(id, addresses.get(id)));
    BrokerData broker = new BrokerData("DefaultCluster", name, byId);
    Headers.set(broker, "zoneName", zone);
    Headers.set(broker, "enableActingMaster", acts);
    return broker;
  }

  private static QueueData queues(String broker, int read, int write, int perm, int topicSysFlag) {
    QueueData queues = new QueueData();
    queues.setBrokerName(broker);
    queues.setReadQueueNums(read);
    queues.setWriteQueueNums(write);
    queues.setPerm(perm);
    queues.setTopicSysFlag(topicSysFlag);
    return queues;
  }

  private void clients() throws Exception {
    HeartbeatData heartbeat = new HeartbeatData();
    heartbeat.setClientID("10.1.1.1@123#456");
    heartbeat.setProducerDataSet(setOf(producer("PG"), producer("CLIENT_INNER_PRODUCER")));
    ConsumerData push = consumer("CG", ConsumeType.CONSUME_PASSIVELY, MessageModel.CLUSTERING,
        ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET);
    push.setSubscriptionDataSet(
        setOf(subscription("T", "TagA||标签", "TagA", "标签"), subscription("%RETRY%CG", "*")));
    ConsumerData sql = consumer(ODD_NAME, ConsumeType.CONSUME_ACTIVELY, MessageModel.BROADCASTING,
        ConsumeFromWhere.CONSUME_FROM_TIMESTAMP);
    sql.setUnitMode(true);
    sql.setSubscriptionDataSet(setOf(sqlSubscription()));
    heartbeat.setConsumerDataSet(setOf(push, sql));
    Headers.set(heartbeat, "heartbeatFingerprint", -1234567890);
    Headers.set(heartbeat, "withoutSub", true);
    bodies.add("HeartbeatData.full", heartbeat);
    HeartbeatData idle = new HeartbeatData();
    idle.setClientID("c");
    bodies.add("HeartbeatData.min", idle);

    GetConsumerListByGroupResponseBody consumers = new GetConsumerListByGroupResponseBody();
    consumers.setConsumerIdList(List.of("10.0.0.1@1#1", "10.0.0.2@2#2", ODD_NAME));
    bodies.add("GetConsumerListByGroupResponseBody.full", consumers);
    GetConsumerListByGroupResponseBody nobody = new GetConsumerListByGroupResponseBody();
    nobody.setConsumerIdList(new ArrayList<>());
    bodies.add("GetConsumerListByGroupResponseBody.min", nobody);

    CheckClientRequestBody check = new CheckClientRequestBody();
    check.setClientId("10.1.1.1@123#456");
    check.setGroup("CG");
    Headers.set(check, "namespace", "ns");
    check.setSubscriptionData(sqlSubscription());
    bodies.add("CheckClientRequestBody.full", check);
    CheckClientRequestBody bare = new CheckClientRequestBody();
    bare.setSubscriptionData(subscription("T", "*"));
    bodies.add("CheckClientRequestBody.min", bare);

    ConsumerConnection connections = new ConsumerConnection();
    HashSet<Connection> both = new LinkedHashSet<>();
    both.add(connection("10.0.0.9:5555", "c1", LanguageCode.CPP, 479));
    both.add(connection("10.0.0.10:5556", "c2", LanguageCode.GO, 407));
    connections.setConnectionSet(both);
    ConcurrentHashMap<String, SubscriptionData> subscriptions = new ConcurrentHashMap<>();
    subscriptions.put("T", subscription("T", "TagA", "TagA"));
    connections.setSubscriptionTable(subscriptions);
    connections.setConsumeType(ConsumeType.CONSUME_PASSIVELY);
    connections.setMessageModel(MessageModel.CLUSTERING);
    connections.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    bodies.add("ConsumerConnection.full", connections);
    bodies.add("ConsumerConnection.min", new ConsumerConnection());

    ProducerConnection producers = new ProducerConnection();
    producers.setConnectionSet(both);
    bodies.add("ProducerConnection.full", producers);
    bodies.add("ProducerConnection.min", new ProducerConnection());
  }

  private static ProducerData producer(String group) {
    ProducerData producer = new ProducerData();
    producer.setGroupName(group);
    return producer;
  }

  private static ConsumerData consumer(
      String group, ConsumeType type, MessageModel model, ConsumeFromWhere from) {
    ConsumerData consumer = new ConsumerData();
    consumer.setGroupName(group);
    consumer.setConsumeType(type);
    consumer.setMessageModel(model);
    consumer.setConsumeFromWhere(from);
    return consumer;
  }

  static SubscriptionData subscription(String topic, String expression, String... tags) {
    SubscriptionData subscription = new SubscriptionData(topic, expression);
    subscription.setSubVersion(TIME);
    subscription.setTagsSet(setOf(tags));
    Set<Integer> codes = new LinkedHashSet<>();
    Arrays.stream(tags).forEach(tag -> codes.add(tag.hashCode()));
    subscription.setCodeSet(codes);
    return subscription;
  }

  private static SubscriptionData sqlSubscription() {
    SubscriptionData subscription = subscription("主题", "a > 5 AND b = 'x\"y'");
    subscription.setExpressionType("SQL92");
    subscription.setSubVersion(Long.MAX_VALUE);
    return subscription;
  }

  private static Connection connection(
      String address, String id, LanguageCode language, int version) {
    Connection connection = new Connection();
    connection.setClientAddr(address);
    connection.setClientId(id);
    connection.setLanguage(language);
    connection.setVersion(version);
    return connection;
  }

  private void locks() throws Exception {
    Set<MessageQueue> queues =
        setOf(new MessageQueue("T", "b-a", 3), new MessageQueue("主题", "b-b", 0));
    LockBatchRequestBody lock = new LockBatchRequestBody();
    lock.setConsumerGroup("CG");
    lock.setClientId("10.1.1.1@123#456");
    lock.setMqSet(queues);
    Headers.set(lock, "onlyThisBroker", true);
    bodies.add("LockBatchRequestBody.full", lock);
    bodies.add("LockBatchRequestBody.min", new LockBatchRequestBody());

    UnlockBatchRequestBody unlock = new UnlockBatchRequestBody();
    unlock.setConsumerGroup("CG");
    unlock.setClientId("10.1.1.1@123#456");
    unlock.setMqSet(queues);
    Headers.set(unlock, "onlyThisBroker", true);
    bodies.add("UnlockBatchRequestBody.full", unlock);
    bodies.add("UnlockBatchRequestBody.min", new UnlockBatchRequestBody());

    LockBatchResponseBody locked = new LockBatchResponseBody();
    locked.setLockOKMQSet(queues);
    bodies.add("LockBatchResponseBody.full", locked);
    bodies.add("LockBatchResponseBody.min", new LockBatchResponseBody());
  }

  private void registration() throws Exception {
    bodies.add("DataVersion.full", dataVersion(3, TIME, 5));
    bodies.add("DataVersion.min", dataVersion(0, 0, 0));

    RegisterBrokerBody register = registerBody();
    register.setFilterServerList(List.of("10.0.0.1:30000"));
    VersionBodies.addMapping(register.getTopicConfigSerializeWrapper());
    register.getTopicConfigSerializeWrapper().getTopicConfigTable().put("T", fullTopic());
    register.getTopicConfigSerializeWrapper().getTopicConfigTable().put(
        "TBW102", new TopicConfig("TBW102", 8, 8, 7));
    bodies.add("RegisterBrokerBody.full", register);
    bodies.addCompressed("RegisterBrokerBody.full.compressed", register);

    RegisterBrokerBody min = registerBody();
    bodies.add("RegisterBrokerBody.min", min);
    bodies.addCompressed("RegisterBrokerBody.min.compressed", min);
  }

  private static RegisterBrokerBody registerBody() {
    RegisterBrokerBody register = new RegisterBrokerBody();
    register.getTopicConfigSerializeWrapper().setDataVersion(dataVersion(0, TIME, 1));
    Headers.set(register.getTopicConfigSerializeWrapper(), "mappingDataVersion",
        dataVersion(0, TIME + 1, 2));
    return register;
  }

  static DataVersion dataVersion(long state, long timestamp, long counter) {
    DataVersion version = new DataVersion();
    Headers.set(version, "stateVersion", state);
    version.setTimestamp(timestamp);
    version.setCounter(new AtomicLong(counter));
    return version;
  }

  static TopicConfig fullTopic() {
    TopicConfig topic = new TopicConfig("T", 16, 8, 6);
    topic.setTopicFilterType(TopicFilterType.MULTI_TAG);
    topic.setTopicSysFlag(3);
    topic.setOrder(true);
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("message.type", "FIFO");
    attributes.put("cleanup.policy", "DELETE");
    Headers.set(topic, "attributes", attributes);
    return topic;
  }

  private void topics() throws Exception {
    TopicConfigSerializeWrapper topics = new TopicConfigSerializeWrapper();
    topics.setDataVersion(dataVersion(0, TIME, 1));
    topics.getTopicConfigTable().put("T", fullTopic());
    topics.getTopicConfigTable().put("%RETRY%CG", new TopicConfig("%RETRY%CG", 1, 1, 6));
    bodies.add("TopicConfigSerializeWrapper.full", topics);
    TopicConfigSerializeWrapper none = new TopicConfigSerializeWrapper();
    none.setDataVersion(dataVersion(0, TIME, 0));
    bodies.add("TopicConfigSerializeWrapper.min", none);

    TopicList list = new TopicList();
    list.setTopicList(setOf("T", "%RETRY%CG", "主题"));
    list.setBrokerAddr("10.0.0.1:10911");
    bodies.add("TopicList.full", list);
    bodies.add("TopicList.min", new TopicList());

    GroupList groups = new GroupList();
    groups.setGroupList(setOf("CG", ODD_NAME));
    bodies.add("GroupList.full", groups);
    bodies.add("GroupList.min", new GroupList());

    KVTable table = new KVTable();
    HashMap<String, String> values = new LinkedHashMap<>();
    values.put("brokerVersionDesc", "V5_3_3");
    values.put("putTps", "1.0 2.5 3.0");
    values.put("commitLogDirCapacity", "Total : 1.0 GiB, Free : 0.5 GiB.");
    // As a key without the emoji: 5.5.0 cannot read a member name that has both an escape and a
    // character of four UTF-8 bytes (fastjson2 2.0.59: "malformed input").
    values.put(ODD_NAME.replace("😀", ""), ODD_NAME);
    values.put("empty", "");
    table.setTable(values);
    bodies.add("KVTable.full", table);
    bodies.add("KVTable.min", new KVTable());
  }

  private void groups() throws Exception {
    SubscriptionGroupConfig group = new SubscriptionGroupConfig();
    group.setGroupName("CG");
    group.setConsumeEnable(false);
    group.setConsumeFromMinEnable(false);
    group.setConsumeBroadcastEnable(false);
    group.setRetryQueueNums(2);
    group.setRetryMaxTimes(-1);
    group.setBrokerId(7);
    group.setWhichBrokerWhenConsumeSlowly(8);
    group.setNotifyConsumerIdsChangedEnable(false);
    VersionBodies.fill(group);
    bodies.add("SubscriptionGroupConfig.full", group);
    SubscriptionGroupConfig plain = new SubscriptionGroupConfig();
    plain.setGroupName("G");
    bodies.add("SubscriptionGroupConfig.min", plain);

    SubscriptionGroupWrapper groups = new SubscriptionGroupWrapper();
    groups.setDataVersion(dataVersion(0, TIME, 9));
    groups.getSubscriptionGroupTable().put("CG", group);
    groups.getSubscriptionGroupTable().put("G", plain);
    ConcurrentHashMap<String, ConcurrentHashMap<String, Integer>> forbidden =
        new ConcurrentHashMap<>();
    forbidden.put("CG", new ConcurrentHashMap<>(Map.of("T", 2)));
    Headers.set(groups, "forbiddenTable", forbidden);
    bodies.add("SubscriptionGroupWrapper.full", groups);
    SubscriptionGroupWrapper none = new SubscriptionGroupWrapper();
    none.setDataVersion(dataVersion(0, TIME, 0));
    bodies.add("SubscriptionGroupWrapper.min", none);
  }

  private void statistics() throws Exception {
    TopicStatsTable topic = new TopicStatsTable();
    HashMap<MessageQueue, TopicOffset> offsets = new LinkedHashMap<>();
    offsets.put(new MessageQueue("T", "b-a", 0), topicOffset(0, 5, TIME));
    offsets.put(new MessageQueue("主题", "b-\"a\"", 3), topicOffset(7, Long.MAX_VALUE, 0));
    topic.setOffsetTable(offsets);
    Headers.set(topic, "topicPutTps", 1234567.125);
    bodies.add("TopicStatsTable.full", topic);
    bodies.add("TopicStatsTable.min", new TopicStatsTable());

    ConsumeStats stats = new ConsumeStats();
    HashMap<MessageQueue, OffsetWrapper> progress = new LinkedHashMap<>();
    OffsetWrapper wrapper = new OffsetWrapper();
    wrapper.setBrokerOffset(10);
    wrapper.setConsumerOffset(8);
    Headers.set(wrapper, "pullOffset", 9L);
    wrapper.setLastTimestamp(TIME);
    progress.put(new MessageQueue("T", "b-a", 0), wrapper);
    progress.put(new MessageQueue("%RETRY%CG", "b-a", 1), new OffsetWrapper());
    stats.setOffsetTable(progress);
    stats.setConsumeTps(1.5);
    bodies.add("ConsumeStats.full", stats);
    bodies.add("ConsumeStats.min", new ConsumeStats());
  }

  private static TopicOffset topicOffset(long min, long max, long updated) {
    TopicOffset offset = new TopicOffset();
    offset.setMinOffset(min);
    offset.setMaxOffset(max);
    offset.setLastUpdateTimestamp(updated);
    return offset;
  }

  @SafeVarargs
  static <T> LinkedHashSet<T> setOf(T... elements) {
    return new LinkedHashSet<>(Arrays.asList(elements));
  }
}
