import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.MQVersion;
import org.apache.rocketmq.common.message.Message;

/**
 * One thread sends; "sync" waits for each result, "async" has up to WINDOW sends under way. A line
 * "BODY_BYTES COUNT" on standard input asks for a round, whose answer is a line of JSON: the CPU
 * time of this process between its first send and its last result, in steps of 10 ms as Java tells
 * it. Ends with standard input. The first line, before any round, says that it is ready. Whoever
 * asks leaves out the rounds in which code is still being compiled.
 */
public final class SendCost {
  private static final String USAGE = "SendCost NAMESRV TOPIC sync|async [--window 256]";

  private final DefaultMQProducer producer;
  private final String topic;
  private final boolean isAsync;
  private final int windowSize;
  private final Semaphore window;
  private final AtomicInteger failures = new AtomicInteger();
  private final OperatingSystemMXBean process =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private SendCost(Arguments args, DefaultMQProducer producer) {
    this.producer = producer;
    topic = args.text(1);
    isAsync = args.text(2).equals("async");
    windowSize = args.option("--window", 256);
    window = new Semaphore(windowSize);
  }

  public static void main(String[] arguments) {
    Program.runAndExit(() -> run(new Arguments(arguments, USAGE)));
  }

  private static int run(Arguments args) throws Exception {
    args.expect(3);
    DefaultMQProducer producer = Clients.connectTo(args.text(0), new DefaultMQProducer("bench"));
    producer.setSendMsgTimeout(Clients.TIMEOUT_MS);
    producer.setCompressMsgBodyOverHowmuch(Integer.MAX_VALUE);
    producer.start();
    producer.send(new Message(args.text(1), new byte[1])); // then it has a route and a connection
    SendCost sendCost = new SendCost(args, producer);
    String version = MQVersion.getVersionDesc(MQVersion.CURRENT_VERSION).replace('_', '.');
    System.out.println(new Json().put("ready", "rocketmq-client " + version.substring(1)
        + ", Java " + System.getProperty("java.version")));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] numbers = line.trim().split(" ");
      System.out.println(
          sendCost.round(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1])));
    }
    producer.shutdown();
    return 0;
  }

  private Json round(int bodyBytes, int count) throws Exception {
    byte[] body = new byte[bodyBytes];
    Arrays.fill(body, (byte) 'x');
    failures.set(0);
    long begun = System.nanoTime();
    long cpuBefore = process.getProcessCpuTime();
    if (isAsync) {
      sendAsync(body, count);
    } else {
      sendSync(body, count);
    }
    return new Json()
        .put("cpu_us", (process.getProcessCpuTime() - cpuBefore) / 1000)
        .put("seconds", (System.nanoTime() - begun) / 1e9)
        .put("failures", failures.get());
  }

  private void sendSync(byte[] body, int count) {
    for (int i = 0; i < count; ++i) {
      try {
        check(producer.send(new Message(topic, body)));
      } catch (Exception error) {
        fail(error);
      }
    }
  }

  private void sendAsync(byte[] body, int count) throws Exception {
    SendCallback callback = new SendCallback() {
      @Override
      public void onSuccess(SendResult result) {
        check(result);
        window.release();
      }

      @Override
      public void onException(Throwable error) {
        fail(error);
        window.release();
      }
    };
    for (int i = 0; i < count; ++i) {
      window.acquire();
      producer.send(new Message(topic, body), callback);
    }
    window.acquire(windowSize); // once all have ended
    window.release(windowSize);
  }

  private void check(SendResult result) {
    if (result.getSendStatus() != SendStatus.SEND_OK) {
      fail(new IllegalStateException(result.getSendStatus().toString()));
    }
  }

  private void fail(Throwable error) {
    if (failures.getAndIncrement() < 10) {
      System.err.println("SendCost: " + error);
    }
  }
}
