#pragma once

#include <rocketmq/result.h>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace rocketmq::broker {

// Which addresses a line of a plain ACL file means:
//
//   (nothing)                          none
//   *   *.*.*.*   *:*:*:*:*:*:*:*      all
//   10.0.0.1   fd00::2                 this
//   10.0.0.1,10.0.0.2                  these
//   10.0.0.{1,2}   fd00::{1,2}         these
//   10.0.0.*   10.0.0.1-9   10.0.*.*   what begins so; nothing behind the first range is looked at
//   fd00::*   fd00::1-ff   fd00::1-ff:*
//
// Java: RemoteAddressStrategyFactory.
class AddressPattern {
 public:
  static Result<AddressPattern> parse(std::string_view text);

  // Without a port, an IPv6 address without brackets.
  bool matches(std::string_view ip) const;

 private:
  using Numbers = std::vector<std::uint16_t>;  // 4 bytes, or 8 groups

  // What begins with `head` and has a number of the range behind it, if there is room for one.
  struct Block {
    std::size_t size = 0;  // of the whole address
    Numbers head;
    std::uint16_t from = 0;
    std::uint16_t to = 0;
  };

  static Numbers numbers_of(std::string_view ip);  // empty: it is no address
  static Result<void> add_one(std::string_view ip, std::vector<Block>& blocks);
  static Result<Block> parse_range(std::string_view text);
  static Result<Block> parse_range_v6(std::string_view text);

  bool matches_all_ = false;
  std::vector<Block> blocks_;
};

}  // namespace rocketmq::broker
