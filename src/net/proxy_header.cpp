#include "net/proxy_header.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <vector>

#include "net/address.h"
#include "net/socket.h"
#include "protocol/bytes.h"
#include "protocol/str.h"

namespace rocketmq::net {
namespace {

constexpr std::string_view line_start = "PROXY ";
constexpr std::string_view binary_start("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t line_bytes_max = 107;  // as its definition says, "\r\n" included
constexpr std::size_t head_bytes = 16;       // of the binary form, before the addresses
// What a balancer adds to the addresses (TLVs) is passed over; a certificate is 2 KB.
constexpr std::size_t rest_bytes_max = 4096;

enum class Family : std::uint8_t { unspecified, tcp4 = 0x11, tcp6 = 0x21 };

Error bad(std::string_view what) { return Error{Errc::bad_frame, str("PROXY header: ", what)}; }

std::optional<std::uint16_t> port_from(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, port);
  const bool is_port = !text.empty() && problem == std::errc() && stop == end;
  return is_port ? std::optional(port) : std::nullopt;
}

// As the system writes it; nothing where it is no address of that family.
std::optional<std::string> literal(std::string_view host, std::uint16_t port, int family) {
  const auto found = look_up(Address{std::string(host), port}, {.literal_only = true});
  if (!found || found->front().storage.ss_family != family) return std::nullopt;
  return to_string(found->front());
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t blank = line.find(' ');
    words.push_back(line.substr(0, blank));
    if (blank == line.npos) return words;
    line.remove_prefix(blank + 1);
  }
}

}  // namespace

Result<ProxyProtocol> proxy_protocol_from(std::string_view text) {
  if (text == "disabled") return ProxyProtocol::disabled;
  if (text == "permissive") return ProxyProtocol::permissive;
  if (text == "enforcing") return ProxyProtocol::enforcing;
  return Error{Errc::invalid_argument,
               str("proxyProtocol=", text, ": write disabled, permissive or enforcing")};
}

Result<std::size_t> ProxyHeader::take(std::string_view bytes) {
  std::size_t taken = 0;
  while (!is_whole_ && taken < bytes.size()) {
    const std::size_t wanted = std::min(bytes_wanted(), bytes.size() - taken);
    text_.append(bytes.substr(taken, wanted));
    taken += wanted;
    const bool is_line = text_.front() == 'P';
    const std::string_view start = is_line ? line_start : binary_start;
    const std::size_t compared = std::min(text_.size(), start.size());
    if (text_.substr(0, compared) != start.substr(0, compared)) return bad("it is none");
    if (auto read = is_line ? read_line() : read_binary(); !read) return std::move(read).error();
  }
  return taken;
}

// A line ends where it ends: it is taken byte by byte. It comes once a connection.
std::size_t ProxyHeader::bytes_wanted() const {
  if (text_.empty() || text_.front() == 'P') return 1;
  if (text_.size() < head_bytes) return head_bytes - text_.size();
  return head_bytes + protocol::load_big<std::uint16_t>(text_.data() + 14) - text_.size();
}

Result<void> ProxyHeader::read_line() {
  if (text_.back() != '\n') {
    if (text_.size() < line_bytes_max) return {};
    return bad(str("a line of more than ", line_bytes_max, " bytes"));
  }
  is_whole_ = true;
  if (!text_.ends_with("\r\n")) return bad("the line does not end in CR LF");
  const auto words = words_of(std::string_view(text_).substr(0, text_.size() - 2));
  if (words[1] == "UNKNOWN") return {};
  const int family = words[1] == "TCP4" ? AF_INET : words[1] == "TCP6" ? AF_INET6 : AF_UNSPEC;
  if (family == AF_UNSPEC || words.size() != 6) return bad("not TCP4, TCP6 or UNKNOWN as they are");
  const auto port = port_from(words[4]);
  if (!port || !port_from(words[5])) return bad("a port is none");
  source_ = literal(words[2], *port, family);
  if (!source_ || !literal(words[3], 0, family)) return bad("an address is none");
  return {};
}

Result<void> ProxyHeader::read_binary() {
  if (text_.size() < head_bytes) return {};
  const std::uint8_t command = static_cast<std::uint8_t>(text_[12]);
  const auto family = static_cast<Family>(text_[13]);
  const std::size_t bytes = protocol::load_big<std::uint16_t>(text_.data() + 14);
  if (command != 0x20 && command != 0x21) return bad("neither LOCAL nor PROXY of version 2");
  if (bytes > rest_bytes_max) return bad(str("of more than ", rest_bytes_max, " bytes"));
  if (text_.size() < head_bytes + bytes) return {};
  is_whole_ = true;
  if (command == 0x20 || (family != Family::tcp4 && family != Family::tcp6)) return {};
  const std::size_t address_bytes = family == Family::tcp4 ? 4 : 16;
  if (bytes < 2 * address_bytes + 4) return bad("the addresses are missing");
  char host[46];
  const char* const at = text_.data() + head_bytes;
  evutil_inet_ntop(family == Family::tcp4 ? AF_INET : AF_INET6, at, host, sizeof host);
  source_ = to_string(Address{host, protocol::load_big<std::uint16_t>(at + 2 * address_bytes)});
  return {};
}

}  // namespace rocketmq::net
