#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "broker-lite/auth/plain_acl_file.h"

// Any text as a plain_acl.yml: it is refused, or what a change makes of it can be read and has the
// change in it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rocketmq::broker;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  rocketmq::protocol::PlainAccessConfig account;
  account.access_key = "somebody";
  account.secret_key = "a secret";
  const auto changed = put_account(text, account, 1);
  if (!parse_plain_acl(text) || !changed) return 0;
  const auto file = parse_plain_acl(*changed);
  if (!file || file->accounts.empty()) std::abort();
  if (file->accounts.back().secret_key != account.secret_key) std::abort();
  const auto removed = remove_account(*changed, "somebody", 2);
  if (!removed || !parse_plain_acl(*removed)) std::abort();
  return 0;
}
