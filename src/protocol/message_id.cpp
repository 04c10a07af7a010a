#include "protocol/message_id.h"

#include <array>
#include <cassert>
#include <cstring>
#include <ctime>

#include "protocol/bytes.h"
#include "protocol/str.h"

namespace rocketmq::protocol {
namespace {

constexpr std::array<std::array<char, 2>, 256> hex_of_bytes = [] {
  constexpr char digits[] = "0123456789ABCDEF";
  std::array<std::array<char, 2>, 256> all{};
  for (std::size_t byte = 0; byte < all.size(); ++byte) {
    all[byte] = {digits[byte >> 4], digits[byte & 15]};
  }
  return all;
}();

char* put_hex(char* to, std::string_view bytes) {
  for (const char byte : bytes) {
    std::memcpy(to, hex_of_bytes[static_cast<unsigned char>(byte)].data(), 2);
    to += 2;
  }
  return to;
}

template <std::integral I>
char* put_hex(char* to, I value) {
  char bytes[sizeof value];
  store_big(bytes, value);
  return put_hex(to, std::string_view(bytes, sizeof bytes));
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// Local midnight of a month's first day; `months_ahead` counts from the month of `now_ms`. Not by
// mktime(): that sets the process's time zone anew on every call, behind the back of other threads.
std::int64_t month_border_ms(std::int64_t now_ms, int months_ahead) {
  const auto seconds = static_cast<std::time_t>(now_ms / 1000);
  std::tm local{};
  localtime_r(&seconds, &local);
  std::tm first{};
  first.tm_year = local.tm_year;
  first.tm_mon = local.tm_mon + months_ahead;  // timegm carries over into the next year
  first.tm_mday = 1;
  const std::time_t as_utc = timegm(&first);
  const std::time_t about = as_utc - local.tm_gmtoff;
  localtime_r(&about, &local);  // summer time may begin or end in between
  return (static_cast<std::int64_t>(as_utc) - local.tm_gmtoff) * 1000;
}

}  // namespace

std::string to_string(const OffsetMessageId& id) {
  std::string text;
  append_offset_message_id(text, id.store_host, id.physical_offset);
  return text;
}

void append_offset_message_id(std::string& to, const Host& store_host, std::int64_t position) {
  char text[2 * (16 + 4 + 8)];  // IPv6
  char* end = put_hex(text, store_host.ip_bytes());
  end = put_hex(end, store_host.port);
  end = put_hex(end, position);
  to.append(text, end);
}

Result<OffsetMessageId> parse_offset_message_id(std::string_view text) {
  const auto bad = [&] {
    return Error{Errc::invalid_argument, str("not an offset message id: ", text)};
  };
  if (text.size() != 32 && text.size() != 56) return bad();
  char bytes[28];
  for (std::size_t i = 0; i < text.size() / 2; ++i) {
    const int high = hex_value(text[2 * i]);
    const int low = hex_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return bad();
    bytes[i] = static_cast<char>(high * 16 + low);
  }
  const std::size_t ip_size = text.size() / 2 - 12;
  return OffsetMessageId{
      make_host({bytes, ip_size}, load_big<std::int32_t>(bytes + ip_size)),
      load_big<std::int64_t>(bytes + ip_size + 4),
  };
}

std::int64_t month_start_ms(std::int64_t now_ms) { return month_border_ms(now_ms, 0); }

UniqueKeyGenerator::UniqueKeyGenerator(const Host& ip, std::uint32_t pid,
                                       std::uint32_t process_hash) {
  char text[2 * (16 + 2 + 4)];
  char* end = put_hex(text, ip.ip_bytes());
  end = put_hex(end, static_cast<std::uint16_t>(pid));
  end = put_hex(end, process_hash);
  prefix_.assign(text, end);
}

std::string UniqueKeyGenerator::next(std::int64_t now_ms) {
  std::string key;
  append_next(key, now_ms);
  return key;
}

void UniqueKeyGenerator::append_next(std::string& to, std::int64_t now_ms) {
  if (now_ms >= next_month_ms_) start_month(now_ms);
  std::int64_t since = now_ms - month_start_ms_;
  // Java: MessageClientIDSetter.createUniqIDBuffer. A clock set back a little over the month's
  // border must not give a huge number; one set back far is taken as it is.
  if (since < 0 && since > -1'000'000) since = 0;
  char text[2 * (4 + sizeof counter_)];
  char* const end = put_hex(put_hex(text, static_cast<std::int32_t>(since)), counter_++);
  to += prefix_;
  to.append(text, end);
}

void UniqueKeyGenerator::start_month(std::int64_t now_ms) {
  month_start_ms_ = month_border_ms(now_ms, 0);
  next_month_ms_ = month_border_ms(now_ms, 1);
}

}  // namespace rocketmq::protocol
