package golden;

/** How the fields of a header are filled. */
enum Variant {
  /** Every field, all values different, texts with every kind of character that must be escaped. */
  FULL,
  /** The smallest and the largest numbers; optional texts are empty. */
  LIMITS,
  /** Only what the Java class calls required. */
  MIN;

  String lower() {
    return name().toLowerCase();
  }
}
