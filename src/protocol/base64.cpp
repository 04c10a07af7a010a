#include "protocol/base64.h"

#include <openssl/evp.h>

#include <algorithm>

namespace rocketmq::protocol {
namespace {

constexpr std::string_view digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const unsigned char* as_bytes(const std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // and the NUL OpenSSL ends with
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), as_bytes(bytes),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::string to_base64_url(std::string_view bytes) {
  std::string text = to_base64(bytes);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const std::size_t digits_end = std::min(text.find('='), text.size());
  const std::size_t padding = text.size() - digits_end;
  // OpenSSL passes over blanks and takes padding anywhere, so what it gets is checked.
  if (padding > 2 || text.substr(digits_end).find_first_not_of('=') != std::string_view::npos ||
      text.substr(0, digits_end).find_first_not_of(digits) != std::string_view::npos) {
    return std::nullopt;
  }
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), as_bytes(text),
                                   static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  bytes.resize(bytes.size() - padding);
  return bytes;
}

std::optional<std::string> from_base64_url(std::string_view text) {
  std::string standard(text);
  if (standard.find_first_of("+/") != std::string::npos) return std::nullopt;
  std::ranges::replace(standard, '-', '+');
  std::ranges::replace(standard, '_', '/');
  if (standard.find('=') == std::string::npos) standard.resize((standard.size() + 3) / 4 * 4, '=');
  return from_base64(standard);
}

}  // namespace rocketmq::protocol
