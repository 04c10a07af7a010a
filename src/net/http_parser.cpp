#include "net/http_parser.h"

#include <boost/beast/http.hpp>
#include <limits>

namespace rocketmq::net {

namespace beast = boost::beast;
namespace http = boost::beast::http;

class HttpParser::Impl final : public http::basic_parser<true> {
 public:
  explicit Impl(std::size_t head_bytes_max) : head_bytes_max_(head_bytes_max) {
    header_limit(static_cast<std::uint32_t>(head_bytes_max));
    // Whoever takes the body has a limit of their own. (Boost 1.74 takes boost::none for 0.)
    body_limit(std::numeric_limits<std::uint64_t>::max());
  }

  Result<Got> read(protocol::Buffer& input) {
    piece_.clear();
    const bool had_head = is_header_done();
    while (!is_done()) {
      beast::error_code failed;
      const std::size_t used = put(boost::asio::const_buffer(input.data(), input.size()), failed);
      input.consume(used);
      if (failed == http::error::header_limit) return too_large();
      if (failed && failed != http::error::need_more) {
        return Error{Errc::bad_frame, failed.message()};
      }
      if (!had_head && is_header_done()) return take_head();
      if (!piece_.empty()) return Got::piece;
      if (!failed && (used > 0 || is_done())) continue;
      // The line before a chunk, with what follows the chunk's size, is not in Beast's limit.
      if (input.size() > head_bytes_max_) return too_large();
      return Got::nothing;
    }
    return had_head ? Got::end : take_head();
  }

  HttpRequest request;
  std::string piece_;
  unsigned version = 11;

 private:
  static Error too_large() { return {Errc::too_large, "the head of the request is too long"}; }

  Got take_head() {
    request.has_body = !is_done();
    if (const auto length = content_length(); length) request.content_length = *length;
    return Got::head;
  }

  void on_request_impl(http::verb, beast::string_view method, beast::string_view target, int number,
                       beast::error_code&) override {
    request.method.assign(method.data(), method.size());
    const std::size_t mark = target.find('?');
    const beast::string_view path = target.substr(0, mark);
    request.path.assign(path.data(), path.size());
    if (mark != beast::string_view::npos) {
      const beast::string_view query = target.substr(mark + 1);
      request.query.assign(query.data(), query.size());
    }
    version = static_cast<unsigned>(number);
  }
  void on_response_impl(int, beast::string_view, int, beast::error_code&) override {}
  void on_field_impl(http::field, beast::string_view name, beast::string_view value,
                     beast::error_code&) override {
    if (is_header_done()) return;  // behind a chunked body: nobody asks for those
    request.headers.push_back({{name.data(), name.size()}, {value.data(), value.size()}});
  }
  void on_header_impl(beast::error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code&) override {}
  std::size_t on_body_impl(beast::string_view body, beast::error_code&) override {
    piece_.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body,
                                 beast::error_code&) override {
    piece_.append(body.data(), body.size());
    return body.size();
  }
  void on_finish_impl(beast::error_code&) override {}

  const std::size_t head_bytes_max_;
};

HttpParser::HttpParser(std::size_t head_bytes_max)
    : impl_(std::make_unique<Impl>(head_bytes_max)) {}
HttpParser::~HttpParser() = default;

Result<HttpParser::Got> HttpParser::read(protocol::Buffer& input) { return impl_->read(input); }
HttpRequest& HttpParser::request() { return impl_->request; }
std::string& HttpParser::piece() { return impl_->piece_; }
unsigned HttpParser::version() const { return impl_->version; }
bool HttpParser::keep_alive() const { return impl_->keep_alive(); }

}  // namespace rocketmq::net
