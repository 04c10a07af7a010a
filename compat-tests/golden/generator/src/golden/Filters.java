package golden;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.rocketmq.filter.FilterFactory;
import org.apache.rocketmq.filter.expression.EvaluationContext;
import org.apache.rocketmq.filter.expression.Expression;

/**
 * What the SQL92 filter makes of a message's properties: filter/SUBJECT.jsonl, written out below,
 * and filter/random.jsonl.
 */
final class Filters {
  private static final int RANDOM_CASES = 700;

  private final List<String> lines = new ArrayList<>();
  private final List<Map<String, String>> messages = new ArrayList<>();
  private boolean isAsked;

  private Filters() {}

  static void writeTo(Path data) throws Exception {
    Path folder = Files.createDirectories(data.resolve("filter"));
    Files.write(folder.resolve("logic.jsonl"), logic());
    Files.write(folder.resolve("equality.jsonl"), equality());
    Files.write(folder.resolve("order.jsonl"), order());
    Files.write(folder.resolve("sets_and_texts.jsonl"), setsAndTexts());
    Files.write(folder.resolve("literals.jsonl"), literals());
    Files.write(folder.resolve("syntax.jsonl"), syntax());
    Files.write(folder.resolve("random.jsonl"), random());
  }

  /** Alone: adds the folder to what lies in args[0]. */
  public static void main(String[] args) throws Exception {
    writeTo(Path.of(args[0]));
  }

  // --- the tables ---

  /** The terms are true, false, unknown, and one that cannot be evaluated. */
  private static List<String> logic() {
    Filters table = new Filters();
    String[] terms = {"n = 1", "n = 2", "x = 1", "word > 1"};
    table.message("n", "1", "word", "abc");
    for (String left : terms) {
      table.ask(left, "NOT " + left, "NOT (" + left + ")", "NOT NOT (" + left + ")",
          "(" + left + ") IS NULL", "(" + left + ") IS NOT NULL");
      for (String right : terms) {
        table.ask(left + " AND " + right, left + " OR " + right,
            "NOT (" + left + " AND " + right + ")", "(" + left + ") = (" + right + ")");
      }
    }
    table.ask("n = 1 OR n = 2 AND n = 3", "(n = 1 OR n = 2) AND n = 3", "n = 2 AND n = 1 OR n = 1",
        "TRUE", "FALSE", "NULL", "NOT TRUE", "NOT NULL", "TRUE AND NULL", "FALSE AND NULL",
        "NULL AND FALSE", "TRUE OR NULL", "NULL OR TRUE", "NULL OR FALSE", "n", "NOT n", "n AND TRUE",
        "x", "NOT x", "x OR TRUE", "n OR TRUE", "n = 1 and n = 1", "n = 1 Or word = 'x'",
        "n = 1 AND x = 1 AND n = 2", "x = 1 OR n = 2 OR n = 1", "n = 2 OR x = 1 OR word > 1",
        "n = 2 AND word > 1", "word > 1 AND n = 2", "n = 1 OR word > 1", "word > 1 OR n = 1");
    return table.lines;
  }

  private static List<String> equality() {
    Filters table = new Filters();
    table.message("a", "1", "b", "1", "t", "TagA", "yes", "true", "Yes", "TrUe", "no", "false");
    table.message("a", "1.0", "b", "1", "t", "it's", "yes", "1", "no", "no");
    table.message("a", "abc", "yes", " true", "no", "FALSE");
    table.ask("a = 1", "a <> 1", "1 = a", "1 <> a", "a = 1.0", "1.0 = a", "a <> 1.0", "a = 1L",
        "a = 3000000000", "3000000000 = a", "a = '1'", "'1' = a", "a = 'abc'", "a <> 'abc'", "a = b",
        "a <> b", "b = a", "a = x", "x = a", "a <> x", "x <> a", "x = y", "x <> y", "x = 1", "x <> 1",
        "x = 'abc'", "x <> 'abc'", "a IS NULL", "a IS NOT NULL", "x IS NULL", "x IS NOT NULL",
        "NOT (x IS NULL)", "NOT x IS NULL", "NOT a IS NULL", "t = 'TagA'", "t <> 'TagA'",
        "t = 'taga'", "t = 'it''s'", "t = ''", "t IS NULL", "yes = TRUE", "yes = true", "Yes = TRUE",
        "TRUE = yes", "FALSE = no", "no = FALSE", "no <> TRUE", "yes <> FALSE", "yes = 'true'",
        "x = TRUE", "x <> TRUE", "TRUE = TRUE", "TRUE = FALSE", "TRUE <> FALSE", "FALSE = 1",
        "1 = TRUE", "1 <> TRUE", "'true' = TRUE", "TRUE = 'true'", "1 = 1", "1 = 1.0", "1.0 = 1",
        "1 = 2", "1 <> 2", "'1' = 1", "1 = '1'", "'a' = 'a'", "'a' = 1", "1 = 'a'", "'1.5' = 1.5",
        "a = b = TRUE", "a = 1 = TRUE", "a = 1 <> TRUE", "(a = 1) = (b = 1)", "(a = 1) <> (b = 2)",
        "a = 1 = 1", "TRUE = a = 1", "a = 1 IS NULL", "x = 1 IS NULL", "x = 1 IS NOT NULL",
        "a = NULL", "NULL = a", "a <> NULL", "NULL IS NULL", "NULL IS NOT NULL", "1 IS NULL",
        "'a' IS NOT NULL", "TRUE IS NULL", "a IS NULL IS NULL", "x IS NULL IS NOT NULL",
        "NOT a = 1", "NOT yes = TRUE", "NOT yes = FALSE", "NOT a = FALSE", "(NOT a) = 'abc'",
        "a = -1", "a = +1", "-a = 1", "-a = -1", "- -1 = a", "a = - - 1", "-a IS NULL", "a = -x",
        "a = 1.0e0", "9223372036854775807 = a", "2147483648 = 2147483648", "2147483647 = 2147483648");
    table.message("i", "+7", "l", "3000000000", "d", "7.5", "h", "0x10", "w", " 7 ", "nan", "NaN",
        "inf", "Infinity", "f", "7.5f", "z", "-0.0", "p", "0x1p3", "big", "1e400", "tiny", "1e-400");
    table.ask("i = 7", "i = 7L", "i = 7.0", "l = 3000000000", "l = 3", "3 = l", "l = 3.0e9",
        "d = 7.5", "d = 7", "h = 16", "h = 16.0", "w = 7", "w = 7.0", "nan = 1.0", "nan <> 1.0",
        "inf = 1.0", "f = 7.5", "p = 8.0", "big = 1.0", "tiny = 1.0", "tiny <> 1.0", "i = '+7'",
        "i = '7'", "l > 3000000000", "l >= 3000000000", "l = 2147483648");
    table.message("i", "-7", "l", "-3000000000", "d", "-7.5", "h", "2147483648", "w", "7\t",
        "nan", "-NaN", "inf", "-Infinity", "f", "7.5D", "z", "0.0", "p", "0X.8P1", "big", "2147483647");
    table.ask("i = -7", "i = 7", "l = -3000000000", "d = -7.5", "-7.5 = d", "h = 2147483648", "h = 1",
        "big = 2147483647", "w = 7", "w = 7.0", "nan = 1.0", "f = 7.5", "p = 1.0", "-inf = 1.0",
        "i <> -7", "-7 = i", "z = .5", "'-7' = i", "i = - 7", "d = -7");
    return table.lines;
  }

  private static List<String> order() {
    Filters table = new Filters();
    table.message("n", "5", "m", "10", "d", "5.5", "s", "abc");
    table.message("n", "-3", "m", "2147483648", "d", "1e3", "s", " ");
    table.ask("n > 4", "n >= 5", "n < 5", "n <= 5", "5 < n", "5 >= n", "n > 4.9", "n < 5.1", "d > 5",
        "d > 5.4", "d >= 5.5", "d < 1000.0", "d <= 1000.0", "m > 9", "m > 3000000000", "m < 3000000000",
        "m >= 2147483648", "n < m", "m > n", "n <= n", "n > n", "n < d", "d < m", "s > 1", "s < 1",
        "s > n", "n > s", "s >= s", "n > x", "x > n", "x < y", "x >= 1", "x <= 1.5", "1 > x", "n > -5",
        "n < -2", "n >= -3", "-n > 0", "n > - - 4", "4 < 5", "5 < 4", "4 <= 4.0", "4.5 > 4",
        "3000000000 > 1", "n > 4 = TRUE", "n > 4 <> TRUE", "n > 4 AND n < 6", "n > 4 OR m > 4",
        "NOT (n > 4)", "NOT n > 4", "n > 4 > 3", "n < 4 < 3", "n > TRUE", "n > 'a'", "'a' < n",
        "n > '4'", "n > NULL", "NULL < n", "TRUE > FALSE", "(n = 1) > 1", "1 > (n = 1)",
        "n BETWEEN 4 AND 6", "n BETWEEN 5 AND 5", "n BETWEEN 6 AND 4", "n BETWEEN -3 AND 0",
        "n BETWEEN 0 AND -3", "n BETWEEN 1.5 AND 5.5", "n BETWEEN 4 AND 5.5", "n BETWEEN 4.5 AND 6",
        "n BETWEEN 4 AND m", "n BETWEEN x AND 6", "n BETWEEN x AND y", "n BETWEEN 6 AND x",
        "x BETWEEN 4 AND 6", "s BETWEEN 4 AND 6", "n BETWEEN 'a' AND 'b'", "n BETWEEN '4' AND '6'",
        "n BETWEEN 4 AND '6'", "n BETWEEN '4' AND 6", "n BETWEEN NULL AND 6", "n BETWEEN 4 AND NULL",
        "n BETWEEN TRUE AND FALSE", "n BETWEEN 1 AND TRUE", "n BETWEEN 1 AND 3000000000",
        "n BETWEEN 3000000000 AND 1", "5 BETWEEN 4 AND 6", "5 BETWEEN n AND m", "n BETWEEN (4) AND (6)",
        "n BETWEEN d AND m", "n NOT BETWEEN 4 AND 6", "n NOT BETWEEN 6 AND 4", "n NOT BETWEEN 5 AND 5",
        "n NOT BETWEEN x AND 6", "n NOT BETWEEN 6 AND x", "x NOT BETWEEN 4 AND 6",
        "s NOT BETWEEN 4 AND 6", "n NOT BETWEEN 'a' AND 'b'", "n NOT BETWEEN NULL AND 6",
        "n NOT BETWEEN 4 AND NULL", "NOT n BETWEEN 4 AND 6", "NOT (n BETWEEN 4 AND 6)",
        "n BETWEEN 4 AND 6 AND m > 1", "n BETWEEN 4 AND 6 OR m > 1", "n BETWEEN 4 AND 6 = TRUE",
        "n BETWEEN 1 AND 2 BETWEEN 3 AND 4", "n BETWEEN 4 OR 6", "n BETWEEN 4", "n BETWEEN AND 6",
        "n BETWEEN -1 AND +6", "n between 4 and 6", "n Not Between 4 And 6");
    table.message("n", "NaN", "m", "Infinity", "d", "-0.0", "s", "0.0");
    table.message("n", "2147483648", "m", "9223372036854775808", "d", "5d", "s", "5f");
    table.ask("n > m", "n < m", "n >= n", "m > n", "d < s", "d >= s", "d = s", "d > s", "n > 1",
        "n > 1.0", "n > 1.5", "m < 1.0", "m > 3000000000", "d > .5", "s > d", "s >= d", "n > 2147483647",
        "n > 2147483648", "n BETWEEN 1.0 AND 2.0", "n NOT BETWEEN 1.0 AND 2.0");
    return table.lines;
  }

  private static List<String> setsAndTexts() {
    Filters table = new Filters();
    table.message("c", "red", "n", "5", "e", " ", "q", "it's", "u", "größe名");
    table.message("c", "dark red", "n", "15", "q", "'", "u", "名");
    table.ask("c IN ('red')", "c IN ('red', 'blue')", "c IN ('blue','green')", "c IN ('RED')",
        "c IN ('a','b','c','d','red')", "c IN ('a','b','c','d','e','f')", "c NOT IN ('red')",
        "c NOT IN ('blue')", "c NOT IN ('a','b','c','d','red')", "x IN ('red')", "x NOT IN ('red')",
        "e IN ('')", "e NOT IN ('')", "q IN ('it''s')", "q IN ('''')", "q IN ('''', 'it''s')",
        "u IN ('größe名')", "n IN ('5')", "n IN (5)", "n IN ('5', 5)", "c IN ()", "c IN 'red'",
        "c IN ('red'", "c IN ('red',)", "c IN (,'red')", "c IN (red)", "c IN (NULL)", "c IN (TRUE)",
        "'red' IN ('red')", "5 IN ('5')", "(c) IN ('red')", "(c = 'red') IN ('red')", "-c IN ('red')",
        "+c IN ('red')", "NOT c IN ('red')", "NOT (c IN ('red'))", "c IN ('red') = TRUE",
        "c IN ('red') = FALSE", "c IN ('red') AND n IN ('5')", "c IN ('blue') OR n IN ('5')",
        "x IN ('a') OR c IN ('red')", "(x IN ('a')) IS NULL", "c in ('red')", "c Not In ('red')",
        "c IN ('red') IN ('red')", "c IN /* a */ ('red')",
        "c CONTAINS 'red'", "c CONTAINS 'ed'", "c CONTAINS 'dark'", "c CONTAINS ''",
        "c CONTAINS 'RED'", "c CONTAINS red", "c CONTAINS 5", "n CONTAINS '5'", "x CONTAINS 'a'",
        "e CONTAINS 'a'", "e CONTAINS ''", "q CONTAINS ''''", "u CONTAINS '名'", "u CONTAINS 'öß'",
        "'dark red' CONTAINS 'red'", "5 CONTAINS '5'", "TRUE CONTAINS 'r'", "-n CONTAINS '5'",
        "(c) CONTAINS 'red'", "(c = 'red') CONTAINS 'r'", "c NOT CONTAINS 'dark'",
        "c NOT CONTAINS 'red'", "c NOT CONTAINS ''", "x NOT CONTAINS 'a'", "e NOT CONTAINS 'a'",
        "5 NOT CONTAINS '6'", "NOT c CONTAINS 'dark'", "NOT (c CONTAINS 'dark')",
        "NOT (x CONTAINS 'a')", "c contains 'red'", "c CONTAINS 'red' AND n = 5",
        "c CONTAINS 'red' = TRUE", "c CONTAINS 'red' CONTAINS 'true'", "c CONTAINS",
        "c CONTAINS 'a' || 'b'", "c NOT CONTAINS",
        "c STARTSWITH 'red'", "c STARTSWITH 'dark'", "c STARTSWITH ''", "c STARTSWITH 'RED'",
        "c STARTSWITH 5", "n STARTSWITH '1'", "x STARTSWITH 'a'", "e STARTSWITH 'a'", "e STARTSWITH ''",
        "u STARTSWITH 'gr'", "'red' STARTSWITH 'r'", "5 STARTSWITH '5'", "c NOT STARTSWITH 'dark'",
        "c NOT STARTSWITH 'red'", "c NOT STARTSWITH ''", "x NOT STARTSWITH 'a'",
        "5 NOT STARTSWITH '6'", "NOT (c STARTSWITH 'dark')", "c startsWith 'red'",
        "c STARTSWITH 'red' OR c STARTSWITH 'dark'", "c STARTSWITH",
        "c ENDSWITH 'red'", "c ENDSWITH 'dark'", "c ENDSWITH ''", "c ENDSWITH 'D'", "c ENDSWITH d",
        "n ENDSWITH '5'", "x ENDSWITH 'a'", "e ENDSWITH 'a'", "u ENDSWITH '名'", "'red' ENDSWITH 'd'",
        "5 ENDSWITH '5'", "c NOT ENDSWITH 'dark'", "c NOT ENDSWITH 'red'", "c NOT ENDSWITH ''",
        "x NOT ENDSWITH 'a'", "5 NOT ENDSWITH '6'", "NOT (x ENDSWITH 'a')", "c endswith 'red'",
        "c STARTSWITH 'd' AND c ENDSWITH 'd' AND c CONTAINS 'k r'", "c ENDSWITH",
        "c LIKE 'red'", "c LIKE '%red'", "c CONTAINS 'red' IS NULL", "(x CONTAINS 'a') IS NULL",
        "(x NOT CONTAINS 'a') IS NULL", "c IN ('red') IS NOT NULL");
    return table.lines;
  }

  private static List<String> literals() {
    Filters table = new Filters();
    table.message("a", "0", "l", "l", "L", "7", "$p", "5", "_q", "5", "p1", "5", "TAGS", "TagA",
        "KEYS", "k1 k2", "not_", "5", "ands", "5", "e5", "5", "NULLs", "5");
    table.message("a", "5", "A", "6", "b", "5.0", "big", "9223372036854775807", "d", "0.5", "e", "1E3");
    table.ask("a = 0", "a = 00", "a = 007", "a = 0l", "a = 0L", "a = 5l", "a = 5L", "a = 5LL", "a = -0",
        "a = 0.0", "a = 0.", "a = .0", "a = 0e5", "a = 5.", "a = 5.0", "a = 5.0f", "a = 5.0d",
        "a = 05", "a = 05.0", "b = 5", "b = 5.", "b = 5.E0", "b = 5E0", "b = 0.5e1", "b = 50e-1",
        "b = 5e+0", "d = .5", "d = .5e0", "d = 5e-1", "d = 5e", "d = .5e", "d = .", "d = 5.e",
        "e = 1E3", "e = 1000.0", "e = 1000", "e = 1e3", "a = 0x5", "a = 1e400", "a = 1e-400",
        "a = 4.9e-324", "a = 1e-323", "a = 1.7976931348623157e308", "big = 9223372036854775807",
        "big = 9223372036854775808", "big = -9223372036854775808", "big = 9223372036854775807L",
        "big > 9223372036854775806", "big = 99999999999999999999", "-9223372036854775807 < big",
        "-2147483648 < a", "a = +5", "a = ++5", "a = --5", "a = - -5", "a = -+5", "a = +-5", "+a = 5",
        "+a = '5'", "-(a) = 5", "-(5) = a", "a = -(-5)", "a = (5)", "a = ((5))", "(a) = 5", "a = 5.5.5",
        "a = 1_000", "a = 'x", "a = 'x''", "a = ''''", "a = ''", "a = '''", "a = \"5\"", "a = '5' '6'",
        "a = '\\'", "a = '\n'", "A = 6", "a = 6", "$p = 5", "_q = 5", "p1 = 5", "1p = 5", "p-1 = 5",
        "p.1 = 5", "p 1 = 5", "TAGS = 'TagA'", "tags = 'TagA'", "KEYS CONTAINS 'k2'", "not_ = 5",
        "ands = 5", "e5 = 5", "NULLs = 5", "größe = 5", "名 = 5", "AND = 5", "in = 5", "between = 5",
        "contains = 5", "startswith = 5", "l = 'l'", "L = 7", "true = TRUE", "a = true", "True = TRUE",
        "a = Null", "a is null", "a Is Not Null", "a = now", "a = 0 OR l = 'l'", "5.5l = a", "1.e3 = e",
        "a = 1-1", "a = 2+3", "a = 5*1", "a = 5/1", "a = 10 % 5", "a + 1 = 6", "a - 1 = 4", "a = +'5'",
        "a = -'5'", "-TRUE = a", "- NULL = a", "+TRUE", "+NULL", "-TRUE", "+a", "-a", "+'a'");
    return table.lines;
  }

  private static List<String> syntax() {
    Filters table = new Filters();
    table.message("a", "1", "b", "2");
    table.ask("", " ", "\t\n", "a", "1", "'a'", "1.5", "(a)", "()", "(", ")", "a =", "= a", "a = 1)",
        "(a = 1", "((a = 1))", "((a = 1)", "(a = 1))", "a = 1 b", "a = 1 b = 3", "a = 1 ;", "a = 1;",
        "; a = 1", "a = 1 ?", "a == 1", "a != 1", "a === 1", "a <> 1", "a < > 1", "a > = 1", "a >= 1",
        "a => 1", "a =< 1", "a <= 1", "a & b", "a && b", "a = 1 && b = 2", "a = 1 || b = 3", "!a",
        "NOT", "NOT NOT", "NOT NOT a", "a NOT", "a NOT 1", "a = 1 NOT", "a = 1 NOT b", "AND", "a AND",
        "AND a", "a AND AND b", "a OR", "OR a", "a OR OR b", "a AND b", "a b", "a = 1 AND", "a = 1 OR",
        "a = 1 AND b", "a IS", "a IS 1", "a IS NOT", "a IS NOT 1", "a IS TRUE", "a IS NOT TRUE",
        "IS NULL", "a IS NULL NULL", "a NOT NULL", "a IS NOT NOT NULL", "a = 1 -- b", "a = 1 -- b\n",
        "a = 1 -- b\n AND b = 3", "a = 1 -- b\r\n AND b = 2", "-- a\na = 1", "--\na = 1", "a = 1 --",
        "a = 1 /* b */", "a = /* c */ 1", "a = 1 /* b", "/* */ a = 1", "/**/ a = 1", "/***/ a = 1",
        "/* * */ a = 1", "/* ** / **/ a = 1", "/* /* */ a = 1", "/* */ */ a = 1", "a /*", "a = 1 /",
        "a = 1 *", "a = 1 -", "a = 1 +", "a = 1 - 1", "a = 1 ,", "a,b", "a.b = 1", "a[0] = 1", "a = {1}",
        "a = @b", "#a = 1", "a = 1#", "a = b = c", "a=1", "a=1AND b=2", "a=1and b=3", "a='1'AND b='2'",
        "a=1OR b=3", "1AND 1", "a\t=\n1", "a\u000c=\r1", "a\u000b= 1", "a\u00a0= 1", "\ufeffa = 1",
        "a = 1\u0000", "a IN('1')", "aIN('1')", "a NOTIN ('1')", "a NOT  IN ('1')", "a NOT\nIN ('1')",
        "a BETWEEN 1 AND 2 AND b = 2", "a BETWEEN (1) AND (2)", "a BETWEEN 1 2", "a BETWEEN 1, 2",
        "a BETWEEN (1 AND 2)", "a = (1 = 1)", "a = (b)", "(a, b) = 1", "a = 1 AND (b = 2 OR b = 3",
        "a = 1 AND (b = 2 OR b = 3))", "a = 1 AND 5", "5 AND a = 1", "'x' OR a = 1", "a = 1 OR 'x'",
        "NOT 5", "NOT 'x'", "NOT -1", "NOT -a", "-NOT a", "- NOT a = 1", "(1) = a", "('1') = a",
        "a = 1 AND -b", "a = 1 OR +b", "+(a = 1)", "-(a = 1)", "-(a = 1) = TRUE", "+(a = 1) = TRUE",
        "+", "-", "+ +", "+ )", "+ (a", "- (a", "a = + )", "a = - )", "+ NOT a", "+ + a = 1",
        "SELECT a", "a = 1 UNION", "a EXISTS", "a REGEXP '1'", "a ESCAPE '1'", "a = 1 IS NULL OR",
        "a > 1 > 2", "a IN ('1') AND", "a IN ('1') b", "a CONTAINS '1' '2'", "a = '1' b");
    return table.lines;
  }

  // --- random ---

  private static List<String> random() {
    Filters table = new Filters();
    RandomExpressions expressions = new RandomExpressions(new Random(1992));
    for (int i = 0; i < RANDOM_CASES; i++) {
      table.messages.clear();
      table.messages.add(expressions.message());
      table.ask(expressions.any(1 + i % 4));
    }
    return table.lines;
  }

  /** Mostly well formed ones. */
  private record RandomExpressions(Random random) {
    private static final String[] NAMES = {"a", "b", "c", "x"};
    private static final String[] VALUES = {"1", "2", "-1", "1.0", "2.5", "3000000000", "true", "false",
        "red", "dark red", " ", "NaN"};
    private static final String[] LITERALS = {"1", "2", "1.0", "2.5", "3000000000", "'red'", "'1'",
        "'2.5'", "TRUE", "FALSE", "-1", "-2.5", "'dark red'"};

    Map<String, String> message() {
      Map<String, String> message = new TreeMap<>();
      for (String name : NAMES) {
        if (random.nextInt(4) > 0) {
          message.put(name, of(VALUES));
        }
      }
      return message;
    }

    String any(int depth) {
      String text = depth == 0 ? condition() : combination(depth);
      return random.nextInt(5) == 0 ? "NOT (" + text + ")" : text;
    }

    private String combination(int depth) {
      return switch (random.nextInt(8)) {
        case 0, 1 -> any(depth - 1) + " AND " + any(depth - 1);
        case 2, 3 -> any(depth - 1) + " OR " + any(depth - 1);
        case 4 -> "(" + any(depth - 1) + " OR " + any(depth - 1) + ") AND " + any(depth - 1);
        case 5 -> "(" + any(depth - 1) + ") " + of("=", "<>") + " (" + any(depth - 1) + ")";
        case 6 -> "(" + any(depth - 1) + ") IS " + of("", "NOT ") + "NULL";
        default -> condition();
      };
    }

    private String condition() {
      String not = random.nextInt(3) == 0 ? "NOT " : "";
      return switch (random.nextInt(9)) {
        case 0, 1 -> operand() + " " + of("=", "<>") + " " + operand();
        case 2, 3 -> number() + " " + of(">", ">=", "<", "<=") + " " + number();
        case 4 -> number() + " " + not + "BETWEEN " + number() + " AND " + number();
        case 5 -> of(NAMES) + " " + not + "IN ('" + of(VALUES) + "', '" + of(VALUES) + "')";
        case 6 -> of(NAMES) + " IS " + not + "NULL";
        case 7 -> operand() + " " + not + of("CONTAINS", "STARTSWITH", "ENDSWITH") + " '"
            + of("r", "red", "1", "") + "'";
        default -> random.nextInt(4) == 0 ? operand() : of(NAMES);
      };
    }

    private String operand() {
      return random.nextInt(2) == 0 ? of(NAMES) : of(LITERALS);
    }

    private String number() {
      return random.nextInt(20) == 0 ? operand() : of("a", "b", "c", "x", "1", "2", "2.5", "-1");
    }

    private String of(String... choices) {
      return choices[random.nextInt(choices.length)];
    }
  }

  // --- asking stock ---

  // No empty values: a stored message cannot hold them.
  /** From now on expressions are asked with the messages added since the last was asked. */
  private void message(String... namesAndValues) {
    if (isAsked) {
      messages.clear();
      isAsked = false;
    }
    Map<String, String> message = new TreeMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      message.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    messages.add(message);
  }

  private void ask(String... expressions) {
    isAsked = true;
    for (String expression : expressions) {
      Expression compiled;
      try {
        compiled = FilterFactory.INSTANCE.get("SQL92").compile(expression);
      } catch (Throwable refused) {
        lines.add(Json.write(Manifest.entry("expression", expression, "refused", true)));
        continue;
      }
      List<Object> answers = new ArrayList<>();
      for (Map<String, String> message : messages) {
        answers.add(Manifest.entry("properties", message, "answer", answer(compiled, message)));
      }
      lines.add(Json.write(Manifest.entry("expression", expression, "messages", answers)));
    }
  }

  /** true, false, null (unknown), or "failed" where evaluating throws: no match then. */
  private static Object answer(Expression compiled, Map<String, String> message) {
    try {
      return compiled.evaluate(new Message(message));
    } catch (Throwable failed) {
      return "failed";
    }
  }

  private record Message(Map<String, String> properties) implements EvaluationContext {
    @Override
    public Object get(String name) {
      return properties.get(name);
    }

    @Override
    public Map<String, Object> keyValues() {
      return new HashMap<>(properties);
    }
  }
}
