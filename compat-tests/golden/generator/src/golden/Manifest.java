package golden;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files written so far, and what Java says is in them. */
final class Manifest {
  private final String version;
  private final Path root;
  private final List<Map<String, Object>> files = new ArrayList<>();
  private final Map<String, Object> vectors = new LinkedHashMap<>();

  Manifest(String version, Path root) {
    this.version = version;
    this.root = root;
  }

  /** A map in the order of its arguments: key, value, key, value. */
  static Map<String, Object> entry(Object... keysAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }

  /** Writes one file; {@code facts} follow its name in the manifest. */
  void add(String file, byte[] bytes, Map<String, Object> facts) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    if (Files.exists(path)) {
      throw new IllegalStateException("written twice: " + file);
    }
    Files.write(path, bytes);
    Map<String, Object> line = entry("file", file);
    line.putAll(facts);
    files.add(line);
  }

  /** Values too small for a file of their own. */
  void addVectors(String name, Object list) {
    vectors.put(name, list);
  }

  /** One entry a line, so that a change shows as a change of its line. */
  void close() throws IOException {
    StringBuilder out = new StringBuilder();
    out.append("{\n\"rocketmq\":\"").append(version).append("\",\n\"files\":[\n");
    for (int i = 0; i < files.size(); i++) {
      out.append(Json.write(files.get(i))).append(i + 1 < files.size() ? ",\n" : "\n");
    }
    out.append("],\n\"vectors\":{\n");
    int left = vectors.size();
    for (Map.Entry<String, Object> vector : vectors.entrySet()) {
      out.append(Json.write(vector.getKey())).append(':');
      if (vector.getValue() instanceof List<?> list) {
        out.append("[\n");
        for (int i = 0; i < list.size(); i++) {
          out.append(Json.write(list.get(i))).append(i + 1 < list.size() ? ",\n" : "\n");
        }
        out.append(']');
      } else {
        out.append(Json.write(vector.getValue()));
      }
      out.append(--left > 0 ? ",\n" : "\n");
    }
    out.append("}\n}\n");
    Files.createDirectories(root);
    Files.write(root.resolve("MANIFEST.json"), out.toString().getBytes(StandardCharsets.UTF_8));
  }
}
