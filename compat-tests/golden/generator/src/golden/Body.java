package golden;

/**
 * The body of a frame: its bytes, and the file that holds the same bytes and their meaning (null:
 * none).
 */
record Body(String file, byte[] bytes) {}
