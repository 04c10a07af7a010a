package golden;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.rocketmq.remoting.protocol.RemotingSerializable;
import org.apache.rocketmq.remoting.protocol.body.RegisterBrokerBody;

/** The JSON bodies by name, and what Java makes of each. */
final class Bodies {
  private record Sample(String name, String className, byte[] bytes, Object value) {
    /** A compressed body is not JSON. */
    String file() {
      return name + (name.endsWith(".compressed") ? ".bin" : ".json");
    }
  }

  private final Map<String, Sample> samples = new LinkedHashMap<>();

  Bodies() throws Exception {
    new Samples(this).addAll();
    VersionBodies.addTo(this);
  }

  void add(String name, Object body) throws Exception {
    add(name, body, RemotingSerializable.encode(body));
  }

  /** {@code bytes} are JSON in Java's dialect, and Java must read them as what it wrote. */
  void add(String name, Object body, byte[] bytes) throws Exception {
    Object value = Json.readDialect(new String(bytes, StandardCharsets.UTF_8));
    Object again = RemotingSerializable.decode(bytes, body.getClass());
    String written = new String(RemotingSerializable.encode(again), StandardCharsets.UTF_8);
    if (!sorted(Json.readDialect(written)).equals(sorted(value))) {
      throw new IllegalStateException("Java reads " + name + " as " + written);
    }
    put(new Sample(name, body.getClass().getSimpleName(), bytes, value));
  }

  void addCompressed(String name, RegisterBrokerBody body) throws Exception {
    byte[] bytes = body.encode(true);
    put(new Sample(name, "RegisterBrokerBody", bytes, VersionBodies.readCompressed(bytes)));
  }

  private void put(Sample sample) {
    if (samples.put(sample.name(), sample) != null) {
      throw new IllegalStateException("twice: " + sample.name());
    }
  }

  /**
   * For comparing only: sets come back in another order, and 5 as "5" where the standard form
   * quotes it.
   */
  private static String sorted(Object value) {
        if (value instanceof Map<?, ?> map) {
          List<String> members = new ArrayList<>();
          map.forEach((key, member) -> members.add(key + ":" + sorted(member)));
          members.sort(null);
          return members.toString();
        }
        if (value instanceof List<?> list) {
          return list.stream().map(Bodies::sorted).sorted().toList().toString();
        }
        return value instanceof Json.Raw number ? number.text() : String.valueOf(value);
  }

  /** The first of these names that this version has. */
  Body of(String... names) {
    for (String name : names) {
      Sample sample = samples.get(name);
      if (sample != null) {
        return new Body(sample.file(), sample.bytes());
      }
    }
    return null;
  }

  void writeTo(Manifest manifest) throws Exception {
    for (Sample sample : samples.values()) {
      String[] parts = sample.name().split("\\.");
      manifest.add("bodies/" + sample.file(), sample.bytes(),
          Manifest.entry("kind", "body", "name", parts[0], "variant", parts[1], "form",
              parts.length > 2 ? parts[2] : "fastjson", "class", sample.className(), "value",
              sample.value()));
    }
  }
}
