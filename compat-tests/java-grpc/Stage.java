import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.rocketmq.client.apis.ClientConfiguration;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.ClientServiceProvider;
import org.apache.rocketmq.client.apis.consumer.ConsumeResult;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.consumer.MessageListener;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.message.MessageBuilder;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.apache.rocketmq.client.apis.producer.TransactionChecker;
import org.apache.rocketmq.client.apis.producer.TransactionResolution;

/** A topic and a group for one scenario, and what it has to tell. */
final class Stage {
  private static final int PATIENCE_MS = 60_000;
  private static final Duration AWAIT = Duration.ofSeconds(5); // the least a proxy takes
  private static final ClientServiceProvider PROVIDER = ClientServiceProvider.loadService();

  final String name;
  private final ClientConfiguration configuration;
  private final List<Closeable> clients = new ArrayList<>();
  private final List<String> told = new ArrayList<>(); // guarded by this

  Stage(String proxy, String name) {
    this.name = name;
    configuration = ClientConfiguration.newBuilder().setEndpoints(proxy).enableSsl(false)
        .setRequestTimeout(Duration.ofSeconds(15)).build();
  }

  String topic() {
    return "grpc-" + name;
  }

  String group() {
    return "grpc-" + name;
  }

  synchronized void tell(String line) {
    told.add(line);
  }

  synchronized List<String> lines() {
    Collections.sort(told);
    return told;
  }

  /** Returns when that many lines were told. */
  void expect(int count) throws InterruptedException {
    long deadline = System.currentTimeMillis() + PATIENCE_MS;
    while (lines().size() < count) {
      if (System.currentTimeMillis() > deadline) {
        throw new IllegalStateException(lines().size() + " of " + count);
      }
      Thread.sleep(50);
    }
  }

  MessageBuilder message(String body) {
    return PROVIDER.newMessageBuilder().setTopic(topic())
        .setBody(body.getBytes(StandardCharsets.UTF_8));
  }

  Producer producer() throws ClientException {
    return producer(message -> TransactionResolution.UNKNOWN);
  }

  Producer producer(TransactionChecker checker) throws ClientException {
    return kept(PROVIDER.newProducerBuilder().setClientConfiguration(configuration)
        .setTopics(topic()).setTransactionChecker(checker).build());
  }

  void consume(FilterExpression filter, MessageListener listener) throws ClientException {
    kept(PROVIDER.newPushConsumerBuilder().setClientConfiguration(configuration)
        .setConsumerGroup(group())
        .setSubscriptionExpressions(Collections.singletonMap(topic(), filter))
        .setMessageListener(listener).build());
  }

  /** With a consumer that tells what it is shown. */
  void consumeAndTell(FilterExpression filter) throws ClientException {
    consume(filter, message -> {
      tell(describe(message));
      return ConsumeResult.SUCCESS;
    });
  }

  SimpleConsumer simpleConsumer() throws ClientException {
    return simpleConsumer(topic(), group());
  }

  SimpleConsumer simpleConsumer(String topic, String group) throws ClientException {
    return kept(PROVIDER.newSimpleConsumerBuilder().setClientConfiguration(configuration)
        .setConsumerGroup(group).setAwaitDuration(AWAIT)
        .setSubscriptionExpressions(Collections.singletonMap(topic, FilterExpression.SUB_ALL))
        .build());
  }

  void end() throws IOException {
    for (Closeable client : clients) {
      client.close();
    }
  }

  private <C extends Closeable> C kept(C client) {
    clients.add(client);
    return client;
  }

  static String body(MessageView message) {
    return StandardCharsets.UTF_8.decode(message.getBody().duplicate()).toString();
  }

  /** What a consumer sees of a message that another broker shows as well. */
  static String describe(MessageView message) {
    return body(message) + " tag=" + message.getTag().orElse("") + " keys=" + message.getKeys()
        + " n=" + message.getProperties().get("n") + " attempt=" + message.getDeliveryAttempt();
  }
}
