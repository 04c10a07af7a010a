#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rocketmq::gateway {

// What stands in a receipt where a POP checkpoint stands otherwise: the gateway itself lent the
// message, and no other knows of it.
struct LoanName {
  std::string_view lender;  // random: one that was there before, or elsewhere, is another
  std::uint64_t id = 0;
};

std::string to_text(const LoanName& loan);
// Nothing: it is none; a POP checkpoint, for example. Views into `text`.
std::optional<LoanName> parse_loan_name(std::string_view text);

}  // namespace rocketmq::gateway
