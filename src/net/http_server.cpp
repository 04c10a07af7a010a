#include "net/http_server.h"

#include <boost/beast/http.hpp>
#include <optional>
#include <sstream>
#include <utility>

#include "protocol/str.h"

namespace rocketmq::net {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

std::string path_of(beast::string_view target) {
  return std::string(target.substr(0, target.find('?')));
}

}  // namespace

class HttpServer::Connection final : StreamHandler {
 public:
  Connection(HttpServer& server, std::unique_ptr<Stream> stream)
      : server_(server), stream_(std::move(stream)) {
    expect_request();
    stream_->start(*this);
  }

  const std::string& peer() const { return stream_->peer(); }

 private:
  void expect_request() {
    parser_.emplace();
    parser_->eager(true);
    parser_->header_limit(static_cast<std::uint32_t>(server_.options_.head_bytes_max));
    timer_ = server_.loop_.after(server_.options_.request_timeout, [this] {
      stream_->abort(Error{Errc::not_connected, "no request in time"});
    });
  }

  void on_data(protocol::Buffer& input) override {
    while (!input.empty() && !is_ending_) {
      beast::error_code failed;
      const std::size_t used =
          parser_->put(boost::asio::const_buffer(input.data(), input.size()), failed);
      input.consume(used);
      if (failed == http::error::need_more) return;
      if (failed) return refuse(failed.message());
      if (!parser_->is_done()) continue;
      answer(parser_->get());
      if (!is_ending_) expect_request();
    }
    if (is_ending_) input.clear();
  }

  void on_closed(const Error& error) override { server_.closed(*this, error); }

  void answer(const http::request<http::empty_body>& request) {
    const bool is_head = request.method() == http::verb::head;
    if (!is_head && request.method() != http::verb::get) {
      return write({.status = 405, .body = "only GET and HEAD are understood\n"}, request.version(),
                   false, true);
    }
    write(server_.handler_({.path = path_of(request.target())}), request.version(), is_head,
          !request.keep_alive());
  }

  void refuse(const std::string& why) {
    server_.warn(str("http connection from ", peer(), " closed: ", why));
    write({.status = 400, .body = str(why, '\n')}, 11, false, true);
  }

  void write(const HttpResponse& response, unsigned version, bool is_head, bool ends) {
    http::response<http::empty_body> head(static_cast<http::status>(response.status), version);
    head.set(http::field::content_type, response.content_type);
    head.set(http::field::cache_control, "no-store");
    if (response.status == 405) head.set(http::field::allow, "GET, HEAD");
    head.content_length(response.body.size());
    head.keep_alive(!ends);
    std::ostringstream text;
    text << head.base();
    stream_->output().append(text.str());
    if (!is_head) stream_->output().append(response.body);
    if (!ends) return;
    is_ending_ = true;
    stream_->close();
  }

  HttpServer& server_;
  std::unique_ptr<Stream> stream_;
  std::optional<http::request_parser<http::empty_body>> parser_;
  std::unique_ptr<Timer> timer_;
  bool is_ending_ = false;
};

HttpServer::HttpServer(Loop& loop, HttpServerOptions options, Handler handler)
    : loop_(loop), options_(std::move(options)), handler_(std::move(handler)) {}

HttpServer::~HttpServer() = default;

Result<std::string> HttpServer::listen(std::string_view address) {
  auto listener = loop_.listen(address, options_.listen, [this](std::unique_ptr<Stream> stream) {
    accepted(std::move(stream));
  });
  if (!listener) return std::move(listener).error();
  listeners_.push_back(*std::move(listener));
  return listeners_.back()->address();
}

void HttpServer::accepted(std::unique_ptr<Stream> stream) {
  if (connections_.size() >= options_.connections_max) {
    return warn(str("http connection from ", stream->peer(), " refused: there are ",
                    connections_.size(), " already"));
  }
  auto connection = std::make_unique<Connection>(*this, std::move(stream));
  Connection* const key = connection.get();
  connections_.emplace(key, std::move(connection));
}

void HttpServer::closed(Connection& connection, const Error& error) {
  if (error.code != Errc::not_connected) {
    warn(str("http connection from ", connection.peer(), " closed: ", error.message));
  }
  connections_.erase(&connection);
}

void HttpServer::warn(std::string_view line) {
  if (!options_.log) return;
  const auto [may_log, suppressed] = log_limit_.ask(loop_.now());
  if (!may_log) return;
  options_.log(suppressed == 0 ? str(line) : str(line, " (", suppressed, " more lines left out)"));
}

}  // namespace rocketmq::net
