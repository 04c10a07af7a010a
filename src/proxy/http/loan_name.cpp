#include "proxy/http/loan_name.h"

#include <array>
#include <charconv>

#include "protocol/split.h"
#include "protocol/str.h"

namespace rocketmq::gateway {
namespace {

constexpr std::string_view mark = "loan";

}  // namespace

std::string to_text(const LoanName& loan) { return str(mark, ' ', loan.lender, ' ', loan.id); }

std::optional<LoanName> parse_loan_name(std::string_view text) {
  std::array<std::string_view, 3> parts;
  if (!protocol::split_exactly(text, ' ', parts) || parts[0] != mark) return std::nullopt;
  LoanName loan{.lender = parts[1]};
  const char* const end = parts[2].data() + parts[2].size();
  const auto read = std::from_chars(parts[2].data(), end, loan.id);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return loan;
}

}  // namespace rocketmq::gateway
