import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** A flat JSON object in the order its fields were put, printed on one line. */
final class Json {
  private final Map<String, Object> fields = new LinkedHashMap<>();

  Json put(String name, Object value) {
    fields.put(name, value);
    return this;
  }

  @Override
  public String toString() {
    return fields.entrySet().stream()
        .map(field -> quote(field.getKey()) + ":" + value(field.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String value(Object value) {
    if (value instanceof Number || value instanceof Boolean) {
      return value.toString();
    }
    if (value instanceof Collection) {
      return ((Collection<?>) value).stream().map(Json::value).collect(
          Collectors.joining(",", "[", "]"));
    }
    return quote(String.valueOf(value));
  }

  static String quote(String text) {
    return '"' + escape(text).replace("\"", "\\\"") + '"';
  }

  /** Text without characters that would end a line or a tab-separated column. */
  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (char c : text.toCharArray()) {
      if (c == '\\') {
        out.append("\\\\");
      } else if (c < ' ' || c == 0x7f) {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
