package golden;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.common.message.MessageQueueForC;
import org.apache.rocketmq.remoting.protocol.LanguageCode;
import org.apache.rocketmq.remoting.protocol.admin.*;
import org.apache.rocketmq.remoting.protocol.body.*;

/** Bodies that tools ask for. */
final class ToolSamples {
  private final Bodies bodies;

  ToolSamples(Bodies bodies) {
    this.bodies = bodies;
  }

  void addAll() throws Exception {
    offsets();
    running();
    groups();
    broker();
  }

  private void offsets() throws Exception {
    ResetOffsetBody reset = new ResetOffsetBody();
    reset.setOffsetTable(table(5, Long.MAX_VALUE));
    bodies.add("ResetOffsetBody.full", reset);
    ResetOffsetBody none = new ResetOffsetBody();
    none.setOffsetTable(new HashMap<>());
    bodies.add("ResetOffsetBody.min", none);

    ResetOffsetBodyForC list = new ResetOffsetBodyForC();
    list.setOffsetTable(List.of(new MessageQueueForC("T", "b-a", 3, 100),
        new MessageQueueForC("主题", Samples.ODD_NAME, 0, Long.MIN_VALUE)));
    bodies.add("ResetOffsetBodyForC.full", list);

    GetConsumerStatusBody status = new GetConsumerStatusBody();
    status.setMessageQueueTable(table(7, 0));
    Map<String, Map<MessageQueue, Long>> consumers = new LinkedHashMap<>();
    consumers.put("c1", table(1, 2));
    status.setConsumerTable(consumers);
    bodies.add("GetConsumerStatusBody.full", status);
    bodies.add("GetConsumerStatusBody.min", new GetConsumerStatusBody());
  }

  private static Map<MessageQueue, Long> table(long first, long second) {
    Map<MessageQueue, Long> table = new LinkedHashMap<>();
    table.put(new MessageQueue("T", "b-a", 0), first);
    table.put(new MessageQueue("主题", "b-\"a\"", 3), second);
    return table;
  }

  private void running() throws Exception {
    ConsumerRunningInfo info = new ConsumerRunningInfo();
    Properties properties = new Properties();
    properties.setProperty("PROP_CONSUME_TYPE", "CONSUME_PASSIVELY");
    info.setProperties(properties);
    TreeSet<org.apache.rocketmq.remoting.protocol.heartbeat.SubscriptionData> subscriptions =
        new TreeSet<>();
    subscriptions.add(Samples.subscription("T", "TagA", "TagA"));
    info.setSubscriptionSet(subscriptions);
    ProcessQueueInfo queue = new ProcessQueueInfo();
    queue.setCommitOffset(1);
    queue.setCachedMsgMinOffset(2);
    queue.setCachedMsgMaxOffset(3);
    queue.setCachedMsgCount(4);
    Headers.set(queue, "cachedMsgSizeInMiB", 5);
    queue.setTransactionMsgMinOffset(6);
    queue.setTransactionMsgMaxOffset(7);
    queue.setTransactionMsgCount(8);
    queue.setLocked(true);
    queue.setTryUnlockTimes(9);
    queue.setLastLockTimestamp(10);
    queue.setDroped(true);
    queue.setLastPullTimestamp(Samples.TIME);
    queue.setLastConsumeTimestamp(12);
    TreeMap<MessageQueue, ProcessQueueInfo> queues = new TreeMap<>();
    queues.put(new MessageQueue("T", "b-a", 0), queue);
    queues.put(new MessageQueue("T", "b-a", 1), new ProcessQueueInfo());
    info.setMqTable(queues);
    TreeMap<String, ConsumeStatus> statuses = new TreeMap<>();
    ConsumeStatus status = new ConsumeStatus();
    status.setPullRT(1.5);
    status.setPullTPS(2.25);
    status.setConsumeRT(3);
    status.setConsumeOKTPS(4.125);
    status.setConsumeFailedTPS(5);
    status.setConsumeFailedMsgs(6);
    statuses.put("T", status);
    info.setStatusTable(statuses);
    info.setJstack("main\n\tat " + Headers.ODD_TEXT);
    VersionBodies.fill(info);
    bodies.add("ConsumerRunningInfo.full", info);
    bodies.add("ConsumerRunningInfo.min", new ConsumerRunningInfo());

    ConsumeMessageDirectlyResult result = new ConsumeMessageDirectlyResult();
    result.setOrder(true);
    result.setAutoCommit(false);
    result.setConsumeResult(CMResult.CR_THROW_EXCEPTION);
    result.setRemark(Headers.ODD_TEXT);
    result.setSpentTimeMills(7);
    bodies.add("ConsumeMessageDirectlyResult.full", result);
    bodies.add("ConsumeMessageDirectlyResult.min", new ConsumeMessageDirectlyResult());
  }

  private void groups() throws Exception {
    QueueTimeSpan span = new QueueTimeSpan();
    span.setMessageQueue(new MessageQueue("主题", "b-a", 3));
    span.setMinTimeStamp(Samples.TIME);
    span.setMaxTimeStamp(Samples.TIME + 2000);
    span.setConsumeTimeStamp(Samples.TIME + 1000);
    span.setDelayTime(-1);
    QueryConsumeTimeSpanBody spans = new QueryConsumeTimeSpanBody();
    spans.setConsumeTimeSpanSet(List.of(span));
    bodies.add("QueryConsumeTimeSpanBody.full", spans);
    QueryConsumeTimeSpanBody noSpan = new QueryConsumeTimeSpanBody();
    noSpan.setConsumeTimeSpanSet(List.of());
    bodies.add("QueryConsumeTimeSpanBody.min", noSpan);

    QueryCorrectionOffsetBody correction = new QueryCorrectionOffsetBody();
    correction.setCorrectionOffsets(new TreeMap<>(Map.of(0, 5L, 7, Long.MIN_VALUE)));
    bodies.add("QueryCorrectionOffsetBody.full", correction);
    bodies.add("QueryCorrectionOffsetBody.min", new QueryCorrectionOffsetBody());

    ConsumerOffsetSerializeWrapper offsets = new ConsumerOffsetSerializeWrapper();
    offsets.setOffsetTable(new ConcurrentHashMap<>(
        Map.of("T@CG", new ConcurrentHashMap<>(Map.of(0, 5L, 1, Long.MAX_VALUE)))));
    Headers.set(offsets, "dataVersion", Samples.dataVersion(0, Samples.TIME, 4));
    bodies.add("ConsumerOffsetSerializeWrapper.full", offsets);
    bodies.add("ConsumerOffsetSerializeWrapper.min", new ConsumerOffsetSerializeWrapper());

    ConsumeStats stats = new ConsumeStats();
    stats.setConsumeTps(1.5);
    HashMap<MessageQueue, OffsetWrapper> progress = new LinkedHashMap<>();
    OffsetWrapper wrapper = new OffsetWrapper();
    wrapper.setBrokerOffset(10);
    wrapper.setConsumerOffset(8);
    progress.put(new MessageQueue("T", "b-a", 0), wrapper);
    stats.setOffsetTable(progress);
    ConsumeStatsList list = new ConsumeStatsList();
    list.setConsumeStatsList(List.of(Map.of("CG", List.of(stats))));
    list.setBrokerAddr("10.0.0.1:10911");
    list.setTotalDiff(5);
    Headers.set(list, "totalInflightDiff", 6);
    bodies.add("ConsumeStatsList.full", list);
    bodies.add("ConsumeStatsList.min", new ConsumeStatsList());
  }

  private void broker() throws Exception {
    BrokerStatsData stats = new BrokerStatsData();
    stats.setStatsMinute(item(1, 2.5, 3));
    stats.setStatsHour(item(4, 5.25, 6));
    stats.setStatsDay(item(Long.MAX_VALUE, 0, 1234567.125));
    bodies.add("BrokerStatsData.full", stats);

    QueryConsumeQueueResponseBody queue = new QueryConsumeQueueResponseBody();
    queue.setFilterData("filter");
    queue.setMaxQueueIndex(9);
    queue.setMinQueueIndex(1);
    queue.setSubscriptionData(Samples.subscription("T", "TagA", "TagA"));
    ConsumeQueueData entry = new ConsumeQueueData();
    entry.setPhysicOffset(100);
    entry.setPhysicSize(50);
    entry.setTagsCode(-2598919);
    entry.setExtendDataJson("{}");
    entry.setBitMap("bits");
    entry.setEval(true);
    entry.setMsg(Headers.ODD_TEXT);
    queue.setQueueData(List.of(entry, new ConsumeQueueData()));
    bodies.add("QueryConsumeQueueResponseBody.full", queue);
    bodies.add("QueryConsumeQueueResponseBody.min", new QueryConsumeQueueResponseBody());

    ProducerInfo producer =
        new ProducerInfo("c1", "10.0.0.9:5555", LanguageCode.CPP, 479, Samples.TIME);
    bodies.add("ProducerTableInfo.full", new ProducerTableInfo(Map.of("PG", List.of(producer))));
    bodies.add("ProducerTableInfo.min", new ProducerTableInfo(Map.of()));
  }

  private static BrokerStatsItem item(long sum, double tps, double average) {
    BrokerStatsItem item = new BrokerStatsItem();
    item.setSum(sum);
    item.setTps(tps);
    item.setAvgpt(average);
    return item;
  }
}
