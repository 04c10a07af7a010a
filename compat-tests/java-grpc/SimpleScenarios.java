import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;

/** Scenarios of the simple consumer. */
final class SimpleScenarios {
  private static final Duration INVISIBLE = Duration.ofSeconds(15); // a proxy takes ten and more
  private static final int TRIES = 10;

  private SimpleScenarios() {}

  /** Acknowledged, a message does not come again; hidden for a second, it comes before others. */
  static void simple(Stage stage) throws Exception {
    final int count = 6;
    SimpleConsumer consumer = stage.simpleConsumer();
    Producer producer = stage.producer();
    for (int n = 0; n < count; ++n) {
      producer.send(stage.message("m-" + n).setTag("TagA").build());
    }
    List<MessageView> first = receive(consumer, count);
    first.sort(Comparator.comparing(Stage::body));
    first.forEach(message -> stage.tell("first: " + Stage.describe(message)));
    consumer.changeInvisibleDuration(first.get(1), Duration.ofSeconds(1));
    for (MessageView message : first.subList(2, count)) {
      consumer.ack(message);
    }
    for (int n = 0; n < 2; ++n) {
      MessageView message = receive(consumer, 1).get(0);
      stage.tell("again " + n + ": " + Stage.describe(message));
      consumer.ack(message);
    }
    stage.tell("left: " + consumer.receive(16, INVISIBLE).size());
  }

  /** The next message of a group comes when the one before is acknowledged. */
  static void turns(Stage stage) throws Exception {
    final int count = 3;
    SimpleConsumer consumer = stage.simpleConsumer();
    Producer producer = stage.producer();
    for (int n = 0; n < count; ++n) {
      producer.send(stage.message("m-" + n).setMessageGroup("a").build());
    }
    for (int n = 0; n < count; ++n) {
      MessageView message = receive(consumer, 1).get(0);
      stage.tell("turn " + n + ": " + Stage.describe(message));
      if (n == 1) { // forgotten; for five seconds nothing comes, after fifteen it comes again
        stage.tell("meanwhile: " + consumer.receive(1, INVISIBLE).size());
        message = receive(consumer, 1).get(0);
        stage.tell("again: " + Stage.describe(message));
      }
      consumer.ack(message);
    }
  }

  /** In as many calls as it takes. */
  static List<MessageView> receive(SimpleConsumer consumer, int count)
      throws ClientException {
    List<MessageView> all = new ArrayList<>();
    for (int tries = 0; all.size() < count && tries < TRIES; ++tries) {
      all.addAll(consumer.receive(count - all.size(), INVISIBLE));
    }
    if (all.size() != count) {
      throw new IllegalStateException(all.size() + " of " + count);
    }
    return all;
  }
}
