package golden;

import java.nio.file.Path;

/** Writes every golden file and MANIFEST.json; see ../../README.md. */
public final class Main {
  public static void main(String[] args) throws Exception {
    String version = args[0];
    Manifest manifest = new Manifest(version, Path.of(args[1]));
    Bodies bodies = new Bodies();
    bodies.writeTo(manifest);
    Frames frames = new Frames(manifest, bodies);
    for (Api api : Catalog.all(bodies)) {
      frames.write(api);
    }
    frames.writeTypical();
    frames.writeErrors();
    frames.writeSigned(bodies);
    Records.writeTo(manifest, Path.of(args[2]));
    Vectors.writeTo(manifest);
    VersionExtras.writeTo(manifest);
    manifest.close();
    // The store's classes leave threads behind.
    System.exit(0);
  }
}
