package golden;

import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.rocketmq.remoting.CommandCustomHeader;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.remoting.protocol.RequestCode;

/**
 * One request code: its header classes by simple name (null: none), its bodies, and what is
 * peculiar to it.
 */
final class Api {
  final String name;
  final Side request;
  final Side response;
  boolean isOneway;

  /** One direction of it. */
  static final class Side {
    final String headerClass;
    Function<Variant, Body> body = variant -> null;
    Consumer<CommandCustomHeader> adjust = header -> {};
    Consumer<RemotingCommand> extra = command -> {};

    Side(String headerClass) {
      this.headerClass = headerClass;
    }
  }

  Api(String name, String requestHeader, String responseHeader) {
    this.name = name;
    this.request = new Side(requestHeader);
    this.response = new Side(responseHeader);
  }

  /** Java's own number for the name; null when this version does not have the request. */
  Integer code() {
    try {
      return RequestCode.class.getField(name).getInt(null);
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }

  Api oneway() {
    isOneway = true;
    return this;
  }

  Api body(Body full, Body min) {
    request.body = variant -> variant == Variant.FULL ? full : min;
    return this;
  }

  Api answerBody(Body full, Body min) {
    response.body = variant -> variant == Variant.FULL ? full : min;
    return this;
  }

  Api adjust(Consumer<CommandCustomHeader> adjust) {
    request.adjust = adjust;
    return this;
  }

  Api extra(Consumer<RemotingCommand> extra) {
    request.extra = extra;
    return this;
  }

  Api answerExtra(Consumer<RemotingCommand> extra) {
    response.extra = extra;
    return this;
  }
}
