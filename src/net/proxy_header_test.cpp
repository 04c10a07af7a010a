#include "net/proxy_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "protocol/str.h"

namespace rocketmq::net {
namespace {

using testing::HasSubstr;
using testing::Optional;

std::string binary(char command, char family, std::string_view rest) {
  std::string header("\r\n\r\n\0\r\nQUIT\n", 12);
  header += {command, family, static_cast<char>(rest.size() >> 8), static_cast<char>(rest.size())};
  return header.append(rest);
}

const std::string_view four_addresses("\x0A\0\0\x09\x0A\0\0\x01\x15\xB3\x1F\x90", 12);

// Behind the header is something else, which stays.
ProxyHeader read(const std::string& text) {
  ProxyHeader header;
  EXPECT_EQ(header.take(text + "behind").value(), text.size());
  EXPECT_TRUE(header.is_whole());
  return header;
}

std::string refusal(const std::string& text) {
  ProxyHeader header;
  const auto taken = header.take(text);
  if (taken) return "none";
  EXPECT_EQ(taken.error().code, Errc::bad_frame);
  return taken.error().message;
}

TEST(ProxyHeader, tells_the_source_of_a_line) {
  EXPECT_THAT(read("PROXY TCP4 10.0.0.9 10.0.0.1 5555 8080\r\n").source(),
              Optional(std::string("10.0.0.9:5555")));
  EXPECT_THAT(read("PROXY TCP6 2001:db8::9 ::1 65535 8080\r\n").source(),
              Optional(std::string("[2001:db8::9]:65535")));
}

TEST(ProxyHeader, tells_the_source_of_the_binary_form) {
  EXPECT_THAT(read(binary(0x21, 0x11, four_addresses)).source(),
              Optional(std::string("10.0.0.9:5555")));
  const std::string six = std::string(15, '\0') + '\1' + std::string(16, '\0') + "\x15\xB3\x1F\x90";
  EXPECT_THAT(read(binary(0x21, 0x21, six)).source(), Optional(std::string("[::1]:5555")));
  EXPECT_THAT(read(binary(0x21, 0x11, str(four_addresses, "\3\0\4more"))).source(),
              Optional(std::string("10.0.0.9:5555")))
      << "TLVs are passed over";
}

TEST(ProxyHeader, tells_no_source_where_the_balancer_speaks_for_itself) {
  EXPECT_EQ(read("PROXY UNKNOWN\r\n").source(), std::nullopt);
  EXPECT_EQ(read("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n").source(), std::nullopt);
  EXPECT_EQ(read(binary(0x20, 0x00, "")).source(), std::nullopt);
  EXPECT_EQ(read(binary(0x20, 0x11, four_addresses)).source(), std::nullopt);
  EXPECT_EQ(read(binary(0x21, 0x31, std::string(216, 'u'))).source(), std::nullopt);
}

TEST(ProxyHeader, waits_for_its_end) {
  for (const std::string& text : {std::string("PROXY TCP4 10.0.0.9 10.0.0.1 5555 8080\r\n"),
                                  binary(0x21, 0x11, four_addresses)}) {
    ProxyHeader header;
    for (const char byte : text) {
      EXPECT_FALSE(header.is_whole());
      EXPECT_EQ(header.take({&byte, 1}).value(), 1U);
    }
    EXPECT_TRUE(header.is_whole());
    EXPECT_EQ(header.take("more").value(), 0U);
  }
}

TEST(ProxyHeader, refuses_a_line_that_is_none) {
  EXPECT_THAT(refusal("PRI * HTTP/2.0\r\n"), HasSubstr("it is none"));
  EXPECT_THAT(refusal("PROXY TCP4 10.0.0.9 10.0.0.1 5555 8080\n"), HasSubstr("CR LF"));
  EXPECT_THAT(refusal("PROXY UDP4 10.0.0.9 10.0.0.1 5555 8080\r\n"), HasSubstr("TCP4"));
  EXPECT_THAT(refusal("PROXY TCP4 10.0.0.9 10.0.0.1 5555\r\n"), HasSubstr("TCP4"));
  EXPECT_THAT(refusal("PROXY TCP4 10.0.0.9 10.0.0.1 65536 8080\r\n"), HasSubstr("port"));
  EXPECT_THAT(refusal("PROXY TCP4 10.0.0.9 10.0.0.1 5555 \r\n"), HasSubstr("port"));
  EXPECT_THAT(refusal("PROXY TCP4 evil.example 10.0.0.1 5555 8080\r\n"), HasSubstr("address"));
  EXPECT_THAT(refusal("PROXY TCP4 ::1 ::1 5555 8080\r\n"), HasSubstr("address"));
  EXPECT_THAT(refusal("PROXY TCP4 " + std::string(200, '1')), HasSubstr("107"));
}

TEST(ProxyHeader, refuses_a_binary_form_that_is_none) {
  EXPECT_THAT(refusal("\r\n\r\nGET"), HasSubstr("it is none"));
  EXPECT_THAT(refusal(binary(0x11, 0x11, four_addresses)), HasSubstr("version 2"));
  EXPECT_THAT(refusal(binary(0x22, 0x11, four_addresses)), HasSubstr("version 2"));
  EXPECT_THAT(refusal(binary(0x21, 0x11, four_addresses.substr(1))), HasSubstr("missing"));
  EXPECT_THAT(refusal(binary(0x21, 0x11, std::string(4097, 'x')).substr(0, 16)), HasSubstr("4096"))
      << "by its length, before it has come";
}

}  // namespace
}  // namespace rocketmq::net
