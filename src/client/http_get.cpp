#include "client/http_get.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

#include "net/address.h"
#include "net/wait.h"
#include "protocol/str.h"

namespace rocketmq::client {
namespace {

constexpr std::string_view line_end = "\r\n";

Error bad_answer(std::string_view why) { return {Errc::bad_frame, str("bad HTTP answer: ", why)}; }

bool is_same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

std::optional<std::size_t> number(std::string_view text, int base) {
  std::size_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [at, problem] = std::from_chars(text.data(), end, value, base);
  if (text.empty() || problem != std::errc() || at != end) return std::nullopt;
  return value;
}

// What is before the first `separator`; `rest` becomes what is behind it.
std::optional<std::string_view> split_off(std::string_view& rest, std::string_view separator) {
  const std::size_t at = rest.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view front = rest.substr(0, at);
  rest.remove_prefix(at + separator.size());
  return front;
}

struct Head {
  std::optional<std::size_t> length;
  bool is_chunked = false;
};

Result<Head> parse_head(std::string_view lines) {
  const std::string_view status = *split_off(lines, line_end);
  if (!status.starts_with("HTTP/1.") || status.size() < 12) return bad_answer("no status line");
  const std::string_view code_and_words = trimmed(status.substr(8));
  if (!code_and_words.starts_with("200")) {
    return Error{Errc::not_connected, str("answered ", code_and_words)};
  }
  Head head;
  while (auto line = split_off(lines, line_end)) {
    const auto name = split_off(*line, ":");
    if (!name) return bad_answer("a header line without a colon");
    const std::string_view value = trimmed(*line);
    if (is_same_word(*name, "Content-Length")) {
      head.length = number(value, 10);
      if (!head.length) return bad_answer("bad Content-Length");
    } else if (is_same_word(*name, "Transfer-Encoding")) {
      if (!is_same_word(value, "chunked")) return bad_answer("unknown Transfer-Encoding");
      head.is_chunked = true;
    }
  }
  return head;
}

Result<std::optional<std::string>> parse_chunks(std::string_view rest) {
  std::string body;
  while (auto size_line = split_off(rest, line_end)) {
    const auto size = number(trimmed(size_line->substr(0, size_line->find(';'))), 16);
    if (!size) return bad_answer("bad size of a chunk");
    if (*size == 0) return std::optional(std::move(body));  // trailers say nothing to us
    if (*size > http_answer_bytes_max) return bad_answer("a chunk is too large");
    if (rest.size() < *size + line_end.size()) break;
    body += rest.substr(0, *size);
    rest.remove_prefix(*size);
    if (!rest.starts_with(line_end)) return bad_answer("a chunk is longer than its size");
    rest.remove_prefix(line_end.size());
  }
  return std::optional<std::string>();
}

Result<std::optional<std::string>> parse_body(const Head& head, std::string_view rest,
                                              bool is_all) {
  if (head.is_chunked) return parse_chunks(rest);
  if (!head.length) return is_all ? std::optional(std::string(rest)) : std::nullopt;
  if (*head.length > http_answer_bytes_max) {
    return Error{Errc::too_large, str("an HTTP answer of ", *head.length, " bytes")};
  }
  if (rest.size() < *head.length) return std::optional<std::string>();
  return std::optional(std::string(rest.substr(0, *head.length)));
}

// One connection: writes the request, reads until the answer is there or cannot come any more.
class Get final : net::StreamHandler {
 public:
  Get(net::Loop& loop, const HttpUrl& url, net::Duration timeout)
      : request_(str("GET ", url.target, " HTTP/1.1\r\nHost: ", to_string(address_of(url)),
                     "\r\nAccept: */*\r\nConnection: close\r\n\r\n")),
        connecting_(loop.connect(
            to_string(address_of(url)), {.timeout = timeout},
            [this](Result<std::unique_ptr<net::Stream>> made) { connected(std::move(made)); })) {}

  net::Task<Result<std::string>> answer() { return answer_.take(); }

 private:
  static net::Address address_of(const HttpUrl& url) { return {url.host, url.port}; }

  void connected(Result<std::unique_ptr<net::Stream>> made) {
    if (!made) return finish(std::move(made).error());
    stream_ = *std::move(made);
    stream_->start(*this);
    stream_->output().append(request_);
  }

  void on_data(protocol::Buffer& input) override {
    received_ += input.view();
    input.consume(input.size());
    look(false);
  }
  void on_closed(const Error& error) override {
    if (!look(true)) finish(error);
  }

  // True where that was the end of us.
  bool look(bool is_all) {
    auto body = parse_http_answer(received_, is_all);
    if (body && !*body) return false;
    finish(body ? Result<std::string>(**std::move(body)) : std::move(body).error());
    return true;
  }
  void finish(Result<std::string> result) { answer_.set(std::move(result)); }

  const std::string request_;
  std::string received_;
  net::OneShot<Result<std::string>> answer_;
  std::unique_ptr<net::Stream> stream_;
  std::unique_ptr<net::Connecting> connecting_;
};

net::Task<Result<std::string>> get(net::Loop& loop, HttpUrl url, net::Duration timeout) {
  Get get(loop, url, timeout);
  co_return co_await get.answer();
}

}  // namespace

Result<HttpUrl> parse_http_url(std::string_view text) {
  const auto refused = [text](std::string_view why) {
    return Error{Errc::invalid_argument, str("bad URL \"", text, "\": ", why)};
  };
  constexpr std::string_view scheme = "http://";
  if (!text.starts_with(scheme)) return refused("does not begin with http://");
  for (const char c : text) {
    if (c <= ' ' || c == 0x7F) return refused("a blank or control character");
  }
  std::string_view rest = text.substr(scheme.size());
  const std::size_t host_end = std::min(rest.find_first_of("/?"), rest.size());
  const std::string_view host = rest.substr(0, host_end);
  rest.remove_prefix(host_end);

  HttpUrl url;
  if (!rest.empty()) url.target = rest.front() == '/' ? std::string(rest) : str('/', rest);
  const bool has_port = host.find(':', host.rfind(']') + 1) != std::string_view::npos;
  const auto address = net::parse_address(has_port ? std::string(host) : str(host, ":80"));
  if (!address) return refused(address.error().message);
  url.host = address->host;
  url.port = address->port;
  return url;
}

Result<std::optional<std::string>> parse_http_answer(std::string_view received, bool is_all) {
  if (received.size() > http_answer_bytes_max) {
    return Error{Errc::too_large,
                 str("an HTTP answer of more than ", http_answer_bytes_max, " bytes")};
  }
  const std::size_t head_end = received.find("\r\n\r\n");
  if (head_end == std::string_view::npos) return std::optional<std::string>();
  const auto head = parse_head(received.substr(0, head_end + line_end.size()));
  if (!head) return head.error();
  return parse_body(*head, received.substr(head_end + 2 * line_end.size()), is_all);
}

net::Task<Result<std::string>> http_get(net::Loop& loop, HttpUrl url, net::Duration timeout) {
  auto answer = co_await net::with_timeout(loop, timeout, get(loop, std::move(url), timeout));
  co_return answer;
}

}  // namespace rocketmq::client
