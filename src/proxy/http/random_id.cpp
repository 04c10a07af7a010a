#include "proxy/http/random_id.h"

#include <random>

namespace rocketmq::gateway {

std::string random_id() {
  constexpr char digits[] = "0123456789abcdef";
  std::random_device device;
  std::string id;
  for (int word = 0; word < 4; ++word) {
    unsigned bits = device();
    for (int digit = 0; digit < 8; ++digit, bits >>= 4) id += digits[bits & 15];
  }
  return id;
}

}  // namespace rocketmq::gateway
