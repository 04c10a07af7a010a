import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Scenarios for the stock client that speaks gRPC, all at the same time: Scenarios PROXY. As
 * go/main.go: what each of them got is printed, a line each, without what differs from run to run,
 * sorted where nobody promised an order. Topics and groups, with their types, are there already.
 * Exit code 1 when something is missing.
 */
public final class Scenarios {
  /** What should not come gets this long after everything that should. */
  private static final int SETTLE_MS = 1_000;

  interface Scenario {
    void run(Stage stage) throws Exception;
  }

  private Scenarios() {}

  public static void main(String[] arguments) {
    if (arguments.length != 1) {
      System.err.println("usage: Scenarios PROXY");
      System.exit(2);
    }
    try {
      // Threads of the client library outlive its orderly end by some seconds.
      System.exit(run(arguments[0]));
    } catch (Throwable error) {
      error.printStackTrace();
      System.exit(1);
    }
  }

  private static Map<String, Scenario> all() {
    Map<String, Scenario> all = new LinkedHashMap<>();
    all.put("plain", PushScenarios::plain);
    all.put("tags", PushScenarios::tags);
    all.put("sql", PushScenarios::sql);
    all.put("retry", PushScenarios::retry);
    all.put("dead", PushScenarios::dead);
    all.put("fifo", PushScenarios::fifo);
    all.put("delay", PushScenarios::delay);
    all.put("transaction", Transactions::run);
    all.put("simple", SimpleScenarios::simple);
    all.put("turns", SimpleScenarios::turns);
    all.put("refused", Refusals::run);
    return all;
  }

  private static int run(String proxy) throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    Map<Stage, Future<?>> running = new LinkedHashMap<>();
    all().forEach((name, scenario) -> {
      Stage stage = new Stage(proxy, name);
      running.put(stage, threads.submit(() -> {
        scenario.run(stage);
        Thread.sleep(SETTLE_MS);
        stage.end(); // takes seconds
        return null;
      }));
    });
    int code = 0;
    for (Map.Entry<Stage, Future<?>> each : running.entrySet()) {
      Stage stage = each.getKey();
      try {
        each.getValue().get();
      } catch (ExecutionException error) {
        System.err.println(stage.name + ": " + error.getCause());
        code = 1;
      }
      stage.lines().forEach(line -> System.out.println(stage.name + ": " + line));
    }
    return code;
  }
}
