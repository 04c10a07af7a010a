import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.apache.rocketmq.common.message.MessageConst;

/**
 * How ReadAll and WriteStore write one stored message down, so that their files can be compared as
 * text. Columns: queue, offset, offset message id, message id, tag, keys, flag, born timestamp,
 * length and CRC of the uncompressed body, properties sorted by name.
 */
final class StoredLine implements Comparable<StoredLine> {
  /** Added by the reading client itself. */
  private static final Set<String> ADDED_BY_READER = Set.of(
      MessageConst.PROPERTY_MIN_OFFSET,
      MessageConst.PROPERTY_MAX_OFFSET,
      "__RMQ.TRANSIENT.TOPIC_SYS_FLAG",
      "__RMQ.TRANSIENT.GROUP_SYS_FLAG");

  /** Added by the broker or, in the case of WAIT, dropped by 4.x and kept by 5.x. */
  private static final Set<String> UP_TO_BROKER = Set.of(
      MessageConst.PROPERTY_MSG_REGION,
      MessageConst.PROPERTY_TRACE_SWITCH,
      MessageConst.PROPERTY_WAIT_STORE_MSG_OK,
      "CLUSTER");

  int queue;
  long offset;
  String offsetMessageId; // holds the broker's address and the position in the commit log
  String messageId;
  int flag;
  long bornTimestamp;
  byte[] body;
  Map<String, String> properties;
  boolean withAllProperties; // also those that are up to the broker

  @Override
  public int compareTo(StoredLine other) {
    return queue != other.queue ? Integer.compare(queue, other.queue)
        : Long.compare(offset, other.offset);
  }

  @Override
  public String toString() {
    CRC32 crc = new CRC32();
    crc.update(body);
    Map<String, String> sorted = new TreeMap<>(properties);
    sorted.keySet().removeAll(ADDED_BY_READER);
    if (!withAllProperties) {
      sorted.keySet().removeAll(UP_TO_BROKER);
    }
    return String.join("\t",
        Integer.toString(queue),
        Long.toString(offset),
        offsetMessageId,
        messageId,
        property(MessageConst.PROPERTY_TAGS),
        property(MessageConst.PROPERTY_KEYS),
        Integer.toString(flag),
        Long.toString(bornTimestamp),
        Integer.toString(body.length),
        String.format("%08x", crc.getValue()),
        sorted.entrySet().stream()
            .map(entry -> Json.escape(entry.getKey()) + "=" + Json.escape(entry.getValue()))
            .collect(Collectors.joining(" ")));
  }

  private String property(String name) {
    return Json.escape(properties.getOrDefault(name, ""));
  }
}
