import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Command-line arguments: positional ones in order, and "--name value" options anywhere between
 * them. A "--name" that is listed as a switch takes no value.
 */
final class Arguments {
  private final String usage;
  private final List<String> positional = new ArrayList<>();
  private final Map<String, String> options = new LinkedHashMap<>();

  Arguments(String[] args, String usage, String... switches) {
    this.usage = usage;
    List<String> switchNames = List.of(switches);
    for (int i = 0; i < args.length; ++i) {
      if (!args[i].startsWith("--")) {
        positional.add(args[i]);
      } else if (switchNames.contains(args[i])) {
        options.put(args[i], "true");
      } else if (i + 1 < args.length) {
        options.put(args[i], args[++i]);
      } else {
        fail();
      }
    }
  }

  /** Ends the program unless there are exactly this many positional arguments. */
  void expect(int count) {
    if (positional.size() != count) {
      fail();
    }
  }

  String text(int index) {
    return positional.get(index);
  }

  int number(int index) {
    return Integer.parseInt(positional.get(index));
  }

  String option(String name, String otherwise) {
    return options.getOrDefault(name, otherwise);
  }

  int option(String name, int otherwise) {
    String value = options.get(name);
    return value == null ? otherwise : Integer.parseInt(value);
  }

  boolean isSet(String name) {
    return options.containsKey(name);
  }

  private void fail() {
    System.err.println("usage: " + usage);
    System.exit(2);
  }
}
