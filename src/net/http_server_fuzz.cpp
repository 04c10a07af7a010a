#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/http_server.h"
#include "net/sim_loop.h"

// Arbitrary bytes to a whole HTTP server, in pieces as the first byte of the input says. Whatever
// comes, what comes back is nothing or an answer of HTTP, and others are served afterwards.

using namespace rocketmq;
using namespace rocketmq::net;

namespace {

class Keeps final : public StreamHandler {
 public:
  void on_data(protocol::Buffer& input) override {
    received += input.view();
    input.clear();
  }
  void on_closed(const Error&) override {}
  std::string received;
};

std::string say(SimLoop& loop, std::string_view bytes, std::size_t piece) {
  Keeps handler;
  std::unique_ptr<Stream> stream;
  const auto connecting = loop.connect("broker:1", {}, [&](Result<std::unique_ptr<Stream>> made) {
    stream = *std::move(made);
    stream->start(handler);
  });
  loop.run_ready();
  while (!bytes.empty()) {
    stream->output().append(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    loop.run_ready();
  }
  return handler.received;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  SimLoop loop;
  HttpServer server(loop, {},
                    [](const HttpRequest& request) { return HttpResponse{.body = request.path}; });
  if (!server.listen("broker:1")) __builtin_trap();
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string answer = say(loop, bytes, data[0] == 0 ? size : data[0]);
  if (!answer.empty() && !answer.starts_with("HTTP/1.")) __builtin_trap();
  const std::string_view good = "GET /still-there HTTP/1.1\r\nHost: broker\r\n\r\n";
  if (!say(loop, good, good.size()).ends_with("/still-there")) __builtin_trap();
  return 0;
}
