#include "broker-lite/filter/sql_parser.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "broker-lite/filter/sql_lexer.h"
#include "protocol/describe.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

using sql::Literal;
using sql::Relation;
using enum SqlWord;

template <class Node>
const Node* node_of(const SqlOperand& operand) {
  return std::get_if<Node>(&operand->node);
}

bool is_condition(const SqlOperand& operand) {
  if (const auto* literal = node_of<Literal>(operand)) {
    return std::holds_alternative<bool>(literal->value) ||
           std::holds_alternative<Unknown>(literal->value);
  }
  return node_of<sql::PropertyOf>(operand) == nullptr && node_of<sql::Negated>(operand) == nullptr;
}

bool is_number(const Literal& literal) {
  return std::visit(
             [](const auto& value) { return std::is_arithmetic_v<std::decay_t<decltype(value)>>; },
             literal.value) &&
         !std::holds_alternative<bool>(literal.value);
}

// What < and its kin, and BETWEEN, can compare: properties, numbers, and what has a minus.
bool is_comparable(const SqlOperand& operand) {
  if (const auto* literal = node_of<Literal>(operand)) return is_number(*literal);
  return !is_condition(operand);
}

bool is_null_literal(const SqlOperand& operand) {
  const auto* literal = node_of<Literal>(operand);
  return literal != nullptr && std::holds_alternative<Unknown>(literal->value);
}

SqlValue value_of(const Literal& literal) {
  return std::visit([](const auto& value) { return SqlValue(value); }, literal.value);
}

class Parser {
 public:
  Parser(std::string_view text, const SqlLimits& limits)
      : limits_(limits), lexer_(text), token_(lexer_.next()) {}

  Result<SqlOperand> parse() {
    auto whole = as_condition(disjunction());
    if (whole && token_.word == bad) return wrong("no word, number or sign begins here");
    return whole;
  }

 private:
  // --- precedence, from the lowest ---

  Result<SqlOperand> disjunction() {
    return chain<sql::Any>(kw_or, [this] { return conjunction(); });
  }
  Result<SqlOperand> conjunction() {
    return chain<sql::All>(kw_and, [this] { return equality(); });
  }

  template <class Node, class Next>
  Result<SqlOperand> chain(SqlWord word, Next next) {
    auto first = next();
    if (!first || token_.word != word) return first;
    first = as_condition(std::move(first));
    if (!first) return first;
    Node node;
    node.operands.push_back(*std::move(first));
    while (accept(word)) {
      auto operand = as_condition(next());
      if (!operand) return operand;
      node.operands.push_back(*std::move(operand));
    }
    return make(std::move(node));
  }

  Result<SqlOperand> equality() {
    auto left = comparison();
    while (left) {
      if (accept(equal)) {
        left = make_equal(*std::move(left), comparison());
      } else if (accept(not_equal)) {
        left = make_not(make_equal(*std::move(left), comparison()));
      } else if (accept(kw_is)) {
        const bool is_negated = accept(kw_not);
        if (!accept(kw_null)) return wrong("NULL is expected");
        left = make(sql::IsNull{*std::move(left)});
        if (is_negated) left = make_not(std::move(left));
      } else {
        return left;
      }
    }
    return left;
  }

  Result<SqlOperand> comparison() {
    auto left = unary();
    while (left) {
      if (accept(less)) {
        left = make_order(Relation::less, *std::move(left), unary());
      } else if (accept(less_or_equal)) {
        left = make_order(Relation::less_or_equal, *std::move(left), unary());
      } else if (accept(greater)) {
        left = make_order(Relation::greater, *std::move(left), unary());
      } else if (accept(greater_or_equal)) {
        left = make_order(Relation::greater_or_equal, *std::move(left), unary());
      } else if (accept(kw_not)) {
        if (!begins_test())
          return wrong("BETWEEN, IN, CONTAINS, STARTSWITH or ENDSWITH is expected");
        left = test(*std::move(left), true);
      } else if (begins_test()) {
        left = test(*std::move(left), false);
      } else {
        return left;
      }
    }
    return left;
  }

  // What may have a NOT before it.
  bool begins_test() const {
    constexpr std::array words{kw_between, kw_in, kw_contains, kw_startswith, kw_endswith};
    return std::find(words.begin(), words.end(), token_.word) != words.end();
  }

  Result<SqlOperand> test(SqlOperand left, bool is_negated) {
    if (accept(kw_between)) return between(std::move(left), is_negated);
    if (accept(kw_in)) return in(std::move(left), is_negated);
    const sql::Part part = token_.word == kw_startswith ? sql::Part::start
                           : token_.word == kw_endswith ? sql::Part::end
                                                        : sql::Part::anywhere;
    take();
    auto searched = quoted();
    if (!searched) return std::move(searched).error();
    return make(sql::Contains{part, std::move(left), *std::move(searched), is_negated});
  }

  Result<SqlOperand> between(SqlOperand value, bool is_negated) {
    auto low = unary();
    if (!low) return low;
    if (!accept(kw_and)) return wrong("AND is expected");
    auto high = unary();
    if (!high) return high;
    for (const SqlOperand* operand : {&value, &*low, &*high}) {
      if (!is_comparable(*operand)) return wrong(not_comparable);
    }
    if (!is_negated && is_reversed(*low, *high)) return wrong("nothing is BETWEEN these");
    return make(sql::Between{std::move(value), *std::move(low), *std::move(high), is_negated});
  }

  static bool is_reversed(const SqlOperand& low, const SqlOperand& high) {
    const auto* low_literal = node_of<Literal>(low);
    const auto* high_literal = node_of<Literal>(high);
    if (low_literal == nullptr || high_literal == nullptr) return false;
    return compare(value_of(*high_literal), value_of(*low_literal)) == std::strong_ordering::less;
  }

  Result<SqlOperand> in(SqlOperand left, bool is_negated) {
    if (!accept(left_parenthesis)) return wrong("( is expected");
    sql::In node{std::move(left), {}, is_negated};
    do {
      auto text = quoted();
      if (!text) return std::move(text).error();
      node.texts.push_back(*std::move(text));
    } while (accept(comma));
    if (!accept(right_parenthesis)) return wrong(") is expected");
    if (node_of<sql::PropertyOf>(node.operand) == nullptr) return wrong("IN wants a property");
    return make(std::move(node));
  }

  Result<SqlOperand> unary() {
    if (token_.word != plus && token_.word != minus && token_.word != kw_not) return primary();
    if (nesting_ == limits_.depth_max) return too_deep();
    ++nesting_;
    const SqlWord word = take().word;
    auto operand = unary();
    --nesting_;
    if (!operand || word == plus) return operand;
    if (word == kw_not) return make_not(as_condition(std::move(operand)));
    return make(sql::Negated{*std::move(operand)});
  }

  Result<SqlOperand> primary() {
    switch (token_.word) {
      case left_parenthesis:
        return parenthesized();
      case name:
        return make(sql::PropertyOf{std::string(take().text)});
      case text:
        return make(Literal{unquoted(take().text)});
      case integer:
        return integer_literal();
      case decimal:
        return decimal_literal();
      case kw_true:
      case kw_false:
        return make(Literal{take().word == kw_true});
      case kw_null:
        take();
        return make(Literal{Unknown()});
      default:
        return wrong("a property, a number, a text, TRUE, FALSE, NULL or ( is expected");
    }
  }

  Result<SqlOperand> parenthesized() {
    if (nesting_ == limits_.depth_max) return too_deep();
    ++nesting_;
    take();
    auto inner = disjunction();
    --nesting_;
    if (inner && !accept(right_parenthesis)) return wrong(") is expected");
    return inner;
  }

  // --- literals ---

  Result<SqlOperand> integer_literal() {
    std::string_view digits = take().text;
    if (digits.back() == 'L' || digits.back() == 'l') digits.remove_suffix(1);
    std::int64_t number = 0;
    if (!protocol::from_text(digits, number)) return wrong("the number is too large");
    if (number > std::numeric_limits<std::int32_t>::max()) return make(Literal{number});
    return make(Literal{static_cast<std::int32_t>(number)});
  }

  // Stock takes no zero here: 0.0 counts as too small.
  Result<SqlOperand> decimal_literal() {
    const auto number = parse_java_double(take().text);
    if (!number || *number > std::numeric_limits<double>::max()) {
      return wrong("the number is too large");
    }
    if (*number == 0) return wrong("the number is too small; zero is written 0");
    return make(Literal{*number});
  }

  Result<std::string> quoted() {
    if (token_.word != text) return wrong("a text in single quotes is expected");
    return unquoted(take().text);
  }

  // --- making nodes, and what may stand where ---

  Result<SqlOperand> as_condition(Result<SqlOperand> operand) {
    if (!operand || is_condition(*operand)) return operand;
    if (node_of<sql::PropertyOf>(*operand) == nullptr) return wrong("this is no condition");
    return make(sql::IsTrue{*std::move(operand)});
  }

  Result<SqlOperand> make_not(Result<SqlOperand> operand) {
    if (!operand) return operand;
    return make(sql::Not{*std::move(operand)});
  }

  Result<SqlOperand> make_equal(SqlOperand left, Result<SqlOperand> right) {
    if (!right) return right;
    if (is_null_literal(left) || is_null_literal(*right)) {
      return wrong("nothing equals NULL: write IS NULL");
    }
    const bool are_literals = node_of<Literal>(left) && node_of<Literal>(*right);
    if (are_literals && is_condition(left) && !is_condition(*right)) {
      return wrong("TRUE and FALSE equal no text or number");
    }
    return make(sql::Comparison{Relation::equal, std::move(left), *std::move(right)});
  }

  Result<SqlOperand> make_order(Relation relation, SqlOperand left, Result<SqlOperand> right) {
    if (!right) return right;
    if (!is_comparable(left) || !is_comparable(*right)) return wrong(not_comparable);
    return make(sql::Comparison{relation, std::move(left), *std::move(right)});
  }

  template <class Node>
  Result<SqlOperand> make(Node node) {
    const int depth = 1 + depth_below(node);
    if (depth > limits_.depth_max) return too_deep();
    return SqlOperand(std::make_unique<SqlExpression>(SqlExpression{std::move(node), depth}));
  }

  template <class Node>
  static int depth_below(const Node& node) {
    if constexpr (requires { node.low; }) {
      return std::max({node.operand->depth, node.low->depth, node.high->depth});
    } else if constexpr (requires { node.operand; }) {
      return node.operand->depth;
    } else if constexpr (requires { node.operands; }) {
      int depth = 0;
      for (const SqlOperand& operand : node.operands) depth = std::max(depth, operand->depth);
      return depth;
    } else if constexpr (requires { node.left; }) {
      return std::max(node.left->depth, node.right->depth);
    } else {
      return 0;
    }
  }

  // --- tokens ---

  SqlToken take() { return std::exchange(token_, lexer_.next()); }
  bool accept(SqlWord word) {
    if (token_.word != word) return false;
    take();
    return true;
  }

  Error wrong(std::string_view what) const {
    return {ResponseCode::subscription_parse_failed,
            str("SQL92 expression, before position ", token_.position + 1, ": ", what)};
  }
  Error too_deep() const {
    return wrong(str("more than ", limits_.depth_max, " operators and parentheses in each other"));
  }

  static constexpr std::string_view not_comparable =
      "only properties and numbers are compared by order";

  const SqlLimits& limits_;
  SqlLexer lexer_;
  SqlToken token_;
  int nesting_ = 0;
};

}  // namespace

Result<SqlOperand> parse_sql(std::string_view text, const SqlLimits& limits) {
  if (text.size() > limits.length_max) {
    return Error{ResponseCode::subscription_parse_failed,
                 str("SQL92 expression: longer than ", limits.length_max, " bytes")};
  }
  return Parser(text, limits).parse();
}

}  // namespace rocketmq::broker
