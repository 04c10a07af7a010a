package golden;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.rocketmq.common.message.MessageDecoder;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;

/** What Java makes of frames and records that it would not write itself: a reading, or none. */
final class Inputs {
  private Inputs() {}

  static void writeTo(Manifest manifest) throws Exception {
    manifest.addVectors("json_header_inputs", jsonHeaders());
    manifest.addVectors("frame_inputs", frames());
    manifest.addVectors("record_inputs", records());
  }

  private static List<Object> jsonHeaders() {
    List<Object> list = new ArrayList<>();
    for (String text : new String[] {// Less and more than Java writes.
             "{}", "{\"code\":105}", "{\"code\":105,\"opaque\":7,\"unknown\":{\"a\":[1,{}]}}",
             "{\"code\":1,\"extFields\":{}}", "{\"code\":1,\"extFields\":null}",
             "{\"code\":1,\"remark\":null}", "{\"code\":1,\"remark\":\"\"}",
             " { \"code\" : 1 ,\n\t\"opaque\" : 7 } ", "{\"opaque\":7,\"code\":1}",
             "{\"code\":1,\"code\":2,\"opaque\":7}",
             // Values of another type.
             "{\"code\":\"105\",\"opaque\":\"7\"}", "{\"code\":1.0,\"opaque\":7}",
             "{\"code\":true,\"opaque\":7}", "{\"code\":null,\"opaque\":7}",
             "{\"code\":1,\"remark\":5}", "{\"code\":1,\"remark\":{\"a\":1}}",
             "{\"code\":1,\"extFields\":{\"i\":5,\"d\":1.50,\"b\":true,\"n\":null,\"e\":\"\"}}",
             "{\"code\":1,\"extFields\":{\"o\":{\"x\":1},\"a\":[1,\"b\"]}}",
             "{\"code\":1,\"extFields\":[]}", "{\"code\":1,\"extFields\":\"x\"}",
             "{\"code\":2147483648}", "{\"code\":-2147483648}", "{\"code\":9223372036854775808}",
             "{\"code\":1e3}",
             // Languages.
             "{\"code\":1,\"language\":\"GO\"}", "{\"code\":1,\"language\":1}",
             "{\"code\":1,\"language\":\"KLINGON\"}", "{\"code\":1,\"language\":99}",
             "{\"code\":1,\"language\":null}", "{\"code\":1,\"language\":\"cpp\"}",
             // Loose syntax.
             "{'code':1,'remark':'it'}", "{code:1,opaque:7}", "{\"code\":1,}", "{\"code\":1,,}",
             "{\"Code\":1,\"OPAQUE\":7}", "{\"code\":01}", "{\"code\":+1}", "{\"code\":1}x",
             "{\"code\":1} {}", "/* c */{\"code\":1}", "{\"code\":1 // c\n}",
             // Escapes.
             "{\"code\":1,\"remark\":\"\\u4e2d\\uD83D\\uDE00\\/\\b\"}",
             "{\"code\":1,\"remark\":\"\\x41\"}", "{\"code\":1,\"remark\":\"a\tb\nc\"}",
             "{\"code\":1,\"r\\u0065mark\":\"x\"}",
             // Broken.
             "", " ", "{", "{\"code\":", "{\"code\":1", "{\"code\":1,\"remark\":\"", "[]", "5",
             "null", "\"x\"", "{\"code\" 1}", "{\"code\":1]", "\uFEFF{\"code\":1}"}) {
      list.add(Manifest.entry("text", text, "header", read(jsonFrame(text))));
    }
    return list;
  }

  private static byte[] jsonFrame(String header) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(4 + text.length).putInt(text.length).put(text).array();
  }

  /**
   * Null where Java throws: NettyDecoder then closes the connection. The opaque is not told: where
   * it is absent, Java has its own counter there.
   */
  private static Object read(byte[] frame) {
    RemotingCommand command;
    try {
      command = RemotingCommand.decode(ByteBuffer.wrap(frame));
    } catch (Throwable e) {
      return null;
    }
    Map<String, String> fields = command.getExtFields();
    String language = command.getLanguage() == null ? null : command.getLanguage().name();
    int bodyLength = command.getBody() == null ? 0 : command.getBody().length;
    return Manifest.entry("code", command.getCode(), "flag", command.getFlag(), "language",
        language, "version", command.getVersion(), "remark", command.getRemark(), "fields",
        fields == null ? null : sorted(fields), "body_length", bodyLength);
  }

  /** An empty key of the binary codec is null in Java's map; here it is "" again. */
  private static Map<String, String> sorted(Map<String, String> fields) {
    Map<String, String> sorted = new TreeMap<>();
    fields.forEach((key, value) -> sorted.put(key == null ? "" : key, value));
    return sorted;
  }

  /** Frames without their length; the header length counts what follows it. */
  private static List<Object> frames() {
    String fixed = "0069"
        + "01"
        + "01df"
        + "00000001"
        + "00000000";
    List<Object> list = new ArrayList<>();
    for (String hex : new String[] {// The codec's byte, the header's length.
             "00000002"
                 + "7b7d",
             "00000002"
                 + "7b7d"
                 + "ff",
             "00000003"
                 + "7b7d",
             "02000002"
                 + "7b7d",
             "ff000002"
                 + "7b7d",
             "00ffffff"
                 + "7b7d",
             "00000000", "01000000",
             // A binary header: remark, fields.
             "01000015" + fixed + "00000000"
                 + "00000000",
             "01000014" + fixed + "00000000"
                 + "000000",
             "01000011" + fixed + "00000000",
             "01000015" + fixed + "00000001"
                 + "00000000",
             "01000015" + fixed + "ffffffff"
                 + "00000000",
             "01000015" + fixed + "00000000"
                 + "ffffffff",
             "01000015" + fixed + "00000000"
                 + "7fffffff",
             "0100001d" + fixed + "00000000"
                 + "00000008"
                 + "0001"
                 + "61"
                 + "00000001"
                 + "62",
             "0100001d" + fixed + "00000000"
                 + "00000007"
                 + "0001"
                 + "61"
                 + "00000001"
                 + "62",
             "0100001d" + fixed + "00000000"
                 + "00000008"
                 + "0009"
                 + "61"
                 + "00000001"
                 + "62",
             "0100001d" + fixed + "00000000"
                 + "00000008"
                 + "0001"
                 + "61"
                 + "0000000f"
                 + "62",
             "0100001d" + fixed + "00000000"
                 + "00000008"
                 + "0001"
                 + "61"
                 + "ffffffff"
                 + "62",
             "0100001c" + fixed + "00000000"
                 + "00000007"
                 + "0001"
                 + "61"
                 + "00000000",
             "0100001c" + fixed + "00000000"
                 + "00000007"
                 + "0000"
                 + "00000001"
                 + "62",
             "01000025" + fixed + "00000000"
                 + "00000010"
                 + "0001"
                 + "61"
                 + "00000001"
                 + "62"
                 + "0001"
                 + "61"
                 + "00000001"
                 + "63",
             // A language that there is not, and more header than its parts.
             "01000015"
                 + "0069"
                 + "7f"
                 + "01df"
                 + "00000001"
                 + "00000000"
                 + "00000000"
                 + "00000000",
             "01000017" + fixed + "00000000"
                 + "00000000"
                 + "aabb"}) {
      list.add(Manifest.entry("hex", hex, "header", read(HexFormat.of().parseHex(hex))));
    }
    return list;
  }

  private static List<Object> records() throws Exception {
    byte[] good = Records.encode(Records.message("T", "hello"), "TAGS\u0001TagA\u0002");
    List<Object> list = new ArrayList<>();
    for (int length : new int[] {0, 3, 4, 8, 40, 83, 88, 92, 93, 95, 96, 100, 106}) {
      addRecord(list, "cut to " + length + " bytes", Arrays.copyOf(good, length));
    }
    addRecord(list, "unknown magic", changed(good, 4, 0x12345678));
    addRecord(list, "blank magic", changed(good, 4, 0xCBD43194));
    addRecord(list, "total size too small", changed(good, 0, 5));
    addRecord(list, "total size negative", changed(good, 0, -1));
    addRecord(list, "body longer than the record", changed(good, 84, 1000));
    addRecord(list, "body length negative", changed(good, 84, -1));
    addRecord(list, "wrong body crc", changed(good, 8, 1));
    addRecord(list, "compressed flag on plain bytes", changed(good, 36, 1));
    addRecord(list, "unknown compression type", changed(good, 36, 0x701));
    addRecord(list, "compression type without the flag", changed(good, 36, 0x300));
    return list;
  }

  private static byte[] changed(byte[] record, int at, int value) {
    byte[] changed = record.clone();
    ByteBuffer.wrap(changed).putInt(at, value);
    return changed;
  }

  /** {@code consumed} is where Java would look for the next record. */
  private static void addRecord(List<Object> list, String what, byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    MessageExt message = bytes.length == 0 ? null : MessageDecoder.decode(buffer, true, true);
    list.add(Manifest.entry("what", what, "hex", Records.hex(bytes), "is_read", message != null,
        "consumed", buffer.position(), "bodyHex",
        message == null ? null : Records.hex(message.getBody()), "topic",
        message == null ? null : message.getTopic()));
  }
}
