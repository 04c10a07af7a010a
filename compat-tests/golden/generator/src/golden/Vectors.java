package golden;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.rocketmq.acl.common.AclSigner;
import org.apache.rocketmq.client.consumer.AllocateMessageQueueStrategy;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueAveragely;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueAveragelyByCircle;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueConsistentHash;
import org.apache.rocketmq.common.MQVersion;
import org.apache.rocketmq.common.TopicFilterType;
import org.apache.rocketmq.common.UtilAll;
import org.apache.rocketmq.common.message.MessageClientIDSetter;
import org.apache.rocketmq.common.message.MessageDecoder;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageId;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.protocol.LanguageCode;
import org.apache.rocketmq.remoting.protocol.RequestCode;
import org.apache.rocketmq.remoting.protocol.ResponseCode;

/** Hashes, ids, signatures, allocations and the code tables: lists in the manifest itself. */
final class Vectors {
  private Vectors() {}

  static void writeTo(Manifest manifest) throws Exception {
    manifest.addVectors("tag_hash", tagHashes());
    manifest.addVectors("crc32", crcs());
    manifest.addVectors("properties_parse", parsedProperties());
    manifest.addVectors("offset_msg_id", offsetIds());
    manifest.addVectors("uniq_key", uniqueKeys());
    manifest.addVectors("signature", signatures());
    manifest.addVectors("allocation", allocations());
    manifest.addVectors("request_codes", codes(RequestCode.class));
    manifest.addVectors("response_codes", codes(ResponseCode.class));
    manifest.addVectors("language_codes", languages());
    manifest.addVectors("versions", versions());
  }

  /** A text is given as UTF-16 units, since a lone surrogate has no UTF-8 form. */
  private static List<Object> tagHashes() {
    List<Object> list = new ArrayList<>();
    for (String text : new String[] {"", "TagA", "标签", "😀", "\uD83D", "\uDE00", "\uDE00\uD83D",
             "a\uD83Db", "Aa", "BB", "\0", "\u0001\u0002", "*", "é", "e\u0301", " ", "\u7fff\uffff",
             "TagA||TagB", "polygenelubricants", "ab".repeat(50)}) {
      List<Object> units = new ArrayList<>();
      text.chars().forEach(units::add);
      list.add(Manifest.entry("utf16", units, "hash", text.hashCode(), "tagsCode",
          org.apache.rocketmq.common.message.MessageExtBrokerInner.tagsString2tagsCode(
              TopicFilterType.SINGLE_TAG, text)));
    }
    return list;
  }

  private static List<Object> crcs() {
    List<Object> list = new ArrayList<>();
    for (String text : new String[] {"", "a", "hello", "123456789", "标签😀", "x".repeat(1000)}) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      list.add(Manifest.entry("hex", Records.hex(bytes), "crc32", UtilAll.crc32(bytes)));
    }
    return list;
  }

  private static List<Object> parsedProperties() {
    List<Object> list = new ArrayList<>();
    for (String text : new String[] {"", "a\u00011\u0002b\u0001\u0002c\u0001xy\u0002d\u00012",
             Headers.PROPERTIES, "a\u0001b\u0001c\u0002", "a\u0001\u0002", "\u0001b\u0002",
             "ab\u0002", "a\u0002b\u0002", "\u0002\u0002a\u0001b\u0002", "a\u0001b",
             "a\u0001b\u0002a\u0001c\u0002", "\u0001\u0001\u0001", "a\u0001\u0001\u0002",
             "no separator", "ab\u0002c\u0001d\u0002", "abc\u0002d\u0001e\u0002"}) {
      list.add(Manifest.entry("text", text, "properties",
          new TreeMap<>(MessageDecoder.string2messageProperties(text))));
    }
    return list;
  }

  private static List<Object> offsetIds() throws Exception {
    List<Object> list = new ArrayList<>();
    byte[] v6 = new byte[16];
    v6[0] = (byte) 0xfd;
    v6[15] = 2;
    for (byte[] ip : new byte[][] {{10, 0, 0, 1}, {-1, -1, -1, -1}, v6}) {
      for (long offset : new long[] {0, 1024, Long.MAX_VALUE}) {
        InetSocketAddress host = new InetSocketAddress(InetAddress.getByAddress(ip), 10911);
        ByteBuffer address = ByteBuffer.allocate(ip.length + 4);
        MessageExt.socketAddress2ByteBuffer(host, address);
        String id =
            MessageDecoder.createMessageId(ByteBuffer.allocate(ip.length + 12), address, offset);
        MessageId read = MessageDecoder.decodeMessageId(id);
        list.add(Manifest.entry("id", id, "ip", Records.hex(ip), "port",
            ((InetSocketAddress) read.getAddress()).getPort(), "offset", read.getOffset()));
      }
    }
    return list;
  }

  /**
   * MessageClientIDSetter takes address, process and clock from the machine, so the ids are put
   * together here in its order of parts; address and process are what its own readers say.
   */
  private static List<Object> uniqueKeys() {
    List<Object> list = new ArrayList<>();
    byte[] v6 = new byte[16];
    v6[0] = (byte) 0xfd;
    v6[15] = 2;
    for (byte[] ip : new byte[][] {{10, 0, 0, 9}, v6}) {
      ByteBuffer parts = ByteBuffer.allocate(ip.length + 12);
      parts.put(ip)
          .putShort((short) 0x9ABC)
          .putInt(0x18B4AAC2)
          .putInt(86_400_123)
          .putShort((short) 0xFFFE);
      String id = UtilAll.bytes2string(parts.array());
      list.add(Manifest.entry("id", id, "ip", Records.hex(MessageClientIDSetter.getIPFromID(id)),
          "pid", MessageClientIDSetter.getPidFromID(id), "loader", 0x18B4AAC2,
          "milliseconds_of_month", 86_400_123, "counter", 0xFFFE));
    }
    return list;
  }

  private static List<Object> signatures() {
    List<Object> list = new ArrayList<>();
    for (String key : new String[] {"SK12345678", "密钥", "k".repeat(100)}) {
      for (String content : new String[] {"", "hello", "标签😀\0\u0001", "x".repeat(1000)}) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        list.add(Manifest.entry("secret_key", key, "content_hex", Records.hex(bytes), "signature",
            AclSigner.calSignature(bytes, key)));
      }
    }
    return list;
  }

  private static List<Object> allocations() {
    Map<String, AllocateMessageQueueStrategy> strategies = new LinkedHashMap<>();
    strategies.put("AVG", new AllocateMessageQueueAveragely());
    strategies.put("AVG_BY_CIRCLE", new AllocateMessageQueueAveragelyByCircle());
    strategies.put("CONSISTENT_HASH", new AllocateMessageQueueConsistentHash());
    List<Object> list = new ArrayList<>();
    strategies.forEach((name, strategy) -> {
      for (int queues : new int[] {1, 2, 3, 7, 8, 16, 17}) {
        for (int clients : new int[] {1, 2, 3, 4, 5, 8}) {
          list.add(allocation(name, strategy, queues, clients));
        }
      }
    });
    return list;
  }

  /** Queues 0..n-1 of topic T on broker b-a; clients 10.0.0.I@I#I, I from 1. */
  private static Map<String, Object> allocation(
      String name, AllocateMessageQueueStrategy strategy, int queueCount, int clientCount) {
    List<MessageQueue> queues = new ArrayList<>();
    for (int i = 0; i < queueCount; i++) {
      queues.add(new MessageQueue("T", "b-a", i));
    }
    List<String> clients = new ArrayList<>();
    for (int i = 1; i <= clientCount; i++) {
      clients.add("10.0.0." + i + "@" + i + "#" + i);
    }
    List<Object> all = new ArrayList<>();
    for (String client : clients) {
      List<Object> own = new ArrayList<>();
      for (MessageQueue queue : strategy.allocate("CG", client, queues, clients)) {
        own.add(queue.getQueueId());
      }
      all.add(own);
    }
    return Manifest.entry(
        "strategy", name, "queues", queueCount, "clients", clientCount, "owned", all);
  }

  private static Map<String, Object> codes(Class<?> table) throws Exception {
    Map<String, Object> codes = new LinkedHashMap<>();
    for (Field field : table.getFields()) {
      if (Modifier.isStatic(field.getModifiers()) && field.getType() == int.class) {
        codes.put(field.getName(), field.getInt(null));
      }
    }
    return codes;
  }

  private static Map<String, Object> languages() {
    Map<String, Object> codes = new LinkedHashMap<>();
    for (LanguageCode language : LanguageCode.values()) {
      codes.put(language.name(), (int) language.getCode());
    }
    return codes;
  }

  private static Map<String, Object> versions() {
    Map<String, Object> ordinals = new LinkedHashMap<>();
    for (MQVersion.Version version : MQVersion.Version.values()) {
      if (!version.name().endsWith("SNAPSHOT")) {
        ordinals.put(version.name(), version.ordinal());
      }
    }
    return ordinals;
  }
}
