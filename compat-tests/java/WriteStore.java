import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.RPCHook;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;

/**
 * Sends COUNT messages that differ in all a record can differ in (size from 1 byte to 64 KiB, tags,
 * keys, properties, flag, unicode, compressed bodies, batches), one after the other, over all 8
 * queues of a topic it creates, and writes to OUTFILE what ReadAll must write for them.
 *
 * <p>Not for a 5.x client with a stock 4.x broker: that broker appends the properties of a batch,
 * and so its message id, to each of its messages, which then all carry the id of the batch.
 */
public final class WriteStore implements RPCHook {
  private static final String USAGE = "WriteStore NAMESRV TOPIC COUNT OUTFILE";
  private static final int QUEUES = 8;
  private static final int BODY_MAX = 64 * 1024;
  private static final int BATCH_MAX = 7;
  private static final String[] TEXTS = {
      "plain", "b l a n k s", "Grüße", "消息", "🚀", "=&%\\\""};

  private final Random random = new Random(20); // the same messages in every run
  private final List<StoredLine> lines = new ArrayList<>();
  private volatile long bornTimestamp; // of the request sent last

  private WriteStore() {}

  public static void main(String[] arguments) {
    Program.runAndExit(() -> run(new Arguments(arguments, USAGE)));
  }

  private static int run(Arguments args) throws Exception {
    args.expect(4);
    createTopic(args.text(0), args.text(1));
    WriteStore writeStore = new WriteStore();
    DefaultMQProducer producer =
        Clients.connectTo(args.text(0), new DefaultMQProducer("write-store", writeStore));
    producer.setRetryTimesWhenSendFailed(0); // a repeated send could store a message twice
    producer.setMaxMessageSize(4 * 1024 * 1024);
    producer.setSendMsgTimeout(Clients.TIMEOUT_MS);
    producer.start();
    writeStore.sendAll(producer, args.text(1), args.number(2));
    writeStore.lines.sort(null);
    try (LineFile out = new LineFile(args.text(3))) {
      writeStore.lines.forEach(out::write);
    }
    System.out.println(new Json().put("messages", writeStore.lines.size()).put("queues", QUEUES));
    return 0;
  }

  /** The producer decides the born timestamp inside send(); only the request shows it. */
  @Override
  public void doBeforeRequest(String address, RemotingCommand request) {
    Object header = request.readCustomHeader();
    if (header == null || !header.getClass().getSimpleName().equals("SendMessageRequestHeaderV2")) {
      return;
    }
    try {
      // By reflection: the two versions have the class in different packages. Field g of a V2
      // header is bornTimestamp.
      Method getter = header.getClass().getMethod("getG");
      bornTimestamp = (Long) getter.invoke(header);
    } catch (ReflectiveOperationException error) {
      throw new IllegalStateException(error);
    }
  }

  @Override
  public void doAfterResponse(String address, RemotingCommand request, RemotingCommand response) {}

  private static void createTopic(String namesrv, String topic) throws Exception {
    DefaultMQAdminExt admin =
        Clients.connectTo(namesrv, new DefaultMQAdminExt(Clients.TIMEOUT_MS));
    admin.setInstanceName("write-store-admin");
    admin.start();
    for (var broker : admin.examineBrokerClusterInfo().getBrokerAddrTable().values()) {
      admin.createAndUpdateTopicConfig(
          broker.selectBrokerAddr(), new TopicConfig(topic, QUEUES, QUEUES, 6));
    }
    admin.shutdown();
  }

  private void sendAll(DefaultMQProducer producer, String topic, int count) throws Exception {
    List<MessageQueue> queues = publishQueues(producer, topic);
    int turn = 0;
    while (lines.size() < count) {
      MessageQueue queue = queues.get(turn % queues.size());
      if (turn % 10 == 9) {
        sendBatch(producer, topic, queue, Math.min(1 + random.nextInt(BATCH_MAX),
            count - lines.size()));
      } else {
        sendOne(producer, message(topic, BODY_MAX), queue);
      }
      ++turn;
    }
  }

  /** A new topic reaches the name server a moment after the broker created it. */
  private static List<MessageQueue> publishQueues(DefaultMQProducer producer, String topic)
      throws Exception {
    for (int tries = 0;; ++tries) {
      try {
        Set<MessageQueue> queues = new TreeSet<>(producer.fetchPublishMessageQueues(topic));
        return new ArrayList<>(queues);
      } catch (MQClientException error) {
        if (tries == 100) {
          throw error;
        }
        Thread.sleep(100);
      }
    }
  }

  private void sendOne(DefaultMQProducer producer, Message message, MessageQueue queue)
      throws Exception {
    byte[] body = message.getBody(); // the client may replace it by the compressed one
    SendResult result = check(producer.send(message, queue));
    add(message, body, result, result.getQueueOffset(), result.getMsgId(),
        result.getOffsetMsgId());
  }

  private void sendBatch(DefaultMQProducer producer, String topic, MessageQueue queue, int count)
      throws Exception {
    List<Message> batch = new ArrayList<>();
    for (int i = 0; i < count; ++i) {
      batch.add(message(topic, BODY_MAX / 16));
    }
    SendResult result = check(producer.send(batch, queue));
    String[] ids = result.getMsgId().split(",");
    String[] offsetIds = result.getOffsetMsgId().split(",");
    for (int i = 0; i < count; ++i) {
      Message message = batch.get(i);
      add(message, message.getBody(), result, result.getQueueOffset() + i, ids[i], offsetIds[i]);
    }
  }

  private static SendResult check(SendResult result) {
    if (result.getSendStatus() != SendStatus.SEND_OK) {
      throw new IllegalStateException(result.toString());
    }
    return result;
  }

  private void add(Message message, byte[] body, SendResult result, long offset, String id,
      String offsetId) {
    StoredLine line = new StoredLine();
    line.queue = result.getMessageQueue().getQueueId();
    line.offset = offset;
    line.offsetMessageId = offsetId;
    line.messageId = id;
    line.flag = message.getFlag();
    line.bornTimestamp = bornTimestamp;
    line.body = body;
    line.properties = message.getProperties();
    lines.add(line);
  }

  private Message message(String topic, int bodyMax) {
    Message message = new Message(topic, body(bodyMax));
    if (random.nextInt(4) > 0) {
      message.setTags(text());
    }
    switch (random.nextInt(3)) {
      case 0:
        message.setKeys("key-" + random.nextInt(1000));
        break;
      case 1:
        message.setKeys(List.of("k1-" + random.nextInt(100), "k2-" + random.nextInt(100)));
        break;
      default: // none
    }
    for (int i = random.nextInt(5); i > 0; --i) {
      message.putUserProperty("name " + text() + i, text() + random.nextInt());
    }
    if (random.nextInt(20) == 0) {
      message.putUserProperty("long", "x".repeat(1 + random.nextInt(20_000)));
    }
    if (random.nextInt(5) == 0) {
      message.setFlag(random.nextInt());
    }
    return message;
  }

  /** Short and long ones alike, half of them text that a producer compresses when above 4 KiB. */
  private byte[] body(int max) {
    int length = 1 + random.nextInt(1 << random.nextInt(32 - Integer.numberOfLeadingZeros(max)));
    if (random.nextInt(50) == 0) {
      length = max;
    }
    byte[] body = new byte[length];
    if (random.nextBoolean()) {
      random.nextBytes(body);
      return body;
    }
    byte[] words = ("body " + text() + " ").getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < length; ++i) {
      body[i] = words[i % words.length];
    }
    return body;
  }

  private String text() {
    return TEXTS[random.nextInt(TEXTS.length)];
  }
}
