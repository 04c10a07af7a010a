import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.trace.TraceBean;
import org.apache.rocketmq.client.trace.TraceContext;
import org.apache.rocketmq.client.trace.TraceDataEncoder;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;

/** What tools do, for {@link Actor}. */
final class ActorAdmin {
  private static final String TRACE_TOPIC = "RMQ_SYS_TRACE_TOPIC";
  private static final int MESSAGES_MAX = 64;

  private final Actor.Setup setup;

  ActorAdmin(Actor.Setup setup) {
    this.setup = setup;
  }

  /** mqadmin line= : a subcommand and its options, separated by blanks; what it prints. */
  Json mqadmin(Actor.Words what) {
    return new Json().put("output", Mqadmin.run(setup.namesrv, setup.hook,
        what.text("line").split(" ")));
  }

  /** subcommands : the names of all that mqadmin has, separated by blanks. */
  Json subcommands() {
    return new Json().put("names", Mqadmin.names());
  }

  /** trace id= : one line a record: type, group, topic, keys, success, retries; separated by |. */
  Json trace(Actor.Words what) throws Exception {
    String id = what.text("id");
    DefaultMQAdminExt admin =
        Clients.connectTo(setup, new DefaultMQAdminExt(setup.hook, Clients.TIMEOUT_MS));
    admin.setInstanceName("actor-" + System.nanoTime());
    admin.start();
    try {
      List<String> records = new ArrayList<>();
      for (MessageExt message : find(admin, id)) {
        String text = new String(message.getBody(), StandardCharsets.UTF_8);
        for (TraceContext context : TraceDataEncoder.decoderFromTraceDataString(text)) {
          for (TraceBean bean : context.getTraceBeans()) {
            if (bean.getMsgId().equals(id)) {
              records.add(String.join("|", context.getTraceType().toString(),
                  orEmpty(context.getGroupName()), orEmpty(bean.getTopic()), orEmpty(bean.getKeys()),
                  String.valueOf(context.isSuccess()), String.valueOf(bean.getRetryTimes())));
            }
          }
        }
      }
      return new Json().put("records", records);
    } finally {
      admin.shutdown();
    }
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }

  private static List<MessageExt> find(DefaultMQAdminExt admin, String id)
      throws InterruptedException {
    try {
      return admin.queryMessage(TRACE_TOPIC, id, MESSAGES_MAX, 0, Long.MAX_VALUE)
          .getMessageList();
    } catch (MQClientException nothing) {
      return List.of();
    }
  }
}
