package golden;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.rocketmq.common.BrokerConfig;
import org.apache.rocketmq.common.UtilAll;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageExtBatch;
import org.apache.rocketmq.common.message.MessageExtBrokerInner;
import org.apache.rocketmq.common.message.MessageVersion;
import org.apache.rocketmq.store.CommitLog;
import org.apache.rocketmq.store.DefaultMessageStore;
import org.apache.rocketmq.store.MessageExtEncoder;
import org.apache.rocketmq.store.PutMessageContext;
import org.apache.rocketmq.store.config.MessageStoreConfig;
import org.apache.rocketmq.store.stats.BrokerStatsManager;

/**
 * The two steps of the broker's write path, MessageExtEncoder and CommitLog's append callback,
 * with a fixed clock.
 */
final class CommitLogEncoder implements Records.StoredEncoder {
  private static final int BLANK_BYTES = 1 << 20;

  private final MessageStoreConfig config = new MessageStoreConfig();
  private final CommitLog log;
  private final Object callback;

  CommitLogEncoder(Path home, boolean withCrcProperty) throws Exception {
    config.setStorePathRootDir(home.resolve("store-" + withCrcProperty).toString());
    config.setStorePathCommitLog(
        home.resolve("store-" + withCrcProperty + "/commitlog").toString());
    config.setEnabledAppendPropCRC(withCrcProperty);
    BrokerConfig broker = new BrokerConfig();
    log = new DefaultMessageStore(
        config, new BrokerStatsManager(broker), null, broker, new ConcurrentHashMap<>())
              .getCommitLog();
    Class<?> type = Class.forName(CommitLog.class.getName() + "$DefaultAppendMessageCallback");
    Constructor<?> constructor =
        type.getDeclaredConstructor(CommitLog.class, MessageStoreConfig.class);
    constructor.setAccessible(true);
    callback = constructor.newInstance(log, config);
  }

  @Override
  public byte[] encode(MessageExt message, String properties) throws Exception {
    MessageExtBrokerInner inner = fill(new MessageExtBrokerInner(), message);
    inner.setPropertiesString(properties);
    MessageExtEncoder encoder = new MessageExtEncoder(config);
    if (encoder.encode(inner) != null) {
      throw new IllegalStateException("refused: " + message);
    }
    inner.setEncodedBuff(encoder.getEncoderBuffer());
    return append(inner, MessageExtBrokerInner.class, new PutMessageContext("T-3"), BLANK_BYTES);
  }

  /** The records into which the broker splits a batch. */
  byte[] encodeBatch(MessageExt outer, byte[] body) throws Exception {
    MessageExtBatch batch = fill(new MessageExtBatch(), outer);
    batch.setBody(body);
    PutMessageContext context = new PutMessageContext("T-3");
    batch.setEncodedBuff(new MessageExtEncoder(config).encode(batch, context));
    return append(batch, MessageExtBatch.class, context, BLANK_BYTES);
  }

  /** What ends a commit log file in which {@code room} bytes are left. */
  byte[] blank(MessageExt message, int room) throws Exception {
    MessageExtBrokerInner inner = fill(new MessageExtBrokerInner(), message);
    MessageExtEncoder encoder = new MessageExtEncoder(config);
    encoder.encode(inner);
    inner.setEncodedBuff(encoder.getEncoderBuffer());
    return append(inner, MessageExtBrokerInner.class, new PutMessageContext("T-3"), room);
  }

  /** As CommitLog.asyncPutMessage prepares a message, but for the clock. */
  private static <T extends MessageExtBrokerInner> T fill(T inner, MessageExt message) {
    inner.setTopic(message.getTopic());
    inner.setBody(message.getBody());
    inner.setBodyCRC(UtilAll.crc32(message.getBody()));
    inner.setQueueId(message.getQueueId());
    inner.setFlag(message.getFlag());
    inner.setQueueOffset(message.getQueueOffset());
    inner.setCommitLogOffset(message.getCommitLogOffset());
    inner.setSysFlag(message.getSysFlag());
    inner.setBornTimestamp(message.getBornTimestamp());
    inner.setBornHost(message.getBornHost());
    inner.setStoreTimestamp(message.getStoreTimestamp());
    inner.setStoreHost(message.getStoreHost());
    inner.setReconsumeTimes(message.getReconsumeTimes());
    inner.setPreparedTransactionOffset(message.getPreparedTransactionOffset());
    boolean isLong = message.getTopic().length() > Byte.MAX_VALUE;
    inner.setVersion(
        isLong ? MessageVersion.MESSAGE_VERSION_V2 : MessageVersion.MESSAGE_VERSION_V1);
    return inner;
  }

  private byte[] append(MessageExtBrokerInner message, Class<?> type, PutMessageContext context,
      int room) throws Exception {
    ByteBuffer file = ByteBuffer.allocate(1 << 20);
    Method append = callback.getClass().getMethod(
        "doAppend", long.class, ByteBuffer.class, int.class, type, PutMessageContext.class);
    append.setAccessible(true);
    append.invoke(callback, message.getCommitLogOffset(), file, room, message, context);
    byte[] written = new byte[file.position()];
    file.flip().get(written);
    return written;
  }
}
