import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.message.Message;
import org.apache.rocketmq.client.apis.producer.Producer;

/** What may not be sent to a topic of type FIFO, and to one that is not there. */
final class Refusals {
  private Refusals() {}

  static void run(Stage stage) throws Exception {
    Producer producer = stage.producer();
    send(stage, producer, "without a group", stage.message("m").build());
    send(stage, producer, "with a time",
        stage.message("m").setDeliveryTimestamp(System.currentTimeMillis() + 1_000).build());
    send(stage, producer, "with a group", stage.message("m").setMessageGroup("a").build());
    send(stage, producer, "elsewhere", stage.message("m").setTopic("grpc-nowhere").build());
  }

  private static void send(Stage stage, Producer producer, String what, Message message) {
    try {
      producer.send(message);
      stage.tell(what + ": sent");
    } catch (ClientException | IllegalArgumentException error) {
      stage.tell(what + ": " + error.getClass().getSimpleName());
    }
  }
}
