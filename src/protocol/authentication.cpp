#include "protocol/authentication.h"

#include "protocol/str.h"

namespace rocketmq::protocol {
namespace {

constexpr std::int32_t version_with_unsigned_field = version_ordinal(4, 9, 3);
constexpr std::string_view unsigned_field = "_UNIQUE_KEY_QUERY";

std::string_view text_of(const Command& request, std::string_view name) {
  const std::string_view* const value = find_field(request.fields, name);
  return value == nullptr ? std::string_view() : *value;
}

// Java: AuthenticationException.
Error refused(std::string remark) { return Error{ResponseCode::no_permission, std::move(remark)}; }

}  // namespace

void signed_fields(std::span<const Field> fields, std::int32_t version,
                   std::vector<SignedField>& result) {
  result.clear();
  for (const Field& field : fields) {
    const bool is_left_out = version <= version_with_unsigned_field && field.name == unsigned_field;
    if (!is_left_out) result.push_back({field.name, field.value});
  }
}

Result<std::string_view> user_of(const Command& request) {
  const std::string_view name = text_of(request, "AccessKey");
  if (name.empty()) return refused("username cannot be null.");
  return name;
}

Error user_not_found(std::string_view name) {
  return refused(str("User:", name, " is not found."));
}
Error user_disabled(std::string_view name) { return refused(str("User:", name, " is disabled.")); }

Result<void> check_signature(const Command& request, Signer& key,
                             std::vector<SignedField>& scratch) {
  signed_fields(request.fields, request.version, scratch);
  if (key.verify(scratch, request.body, text_of(request, "Signature"))) return {};
  return refused("check signature failed.");
}

}  // namespace rocketmq::protocol
