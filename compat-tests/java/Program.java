/** Runs a program and ends the process with its exit code. */
interface Program {
  int run() throws Exception;

  /**
   * Ends the process in any case: threads of the client library outlive an exception in main and
   * even an orderly shutdown of the client by some seconds.
   */
  static void runAndExit(Program program) {
    try {
      System.exit(program.run());
    } catch (Throwable error) {
      error.printStackTrace();
      System.exit(1);
    }
  }
}
