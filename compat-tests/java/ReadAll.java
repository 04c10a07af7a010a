import java.util.TreeSet;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.consumer.PullStatus;
import org.apache.rocketmq.common.message.MessageClientExt;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

/**
 * Reads every queue of each topic from its first to its last offset and writes a StoredLine a
 * message, ordered by queue and offset. With --full the line also holds what can only be compared between
 * two readers of one and the same store: every stored property, topic, system flag, stored CRC and
 * size, commit-log position, store timestamp, both hosts, reconsume times, prepared-transaction
 * offset.
 */
@SuppressWarnings("deprecation") // the pull consumer: the only one that asks for exactly one offset
public final class ReadAll {
  private static final String USAGE = "ReadAll NAMESRV TOPIC,TOPIC… OUTFILE [--full]";
  private static final int BATCH_MAX = 32; // the most a broker gives at once by default

  private ReadAll() {}

  public static void main(String[] arguments) {
    Program.runAndExit(() -> run(new Arguments(arguments, USAGE, "--full")));
  }

  private static int run(Arguments args) throws Exception {
    args.expect(3);
    DefaultMQPullConsumer consumer =
        Clients.connectTo(args.text(0), new DefaultMQPullConsumer("read-all"));
    consumer.start();
    long messages = 0;
    int queues = 0;
    try (LineFile out = new LineFile(args.text(2))) {
      for (String topic : args.text(1).split(",")) {
        for (MessageQueue queue : new TreeSet<>(consumer.fetchSubscribeMessageQueues(topic))) {
          messages += read(consumer, queue, out, args.isSet("--full"));
          ++queues;
        }
      }
    }
    System.out.println(new Json().put("messages", messages).put("queues", queues));
    return 0;
  }

  private static long read(
      DefaultMQPullConsumer consumer, MessageQueue queue, LineFile out, boolean full)
      throws Exception {
    long messages = 0;
    long end = consumer.maxOffset(queue);
    long offset = consumer.minOffset(queue);
    while (offset < end) {
      PullResult result = consumer.pull(queue, "*", offset, BATCH_MAX);
      if (result.getPullStatus() == PullStatus.FOUND) {
        for (MessageExt message : result.getMsgFoundList()) {
          StoredLine line = line(message);
          line.withAllProperties = full;
          if (full) {
            out.write(line, fullColumns(message));
          } else {
            out.write(line);
          }
          ++messages;
        }
      }
      if (result.getNextBeginOffset() <= offset) {
        throw new IllegalStateException(
            queue + " stays at " + offset + " of " + end + ": " + result);
      }
      offset = result.getNextBeginOffset();
    }
    return messages;
  }

  private static StoredLine line(MessageExt message) {
    StoredLine line = new StoredLine();
    line.queue = message.getQueueId();
    line.offset = message.getQueueOffset();
    // getMsgId() of a message from the client library is the id its producer gave it.
    line.offsetMessageId = ((MessageClientExt) message).getOffsetMsgId();
    line.messageId = message.getMsgId();
    line.flag = message.getFlag();
    line.bornTimestamp = message.getBornTimestamp();
    line.body = message.getBody();
    line.properties = message.getProperties();
    return line;
  }

  private static String fullColumns(MessageExt message) {
    return String.join("\t", message.getTopic(), Integer.toString(message.getSysFlag()),
        Integer.toString(message.getBodyCRC()), Integer.toString(message.getStoreSize()),
        Long.toString(message.getCommitLogOffset()), Long.toString(message.getStoreTimestamp()),
        message.getBornHost().toString(), message.getStoreHost().toString(),
        Integer.toString(message.getReconsumeTimes()),
        Long.toString(message.getPreparedTransactionOffset()));
  }
}
