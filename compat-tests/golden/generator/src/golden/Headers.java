package golden;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.rocketmq.remoting.CommandCustomHeader;
import org.apache.rocketmq.remoting.annotation.CFNotNull;

/** Stock header objects, found by simple name and filled by reflection. */
final class Headers {
  /**
   * Characters that each codec has to treat: non-ASCII, outside the BMP, quote, backslash, slash,
   * controls.
   */
  static final String ODD_TEXT = "é标签😀\"q\"\\b/s\t\r\n\b\f\u001f\u007f\u2028";
  /** A properties text (key 01 value 02 …) with the same characters in it. */
  static final String PROPERTIES = "KEYS\u0001k1 k2\u0002TAGS\u0001TagA\u0002UNIQ_KEY\u0001"
      + "0A00000904D218B4AAC2000000010002\u0002WAIT\u0001true\u0002标签\u0001值😀\u0002quote\u0001"
      + "\"q\"\\b/s\u007f\u2028\u0002a\u0001b\u0001c\u0002";

  /**
   * Texts whose form matters to the reader; all others are the field's name and {@link #ODD_TEXT}.
   */
  private static final Map<String, String> TEXTS = Map.ofEntries(
      Map.entry("properties", PROPERTIES), Map.entry("topicFilterType", "MULTI_TAG"),
      Map.entry("expressionType", "SQL92"),
      Map.entry("attributes", "+message.type=FIFO,+cleanup.policy=DELETE,-queue.type"),
      Map.entry("dataVersion", "{\"counter\":5,\"stateVersion\":3,\"timestamp\":1700000000000}"),
      Map.entry("version", "{\"counter\":5,\"stateVersion\":3,\"timestamp\":1700000000000}"),
      Map.entry("msgId", "0A00000100002A9F0000000000000400"),
      Map.entry("originMsgId", "0A00000100002A9F0000000000000500"),
      Map.entry("offsetMsgId", "0A00000100002A9F0000000000000600"),
      Map.entry("transactionId", "0A00000904D218B4AAC2000000010002"),
      Map.entry("brokerAddr", "10.0.0.1:10911"), Map.entry("haServerAddr", "10.0.0.1:10912"),
      Map.entry("masterAddr", "10.0.0.2:10911"));

  private static final String[] PACKAGES = {
      "org.apache.rocketmq.remoting.protocol.header.",
      "org.apache.rocketmq.remoting.protocol.header.namesrv.",
      "org.apache.rocketmq.common.protocol.header.",
      "org.apache.rocketmq.common.protocol.header.namesrv.",
  };

  private Headers() {}

  /** The class of that simple name; null when there is no such class in this version. */
  static Class<? extends CommandCustomHeader> find(String simpleName) {
    for (String prefix : PACKAGES) {
      try {
        return Class.forName(prefix + simpleName).asSubclass(CommandCustomHeader.class);
      } catch (ClassNotFoundException e) {
        // Another package may have it.
      }
    }
    return null;
  }

  static CommandCustomHeader make(Class<? extends CommandCustomHeader> type, Variant variant)
      throws ReflectiveOperationException {
    CommandCustomHeader header = type.getDeclaredConstructor().newInstance();
    Set<Object> numbers = new HashSet<>();
    for (Field field : fields(type)) {
      boolean isRequired = field.isAnnotationPresent(CFNotNull.class);
      if (isRequired || variant != Variant.MIN) {
        Object value = value(field, variant, isRequired);
        if (value instanceof Number && variant != Variant.LIMITS && !numbers.add(value)) {
          throw new IllegalStateException("two fields of " + type + " are " + value);
        }
        field.set(header, value);
      }
    }
    return header;
  }

  /** The fields that go on the wire, by name. */
  static List<Field> fields(Class<?> type) {
    List<Field> fields = new ArrayList<>();
    for (Class<?> c = type; c != Object.class; c = c.getSuperclass()) {
      for (Field field : c.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers())) {
          field.setAccessible(true);
          fields.add(field);
        }
      }
    }
    fields.sort(Comparator.comparing(Field::getName));
    return fields;
  }

  /** Numbers come from the field's name, so that every version gives a field the same value. */
  private static Object value(Field field, Variant variant, boolean isRequired) {
    Class<?> type = field.getType();
    boolean isLimits = variant == Variant.LIMITS;
    int number = Math.floorMod(field.getName().hashCode(), 9973);
    boolean isEven = number % 2 == 0;
    if (type == String.class) {
      return text(field, variant, isRequired);
    }
    if (type == Integer.class || type == int.class) {
      return isLimits ? (isEven ? Integer.MIN_VALUE : Integer.MAX_VALUE) : 10000 + number;
    }
    if (type == Long.class || type == long.class) {
      return isLimits ? (isEven ? Long.MIN_VALUE : Long.MAX_VALUE) : Samples.TIME + number;
    }
    if (type == Boolean.class || type == boolean.class) {
      return variant == Variant.FULL;
    }
    if (type.isEnum()) {
      Object[] all = type.getEnumConstants();
      return all[isLimits ? 0 : all.length - 1];
    }
    throw new IllegalStateException("no value for " + field);
  }

  private static String text(Field field, Variant variant, boolean isRequired) {
    String name = field.getName();
    // SEND_MESSAGE_V2 calls the properties i.
    String meaning = name.equals("i") ? "properties" : name;
    if (variant == Variant.LIMITS && !isRequired) {
      return "";
    }
    String text = TEXTS.get(meaning);
    if (text != null) {
      return text;
    }
    return variant == Variant.FULL ? name + "-" + ODD_TEXT : name;
  }

  static boolean isTrue(Object object, String name) {
    try {
      return Boolean.TRUE.equals(field(object, name).get(object));
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /** For the members that have no setter. */
  static void setField(Object object, String name, Object value) {
    try {
      field(object, name).set(object, value);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Field field(Object object, String name) {
    return fields(object.getClass())
        .stream()
        .filter(field -> field.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Calls {@code setName(value)} where the class has it; a version that lacks the member leaves it
   * out.
   */
  static void set(Object object, String name, Object value) {
    String setter = "set" + Character.toUpperCase(name.charAt(0)) + name.substring(1);
    for (Method method : object.getClass().getMethods()) {
      if (method.getName().equals(setter) && method.getParameterCount() == 1) {
        try {
          method.invoke(object, value);
        } catch (ReflectiveOperationException e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }
}
