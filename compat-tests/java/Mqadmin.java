import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.rocketmq.remoting.RPCHook;
import org.apache.rocketmq.tools.command.MQAdminStartup;
import org.apache.rocketmq.tools.command.SubCommand;

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
      Thread hurrier = hurryShutdowns(Thread.currentThread());
      MQAdminStartup.main0(words, hook);
      hurrier.interrupt();
    } finally {
      System.setOut(stdout);
      System.setErr(stderr);
    }
    return captured.toString(StandardCharsets.UTF_8);
  }

  /**
   * The client's shutdown waits for a thread that looks up only every three seconds. Where the
   * subcommand hangs in there, that thread is woken.
   */
  private static Thread hurryShutdowns(Thread command) {
    Thread hurrier = new Thread(() -> {
      try {
        for (;; Thread.sleep(20)) {
          if (Arrays.stream(command.getStackTrace()).anyMatch(
              frame -> frame.getMethodName().equals("shutdown")
                  && frame.getClassName().endsWith("ServiceThread"))) {
            Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("NettyEventExecutor"))
                .forEach(Thread::interrupt);
          }
        }
      } catch (InterruptedException done) {
        // The subcommand has ended.
      }
    });
    hurrier.setDaemon(true);
    hurrier.start();
    return hurrier;
  }

  /** The names of all subcommands there are, separated by blanks. */
  static String names() {
    forgetCommands();
    MQAdminStartup.initCommand();
    return commands().stream()
        .map(command -> ((SubCommand) command).commandName())
        .collect(Collectors.joining(" "));
  }

  /**
   * mqadmin keeps one object a subcommand, and some of them keep a producer or consumer that they
   * shut down after use. main0() makes new ones when its list is empty.
   */
  private static void forgetCommands() {
    commands().clear();
  }

  /** mqadmin's list, whose name differs between the versions. */
  private static List<?> commands() {
    try {
      for (Field field : MQAdminStartup.class.getDeclaredFields()) {
        if (field.getType() == List.class) {
          field.setAccessible(true);
          return (List<?>) field.get(null);
        }
      }
    } catch (IllegalAccessException error) {
      throw new IllegalStateException(error);
    }
    throw new IllegalStateException("mqadmin has no list of its subcommands");
  }
}
