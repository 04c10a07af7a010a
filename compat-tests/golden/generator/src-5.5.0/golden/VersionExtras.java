package golden;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.sysflag.MessageSysFlag;

/** What only the 5.5.0 jars can write. */
final class VersionExtras {
  private static CommitLogEncoder plain;

  private VersionExtras() {}

  static Records.StoredEncoder storedEncoder(Path home) throws Exception {
    plain = new CommitLogEncoder(home, false);
    return plain;
  }

  static void addRecords(Map<String, byte[]> records, Path home) throws Exception {
    String tags = "TAGS\u0001TagA\u0002";
    for (int length : new int[] {128, 255, 256, 1000}) {
      records.put("topic_of_" + length + "_bytes",
          plain.encode(Records.message("t".repeat(length), "hello"), tags));
    }
    CommitLogEncoder withCrc = new CommitLogEncoder(home, true);
    records.put("crc_property", withCrc.encode(Records.message("T", "hello"), tags));
    records.put("crc_property_only", withCrc.encode(Records.message("T", "hello"), ""));
    // The encoder adds the separator that the client left out.
    records.put("crc_property_after_open_end",
        withCrc.encode(Records.message("T", "hello"), "TAGS\u0001TagA"));
    records.put("batch.split", plain.encodeBatch(Records.message("T", ""), Records.batchBody()));
    records.put("batch.split_with_crc_property",
        withCrc.encodeBatch(Records.message("T", ""), Records.batchBody()));
    MessageExt inner = Records.message("T", "");
    inner.setBody(Records.batchBody());
    inner.setSysFlag(MessageSysFlag.INNER_BATCH_FLAG | MessageSysFlag.NEED_UNWRAP_FLAG);
    records.put(
        "batch.inner", plain.encode(inner, "INNER_NUM\u00013\u0002INNER_BASE\u00017\u0002"));
    byte[] first = plain.encode(Records.message("T", "first"), tags);
    MessageExt next = Records.message("t".repeat(200), "second");
    next.setQueueOffset(8);
    next.setCommitLogOffset(1024 + first.length);
    byte[] second = plain.encode(next, "");
    records.put(
        "pulled", ByteBuffer.allocate(first.length + second.length).put(first).put(second).array());
  }

  static void addBatchRecords(Manifest manifest, byte[] body) throws Exception {
    byte[] blank = plain.blank(Records.message("T", "hello"), 50);
    manifest.add("records/end_of_file.bin", blank,
        Manifest.entry("kind", "blank", "name", "end_of_file", "class", "CommitLog", "room", 50));
  }

  static void writeTo(Manifest manifest) throws Exception {
    Section9.writeTo(manifest);
  }
}
