package golden;

import java.nio.file.Path;
import java.util.Map;

/** 4.9.7 stores through a private class; its records come from the client-side encoder. */
final class VersionExtras {
  private VersionExtras() {}

  static Records.StoredEncoder storedEncoder(Path home) {
    return new DecoderEncoder();
  }

  static void addRecords(Map<String, byte[]> records, Path home) {}

  static void addBatchRecords(Manifest manifest, byte[] body) {}

  static void writeTo(Manifest manifest) {}

  private static final class DecoderEncoder implements Records.StoredEncoder {
    @Override
    public byte[] encode(org.apache.rocketmq.common.message.MessageExt message, String properties)
        throws Exception {
      return Records.encode(message, properties);
    }
  }
}
