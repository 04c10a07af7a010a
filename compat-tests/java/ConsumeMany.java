import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyContext;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.MessageExt;

/**
 * A push consumer with a concurrent listener, from the first offset. OUTFILE gets one line a
 * message received: body, queue, offset, message id, how often it was tried before.
 *
 * <p>Ends, with exit code 0, when COUNT different bodies were seen (0: never), when every body in
 * the first column of EXPECT_FILE was seen, or, with --stdin, when standard input closes; and with
 * exit code 1 after TIMEOUT_S. Members of a group that share queues see a part each: give them
 * COUNT 0 and --stdin.
 */
public final class ConsumeMany implements MessageListenerConcurrently {
  private static final String USAGE =
      "ConsumeMany NAMESRV TOPIC GROUP EXPECT_FILE|COUNT TIMEOUT_S OUTFILE"
          + " [--tag EXPRESSION] [--instance NAME] [--stdin]";

  private final LineFile out;
  private final Set<String> expected; // null: only counted
  private final int count;
  private volatile boolean stdinIsClosed;

  // Guarded by this.
  private final Set<String> distinct = new HashSet<>();
  private final Set<Integer> queues = new TreeSet<>();
  private int received;

  private ConsumeMany(String expectFileOrCount, LineFile out) throws IOException {
    this.out = out;
    Path file = Paths.get(expectFileOrCount);
    if (Files.isRegularFile(file)) {
      expected = new HashSet<>();
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        expected.add(line.split("\t", 2)[0]);
      }
      count = expected.size();
    } else {
      expected = null;
      count = Integer.parseInt(expectFileOrCount);
    }
  }

  public static void main(String[] arguments) {
    Program.runAndExit(() -> run(new Arguments(arguments, USAGE, "--stdin")));
  }

  private static int run(Arguments args) throws Exception {
    args.expect(6);
    DefaultMQPushConsumer consumer =
        Clients.connectTo(args.text(0), new DefaultMQPushConsumer(args.text(2)));
    consumer.setInstanceName(args.option("--instance", "consume-many-" + System.nanoTime()));
    consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    consumer.setAwaitTerminationMillisWhenShutdown(5000);
    consumer.subscribe(args.text(1), args.option("--tag", "*"));
    boolean inTime;
    try (LineFile out = new LineFile(args.text(5))) {
      ConsumeMany consumeMany = new ConsumeMany(args.text(3), out);
      consumer.registerMessageListener(consumeMany);
      consumer.start();
      System.err.println("started");
      if (args.isSet("--stdin")) {
        consumeMany.watchStdin();
      }
      inTime = consumeMany.waitUntilDone(args.number(4));
      consumer.shutdown(); // runs what was pulled to its end and commits
      System.out.println(consumeMany.summary().put("timed_out", !inTime));
    }
    return inTime ? 0 : 1;
  }

  @Override
  public synchronized ConsumeConcurrentlyStatus consumeMessage(
      List<MessageExt> messages, ConsumeConcurrentlyContext context) {
    for (MessageExt message : messages) {
      String body = new String(message.getBody(), StandardCharsets.UTF_8);
      out.write(body, message.getQueueId(), message.getQueueOffset(), message.getMsgId(),
          message.getReconsumeTimes());
      ++received;
      distinct.add(body);
      queues.add(message.getQueueId());
    }
    return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
  }

  private void watchStdin() {
    Thread watcher = new Thread(() -> {
      try {
        while (System.in.read() >= 0) {
          continue;
        }
      } catch (IOException error) {
        // A broken stdin is a closed one.
      }
      stdinIsClosed = true;
    });
    watcher.setDaemon(true);
    watcher.start();
  }

  private boolean waitUntilDone(int timeoutSeconds) throws InterruptedException {
    long deadline = System.nanoTime() + timeoutSeconds * 1_000_000_000L;
    while (!stdinIsClosed && !hasAll()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.sleep(50);
    }
    return true;
  }

  private synchronized boolean hasAll() {
    if (expected != null) {
      return distinct.containsAll(expected);
    }
    return count > 0 && distinct.size() >= count;
  }

  private synchronized Json summary() {
    long missing = 0;
    if (expected != null) {
      missing = expected.stream().filter(body -> !distinct.contains(body)).count();
    } else if (count > 0) {
      missing = Math.max(0, count - distinct.size());
    }
    return new Json()
        .put("received", received)
        .put("distinct", distinct.size())
        .put("missing", missing)
        .put("queues", queues);
  }
}
