import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.rocketmq.client.consumer.AllocateMessageQueueStrategy;
import org.apache.rocketmq.client.consumer.DefaultLitePullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.MessageSelector;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.consumer.listener.MessageListenerOrderly;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueAveragely;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueAveragelyByCircle;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueConsistentHash;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.utils.MessageUtil;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

/**
 * The consuming half of {@link Actor}. OUT gets one line a message: body (without trailing x),
 * queue, offset, message id, how often it was tried before, tag, keys, property "n", topic, time of
 * arrival in Unix ms.
 */
final class ActorConsumers {
  private interface Running {
    Collection<MessageQueue> queues() throws Exception;

    void stop();
  }

  private final Actor.Setup setup;
  private final Map<String, Running> running = new HashMap<>();

  ActorConsumers(Actor.Setup setup) {
    this.setup = setup;
  }

  /**
   * consume id= kind= topic= group= out= [tags=] [sql=] [alloc=] [instance=] [max_retries=]
   *
   * <p>kind: concurrent, ordered, broadcast; retry: every message fails once; dead: always; reply:
   * answers "re:BODY"; lite, assign: pull consumers.
   */
  Json consume(Actor.Words what) throws Exception {
    LineFile out = new LineFile(what.text("out"));
    String kind = what.text("kind");
    running.put(what.text("id"), kind.matches("lite|assign") ? pull(what, out) : push(what, out));
    return new Json();
  }

  /** queues id= : what it holds now, without retries. */
  Json queues(Actor.Words what) throws Exception {
    TreeSet<String> names = new TreeSet<>();
    for (MessageQueue queue : running.get(what.text("id")).queues()) {
      if (!queue.getTopic().contains("%RETRY%")) {
        names.add(queue.getTopic() + "@" + queue.getBrokerName() + "#" + queue.getQueueId());
      }
    }
    return new Json().put("queues", names);
  }

  /** stop id= */
  Json stop(Actor.Words what) {
    running.remove(what.text("id")).stop();
    return new Json();
  }

  void stopAll() {
    running.values().forEach(Running::stop);
  }

  private Running push(Actor.Words what, LineFile out) throws Exception {
    String kind = what.text("kind");
    DefaultMQPushConsumer consumer = Clients.connectTo(setup,
        new DefaultMQPushConsumer(setup.namespace, what.text("group"), setup.hook,
            strategy(what.text("alloc", "AVG")), setup.trace, null));
    consumer.setInstanceName(what.text("instance", "actor-" + System.nanoTime()));
    consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    consumer.setMaxReconsumeTimes(what.number("max_retries", -1));
    if (kind.equals("broadcast")) {
      setBroadcasting(consumer);
    }
    if (what.text("sql", "").isEmpty()) {
      consumer.subscribe(what.text("topic"), what.text("tags", "*"));
    } else {
      consumer.subscribe(what.text("topic"), MessageSelector.bySql(what.text("sql")));
    }
    DefaultMQProducer answers = kind.equals("reply") ? answeringProducer(what) : null;
    if (kind.equals("ordered")) {
      consumer.registerMessageListener((MessageListenerOrderly) (messages, context) -> {
        messages.forEach(message -> write(out, message));
        return ConsumeOrderlyStatus.SUCCESS;
      });
    } else {
      consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
        for (MessageExt message : messages) {
          write(out, message);
          if (kind.equals("dead") || (kind.equals("retry") && message.getReconsumeTimes() == 0)) {
            context.setDelayLevelWhenNextConsume(1);
            return ConsumeConcurrentlyStatus.RECONSUME_LATER;
          }
          if (answers != null) {
            answer(answers, message);
          }
        }
        return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
      });
    }
    consumer.start();
    return new Running() {
      @Override
      public Collection<MessageQueue> queues() {
        return consumer.getDefaultMQPushConsumerImpl().getRebalanceImpl().getProcessQueueTable()
            .keySet();
      }

      @Override
      public void stop() {
        consumer.shutdown();
        if (answers != null) {
          answers.shutdown();
        }
      }
    };
  }

  private Running pull(Actor.Words what, LineFile out) throws Exception {
    DefaultLitePullConsumer consumer = Clients.connectTo(setup,
        new DefaultLitePullConsumer(setup.namespace, what.text("group"), setup.hook));
    consumer.setInstanceName("actor-" + System.nanoTime());
    consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    if (what.text("kind").equals("lite")) {
      consumer.subscribe(what.text("topic"), what.text("tags", "*"));
      consumer.start();
    } else {
      consumer.start();
      Collection<MessageQueue> queues = consumer.fetchMessageQueues(what.text("topic"));
      consumer.assign(queues);
      for (MessageQueue queue : queues) {
        consumer.seekToBegin(queue);
      }
    }
    AtomicBoolean isEnding = new AtomicBoolean();
    Thread poller = new Thread(() -> {
      while (!isEnding.get()) {
        consumer.poll(200).forEach(message -> write(out, message));
      }
    });
    poller.start();
    return new Running() {
      @Override
      public Collection<MessageQueue> queues() throws Exception {
        return consumer.fetchMessageQueues(what.text("topic"));
      }

      @Override
      public void stop() {
        isEnding.set(true);
        try {
          poller.join();
        } catch (InterruptedException error) {
          Thread.currentThread().interrupt();
        }
        consumer.commitSync();
        consumer.shutdown();
      }
    };
  }

  private DefaultMQProducer answeringProducer(Actor.Words what) throws Exception {
    DefaultMQProducer producer = Clients.connectTo(setup,
        new DefaultMQProducer(setup.namespace, what.text("group") + "-answers", setup.hook));
    producer.setInstanceName("actor-" + System.nanoTime());
    producer.start();
    return producer;
  }

  private static void answer(DefaultMQProducer producer, MessageExt request) {
    try {
      String body = "re:" + new String(request.getBody(), StandardCharsets.UTF_8);
      producer.send(
          MessageUtil.createReplyMessage(request, body.getBytes(StandardCharsets.UTF_8)));
    } catch (Exception error) {
      error.printStackTrace();
    }
  }

  /** The enum is in another package in 4.x and in 5.x. */
  private static void setBroadcasting(DefaultMQPushConsumer consumer) throws Exception {
    for (java.lang.reflect.Method method : consumer.getClass().getMethods()) {
      if (method.getName().equals("setMessageModel")) {
        method.invoke(consumer, method.getParameterTypes()[0].getField("BROADCASTING").get(null));
      }
    }
  }

  private static AllocateMessageQueueStrategy strategy(String name) {
    List<AllocateMessageQueueStrategy> all = new ArrayList<>();
    all.add(new AllocateMessageQueueAveragely());
    all.add(new AllocateMessageQueueAveragelyByCircle());
    all.add(new AllocateMessageQueueConsistentHash());
    return all.stream().filter(each -> each.getName().equals(name)).findFirst().get();
  }

  private static void write(LineFile out, MessageExt message) {
    String body = new String(message.getBody(), StandardCharsets.UTF_8);
    int end = body.length();
    while (end > 0 && body.charAt(end - 1) == 'x') {
      --end;
    }
    out.write(body.substring(0, end), message.getQueueId(), message.getQueueOffset(),
        message.getMsgId(), message.getReconsumeTimes(), message.getTags(), message.getKeys(),
        message.getUserProperty("n"), message.getTopic(), System.currentTimeMillis());
  }
}
