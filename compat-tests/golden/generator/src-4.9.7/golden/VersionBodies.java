package golden;

import com.alibaba.fastjson.serializer.SerializerFeature;
import java.nio.charset.StandardCharsets;
import org.apache.rocketmq.remoting.protocol.RemotingSerializable;
import org.apache.rocketmq.remoting.protocol.body.ConsumerRunningInfo;
import org.apache.rocketmq.remoting.protocol.body.RegisterBrokerBody;
import org.apache.rocketmq.remoting.protocol.body.TopicConfigSerializeWrapper;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;
import org.apache.rocketmq.remoting.protocol.subscription.SubscriptionGroupConfig;

/** Where 5.x has more bodies and members, 4.9.7 has none. */
final class VersionBodies {
  private VersionBodies() {}

  static void addTo(Bodies bodies) {}

  static void addMapping(TopicRouteData route) {}

  static void addMapping(TopicConfigSerializeWrapper wrapper) {}

  static void fill(SubscriptionGroupConfig group) {}

  static void fill(ConsumerRunningInfo info) {}

  /** As DefaultRequestProcessor answers clients from V4_9_4 on. */
  static byte[] standardJson(TopicRouteData route) {
    return route.encode(SerializerFeature.BrowserCompatible, SerializerFeature.QuoteFieldNames,
        SerializerFeature.SkipTransientField, SerializerFeature.MapSortField);
  }

  static Object readCompressed(byte[] bytes) throws Exception {
    RegisterBrokerBody body = RegisterBrokerBody.decode(bytes, true);
    return Json.readDialect(new String(RemotingSerializable.encode(body), StandardCharsets.UTF_8));
  }
}
