import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;

/**
 * Runs subcommands of mqadmin and prints one line of JSON a command: whether what it printed holds the expected text and no "Exception".
 * Exit code 1 when any is not ok. BROKER is host:port.
 */
public final class AdminChecks {
  private static final String USAGE = "AdminChecks NAMESRV BROKER";
  private static final int QUEUES = 8;
  private static final int EXCERPT_MAX = 1000;

  private final String namesrv;
  private boolean allOk = true;

  private AdminChecks(String namesrv) {
    this.namesrv = namesrv;
  }

  public static void main(String[] arguments) {
    Program.runAndExit(() -> run(new Arguments(arguments, USAGE)));
  }

  private static int run(Arguments args) throws Exception {
    args.expect(2);
    AdminChecks checks = new AdminChecks(args.text(0));
    // Names of their own, so that a second run against the same broker proves as much.
    checks.runAll(args.text(1), "admin-checks-" + System.currentTimeMillis());
    return checks.allOk ? 0 : 1;
  }

  private void runAll(String broker, String topic) throws Exception {
    String group = topic + "-group";
    String[] clusters = run("clusterList").split("\\s+");
    int address = Arrays.asList(clusters).indexOf(broker);
    String brokerName = address < 2 ? "?" : clusters[address - 2];
    String clusterName = address < 3 ? "?" : clusters[address - 3];

    check(command("clusterList"), broker, brokerName);
    check(command("clusterList", "-m"), clusterName, brokerName);
    check(command("updateTopic", "-b", broker, "-t", topic, "-r", "4", "-w", "4"),
        "create topic to " + broker + " success", topic);
    check(command("updateTopic", "-c", clusterName, "-t", topic, "-r", "" + QUEUES, "-w",
        "" + QUEUES), "create topic to " + broker + " success", "writeQueueNums=" + QUEUES);
    check(command("topicList"), topic);
    check(command("topicList", "-c"), clusterName, topic);
    waitForRoute(topic);
    check(command("topicRoute", "-t", topic), broker, brokerName, clusterName);
    check(command("updateSubGroup", "-b", broker, "-g", group), "success", group);
    check(command("updateSubGroup", "-c", clusterName, "-g", group, "-q", "2"), "success",
        "retryQueueNums=2");

    check(command("sendMessage", "-t", topic, "-p", "hello to queue 3", "-b", brokerName, "-i",
        "3"), "SEND_OK", brokerName);
    check(command("sendMessage", "-t", topic, "-p", "hello from mqadmin", "-k", "key1", "-c",
        "TagA"), "SEND_OK", brokerName);
    check(command("topicStatus", "-t", topic), brokerName, "#Max Offset");
    check(command("consumeMessage", "-t", topic, "-c", "10"), "hello from mqadmin",
        "hello to queue 3");
    check(command("consumeMessage", "-t", topic, "-b", brokerName, "-i", "3", "-o", "0", "-c",
        "1"), "hello to queue 3");

    DefaultMQPushConsumer consumer = consumeAll(topic, group, 2);
    check(command("consumerProgress"), group);
    consumer.shutdown(); // commits its offsets
    check(command("consumerProgress", "-g", group), topic, brokerName, "Consume TPS",
        "Diff Total: 0");
  }

  /** A push consumer that has received the given number of messages and still runs. */
  private DefaultMQPushConsumer consumeAll(String topic, String group, int count)
      throws Exception {
    CountDownLatch missing = new CountDownLatch(count);
    DefaultMQPushConsumer consumer =
        Clients.connectTo(namesrv, new DefaultMQPushConsumer(group));
    consumer.setInstanceName("admin-checks");
    consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    consumer.subscribe(topic, "*");
    consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
      messages.forEach(message -> missing.countDown());
      return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
    });
    consumer.start();
    boolean inTime = missing.await(30, TimeUnit.SECONDS);
    print("push consumer", inTime, missing.getCount() + " messages missing");
    return consumer;
  }

  /** A new topic reaches the name server a moment after the broker created it. */
  private void waitForRoute(String topic) throws InterruptedException {
    for (int i = 0; i < 50 && !run("topicRoute", "-t", topic).contains("brokerDatas"); ++i) {
      Thread.sleep(100);
    }
  }

  private static String[] command(String... words) {
    return words;
  }

  private void check(String[] command, String... expected) {
    String output = run(command);
    String missing = "";
    for (String text : expected) {
      if (!output.contains(text)) {
        missing += " [without \"" + text + "\"]";
      }
    }
    if (output.contains("Exception")) {
      missing += " [with an exception]";
    }
    print(String.join(" ", command), missing.isEmpty(), missing + output);
  }

  private String run(String... command) {
    return Mqadmin.run(namesrv, null, command);
  }

  private void print(String name, boolean ok, String output) {
    allOk &= ok;
    String excerpt = output.strip();
    if (excerpt.length() > EXCERPT_MAX) {
      excerpt = excerpt.substring(0, EXCERPT_MAX) + "...";
    }
    System.out.println(new Json().put("name", name).put("ok", ok).put("output", excerpt));
  }
}
