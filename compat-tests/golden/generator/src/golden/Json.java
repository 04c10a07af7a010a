package golden;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Standard JSON out, fastjson's dialect in. Values are Map, List, String, Number, Boolean, null and
 * {@link Raw}. The generator's own, so that the manifest does not depend on the library whose
 * output it describes.
 */
final class Json {
  private Json() {}

  /** A number as it stood in the text. */
  record Raw(String text) {}

  static String write(Object value) {
    StringBuilder out = new StringBuilder();
    write(out, value);
    return out.toString();
  }

  private static void write(StringBuilder out, Object value) {
        if (value instanceof Map<?, ?> map) {
          String separator = "{";
          for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(separator);
            writeString(out, (String) entry.getKey());
            out.append(':');
            write(out, entry.getValue());
            separator = ",";
          }
          out.append(map.isEmpty() ? "{}" : "}");
        } else if (value instanceof List<?> list) {
          String separator = "[";
          for (Object element : list) {
            out.append(separator);
            write(out, element);
            separator = ",";
          }
          out.append(list.isEmpty() ? "[]" : "]");
        } else if (value instanceof String text) {
          writeString(out, text);
        } else if (value instanceof Raw number) {
          out.append(number.text());
        } else {
          out.append(value);
        }
  }

  private static void writeString(StringBuilder out, String text) {
    out.append('"');
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || c == 0x7f || c == 0x2028 || c == 0x2029) {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  /**
   * Reads a body as Java writes it: integer keys may be bare (they become text), and a map may have
   * objects as keys (it becomes a list of {"key", "value"}).
   */
  static Object readDialect(String text) {
    Reader reader = new Reader(text);
    Object value = reader.value();
    if (reader.at != text.length()) {
      throw new IllegalArgumentException("trailing text at " + reader.at + " in " + text);
    }
    return value;
  }

  private static final class Reader {
    private final String text;
    private int at;

    Reader(String text) {
      this.text = text;
    }

    Object value() {
      char c = text.charAt(at);
      if (c == '{') {
        return object();
      }
      if (c == '[') {
        return array();
      }
      return c == '"' ? string() : word();
    }

    private Object object() {
      Map<String, Object> map = new LinkedHashMap<>();
      List<Object> pairs = new ArrayList<>();
      at++;
      while (!skip('}')) {
        Object key = value();
        expect(':');
        Object value = value();
        if (key instanceof String || key instanceof Raw) {
          map.put(key instanceof Raw number ? number.text() : (String) key, value);
        } else {
          pairs.add(Manifest.entry("key", key, "value", value));
        }
        skip(',');
      }
      return pairs.isEmpty() ? map : pairs;
    }

    private List<Object> array() {
      List<Object> list = new ArrayList<>();
      at++;
      while (!skip(']')) {
        list.add(value());
        skip(',');
      }
      return list;
    }

    private String string() {
      StringBuilder out = new StringBuilder();
      at++;
      while (!skip('"')) {
        char c = text.charAt(at++);
        out.append(c == '\\' ? escaped() : c);
      }
      return out.toString();
    }

    private char escaped() {
      char c = text.charAt(at++);
      switch (c) {
        case 'b':
          return '\b';
        case 'f':
          return '\f';
        case 'n':
          return '\n';
        case 'r':
          return '\r';
        case 't':
          return '\t';
        case 'u':
          at += 4;
          return (char) Integer.parseInt(text.substring(at - 4, at), 16);
        default:
          return c;
      }
    }

    private Object word() {
      int start = at;
      while (at < text.length() && ",:]}".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      String word = text.substring(start, at);
      switch (word) {
        case "true":
          return true;
        case "false":
          return false;
        case "null":
          return null;
        default:
          return new Raw(word);
      }
    }

    private boolean skip(char wanted) {
      if (text.charAt(at) != wanted) {
        return false;
      }
      at++;
      return true;
    }

    private void expect(char wanted) {
      if (!skip(wanted)) {
        throw new IllegalArgumentException("expected " + wanted + " at " + at + " in " + text);
      }
    }
  }
}
