package golden;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.common.message.MessageQueueForC;
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
}
