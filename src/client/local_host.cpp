#include "client/local_host.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <string_view>

namespace rocketmq::client {
namespace {

// The larger the better a name for this machine.
enum class Rank { none, loopback, private_network, public_network };

Rank rank_of(const in_addr& address) {
  const std::uint32_t ip = ntohl(address.s_addr);
  if (ip >> 24 == 127) return Rank::loopback;
  const bool is_private = ip >> 24 == 10 || ip >> 20 == 0xAC1 || ip >> 16 == 0xC0A8;
  const bool is_link_local = ip >> 16 == 0xA9FE;
  return is_private || is_link_local ? Rank::private_network : Rank::public_network;
}

Rank rank_of(const in6_addr& address) {
  const bool is_global = (address.s6_addr[0] & 0xE0) == 0x20;  // 2000::/3
  return is_global ? Rank::public_network : Rank::none;
}

template <class Ip>
std::string_view bytes_of(const Ip& ip) {
  return {reinterpret_cast<const char*>(&ip), sizeof ip};
}

}  // namespace

protocol::Host local_host() {
  constexpr char loopback[] = {127, 0, 0, 1};
  protocol::Host best = protocol::make_host({loopback, sizeof loopback}, 0);
  Rank best_rank = Rank::loopback;
  const auto consider = [&](auto& ip) {
    const Rank rank = rank_of(ip);
    if (rank <= best_rank) return;
    best_rank = rank;
    best = protocol::make_host(bytes_of(ip), 0);
  };

  ifaddrs* interfaces = nullptr;
  if (getifaddrs(&interfaces) != 0) return best;
  for (const ifaddrs* one = interfaces; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr || (one->ifa_flags & IFF_UP) == 0) continue;
    if (one->ifa_addr->sa_family == AF_INET) {
      consider(reinterpret_cast<const sockaddr_in*>(one->ifa_addr)->sin_addr);
    } else if (one->ifa_addr->sa_family == AF_INET6) {
      consider(reinterpret_cast<const sockaddr_in6*>(one->ifa_addr)->sin6_addr);
    }
  }
  freeifaddrs(interfaces);
  return best;
}

std::string ip_text(const protocol::Host& host) {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(host.is_v6() ? AF_INET6 : AF_INET, host.ip.data(), text, sizeof text);
  return text;
}

}  // namespace rocketmq::client
