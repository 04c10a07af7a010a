package golden;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.rocketmq.common.UtilAll;
import org.apache.rocketmq.common.compression.CompressionType;
import org.apache.rocketmq.common.compression.CompressorFactory;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageDecoder;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.sysflag.MessageSysFlag;

/** Stored messages, batches, and what the stock MessageDecoder reads from them. */
final class Records {
  private static final byte[] V4_BORN = {10, 0, 0, 9};
  private static final byte[] V4_STORE = {10, 0, 0, 1};
  private static final byte[] V6_BORN = v6(0xfd, 2);
  private static final byte[] V6_STORE = v6(0x20, 1);

  /** A record of version 1 with IPv4 hosts and without body, topic and properties. */
  private static final int FIXED_BYTES = 91;

  private Records() {}

  private static byte[] v6(int first, int last) {
    byte[] address = new byte[16];
    address[0] = (byte) first;
    address[15] = (byte) last;
    return address;
  }

  /** How this version stores a message: the commit log's own encoder where the jars have one. */
  interface StoredEncoder {
    /**
     * {@code properties} is text (key 01 value 02 …); the physical offset is taken from the
     * message.
     */
    byte[] encode(MessageExt message, String properties) throws Exception;
  }

  static void writeTo(Manifest manifest, Path home) throws Exception {
    StoredEncoder encoder = VersionExtras.storedEncoder(home);
    Map<String, byte[]> records = new LinkedHashMap<>();
    hosts(records, encoder);
    parts(records, encoder);
    transactions(records, encoder);
    compression(records, encoder);
    limits(records, encoder);
    VersionExtras.addRecords(records, home);
    for (Map.Entry<String, byte[]> record : records.entrySet()) {
      manifest.add("records/" + record.getKey() + ".bin", record.getValue(),
          Manifest.entry("kind", "record", "name", record.getKey(), "class",
              encoder.getClass().getSimpleName(), "messages", decode(record.getValue())));
    }
    batches(manifest);
  }

  private static void hosts(Map<String, byte[]> records, StoredEncoder encoder) throws Exception {
    for (byte[] born : new byte[][] {V4_BORN, V6_BORN}) {
      for (byte[] store : new byte[][] {V4_STORE, V6_STORE}) {
        MessageExt message = message("T", "hello");
        setHosts(message, born, store);
        String name =
            "hosts.born_v" + (born.length == 4 ? 4 : 6) + ".store_v" + (store.length == 4 ? 4 : 6);
        records.put(name, encoder.encode(message, "TAGS\u0001TagA\u0002"));
      }
    }
  }

  private static void parts(Map<String, byte[]> records, StoredEncoder encoder) throws Exception {
    records.put("full",
        encoder.encode(message("TopicTest", "hello 标签😀\0\u0001\u0002"), Headers.PROPERTIES));
    records.put("no_properties", encoder.encode(message("T", "hello"), ""));
    records.put("no_body", encoder.encode(message("T", ""), "TAGS\u0001TagA\u0002"));
    records.put("no_body_no_properties", encoder.encode(message("T", ""), ""));
    records.put("retry_topic",
        encoder.encode(message("%RETRY%CG", "hello"),
            "RETRY_TOPIC\u0001T\u0002ORIGIN_MESSAGE_"
                + "ID\u00010A00000100002A9F0000000000000400\u0002"));
    records.put("topic_of_127_bytes",
        encoder.encode(message("t".repeat(127), "hello"), "TAGS\u0001TagA\u0002"));
  }

  private static void transactions(Map<String, byte[]> records, StoredEncoder encoder)
      throws Exception {
    records.put(
        "transaction.prepared", withFlag(encoder, MessageSysFlag.TRANSACTION_PREPARED_TYPE));
    records.put("transaction.commit", withFlag(encoder, MessageSysFlag.TRANSACTION_COMMIT_TYPE));
    records.put(
        "transaction.rollback", withFlag(encoder, MessageSysFlag.TRANSACTION_ROLLBACK_TYPE));
    records.put("transaction.half", halfMessage());
  }

  private static byte[] withFlag(StoredEncoder encoder, int flag) throws Exception {
    MessageExt message = message("T", "hello");
    message.setSysFlag(flag);
    message.setPreparedTransactionOffset(512);
    return encoder.encode(message, "TRAN_MSG\u0001true\u0002PGROUP\u0001PG\u0002");
  }

  private static void compression(Map<String, byte[]> records, StoredEncoder encoder)
      throws Exception {
    for (CompressionType type : CompressionType.values()) {
      records.put("compressed." + type.name().toLowerCase(),
          encoder.encode(compressed(type, type.getCompressionFlag()), "TAGS\u0001TagA\u0002"));
    }
    // Before 4.9.4 there were no type bits: zlib.
    records.put("compressed.zlib_without_type",
        encoder.encode(compressed(CompressionType.ZLIB, 0), "TAGS\u0001TagA\u0002"));
  }

  static MessageExt compressed(CompressionType type, int typeFlag) throws Exception {
    MessageExt message = message("T", "");
    byte[] plain = "compress me, 标签😀 ".repeat(64).getBytes(StandardCharsets.UTF_8);
    message.setBody(CompressorFactory.getCompressor(type).compress(plain, 5));
    message.setSysFlag(MessageSysFlag.COMPRESSED_FLAG | typeFlag);
    return message;
  }

  private static void limits(Map<String, byte[]> records, StoredEncoder encoder) throws Exception {
    MessageExt max = message("T", "x");
    max.setQueueId(Integer.MAX_VALUE);
    max.setFlag(Integer.MAX_VALUE);
    max.setQueueOffset(Long.MAX_VALUE);
    max.setCommitLogOffset(Long.MAX_VALUE);
    max.setBornTimestamp(Long.MAX_VALUE);
    max.setStoreTimestamp(Long.MAX_VALUE);
    max.setReconsumeTimes(Integer.MAX_VALUE);
    max.setPreparedTransactionOffset(Long.MAX_VALUE);
    max.setBornHost(host(new byte[] {-1, -1, -1, -1}, 65535));
    records.put("limits.max",
        encoder.encode(max,
            "p\u0001"
                + "v".repeat(1000) + "\u0002"));
    MessageExt min = message("T", "x");
    min.setQueueId(Integer.MIN_VALUE);
    min.setFlag(Integer.MIN_VALUE);
    min.setQueueOffset(Long.MIN_VALUE);
    min.setCommitLogOffset(0);
    min.setBornTimestamp(Long.MIN_VALUE);
    min.setStoreTimestamp(Long.MIN_VALUE);
    min.setReconsumeTimes(Integer.MIN_VALUE);
    min.setPreparedTransactionOffset(Long.MIN_VALUE);
    min.setBornHost(host(new byte[] {0, 0, 0, 0}, 0));
    records.put("limits.min", encoder.encode(min, ""));
  }

  /**
   * Queue 3 at 7, from 10.0.0.9:5555, stored at 10.0.0.1:10911.
   */
  static MessageExt message(String topic, String body) throws Exception {
    MessageExt message = new MessageExt();
    message.setTopic(topic);
    message.setBody(body.getBytes(StandardCharsets.UTF_8));
    message.setQueueId(3);
    message.setQueueOffset(7);
    message.setCommitLogOffset(1024);
    message.setBornTimestamp(Samples.TIME);
    message.setStoreTimestamp(Samples.TIME + 1);
    setHosts(message, V4_BORN, V4_STORE);
    return message;
  }

  /** The broker sets the flags from the addresses. */
  private static void setHosts(MessageExt message, byte[] born, byte[] store) throws Exception {
    message.setBornHost(host(born, 5555));
    message.setStoreHost(host(store, 10911));
    int flag = message.getSysFlag();
    flag |= born.length == 16 ? MessageSysFlag.BORNHOST_V6_FLAG : 0;
    flag |= store.length == 16 ? MessageSysFlag.STOREHOSTADDRESS_V6_FLAG : 0;
    message.setSysFlag(flag);
  }

  private static InetSocketAddress host(byte[] address, int port) throws Exception {
    return new InetSocketAddress(InetAddress.getByAddress(address), port);
  }

  /** The client-side encoder; knows version 1 records only. */
  static byte[] encode(MessageExt message, String properties) throws Exception {
    message.setBodyCRC(UtilAll.crc32(message.getBody()));
    message.setStoreSize(0);
    // A list of pairs in the order of the text, which the message's own hash map would not keep.
    byte[] withoutProperties = MessageDecoder.encode(message, false);
    byte[] text = properties.getBytes(StandardCharsets.UTF_8);
    ByteBuffer record = ByteBuffer.allocate(withoutProperties.length + text.length);
    record.put(withoutProperties, 0, withoutProperties.length - 2);
    record.putShort((short) text.length).put(text);
    return record.putInt(0, record.capacity()).array();
  }

  static byte[] halfMessage() throws Exception {
    MessageExt message = message("T", "half");
    return encode(message,
        "TRAN_MSG\u0001true\u0002PGROUP\u0001PG\u0002UNIQ_KEY\u0001"
            + "0A00000904D218B4AAC2000000010002\u0002");
  }

  /** Records back to back, as the body of a pull answer. */
  static byte[] pulledBody() throws Exception {
    byte[] first = encode(message("T", "first"), "TAGS\u0001TagA\u0002");
    MessageExt next = message("T", "");
    next.setQueueOffset(8);
    next.setCommitLogOffset(1024 + first.length);
    byte[] second = encode(next, "");
    return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
  }

  private static List<Message> batch() {
    Message first = new Message("T", "first".getBytes(StandardCharsets.UTF_8));
    first.putUserProperty("键", "值😀");
    Message second = new Message("T", "TagA", "k1 k2", new byte[] {0, 1, 2, (byte) 0xff});
    second.setFlag(Integer.MIN_VALUE);
    Message third = new Message("T", new byte[0]);
    third.setWaitStoreMsgOK(false);
    return List.of(first, second, third);
  }

  static byte[] batchBody() {
    return MessageDecoder.encodeMessages(batch());
  }

  private static void batches(Manifest manifest) throws Exception {
    byte[] body = batchBody();
    List<Object> entries = new ArrayList<>();
    for (Message message : MessageDecoder.decodeMessages(ByteBuffer.wrap(body))) {
      entries.add(Manifest.entry("flag", message.getFlag(), "bodyHex", hex(message.getBody()),
          "properties", new TreeMap<>(message.getProperties())));
    }
    manifest.add("records/batch.bin", body,
        Manifest.entry(
            "kind", "batch", "name", "batch", "class", "MessageDecoder", "entries", entries));
    VersionExtras.addBatchRecords(manifest, body);
  }

  static List<Object> decode(byte[] bytes) {
    List<Object> messages = new ArrayList<>();
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      int start = buffer.position();
      // Java's sysFlag after reading lacks the bit of the body it has inflated.
      MessageExt stored = MessageDecoder.decode(buffer, true, false);
      ByteBuffer again = ByteBuffer.wrap(bytes, start, stored.getStoreSize()).slice();
      MessageExt message = MessageDecoder.decode(again, true, true);
      messages.add(describe(stored, message, again.rewind()));
    }
    return messages;
  }

  private static Map<String, Object> describe(
      MessageExt stored, MessageExt message, ByteBuffer record) {
    Map<String, Object> facts = Manifest.entry("magicCode", record.getInt(4), "storeSize",
        stored.getStoreSize(), "bodyCRC", stored.getBodyCRC(), "queueId", stored.getQueueId(),
        "flag", stored.getFlag(), "queueOffset", stored.getQueueOffset(), "physicalOffset",
        stored.getCommitLogOffset(), "sysFlag", stored.getSysFlag(), "bornTimestamp",
        stored.getBornTimestamp(), "bornHost", address(stored.getBornHost()), "storeTimestamp",
        stored.getStoreTimestamp(), "storeHost", address(stored.getStoreHost()), "reconsumeTimes",
        stored.getReconsumeTimes(), "preparedTransactionOffset",
        stored.getPreparedTransactionOffset(), "topic", stored.getTopic(), "properties",
        stored.getProperties() == null ? Map.of() : new TreeMap<>(stored.getProperties()),
        "propertiesText", propertiesText(stored, record), "storedBodyHex", hex(stored.getBody()),
        "offsetMsgId", stored.getMsgId());
    if ((stored.getSysFlag() & MessageSysFlag.COMPRESSED_FLAG) != 0) {
      facts.put("bodyHex", hex(message.getBody()));
      facts.put("sysFlagInMemory", message.getSysFlag());
    }
    return facts;
  }

  /** The properties as they stand in the record: Java's map has neither their order nor all. */
  private static String propertiesText(MessageExt message, ByteBuffer record) {
    int flag = message.getSysFlag();
    int before = FIXED_BYTES + message.getTopic().getBytes(StandardCharsets.UTF_8).length;
    before += message.getBody() == null ? 0 : message.getBody().length;
    before += (flag & MessageSysFlag.BORNHOST_V6_FLAG) == 0 ? 0 : 12;
    before += (flag & MessageSysFlag.STOREHOSTADDRESS_V6_FLAG) == 0 ? 0 : 12;
    before += record.getInt(4) == MessageDecoder.MESSAGE_MAGIC_CODE ? 0 : 1;
    byte[] text = new byte[record.capacity() - before];
    record.position(before).get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static Map<String, Object> address(java.net.SocketAddress address) {
    InetSocketAddress host = (InetSocketAddress) address;
    return Manifest.entry("ip", hex(host.getAddress().getAddress()), "port", host.getPort());
  }

  static String hex(byte[] bytes) {
    StringBuilder out = new StringBuilder();
    for (byte b : bytes == null ? new byte[0] : bytes) {
      out.append(String.format("%02x", b));
    }
    return out.toString();
  }
}
