#include "broker-lite/local_address.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <memory>

#include "protocol/bytes.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

bool is_private(std::uint32_t ip) {
  return ip >> 24 == 10 || ip >> 20 == (172 << 4 | 1) || ip >> 16 == (192 << 8 | 168);
}
bool is_local_only(std::uint32_t ip) {
  return ip >> 24 == 127 || ip >> 16 == (169 << 8 | 254) || ip == 0;
}

protocol::Host host_of(const sockaddr& address, std::int32_t port) {
  if (address.sa_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    return protocol::make_host({reinterpret_cast<const char*>(&v6), sizeof v6}, port);
  }
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address).sin_addr;
  return protocol::make_host({reinterpret_cast<const char*>(&v4), sizeof v4}, port);
}

std::string without_port(const protocol::Host& host) {
  const std::string text = to_string(host);
  return text.substr(0, text.rfind(':'));
}

}  // namespace

bool is_wildcard(std::string_view host) {
  return host.empty() || host == "0.0.0.0" || host == "::" || host == "[::]" || host == "*";
}

std::string local_address() {
  std::string best = "127.0.0.1";
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return best;
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || entry->ifa_addr->sa_family != AF_INET) continue;
    const protocol::Host host = host_of(*entry->ifa_addr, 0);
    const auto ip = protocol::load_big<std::uint32_t>(host.ip.data());
    if (is_local_only(ip)) continue;
    best = without_port(host);
    if (!is_private(ip)) break;
  }
  return best;
}

Result<protocol::Host> resolve(std::string_view host, std::int32_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const std::string name(host);
  if (const int problem = ::getaddrinfo(name.c_str(), nullptr, &hints, &list); problem != 0) {
    return Error{Errc::invalid_argument, str("address ", name, ": ", ::gai_strerror(problem))};
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, &::freeaddrinfo);
  const addrinfo* chosen = list;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_family != AF_INET) continue;  // old clients know no other
    chosen = entry;
    break;
  }
  return host_of(*chosen->ai_addr, port);
}

}  // namespace rocketmq::broker
