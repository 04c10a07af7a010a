package golden;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.rocketmq.acl.common.AclClientRPCHook;
import org.apache.rocketmq.acl.common.SessionCredentials;
import org.apache.rocketmq.client.trace.TraceBean;
import org.apache.rocketmq.client.trace.TraceContext;
import org.apache.rocketmq.client.trace.TraceDataEncoder;
import org.apache.rocketmq.client.trace.TraceType;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.common.compression.CompressionType;
import org.apache.rocketmq.common.compression.CompressorFactory;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageClientIDSetter;
import org.apache.rocketmq.common.message.MessageDecoder;
import org.apache.rocketmq.common.message.MessageType;
import org.apache.rocketmq.common.producer.RecallMessageHandle;
import org.apache.rocketmq.remoting.protocol.LanguageCode;
import org.apache.rocketmq.remoting.protocol.NamespaceUtil;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.remoting.protocol.RemotingSerializable;
import org.apache.rocketmq.remoting.protocol.SerializeType;
import org.apache.rocketmq.remoting.protocol.body.BatchAck;
import org.apache.rocketmq.remoting.protocol.body.RegisterBrokerBody;
import org.apache.rocketmq.remoting.protocol.header.ExtraInfoUtil;
import org.apache.rocketmq.remoting.protocol.header.SendMessageRequestHeaderV2;

/**
 * The golden vectors that the protocol notes print (their section 9). Each is made by the stock
 * classes here and must equal what is printed there; a difference ends the run.
 */
final class Section9 {
  private final Manifest manifest;

  private Section9(Manifest manifest) {
    this.manifest = manifest;
  }

  static void writeTo(Manifest manifest) throws Exception {
    Section9 section = new Section9(manifest);
    section.frames();
    section.messages();
    section.signature();
    section.compression();
    section.registration();
    section.texts();
  }

  private void add(String name, String printed, byte[] made, Map<String, Object> facts)
      throws Exception {
    String hex = Records.hex(made);
    if (!hex.equals(printed)) {
      throw new IllegalStateException(name + ": Java makes " + hex + ", printed is " + printed);
    }
    Map<String, Object> all = Manifest.entry("kind", "section9", "name", name);
    all.putAll(facts);
    manifest.add("section9/" + name + ".bin", made, all);
  }

  private void addText(String name, String printed, String made, Map<String, Object> facts)
      throws Exception {
    Map<String, Object> all = Manifest.entry("text", made);
    all.putAll(facts);
    add(name, Records.hex(printed.getBytes(StandardCharsets.UTF_8)),
        made.getBytes(StandardCharsets.UTF_8), all);
  }

  private void frames() throws Exception {
    addFrame("frame.json",
        "000000830000007f7b22636f6465223a3130352c226578744669656c6473223a7b22746f706963223a22544257"
            + "31"
            + "3032227d2c22666c6167223a302c226c616e6775616765223a22435050222c226f7061717565223a312c"
            + "22"
            + "73657269616c697a655479706543757272656e74525043223a224a534f4e222c2276657273696f6e223a"
            + "34"
            + "37397d",
        SerializeType.JSON, null, null);
    addFrame("frame.binary",
        "0000002a0100002600690101df000000010000000000000000000000110005746f706963000000065442573130"
            + "32",
        SerializeType.ROCKETMQ, null, null);
    addFrame("frame.binary_with_remark_and_body",
        "0000002d0100002800690101df0000000100000000000000026869000000110005746f70696300000006544257"
            + "31303242",
        SerializeType.ROCKETMQ, "hi", "B");
  }

  private void addFrame(String name, String printed, SerializeType codec, String remark,
      String body) throws Exception {
    RemotingCommand command = RemotingCommand.createRequestCommand(105, null);
    command.setOpaque(1);
    command.setVersion(479);
    command.setLanguage(LanguageCode.CPP);
    command.setExtFields(new HashMap<>(Map.of("topic", "TBW102")));
    command.setRemark(remark);
    command.setBody(body == null ? null : body.getBytes(StandardCharsets.UTF_8));
    byte[] bytes = Frames.encode(command, codec);
    Map<String, Object> facts = Frames.describe(bytes);
    facts.put("codec", codec.name().toLowerCase());
    facts.put("body_hex", Records.hex(command.getBody()));
    add(name, printed, bytes, facts);
  }

  private void messages() throws Exception {
    byte[] stored = Records.encode(Records.message("T", "hello"), "TAGS\u0001TagA\u0002");
    add("stored_message",
        "0000006bdaa320a73610a686000000030000000000000000000000070000000000000400000000000000018bcf"
            + "e568000a000009000015b30000018bcfe568010a00000100002a9f0000000000000000000000000000"
            + "000568656c6c6f0154000a54414753015461674102",
        stored, Manifest.entry("messages", Records.decode(stored)));

    Message message = new Message("T", "hi".getBytes(StandardCharsets.UTF_8));
    message.setWaitStoreMsgOK(true);
    message.setTags("TagA");
    add("batch_entry",
        "0000002c00000000000000000000000000000002686900145741495401747275650254414753015461674102",
        MessageDecoder.encodeMessage(message),
        Manifest.entry("flag", 0, "bodyHex", "6869", "properties", message.getProperties()));

    ByteBuffer crc = ByteBuffer.allocate(20);
    MessageDecoder.createCrc32(crc, 123);
    add("crc_property", "5f5f435243333223013332313030303030303002", crc.array(),
        Manifest.entry("value", 123));

    String open = "a\u00011\u0002b\u0001\u0002c\u0001xy\u0002d\u00012";
    addText("properties_parse", open, open,
        Manifest.entry("properties", new TreeMap<>(MessageDecoder.string2messageProperties(open))));

    String id = "FD00000000000000000000000000000220A430946E096A1AF6430000";
    addText("uniq_key_v6", id, id,
        Manifest.entry("ip", Records.hex(MessageClientIDSetter.getIPFromID(id)), "pid",
            MessageClientIDSetter.getPidFromID(id)));
  }

  private void signature() throws Exception {
    SendMessageRequestHeaderV2 header = new SendMessageRequestHeaderV2();
    header.setA("PG");
    header.setB("T");
    header.setC("TBW102");
    header.setD(4);
    header.setE(0);
    header.setF(0);
    header.setG(Samples.TIME);
    header.setH(0);
    header.setI("TAGS\u0001TagA\u0002");
    header.setJ(0);
    header.setK(false);
    header.setM(false);
    Headers.setField(header, "n", "b-a");
    RemotingCommand command = RemotingCommand.createRequestCommand(310, header);
    command.setBody("hello".getBytes(StandardCharsets.UTF_8));
    new AclClientRPCHook(new SessionCredentials("AK", "SK12345678")).doBeforeRequest("", command);
    addText("signature",
        "WZmnLhOiNTfhcPzfjb0CVD/h/v4=", command.getExtFields().get(SessionCredentials.SIGNATURE),
        Manifest.entry("secret_key", "SK12345678", "fields", new TreeMap<>(command.getExtFields()),
            "body_hex", "68656c6c6f"));
  }

  private void compression() throws Exception {
    Map<CompressionType, String> printed = Map.of(CompressionType.ZLIB, "785e4b4ca40c0000148d1841",
        CompressionType.LZ4, "04224d186070730b0000001f6101002750616161616100000000",
        CompressionType.ZSTD, "28b52ffd00584400001061610100930016010000");
    byte[] plain = "a".repeat(64).getBytes(StandardCharsets.UTF_8);
    for (CompressionType type : CompressionType.values()) {
      add("compressed." + type.name().toLowerCase(), printed.get(type),
          CompressorFactory.getCompressor(type).compress(plain, 5),
          Manifest.entry("plain_hex", Records.hex(plain)));
    }
  }

  private void registration() throws Exception {
    RegisterBrokerBody body = new RegisterBrokerBody();
    body.getTopicConfigSerializeWrapper().setDataVersion(Samples.dataVersion(0, 1, 0));
    body.getTopicConfigSerializeWrapper().getTopicConfigTable().put(
        "T", new TopicConfig("T", 8, 8, 6));
    byte[] bytes = body.encode(true);
    add("register_broker.compressed",
        "78da636060d0a9564ace2fcd2b492d52b232d0512a2e492c490d4b2d2acecccf030b9464e6a60205730b94ac0c"
            + "6b1918181881583444c10208cd14823dfddc7d5ce3431cdd15aa41924cd1b1409201002db915c2",
        bytes, Manifest.entry("value", VersionBodies.readCompressed(bytes)));
  }

  private void texts() throws Exception {
    addText("recall_handle", "djEgVCBiLWEgMTcwMDAwMDAwMTAwMSA3RjAwMDAwMTAwMDE=",
        RecallMessageHandle.HandleV1.buildHandle("T", "b-a", "1700000001001", "7F0000010001"),
        Manifest.entry("topic", "T", "broker", "b-a", "timestamp", "1700000001001", "messageId",
            "7F0000010001"));
    addText("pop_ck", "100 1700000000000 60000 3 1 b-a 1 105",
        ExtraInfoUtil.buildExtraInfo(100, Samples.TIME, 60000, 3, "%RETRY%CG_T", "b-a", 1, 105),
        Manifest.entry("ckQueueOffset", 100, "popTime", Samples.TIME, "invisibleTime", 60000,
            "reviveQid", 3, "topic", "%RETRY%CG_T", "broker", "b-a", "queueId", 1, "queueOffset",
            105));
    addText("trace_record",
        "Pub\u00011700000000000\u0001DefaultRegion\u0001PG\u0001T\u0001UID\u0001null\u0001k1 "
            + "k2\u0001"
            + "10.0.0.1:10911\u00015\u00013\u00010\u0001OID\u0001true\u0002",
        TraceDataEncoder.encoderFromContextBean(trace()).getTransData(), Manifest.entry());
    addText("batch_ack_bits", "\"AQI=\"", bits(), Manifest.entry("bits", List.of(0, 9)));
    Map<String, Object> wrapped = new TreeMap<>();
    for (String name : List.of("T", "%RETRY%CG", "rmq_sys_x", "CID_RMQ_SYS_x")) {
      wrapped.put(name, NamespaceUtil.wrapNamespace("ns", name));
    }
    addText("namespace_v1",
        "{\"%RETRY%CG\":\"%RETRY%ns%CG\",\"CID_RMQ_SYS_x\":\"CID_RMQ_SYS_x\",\"T\":\"ns%T\","
            + "\"rmq_sys_x\":\"rmq_sys_x\"}",
        Json.write(wrapped), Manifest.entry("namespace", "ns", "wrapped", wrapped));
  }

  private static TraceContext trace() {
    TraceBean bean = new TraceBean();
    bean.setTopic("T");
    bean.setMsgId("UID");
    bean.setTags(null);
    bean.setKeys("k1 k2");
    bean.setStoreHost("10.0.0.1:10911");
    bean.setBodyLength(5);
    bean.setMsgType(MessageType.Normal_Msg);
    bean.setOffsetMsgId("OID");
    TraceContext context = new TraceContext();
    context.setTraceType(TraceType.Pub);
    context.setTimeStamp(Samples.TIME);
    context.setRegionId("DefaultRegion");
    context.setGroupName("PG");
    context.setCostTime(3);
    context.setSuccess(true);
    context.setTraceBeans(List.of(bean));
    return context;
  }

  private static String bits() {
    BitSet bits = new BitSet();
    bits.set(0);
    bits.set(9);
    BatchAck ack = new BatchAck();
    ack.setBitSet(bits);
    Object written =
        Json.readDialect(new String(RemotingSerializable.encode(ack), StandardCharsets.UTF_8));
    return Json.write(((Map<?, ?>) written).get("b"));
  }
}
