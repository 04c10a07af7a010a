#include "broker-lite/filter/sql_expression.h"

#include <algorithm>

#include "protocol/properties.h"

namespace rocketmq::broker {
namespace {

using Evaluated = std::optional<SqlValue>;

constexpr Evaluated failed = std::nullopt;
const Evaluated unknown = SqlValue(Unknown());

bool is_unknown(const SqlValue& value) { return std::holds_alternative<Unknown>(value); }

bool holds(sql::Relation relation, std::strong_ordering order) {
  switch (relation) {
    case sql::Relation::equal:
      return order == 0;
    case sql::Relation::less:
      return order < 0;
    case sql::Relation::less_or_equal:
      return order <= 0;
    case sql::Relation::greater:
      return order > 0;
    case sql::Relation::greater_or_equal:
      return order >= 0;
  }
  return false;
}

bool is_in(std::string_view text, const sql::Contains& node) {
  switch (node.part) {
    case sql::Part::anywhere:
      return text.find(node.searched) != text.npos;
    case sql::Part::start:
      return text.starts_with(node.searched);
    case sql::Part::end:
      return text.ends_with(node.searched);
  }
  return false;
}

class Evaluation {
 public:
  explicit Evaluation(std::string_view properties) : properties_(properties) {}

  Evaluated operator()(const SqlOperand& operand) const { return std::visit(*this, operand->node); }

  Evaluated operator()(const sql::Literal& node) const {
    return std::visit([](const auto& value) -> Evaluated { return SqlValue(value); }, node.value);
  }

  Evaluated operator()(const sql::PropertyOf& node) const {
    const auto value = protocol::find_property(properties_, node.name);
    return value ? SqlValue(*value) : unknown;
  }

  Evaluated operator()(const sql::Negated& node) const {
    const Evaluated value = (*this)(node.operand);
    if (!value) return failed;
    if (const auto* number = std::get_if<std::int32_t>(&*value)) return SqlValue(-*number);
    if (const auto* number = std::get_if<std::int64_t>(&*value)) return SqlValue(-*number);
    if (const auto* number = std::get_if<double>(&*value)) return SqlValue(-*number);
    return unknown;
  }

  Evaluated operator()(const sql::IsTrue& node) const {
    const Evaluated value = (*this)(node.operand);
    if (!value || is_unknown(*value)) return value;
    return SqlValue(*value == SqlValue(true));
  }

  Evaluated operator()(const sql::Not& node) const {
    const Evaluated value = (*this)(node.operand);
    if (!value || is_unknown(*value)) return value;
    return SqlValue(*value == SqlValue(false));
  }

  Evaluated operator()(const sql::All& node) const { return combine(node.operands, false); }
  Evaluated operator()(const sql::Any& node) const { return combine(node.operands, true); }

  Evaluated operator()(const sql::Comparison& node) const {
    if (node.relation == sql::Relation::equal) return equality(node);
    return order(node.relation, node.left, node.right);
  }

  Evaluated operator()(const sql::IsNull& node) const {
    const Evaluated value = (*this)(node.operand);
    return value ? SqlValue(is_unknown(*value)) : failed;
  }

  // The same as two comparisons with an AND, or an OR, between them.
  Evaluated operator()(const sql::Between& node) const {
    using enum sql::Relation;
    const SqlValue decisive(node.is_negated);
    const Evaluated low = order(node.is_negated ? less : greater_or_equal, node.operand, node.low);
    if (!low || *low == decisive) return low;
    const Evaluated high =
        order(node.is_negated ? greater : less_or_equal, node.operand, node.high);
    if (!high || *high == decisive) return high;
    return is_unknown(*low) || is_unknown(*high) ? unknown : SqlValue(!node.is_negated);
  }

  Evaluated operator()(const sql::In& node) const {
    const Evaluated value = (*this)(node.operand);
    if (!value || is_unknown(*value)) return value;
    const auto* text = std::get_if<std::string_view>(&*value);
    if (text == nullptr) return unknown;
    const bool is_there =
        std::find(node.texts.begin(), node.texts.end(), *text) != node.texts.end();
    return SqlValue(is_there != node.is_negated);
  }

  // What is no text contains nothing, and does not lack anything either.
  Evaluated operator()(const sql::Contains& node) const {
    if (node.searched.empty()) return SqlValue(false);
    const Evaluated value = (*this)(node.operand);
    if (!value) return failed;
    const auto* text = std::get_if<std::string_view>(&*value);
    return SqlValue(text != nullptr && is_in(*text, node) != node.is_negated);
  }

 private:
  // The first operand that is `decisive` settles it: false in an AND, true in an OR.
  Evaluated combine(const std::vector<SqlOperand>& operands, bool decisive) const {
    bool is_any_unknown = false;
    for (const SqlOperand& operand : operands) {
      const Evaluated value = (*this)(operand);
      if (!value || *value == SqlValue(decisive)) return value;
      is_any_unknown = is_any_unknown || is_unknown(*value);
    }
    return is_any_unknown ? unknown : SqlValue(!decisive);
  }

  // Not symmetric, and two unknown values are equal. Java: ComparisonExpression.doCreateEqual.
  Evaluated equality(const sql::Comparison& node) const {
    const Evaluated left = (*this)(node.left);
    if (!left) return failed;
    const Evaluated right = (*this)(node.right);
    if (!right) return failed;
    if (is_unknown(*left)) return is_unknown(*right) ? SqlValue(true) : unknown;
    if (is_unknown(*right)) return SqlValue(false);
    return related(sql::Relation::equal, *left, *right);
  }

  // Two texts are compared as numbers.
  Evaluated order(sql::Relation relation, const SqlOperand& left_operand,
                  const SqlOperand& right_operand) const {
    const Evaluated left = (*this)(left_operand);
    if (!left || is_unknown(*left)) return left;
    const Evaluated right = (*this)(right_operand);
    if (!right || is_unknown(*right)) return right;
    const auto* left_text = std::get_if<std::string_view>(&*left);
    const auto* right_text = std::get_if<std::string_view>(&*right);
    if (left_text == nullptr || right_text == nullptr) return related(relation, *left, *right);
    const auto left_number = parse_java_double(*left_text);
    const auto right_number = parse_java_double(*right_text);
    if (!left_number || !right_number) return failed;
    return related(relation, *left_number, *right_number);
  }

  static Evaluated related(sql::Relation relation, const SqlValue& left, const SqlValue& right) {
    const auto order = compare(left, right);
    return order ? SqlValue(holds(relation, *order)) : failed;
  }

  std::string_view properties_;
};

}  // namespace

std::optional<SqlValue> evaluate(const SqlExpression& expression, std::string_view properties) {
  return std::visit(Evaluation(properties), expression.node);
}

}  // namespace rocketmq::broker
