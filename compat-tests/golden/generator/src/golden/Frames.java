package golden;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.rocketmq.acl.common.AclClientRPCHook;
import org.apache.rocketmq.acl.common.SessionCredentials;
import org.apache.rocketmq.common.message.MessageConst;
import org.apache.rocketmq.remoting.CommandCustomHeader;
import org.apache.rocketmq.remoting.protocol.LanguageCode;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.remoting.protocol.RequestCode;
import org.apache.rocketmq.remoting.protocol.ResponseCode;
import org.apache.rocketmq.remoting.protocol.SerializeType;

/**
 * Frames as the stock client and servers put them on the wire: RemotingCommand through
 * NettyEncoder's calls.
 */
final class Frames {
  private static final int VERSION = 479;
  private static final String ACCESS_KEY = "AK";
  private static final String SECRET_KEY = "SK12345678";

  private final Manifest manifest;

  Frames(Manifest manifest) {
    this.manifest = manifest;
  }

  void write(Api api) throws Exception {
    if (api.code() == null) {
      return;
    }
    for (Variant variant : Variant.values()) {
      write(api, api.request, "request", variant);
      if (!api.isOneway) {
        write(api, api.response, "response", variant);
      }
    }
  }

  private void write(Api api, Api.Side side, String direction, Variant variant) throws Exception {
    Class<? extends CommandCustomHeader> type =
        side.headerClass == null ? null : Headers.find(side.headerClass);
    Body body = side.body.apply(variant);
    boolean hasFields = type != null && !Headers.fields(type).isEmpty();
    boolean isWorthwhile =
        variant == Variant.MIN || hasFields || variant == Variant.FULL && body != null;
    if (!isWorthwhile) {
      return;
    }
    for (SerializeType codec : SerializeType.values()) {
      if (codec == SerializeType.ROCKETMQ && api.code() > Short.MAX_VALUE) {
        // Java would write the low 16 bits of the code.
        continue;
      }
      CommandCustomHeader header = type == null ? null : Headers.make(type, variant);
      if (header != null && variant != Variant.MIN) {
        side.adjust.accept(header);
      }
      RemotingCommand command = direction.equals("request")
          ? RemotingCommand.createRequestCommand(api.code(), header)
          : response(header);
      if (api.isOneway) {
        command.markOnewayRPC();
      }
      command.setOpaque(opaque(api.code(), variant));
      // A request without a header class has no other fields.
      if (variant != Variant.MIN || side == api.request && side.headerClass == null) {
        side.extra.accept(command);
      }
      write(api.code(), api.name, direction, variant.lower(), codec, type, command, body);
    }
  }

  private static RemotingCommand response(CommandCustomHeader header) {
    RemotingCommand command = RemotingCommand.createResponseCommand(ResponseCode.SUCCESS, null);
    command.writeCustomHeader(header);
    return command;
  }

  private static int opaque(int code, Variant variant) {
    switch (variant) {
      case FULL:
        return 1_000_000 + code;
      // The counter wraps into negative numbers.
      case LIMITS:
        return Integer.MIN_VALUE + code;
      default:
        return code;
    }
  }

  /** Answers that tell of an error have no header, only a remark. */
  void writeErrors() throws Exception {
    Map<Integer, String> remarks = new TreeMap<>();
    remarks.put(ResponseCode.SYSTEM_ERROR, "java.lang.RuntimeException: " + Headers.ODD_TEXT);
    remarks.put(ResponseCode.SYSTEM_BUSY, "[TIMEOUT_CLEAN_QUEUE]broker busy, start flow control");
    remarks.put(ResponseCode.REQUEST_CODE_NOT_SUPPORTED, " request type 4711 not supported");
    remarks.put(ResponseCode.TOPIC_NOT_EXIST, "topic[主题] not exist, apply first please!");
    remarks.put(ResponseCode.PULL_NOT_FOUND, "");
    for (Map.Entry<Integer, String> remark : remarks.entrySet()) {
      for (SerializeType codec : SerializeType.values()) {
        RemotingCommand command =
            RemotingCommand.createResponseCommand(remark.getKey(), remark.getValue());
        command.setOpaque(-1);
        write(remark.getKey(), "ERROR", "response", "remark", codec, null, command, null);
      }
    }
  }

  /** What an ordinary producer and consumer send most of the time, and one-way requests. */
  void writeTypical() throws Exception {
    for (SerializeType codec : SerializeType.values()) {
      Body body = new Body(null, "hello".getBytes(StandardCharsets.UTF_8));
      writeTypical("SEND_MESSAGE_V2", Typical.send(), codec, body, false);
      writeTypical("SEND_MESSAGE_V2", Typical.send(), codec, body, true);
      writeTypical("PULL_MESSAGE", Typical.pull(), codec, null, false);
      writeTypical("UPDATE_CONSUMER_OFFSET", Typical.commit(), codec, null, true);
      writeAnswer("SEND_MESSAGE_V2", Typical.sent(), codec, null);
      writeAnswer("PULL_MESSAGE", Typical.pulled(), codec, new Body(null, Records.pulledBody()));
    }
  }

  private void writeTypical(String name, CommandCustomHeader header, SerializeType codec, Body body,
      boolean isOneway) throws Exception {
    int code = RequestCode.class.getField(name).getInt(null);
    RemotingCommand command = RemotingCommand.createRequestCommand(code, header);
    command.setOpaque(4711);
    if (isOneway) {
      command.markOnewayRPC();
    }
    String variant = isOneway ? "oneway" : "typical";
    write(code, name, "request", variant, codec, header.getClass(), command, body);
  }

  private void writeAnswer(String name, CommandCustomHeader header, SerializeType codec, Body body)
      throws Exception {
    int code = RequestCode.class.getField(name).getInt(null);
    RemotingCommand command = response(header);
    command.setOpaque(4711);
    if (name.equals("PULL_MESSAGE")) {
      command.setRemark("FOUND");
    } else {
      command.addExtField(MessageConst.PROPERTY_MSG_REGION, "DefaultRegion");
      command.addExtField(MessageConst.PROPERTY_TRACE_SWITCH, "true");
    }
    write(code, name, "response", "typical", codec, header.getClass(), command, body);
  }

  /**
   * Requests signed by the stock ACL hook; in the binary codec the fast headers then repeat their
   * fields.
   */
  void writeSigned(Bodies bodies) throws Exception {
    for (Api api : Catalog.all(bodies)) {
      if (!List.of("SEND_MESSAGE_V2", "PULL_MESSAGE", "HEART_BEAT", "GET_BROKER_CLUSTER_INFO")
              .contains(api.name)) {
        continue;
      }
      for (String token : new String[] {null, "STS-令牌"}) {
        for (SerializeType codec : SerializeType.values()) {
          writeSigned(api, token, codec);
        }
      }
    }
  }

  private void writeSigned(Api api, String token, SerializeType codec) throws Exception {
    String simpleName = api.request.headerClass;
    Class<? extends CommandCustomHeader> type =
        simpleName == null ? null : Headers.find(simpleName);
    CommandCustomHeader header = type == null ? null : Headers.make(type, Variant.FULL);
    RemotingCommand command = RemotingCommand.createRequestCommand(api.code(), header);
    command.setOpaque(2_000_000 + api.code());
    Body body = api.request.body.apply(Variant.FULL);
    command.setBody(body == null ? null : body.bytes());
    SessionCredentials credentials = token == null
        ? new SessionCredentials(ACCESS_KEY, SECRET_KEY)
        : new SessionCredentials(ACCESS_KEY, SECRET_KEY, token);
    new AclClientRPCHook(credentials).doBeforeRequest("10.0.0.1:10911", command);
    String variant = token == null ? "signed" : "signed_with_token";
    write(api.code(), api.name, "request", variant, codec, type, command, body);
  }

  private void write(int code, String name, String direction, String variant, SerializeType codec,
      Class<?> headerClass, RemotingCommand command, Body body) throws Exception {
    command.setLanguage(LanguageCode.CPP);
    command.setVersion(VERSION);
    command.setBody(body == null ? null : body.bytes());
    byte[] bytes = encode(command, codec);
    Map<String, Object> facts = Manifest.entry("kind", "frame", "code", code, "name", name,
        "direction", direction, "codec", codec.name().toLowerCase(), "variant", variant, "class",
        headerClass == null ? null : headerClass.getSimpleName());
    facts.putAll(describe(bytes));
    if (variant.startsWith("signed")) {
      facts.put("secret_key", SECRET_KEY);
    }
    if (body != null) {
      facts.put("body", body.file() == null ? null : "bodies/" + body.file());
      if (body.file() == null) {
        facts.put("body_hex", Records.hex(body.bytes()));
      }
    }
    String codecName = codec.name().toLowerCase();
    manifest.add(
        String.format("frames/%d.%s.%s.%s.%s.bin", code, name, direction, variant, codecName),
        bytes, facts);
  }

  /** As NettyEncoder does: the header written into the channel's buffer, the body behind it. */
  static byte[] encode(RemotingCommand command, SerializeType codec) {
    command.setSerializeTypeCurrentRPC(codec);
    ByteBuf out = Unpooled.buffer();
    command.fastEncodeHeader(out);
    if (command.getBody() != null) {
      out.writeBytes(command.getBody());
    }
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return bytes;
  }

  /**
   * What Java reads from the bytes; "keys" are the fields in the order in which they stand there.
   */
  static Map<String, Object> describe(byte[] bytes) throws Exception {
    RemotingCommand read =
        RemotingCommand.decode(ByteBuffer.wrap(bytes, 4, bytes.length - 4).slice());
    Map<String, Object> fields =
        read.getExtFields() == null ? null : new TreeMap<>(read.getExtFields());
    Map<String, Object> header = Manifest.entry("code", read.getCode(), "flag", read.getFlag(),
        "opaque", read.getOpaque(), "language", read.getLanguage().name(), "version",
        read.getVersion(), "remark", read.getRemark(), "fields", fields, "keys", keys(bytes));
    int bodyLength = read.getBody() == null ? 0 : read.getBody().length;
    return Manifest.entry("header", header, "body_length", bodyLength);
  }

  private static List<Object> keys(byte[] bytes) {
    ByteBuffer frame = ByteBuffer.wrap(bytes);
    int headerLength = frame.getInt(4) & 0xFFFFFF;
    if (frame.get(4) == SerializeType.JSON.getCode()) {
      String text = new String(bytes, 8, headerLength, StandardCharsets.UTF_8);
            Map<?, ?> fields = (Map<?, ?>) ((Map<?, ?>) Json.readDialect(text)).get("extFields");
            return fields == null ? new ArrayList<>() : new ArrayList<>(fields.keySet());
    }
    List<Object> keys = new ArrayList<>();
    // code 2, language 1, version 2, opaque 4, flag 4, then the remark.
    frame.position(8 + 13);
    frame.position(frame.position() + 4 + frame.getInt(frame.position()));
    int end = frame.getInt() + frame.position();
    while (frame.position() < end) {
      byte[] key = new byte[frame.getShort()];
      frame.get(key);
      keys.add(new String(key, StandardCharsets.UTF_8));
      frame.position(frame.position() + 4 + frame.getInt(frame.position()));
    }
    return keys;
  }
}
