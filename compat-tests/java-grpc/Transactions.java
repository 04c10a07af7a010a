import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.rocketmq.client.apis.consumer.ConsumeResult;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.apache.rocketmq.client.apis.producer.Transaction;
import org.apache.rocketmq.client.apis.producer.TransactionChecker;
import org.apache.rocketmq.client.apis.producer.TransactionResolution;

/** Transactions that end as the body says: at once, or later, when the broker asks. */
final class Transactions {
  private Transactions() {}

  static void run(Stage stage) throws Exception {
    final int each = 3;
    // A broker may ask again before it has read the answer; then stock commits twice.
    Set<String> told = ConcurrentHashMap.newKeySet();
    Consumer<String> tellOnce = line -> {
      if (told.add(line)) {
        stage.tell(line);
      }
    };
    TransactionChecker checker = message -> {
      String body = Stage.body(message);
      tellOnce.accept("asked about " + body);
      return body.contains("commit") ? TransactionResolution.COMMIT
          : TransactionResolution.ROLLBACK;
    };
    stage.consume(FilterExpression.SUB_ALL, message -> {
      tellOnce.accept(Stage.describe(message));
      return ConsumeResult.SUCCESS;
    });
    Producer producer = stage.producer(checker);
    // Those that are rolled back first, so that they would be seen before the others.
    for (String kind : List.of("rollback", "later-rollback", "commit", "later-commit")) {
      for (int n = 0; n < each; ++n) {
        Transaction transaction = producer.beginTransaction();
        producer.send(stage.message(kind + "-" + n).setTag("TagA").build(), transaction);
        if (kind.equals("commit")) {
          transaction.commit();
        } else if (kind.equals("rollback")) {
          transaction.rollback();
        }
      }
    }
    stage.expect(4 * each); // two kinds are committed, two asked about
  }
}
