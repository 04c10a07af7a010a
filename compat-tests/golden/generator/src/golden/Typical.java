package golden;

import org.apache.rocketmq.remoting.protocol.header.PullMessageRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.PullMessageResponseHeader;
import org.apache.rocketmq.remoting.protocol.header.SendMessageRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.SendMessageRequestHeaderV2;
import org.apache.rocketmq.remoting.protocol.header.SendMessageResponseHeader;
import org.apache.rocketmq.remoting.protocol.header.UpdateConsumerOffsetRequestHeader;

/** Headers with the values that the stock client and broker give them in daily work. */
final class Typical {
  private Typical() {}

  static SendMessageRequestHeaderV2 send() {
    SendMessageRequestHeader header = new SendMessageRequestHeader();
    header.setProducerGroup("please_rename_unique_group_name");
    header.setTopic("TopicTest");
    header.setDefaultTopic("TBW102");
    header.setDefaultTopicQueueNums(4);
    header.setQueueId(3);
    header.setSysFlag(0);
    header.setBornTimestamp(Samples.TIME);
    header.setFlag(0);
    header.setProperties("KEYS\u0001order-4711\u0002UNIQ_KEY\u0001"
        + "0A00000904D218B4AAC2000000010002\u0002WAIT\u0001true\u0002TAGS\u0001TagA\u0002");
    header.setReconsumeTimes(0);
    header.setUnitMode(false);
    header.setBatch(false);
    setBroker(header);
    return SendMessageRequestHeaderV2.createSendMessageRequestHeaderV2(header);
  }

  static SendMessageResponseHeader sent() {
    SendMessageResponseHeader header = new SendMessageResponseHeader();
    header.setMsgId("0A00000100002A9F0000000000000400");
    header.setQueueId(3);
    header.setQueueOffset(7L);
    header.setTransactionId("0A00000904D218B4AAC2000000010002");
    return header;
  }

  static PullMessageRequestHeader pull() {
    PullMessageRequestHeader header = new PullMessageRequestHeader();
    header.setConsumerGroup("please_rename_unique_group_name");
    header.setTopic("TopicTest");
    header.setQueueId(3);
    header.setQueueOffset(7L);
    header.setMaxMsgNums(32);
    // Commit offset valid, may be suspended; the subscription is known from the heartbeat.
    header.setSysFlag(3);
    header.setCommitOffset(7L);
    header.setSuspendTimeoutMillis(15000L);
    header.setSubVersion(Samples.TIME);
    header.setExpressionType("TAG");
    Headers.set(header, "maxMsgBytes", Integer.MAX_VALUE);
    setBroker(header);
    return header;
  }

  static PullMessageResponseHeader pulled() {
    PullMessageResponseHeader header = new PullMessageResponseHeader();
    header.setSuggestWhichBrokerId(0L);
    header.setNextBeginOffset(9L);
    header.setMinOffset(0L);
    header.setMaxOffset(9L);
    Headers.set(header, "topicSysFlag", 0);
    Headers.set(header, "groupSysFlag", 0);
    return header;
  }

  static UpdateConsumerOffsetRequestHeader commit() {
    UpdateConsumerOffsetRequestHeader header = new UpdateConsumerOffsetRequestHeader();
    header.setConsumerGroup("please_rename_unique_group_name");
    header.setTopic("TopicTest");
    header.setQueueId(3);
    header.setCommitOffset(9L);
    setBroker(header);
    return header;
  }

  /** The member's name changed between the versions; on the wire it is bname. */
  private static void setBroker(Object header) {
    Headers.set(header, "brokerName", "broker-a");
    Headers.set(header, "bname", "broker-a");
  }
}
