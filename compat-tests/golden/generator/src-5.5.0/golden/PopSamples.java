package golden;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.common.message.MessageQueueAssignment;
import org.apache.rocketmq.common.message.MessageRequestMode;
import org.apache.rocketmq.remoting.protocol.body.*;
import org.apache.rocketmq.remoting.protocol.heartbeat.MessageModel;

/** Bodies around POP. */
final class PopSamples {
  private PopSamples() {}

  static void addTo(Bodies bodies) throws Exception {
    QueryAssignmentRequestBody query = new QueryAssignmentRequestBody();
    query.setTopic("主题");
    query.setConsumerGroup("CG");
    query.setClientId("10.1.1.1@123#456");
    query.setStrategyName("AVG");
    query.setMessageModel(MessageModel.BROADCASTING);
    bodies.add("QueryAssignmentRequestBody.full", query);
    bodies.add("QueryAssignmentRequestBody.min", new QueryAssignmentRequestBody());

    QueryAssignmentResponseBody assignments = new QueryAssignmentResponseBody();
    assignments.setMessageQueueAssignments(
        Samples.setOf(assignment(-1, MessageRequestMode.POP, Map.of("k", "v")),
            assignment(3, MessageRequestMode.PULL, null)));
    bodies.add("QueryAssignmentResponseBody.full", assignments);
    QueryAssignmentResponseBody nothing = new QueryAssignmentResponseBody();
    nothing.setMessageQueueAssignments(Samples.setOf());
    bodies.add("QueryAssignmentResponseBody.min", nothing);

    SetMessageRequestModeRequestBody mode = new SetMessageRequestModeRequestBody();
    mode.setTopic("T");
    mode.setConsumerGroup("CG");
    mode.setMode(MessageRequestMode.POP);
    mode.setPopShareQueueNum(-1);
    bodies.add("SetMessageRequestModeRequestBody.full", mode);
    bodies.add(
        "SetMessageRequestModeRequestBody.min", new SetMessageRequestModeRequestBody());

    MessageRequestModeSerializeWrapper modes = new MessageRequestModeSerializeWrapper();
    ConcurrentHashMap<String, SetMessageRequestModeRequestBody> byGroup =
        new ConcurrentHashMap<>(Map.of("CG", mode));
    modes.setMessageRequestModeMap(new ConcurrentHashMap<>(Map.of("T", byGroup)));
    bodies.add("MessageRequestModeSerializeWrapper.full", modes);
    bodies.add(
        "MessageRequestModeSerializeWrapper.min", new MessageRequestModeSerializeWrapper());

    BatchAck ack = new BatchAck();
    ack.setConsumerGroup("CG");
    ack.setTopic("%RETRY%CG_T");
    ack.setRetry("1");
    ack.setStartOffset(100);
    ack.setQueueId(1);
    ack.setReviveQueueId(2);
    ack.setPopTime(Samples.TIME);
    ack.setInvisibleTime(60000);
    BitSet bits = new BitSet();
    bits.set(0);
    bits.set(9);
    ack.setBitSet(bits);
    BatchAckMessageRequestBody acks = new BatchAckMessageRequestBody();
    acks.setBrokerName("b-a");
    acks.setAcks(List.of(ack));
    bodies.add("BatchAckMessageRequestBody.full", acks);
    bodies.add("BatchAckMessageRequestBody.min", new BatchAckMessageRequestBody());
  }

  private static MessageQueueAssignment assignment(
      int queue, MessageRequestMode mode, Map<String, String> attachments) {
    MessageQueueAssignment assignment = new MessageQueueAssignment();
    assignment.setMessageQueue(new MessageQueue("T", "b-a", queue));
    assignment.setMode(mode);
    assignment.setAttachments(attachments);
    return assignment;
  }
}
