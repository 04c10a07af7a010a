import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.rocketmq.acl.common.AclClientRPCHook;
import org.apache.rocketmq.acl.common.SessionCredentials;
import org.apache.rocketmq.remoting.RPCHook;

/**
 * A stock client that does what it is told, a line of standard input at a time: a verb and
 * name=value words, all separated by tabs. Each is answered by one line of JSON with "ok" and, where
 * that is false, "error". The verbs are methods of {@link ActorSends}, {@link ActorConsumers} and
 * {@link ActorAdmin}. TLS is for the properties of the stock client: -Dtls.enable=true.
 */
public final class Actor {
  private static final String USAGE =
      "Actor NAMESRV [--ns NAMESPACE | --ns-v2 NAMESPACE] [--access KEY --secret KEY] [--trace]";

  /** What clients are made with. */
  static final class Setup {
    String namesrv;
    String namespace;
    String namespaceV2;
    RPCHook hook;
    boolean trace;
  }

  private Actor() {}

  public static void main(String[] arguments) {
    Program.runAndExit(() -> run(new Arguments(arguments, USAGE, "--trace")));
  }

  private static int run(Arguments args) throws Exception {
    args.expect(1);
    Setup setup = new Setup();
    setup.namesrv = args.text(0);
    setup.namespace = args.option("--ns", "");
    setup.namespaceV2 = args.option("--ns-v2", "");
    setup.trace = args.isSet("--trace");
    String access = args.option("--access", "");
    if (!access.isEmpty()) {
      setup.hook = new AclClientRPCHook(new SessionCredentials(access, args.option("--secret", "")));
    }
    ActorSends sends = new ActorSends(setup);
    ActorConsumers consumers = new ActorConsumers(setup);
    ActorAdmin admin = new ActorAdmin(setup);
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.out.println(new Json().put("ok", true));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Json answer;
      try {
        answer = obey(line.split("\t"), sends, consumers, admin).put("ok", true);
      } catch (Throwable error) {
        answer = new Json().put("ok", false).put("error", error.toString());
      }
      System.out.println(answer);
    }
    consumers.stopAll();
    sends.stopAll();
    return 0;
  }

  private static Json obey(String[] words, ActorSends sends, ActorConsumers consumers,
      ActorAdmin admin) throws Exception {
    Map<String, String> told = new LinkedHashMap<>();
    for (int i = 1; i < words.length; ++i) {
      int equals = words[i].indexOf('=');
      told.put(words[i].substring(0, equals), words[i].substring(equals + 1));
    }
    Words what = new Words(told);
    switch (words[0]) {
      case "send":
        return sends.send(what);
      case "request":
        return sends.request(what);
      case "recall":
        return sends.recall(what);
      case "consume":
        return consumers.consume(what);
      case "queues":
        return consumers.queues(what);
      case "stop":
        return consumers.stop(what);
      case "mqadmin":
        return admin.mqadmin(what);
      case "subcommands":
        return admin.subcommands();
      case "trace":
        return admin.trace(what);
      default:
        throw new IllegalArgumentException("no verb " + words[0]);
    }
  }

  /** The name=value words of a command. */
  static final class Words {
    private final Map<String, String> words;

    Words(Map<String, String> words) {
      this.words = new HashMap<>(words);
    }

    String text(String name) {
      String value = words.get(name);
      if (value == null) {
        throw new IllegalArgumentException("no " + name);
      }
      return value;
    }

    String text(String name, String otherwise) {
      return words.getOrDefault(name, otherwise);
    }

    int number(String name, int otherwise) {
      return Integer.parseInt(words.getOrDefault(name, String.valueOf(otherwise)));
    }
  }
}
