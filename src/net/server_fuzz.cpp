#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "net/server.h"
#include "net/sim_loop.h"
#include "protocol/requests/client_session.h"
#include "protocol/requests/pull.h"

// Arbitrary bytes to a whole server: frames, both header codecs, dispatch, answers at once and
// later, in pieces as the first byte of the input says. Whatever comes, the server goes on, and the
// connection is either open or closed.

using namespace rocketmq;
using namespace rocketmq::net;
using protocol::HeartBeat;
using protocol::PullMessage;

namespace {

class NobodyListens final : public StreamHandler {
 public:
  void on_data(protocol::Buffer& input) override { input.consume(input.size()); }
  void on_closed(const Error&) override {}
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  SimLoop loop;
  std::vector<Call<PullMessage>> parked;
  Router router;
  router.on<HeartBeat>([](const HeartBeat&, RequestContext& context) -> Result<void> {
    context.reply.body = context.body();
    return {};
  });
  router.on_deferred<PullMessage>([&](Call<PullMessage> call) {
    call.keep();
    parked.push_back(std::move(call));
  });
  Server server(loop, router);
  if (!server.listen("broker:1")) __builtin_trap();

  NobodyListens handler;
  std::unique_ptr<Stream> stream;
  const auto connecting = loop.connect("broker:1", {}, [&](Result<std::unique_ptr<Stream>> made) {
    stream = *std::move(made);
    stream->start(handler);
  });
  loop.run_ready();

  const std::size_t piece = data[0] == 0 ? size : data[0];
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  while (!bytes.empty()) {
    stream->output().append(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    loop.run_ready();
  }
  for (auto& call : parked) call.reply({.next_begin_offset = call->queue_offset}, call.body());
  loop.run_ready();
  if (server.connection_count() > 1) __builtin_trap();
  return 0;
}
