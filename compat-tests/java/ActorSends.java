import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.LocalTransactionState;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.client.producer.TransactionListener;
import org.apache.rocketmq.client.producer.TransactionMQProducer;
import org.apache.rocketmq.client.producer.selector.SelectMessageQueueByHash;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;

/**
 * The sending half of {@link Actor}. Message n of a command has the body "PREFIX-n", followed by as
 * many x as make it SIZE bytes; the tag TAG; the key "key-PREFIX-n"; and the user property "n".
 */
final class ActorSends {
  private static final int ORDERING_KEYS = 4;

  private final Actor.Setup setup;
  private final Map<String, DefaultMQProducer> producers = new HashMap<>();

  ActorSends(Actor.Setup setup) {
    this.setup = setup;
  }

  /** send kind= topic= group= count= prefix= [tag=] [size=] [level=] [after_ms=] [at_ms=] */
  Json send(Actor.Words what) throws Exception {
    String kind = what.text("kind");
    DefaultMQProducer producer = producer(what, kind);
    List<Message> messages = new ArrayList<>();
    for (int n = 0; n < what.number("count", 1); ++n) {
      messages.add(message(what, n));
    }
    List<SendResult> results = new ArrayList<>();
    if (kind.equals("batch")) {
      results.add(producer.send(messages));
    } else {
      for (int n = 0; n < messages.size(); ++n) {
        SendResult result = sendOne(producer, kind, messages.get(n), n);
        if (result != null) {
          results.add(result);
        }
      }
    }
    List<String> ids = new ArrayList<>();
    List<Integer> queues = new ArrayList<>();
    String recallHandle = "";
    for (SendResult result : results) {
      if (result.getSendStatus() != SendStatus.SEND_OK) {
        throw new IllegalStateException(result.toString());
      }
      ids.add(result.getMsgId());
      queues.add(result.getMessageQueue().getQueueId());
      recallHandle = ifThere(result, "getRecallHandle", recallHandle);
    }
    return new Json().put("ids", ids).put("queues", queues).put("recall_handle", recallHandle);
  }

  private SendResult sendOne(DefaultMQProducer producer, String kind, Message message, int n)
      throws Exception {
    switch (kind) {
      case "oneway":
        producer.sendOneway(message);
        return null;
      case "async": {
        CompletableFuture<SendResult> done = new CompletableFuture<>();
        producer.send(message, new SendCallback() {
          @Override
          public void onSuccess(SendResult result) {
            done.complete(result);
          }

          @Override
          public void onException(Throwable error) {
            done.completeExceptionally(error);
          }
        });
        return done.get(30, TimeUnit.SECONDS);
      }
      case "ordered":
        return producer.send(message, new SelectMessageQueueByHash(), "k" + n % ORDERING_KEYS);
      case "commit":
      case "rollback":
      case "check":
        return ((TransactionMQProducer) producer).sendMessageInTransaction(message, kind);
      default:
        return producer.send(message);
    }
  }

  /** request topic= group= body= timeout_ms= */
  Json request(Actor.Words what) throws Exception {
    Message message =
        new Message(what.text("topic"), what.text("body").getBytes(StandardCharsets.UTF_8));
    Message reply =
        producer(what, "request").request(message, what.number("timeout_ms", 10_000));
    return new Json().put("reply", new String(reply.getBody(), StandardCharsets.UTF_8));
  }

  /** recall topic= group= handle= */
  Json recall(Actor.Words what) throws Exception {
    DefaultMQProducer producer = producer(what, "recall");
    Object id = producer.getClass().getMethod("recallMessage", String.class, String.class)
        .invoke(producer, what.text("topic"), what.text("handle"));
    return new Json().put("id", id);
  }

  void stopAll() {
    producers.values().forEach(DefaultMQProducer::shutdown);
  }

  private Message message(Actor.Words what, int n) throws Exception {
    String body = what.text("prefix") + "-" + n;
    StringBuilder padded = new StringBuilder(body);
    while (padded.length() < what.number("size", 0)) {
      padded.append('x');
    }
    Message message = new Message(what.text("topic"), what.text("tag", "TagA"), "key-" + body,
        padded.toString().getBytes(StandardCharsets.UTF_8));
    message.putUserProperty("n", String.valueOf(n));
    if (what.number("level", 0) > 0) {
      message.setDelayTimeLevel(what.number("level", 0));
    }
    if (what.number("after_ms", 0) > 0) {
      Message.class.getMethod("setDelayTimeMs", long.class)
          .invoke(message, (long) what.number("after_ms", 0));
    }
    if (!what.text("at_ms", "").isEmpty()) {
      Message.class.getMethod("setDeliverTimeMs", long.class)
          .invoke(message, Long.parseLong(what.text("at_ms")));
    }
    return message;
  }

  private DefaultMQProducer producer(Actor.Words what, String kind) throws Exception {
    boolean isTransaction = kind.matches("commit|rollback|check");
    String codec = kind.matches("zlib|lz4|zstd") ? kind : "";
    String group = what.text("group");
    String name = group + isTransaction + codec;
    DefaultMQProducer producer = producers.get(name);
    if (producer != null) {
      return producer;
    }
    producer = Clients.connectTo(setup, isTransaction
        ? new TransactionMQProducer(setup.namespace, group, setup.hook, setup.trace, null)
        : new DefaultMQProducer(setup.namespace, group, setup.hook, setup.trace, null));
    producer.setInstanceName("actor-" + name + System.nanoTime());
    producer.setSendMsgTimeout(Clients.TIMEOUT_MS);
    if (isTransaction) {
      ((TransactionMQProducer) producer).setTransactionListener(new Resolve());
    }
    if (!codec.isEmpty()) {
      producer.setCompressMsgBodyOverHowmuch(100);
      setCompressType(producer, codec.toUpperCase());
    }
    producer.start();
    producers.put(name, producer);
    return producer;
  }

  /** Commits "commit", rolls "rollback" back, and commits "check" only when the broker asks. */
  private static final class Resolve implements TransactionListener {
    @Override
    public LocalTransactionState executeLocalTransaction(Message message, Object kind) {
      return kind.equals("commit") ? LocalTransactionState.COMMIT_MESSAGE
          : kind.equals("rollback") ? LocalTransactionState.ROLLBACK_MESSAGE
          : LocalTransactionState.UNKNOW;
    }

    @Override
    public LocalTransactionState checkLocalTransaction(MessageExt message) {
      return LocalTransactionState.COMMIT_MESSAGE;
    }
  }

  /** 4.x knows zlib only, and has no such method. */
  private static void setCompressType(DefaultMQProducer producer, String type) throws Exception {
    for (java.lang.reflect.Method method : producer.getClass().getMethods()) {
      if (method.getName().equals("setCompressType")) {
        for (Object constant : method.getParameterTypes()[0].getEnumConstants()) {
          if (constant.toString().equals(type)) {
            method.invoke(producer, constant);
            return;
          }
        }
      }
    }
    if (!type.equals("ZLIB")) {
      throw new UnsupportedOperationException("this version has no compression type " + type);
    }
  }

  private static String ifThere(Object object, String method, String otherwise) {
    try {
      Object value = object.getClass().getMethod(method).invoke(object);
      return value == null ? otherwise : value.toString();
    } catch (ReflectiveOperationException error) {
      return otherwise;
    }
  }
}
