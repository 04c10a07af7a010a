package golden;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.rocketmq.client.consumer.AllocateMessageQueueStrategy;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMachineRoomNearby;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueAveragely;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueAveragelyByCircle;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueByConfig;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueByMachineRoom;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueConsistentHash;
import org.apache.rocketmq.common.message.MessageQueue;

/** What each allocation strategy gives to whom, for random groups: allocation/STRATEGY.jsonl. */
final class Allocations {
  private static final int CASES = 60;
  private static final List<String> ROOMS = List.of("east", "north", "west");

  private final Random random = new Random(20240);

  static void writeTo(Path data) throws Exception {
    new Allocations().write(Files.createDirectories(data.resolve("allocation")));
  }

  /** Alone: adds the folder to what lies in args[0]. */
  public static void main(String[] args) throws Exception {
    writeTo(Path.of(args[0]));
  }

  private void write(Path folder) throws Exception {
    List<String> avg = new ArrayList<>();
    List<String> circle = new ArrayList<>();
    List<String> config = new ArrayList<>();
    List<String> room = new ArrayList<>();
    List<String> nearby = new ArrayList<>();
    List<String> hash = new ArrayList<>();
    for (int i = 0; i < CASES; i++) {
      avg.add(new Group("b-", "10.0.0.").line(new AllocateMessageQueueAveragely()));
      circle.add(new Group("b-", "10.0.0.").line(new AllocateMessageQueueAveragelyByCircle()));
      config.add(new Group("b-", "10.0.0.").lineOfConfig());
      room.add(new Group(null, "10.0.0.").lineOfRooms());
      boolean byCircle = i % 2 == 0;
      nearby.add(new Group(null, null).line(new AllocateMachineRoomNearby(
          byCircle ? new AllocateMessageQueueAveragelyByCircle() : new AllocateMessageQueueAveragely(),
          new Rooms())));
      int points = i % 2 == 0 ? 10 : 1 + random.nextInt(200);
      hash.add(new Group("b-", "10.0.0.").line(
          new AllocateMessageQueueConsistentHash(points), "virtual_nodes", points));
    }
    Files.write(folder.resolve("AVG.jsonl"), avg);
    Files.write(folder.resolve("AVG_BY_CIRCLE.jsonl"), circle);
    Files.write(folder.resolve("CONFIG.jsonl"), config);
    Files.write(folder.resolve("MACHINE_ROOM.jsonl"), room);
    Files.write(folder.resolve("MACHINE_ROOM_NEARBY.jsonl"), nearby);
    Files.write(folder.resolve("CONSISTENT_HASH.jsonl"), hash);
  }

  /** A room is what stands in front of the '@', of brokers and of clients. */
  private static final class Rooms implements AllocateMachineRoomNearby.MachineRoomResolver {
    @Override
    public String brokerDeployIn(MessageQueue queue) {
      return queue.getBrokerName().split("@")[0];
    }

    @Override
    public String consumerDeployIn(String client) {
      return client.split("@")[0];
    }
  }

  /** The queues of one topic and the members of one group; a prefix null stands for any room. */
  private final class Group {
    final Map<String, Object> brokers = new TreeMap<>();
    final List<MessageQueue> queues = new ArrayList<>();
    final List<String> members;

    Group(String brokerPrefix, String memberPrefix) {
      for (int count = 1 + random.nextInt(5); count > 0; count--) {
        String prefix = brokerPrefix != null ? brokerPrefix : anyRoom() + "@b";
        brokers.put(prefix + random.nextInt(20), 1 + random.nextInt(9));
      }
      brokers.forEach((broker, ids) -> {
        for (int id = 0; id < (int) ids; id++) {
          queues.add(new MessageQueue("orders", broker, id));
        }
      });
      Collections.sort(queues);
      TreeSet<String> clients = new TreeSet<>();
      for (int count = 1 + random.nextInt(12); count > 0; count--) {
        String prefix = memberPrefix != null ? memberPrefix : anyRoom() + "@";
        clients.add(prefix + random.nextInt(256) + "@" + random.nextInt(32768) + "#" + random.nextLong());
      }
      members = new ArrayList<>(clients);
    }

    String anyRoom() {
      return ROOMS.get(random.nextInt(ROOMS.size()));
    }

    String lineOfConfig() {
      List<MessageQueue> chosen = new ArrayList<>();
      for (MessageQueue queue : queues) {
        if (random.nextInt(3) == 0) {
          chosen.add(queue);
        }
      }
      AllocateMessageQueueByConfig strategy = new AllocateMessageQueueByConfig();
      strategy.setMessageQueueList(chosen);
      return line(strategy, "chosen", indexes(chosen));
    }

    String lineOfRooms() {
      // Names that are no room@name, and how Java splits those with more than one '@'.
      for (String odd : new String[] {"plain", "east@b@", "@b", "east@b@c", "east@"}) {
        if (random.nextInt(4) == 0) {
          brokers.put(odd, 1);
          queues.add(new MessageQueue("orders", odd, 0));
        }
      }
      Collections.sort(queues);
      TreeSet<String> rooms = new TreeSet<>();
      for (int count = 1 + random.nextInt(3); count > 0; count--) {
        rooms.add(anyRoom());
      }
      AllocateMessageQueueByMachineRoom strategy = new AllocateMessageQueueByMachineRoom();
      strategy.setConsumeridcs(rooms);
      return line(strategy, "rooms", new ArrayList<Object>(rooms));
    }

    String line(AllocateMessageQueueStrategy strategy, Object... more) {
      List<Object> owned = new ArrayList<>();
      for (String member : members) {
        owned.add(indexes(strategy.allocate("billing", member, queues, members)));
      }
      Map<String, Object> entry = Manifest.entry("strategy", strategy.getName(), "brokers", brokers,
          "members", new ArrayList<Object>(members), "owned", owned);
      entry.putAll(Manifest.entry(more));
      return Json.write(entry);
    }

    List<Object> indexes(List<MessageQueue> of) {
      List<Object> indexes = new ArrayList<>();
      for (MessageQueue queue : of) {
        indexes.add(queues.indexOf(queue));
      }
      return indexes;
    }
  }
}
