#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "client/http_get.h"

// Whatever a server answers, in whatever pieces: a body, an error, or more is wanted. What is
// decided stays decided when more bytes come.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using rocketmq::client::parse_http_answer;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(rocketmq::client::parse_http_url(text));
  const auto all = parse_http_answer(text, false);
  const auto front = parse_http_answer(text.substr(0, size / 2), false);
  if (front && *front && (!all || !*all || **all != **front)) std::abort();
  static_cast<void>(parse_http_answer(text, true));
  return 0;
}
