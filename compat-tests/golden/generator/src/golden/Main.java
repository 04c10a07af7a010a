package golden;

import java.nio.file.Path;

/** Writes every golden file and MANIFEST.json; see ../../README.md. */
public final class Main {
  public static void main(String[] args) {
    int status = 0;
    try {
      write(args[0], Path.of(args[1]), Path.of(args[2]));
    } catch (Exception e) {
      e.printStackTrace();
      status = 1;
    }
    // The store's classes leave threads behind.
    System.exit(status);
  }

  private static void write(String version, Path data, Path home) throws Exception {
    Manifest manifest = new Manifest(version, data);
    Bodies bodies = new Bodies();
    bodies.writeTo(manifest);
    Frames frames = new Frames(manifest);
    for (Api api : Catalog.all(bodies)) {
      frames.write(api);
    }
    frames.writeTypical();
    frames.writeErrors();
    frames.writeSigned(bodies);
    Records.writeTo(manifest, home);
    Vectors.writeTo(manifest);
    Allocations.writeTo(data);
    Filters.writeTo(data);
    Inputs.writeTo(manifest);
    VersionExtras.writeTo(manifest);
    manifest.close();
  }
}
