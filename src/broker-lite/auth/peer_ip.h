#pragma once

#include <string_view>

namespace rocketmq::broker {

// Of "10.0.0.9:5555" or "[fd00::2]:5555", without port and brackets.
inline std::string_view ip_of_peer(std::string_view address) {
  address = address.substr(0, address.rfind(':'));
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
  }
  return address;
}

}  // namespace rocketmq::broker
