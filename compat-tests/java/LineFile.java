import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;

/**
 * A text file written line by line from any thread. Each line is handed to the operating system
 * before write() returns, so that what the file says survives the end of this process.
 */
final class LineFile implements AutoCloseable {
  private final Writer writer;

  LineFile(String path) throws IOException {
    writer = Files.newBufferedWriter(Paths.get(path), StandardCharsets.UTF_8);
  }

  /** Writes one line of tab-separated columns. */
  synchronized void write(Object... columns) {
    try {
      for (int i = 0; i < columns.length; ++i) {
        if (i > 0) {
          writer.write('\t');
        }
        writer.write(String.valueOf(columns[i]));
      }
      writer.write('\n');
      writer.flush();
    } catch (IOException error) {
      // A result that cannot be written down must not look like a message that was lost.
      error.printStackTrace();
      Runtime.getRuntime().halt(3);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    writer.close();
  }
}
