import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Semaphore;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;

/**
 * Sends COUNT messages with bodies "PREFIX-0" ... and goes on, through restarts of the broker,
 * until each is acknowledged. OUTFILE gets one line as soon as a message is acknowledged:
 * body, message id, queue, offset. A one-way message is never acknowledged; its line, written when
 * it was handed to the connection, has "-" for all but the body.
 *
 * <p>Retries inside one send are the client's own. A send that failed in the end is repeated with
 * the same body, so a body may be stored twice but is never given up.
 */
public final class SendMany {
  private static final String USAGE =
      "SendMany NAMESRV TOPIC GROUP COUNT THREADS sync|async|oneway|mixed OUTFILE"
          + " [--prefix TEXT] [--tag TAG] [--seconds N: spread the sending over N seconds]";
  private static final int ASYNC_IN_FLIGHT_MAX = 256; // keeps the broker's send queue short
  private static final int PAUSE_AFTER_FAILURE_MS = 100;
  private static final String[] MODES = {"sync", "async", "oneway"};

  private final DefaultMQProducer producer;
  private final String topic;
  private final String mode;
  private final String prefix;
  private final String tag;
  private final int count;
  private final long startNanos = System.nanoTime();
  private final long spreadNanos;
  private final LineFile out;
  private final Semaphore asyncSlots = new Semaphore(ASYNC_IN_FLIGHT_MAX);

  // Guarded by this.
  private final Queue<Integer> again = new ArrayDeque<>();
  private int next;
  private int settled;
  private int oneway;
  private int failures;

  private SendMany(Arguments args, DefaultMQProducer producer, LineFile out) {
    this.producer = producer;
    this.out = out;
    topic = args.text(1);
    count = args.number(3);
    mode = args.text(5);
    prefix = args.option("--prefix", "m");
    tag = args.option("--tag", "TagA");
    spreadNanos = args.option("--seconds", 0) * 1_000_000_000L;
  }

  public static void main(String[] arguments) {
    Program.runAndExit(() -> run(new Arguments(arguments, USAGE)));
  }

  private static int run(Arguments args) throws Exception {
    args.expect(7);
    DefaultMQProducer producer =
        Clients.connectTo(args.text(0), new DefaultMQProducer(args.text(2)));
    producer.setSendMsgTimeout(Clients.TIMEOUT_MS);
    producer.start();
    try (LineFile out = new LineFile(args.text(6))) {
      SendMany sendMany = new SendMany(args, producer, out);
      Thread[] threads = new Thread[args.number(4)];
      for (int i = 0; i < threads.length; ++i) {
        threads[i] = new Thread(sendMany::sendUntilSettled, "sender-" + i);
        threads[i].start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      System.out.println(sendMany.summary());
    }
    producer.shutdown();
    return 0;
  }

  private void sendUntilSettled() {
    try {
      while (!isSettled()) {
        int n = take();
        if (n < 0) {
          Thread.sleep(10); // others' messages are still on their way and may have to be repeated
        } else {
          waitForTurn(n);
          send(n);
        }
      }
    } catch (InterruptedException error) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(int n) throws InterruptedException {
    String body = prefix + "-" + n;
    Message message =
        new Message(topic, tag, "key-" + body, body.getBytes(StandardCharsets.UTF_8));
    try {
      switch (mode.equals("mixed") ? MODES[n % MODES.length] : mode) {
        case "async":
          sendAsync(n, body, message);
          break;
        case "oneway":
          producer.sendOneway(message);
          settleOneway(body);
          break;
        default:
          settle(n, body, producer.send(message));
      }
    } catch (InterruptedException error) {
      throw error;
    } catch (Exception error) {
      fail(n, error);
      Thread.sleep(PAUSE_AFTER_FAILURE_MS);
    }
  }

  private void sendAsync(int n, String body, Message message) throws Exception {
    asyncSlots.acquire();
    try {
      producer.send(message, new SendCallback() {
        @Override
        public void onSuccess(SendResult result) {
          asyncSlots.release();
          settle(n, body, result);
        }

        @Override
        public void onException(Throwable error) {
          asyncSlots.release();
          fail(n, error);
        }
      });
    } catch (Exception error) {
      asyncSlots.release();
      throw error;
    }
  }

  /** The number of a message to send now, or -1. */
  private synchronized int take() {
    if (!again.isEmpty()) {
      return again.remove();
    }
    return next < count ? next++ : -1;
  }

  private void waitForTurn(int n) throws InterruptedException {
    long early = startNanos + spreadNanos / Math.max(count, 1) * n - System.nanoTime();
    if (spreadNanos > 0 && early > 0) {
      Thread.sleep(early / 1_000_000);
    }
  }

  private synchronized boolean isSettled() {
    return settled == count;
  }

  private void settle(int n, String body, SendResult result) {
    if (result.getSendStatus() != SendStatus.SEND_OK) {
      fail(n, new IllegalStateException(result.getSendStatus().toString()));
      return;
    }
    out.write(
        body, result.getMsgId(), result.getMessageQueue().getQueueId(), result.getQueueOffset());
    synchronized (this) {
      ++settled;
    }
  }

  private void settleOneway(String body) {
    out.write(body, "-", "-", "-");
    synchronized (this) {
      ++settled;
      ++oneway;
    }
  }

  private synchronized void fail(int n, Throwable error) {
    ++failures;
    again.add(n);
    if (failures <= 10) {
      System.err.println("send failed, will be repeated: " + error);
    }
  }

  private synchronized Json summary() {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    return new Json()
        .put("acknowledged", settled - oneway)
        .put("oneway", oneway)
        .put("failures", failures)
        .put("seconds", Math.round(seconds * 1000) / 1000.0)
        .put("per_second", Math.round(settled / seconds));
  }
}
