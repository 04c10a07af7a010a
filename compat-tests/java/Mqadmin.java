import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.rocketmq.remoting.RPCHook;
import org.apache.rocketmq.tools.command.MQAdminStartup;

/** Subcommands of mqadmin, run in this JVM because each start of one costs seconds. */
final class Mqadmin {
  private Mqadmin() {}

  /** What a subcommand writes to stdout and stderr. */
  static String run(String namesrv, RPCHook hook, String... command) {
    ByteArrayOutputStream captured = new ByteArrayOutputStream();
    PrintStream stdout = System.out;
    PrintStream stderr = System.err;
    try (PrintStream both = new PrintStream(captured, true, StandardCharsets.UTF_8)) {
      System.setOut(both);
      System.setErr(both);
      String[] words = Arrays.copyOf(command, command.length + 2);
      words[command.length] = "-n";
      words[command.length + 1] = namesrv;
      forgetCommands();
      MQAdminStartup.main0(words, hook);
    } finally {
      System.setOut(stdout);
      System.setErr(stderr);
    }
    return captured.toString(StandardCharsets.UTF_8);
  }

  /**
   * mqadmin keeps one object a subcommand, and some of them keep a producer or consumer that they
   * shut down after use. main0() makes new ones when its list, whose name differs between the
   * versions, is empty.
   */
  private static void forgetCommands() {
    try {
      for (Field field : MQAdminStartup.class.getDeclaredFields()) {
        if (field.getType() == List.class) {
          field.setAccessible(true);
          ((List<?>) field.get(null)).clear();
        }
      }
    } catch (IllegalAccessException error) {
      throw new IllegalStateException(error);
    }
  }
}
