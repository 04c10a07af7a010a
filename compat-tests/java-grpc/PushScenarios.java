import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.rocketmq.client.apis.consumer.ConsumeResult;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.consumer.FilterExpressionType;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.message.Message;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.apache.rocketmq.client.apis.producer.SendReceipt;

/** Scenarios of the push consumer. */
final class PushScenarios {
  private PushScenarios() {}

  static void plain(Stage stage) throws Exception {
    final int each = 10;
    stage.consumeAndTell(FilterExpression.SUB_ALL);
    Producer producer = stage.producer();
    for (int n = 0; n < each; ++n) {
      producer.send(numbered(stage, "sync-", n));
      producer.sendAsync(numbered(stage, "async-", n)).join();
    }
    stage.expect(2 * each);
  }

  static void tags(Stage stage) throws Exception {
    final int each = 4;
    stage.consumeAndTell(new FilterExpression("TagA || TagC"));
    Producer producer = stage.producer();
    for (int n = 0; n < each; ++n) {
      for (String tag : List.of("TagB", "TagA", "TagC")) {
        producer.send(stage.message(tag + "-" + n).setTag(tag).build());
      }
    }
    stage.expect(2 * each);
  }

  static void sql(Stage stage) throws Exception {
    stage.consumeAndTell(new FilterExpression("n BETWEEN 3 AND 6", FilterExpressionType.SQL92));
    Producer producer = stage.producer();
    for (int n = 0; n < 10; ++n) {
      producer.send(numbered(stage, "m-", n));
    }
    stage.expect(4);
  }

  /** Refused twice, each comes a third time. */
  static void retry(Stage stage) throws Exception {
    final int count = 4;
    stage.consume(FilterExpression.SUB_ALL, message -> {
      stage.tell(Stage.describe(message));
      return message.getDeliveryAttempt() < 3 ? ConsumeResult.FAILURE : ConsumeResult.SUCCESS;
    });
    Producer producer = stage.producer();
    for (int n = 0; n < count; ++n) {
      producer.send(numbered(stage, "m-", n));
    }
    stage.expect(3 * count);
  }

  /** Refused as often as the group may, which is twice, a message is found among the dead. */
  static void dead(Stage stage) throws Exception {
    stage.consume(FilterExpression.SUB_ALL, message -> {
      stage.tell(Stage.describe(message));
      return ConsumeResult.FAILURE;
    });
    SimpleConsumer letters = stage.simpleConsumer("%DLQ%" + stage.group(), "grpc-letters");
    Producer producer = stage.producer();
    producer.send(numbered(stage, "m-", 0));
    for (MessageView message : SimpleScenarios.receive(letters, 1)) {
      stage.tell("dead: " + Stage.describe(message));
      letters.ack(message);
    }
  }

  /** The third message of each group is refused once. Told is what each group saw. */
  static void fifo(Stage stage) throws Exception {
    final int each = 6;
    List<String> groups = List.of("a", "b", "c");
    Map<String, List<String>> seen = new HashMap<>();
    groups.forEach(group -> seen.put(group, new ArrayList<>()));
    Set<String> refused = new HashSet<>();
    stage.consume(FilterExpression.SUB_ALL, message -> {
      synchronized (seen) {
        String group = message.getMessageGroup().orElse("");
        boolean refuses = Stage.body(message).equals("2") && refused.add(group);
        List<String> line = seen.get(group);
        line.add(Stage.body(message) + (refuses ? "!" : ""));
        if (line.size() == each + 1) {
          stage.tell(group + " " + String.join(" ", line));
        }
        return refuses ? ConsumeResult.FAILURE : ConsumeResult.SUCCESS;
      }
    });
    Producer producer = stage.producer();
    for (int n = 0; n < each; ++n) {
      for (String group : groups) {
        producer.send(stage.message(String.valueOf(n)).setMessageGroup(group).build());
      }
    }
    stage.expect(groups.size());
  }

  /** Told is whether one came before its time. One is recalled, and does not come before the last. */
  static void delay(Stage stage) throws Exception {
    final int count = 4;
    Map<String, Long> due = new ConcurrentHashMap<>();
    stage.consume(FilterExpression.SUB_ALL, message -> {
      boolean isEarly = System.currentTimeMillis() < due.get(Stage.body(message));
      stage.tell(Stage.describe(message) + " early=" + isEarly);
      return ConsumeResult.SUCCESS;
    });
    Producer producer = stage.producer();
    for (int n = 0; n <= count; ++n) {
      String body = n == 0 ? "recalled" : "m-" + n;
      due.put(body, System.currentTimeMillis() + (n == 0 ? 5_000 : 2_000 + n * 1_000));
      SendReceipt receipt =
          producer.send(stage.message(body).setDeliveryTimestamp(due.get(body)).build());
      if (n == 0) {
        producer.recallMessage(stage.topic(), receipt.getRecallHandle());
      }
    }
    stage.expect(count);
  }

  private static Message numbered(Stage stage, String prefix, int n) {
    return stage.message(prefix + n).setTag("TagA").setKeys("key-" + n, "all")
        .addProperty("n", String.valueOf(n)).build();
  }
}
