#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "net/channel.h"
#include "net/event_loop.h"
#include "net/server.h"
#include "protocol/requests/message.h"

// Calls over loopback, one or many in flight on one connection, beside the least that sockets can
// do: two threads that block in recv() and send() and move the same bytes. `times_echo` is how much
// longer one of our calls takes.

namespace rocketmq::net {
namespace {

using namespace std::chrono_literals;
using protocol::SendMessageResponse;
using protocol::SendMessageV2;

const std::string body(128, 'b');

SendMessageV2 make_request() {
  return {.producer_group = "benchmark",
          .topic = "TopicTest",
          .default_topic = "TBW102",
          .default_topic_queue_nums = 8,
          .queue_id = 3,
          .sys_flag = 0,
          .born_timestamp = 1'700'000'000'000,
          .flag = 0,
          .properties =
              "UNIQ_KEY\1"
              "7F000001000018B4AAC2000000000000\2"
              "WAIT\1true\2"};
}
SendMessageResponse make_answer() {
  return {.msg_id = "7F00000100002A9F0000000000000000", .queue_id = 3, .queue_offset = 1234567};
}

std::size_t frame_bytes(const auto& header, std::string_view with_body, std::int32_t flag) {
  protocol::Buffer out;
  protocol::encode_frame(out, {.code = 310, .opaque = 100'000, .flag = flag}, header, with_body);
  return out.size();
}

std::map<std::int64_t, double> echo_ns;  // by calls in flight

// ---- the plain exchange

bool read_all(int fd, char* to, std::size_t bytes) {
  while (bytes > 0) {
    const ssize_t got = ::recv(fd, to, bytes, 0);
    if (got <= 0) return false;
    bytes -= static_cast<std::size_t>(got);
  }
  return true;
}

class PlainServer {
 public:
  PlainServer(std::size_t request_bytes, std::size_t answer_bytes) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(listener_, 1);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    client_ = ::socket(AF_INET, SOCK_STREAM, 0);
    ::connect(client_, reinterpret_cast<sockaddr*>(&address), size);
    server_ = ::accept(listener_, nullptr, nullptr);
    const int on = 1;
    for (const int fd : {client_, server_}) {
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    thread_ = std::thread([this, request_bytes, answer_bytes] {
      std::vector<char> in(64 * 1024), out(64 * 1024);
      std::size_t waiting = 0;
      for (;;) {
        const ssize_t got = ::recv(server_, in.data(), in.size(), 0);
        if (got <= 0) return;
        waiting += static_cast<std::size_t>(got);
        const std::size_t whole = waiting / request_bytes;
        waiting -= whole * request_bytes;
        if (whole > 0) ::send(server_, out.data(), whole * answer_bytes, MSG_NOSIGNAL);
      }
    });
  }
  ~PlainServer() {
    ::shutdown(client_, SHUT_RDWR);
    thread_.join();
    for (const int fd : {listener_, client_, server_}) ::close(fd);
  }
  int client() const { return client_; }

 private:
  int listener_, client_, server_;
  std::thread thread_;
};

void plain_echo(benchmark::State& state) {
  const auto in_flight = static_cast<std::size_t>(state.range(0));
  const std::size_t request_bytes = frame_bytes(make_request(), body, 0);
  const std::size_t answer_bytes = frame_bytes(make_answer(), {}, protocol::flag_response);
  const PlainServer server(request_bytes, answer_bytes);
  std::vector<char> out(request_bytes * in_flight), in(answer_bytes * in_flight);
  const auto start = Clock::now();
  while (state.KeepRunningBatch(static_cast<benchmark::IterationCount>(in_flight))) {
    ::send(server.client(), out.data(), out.size(), MSG_NOSIGNAL);
    read_all(server.client(), in.data(), in.size());
  }
  const std::chrono::duration<double, std::nano> took = Clock::now() - start;
  echo_ns[state.range(0)] = took.count() / static_cast<double>(state.iterations());
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(plain_echo)->Arg(1)->Arg(64)->UseRealTime();

// ---- ours

// What the calls of one benchmark share.
struct Run {
  benchmark::State& state;
  EventLoop& loop;
  std::size_t in_flight;
  bool is_over = false;

  bool go_on() {  // KeepRunning() may say no only once
    if (!is_over) is_over = !state.KeepRunning();
    return !is_over;
  }
};

// One of the calls in flight: sends again as soon as it is answered, until the benchmark ends.
class Caller final : public protocol::PendingCall {
 public:
  Caller(Run& run, Channel& channel) : run_(run), channel_(channel) {}

  void send() {
    if (run_.go_on() && channel_.send(*this, request_, body, 10s)) return;
    if (--run_.in_flight == 0) run_.loop.stop();
  }

 private:
  void answered(protocol::Incoming& incoming) override {
    SendMessageResponse answer;
    if (incoming.command().code != 0 ||
        !protocol::decode_header(incoming.command().fields, answer)) {
      run_.state.SkipWithError("refused");
    }
    benchmark::DoNotOptimize(answer.queue_offset);
    send();
  }
  void failed(const Error& error) override {
    run_.state.SkipWithError(error.message.c_str());
    send();
  }

  Run& run_;
  Channel& channel_;
  const SendMessageV2 request_ = make_request();
};

void channel_call(benchmark::State& state, protocol::HeaderCodec codec) {
  EventLoop server_loop;
  Router router;
  router.on_deferred<SendMessageV2>([answer = make_answer()](Call<SendMessageV2> call) {
    benchmark::DoNotOptimize(call->queue_id);
    call.reply(answer);
  });
  auto server = std::make_unique<Server>(server_loop, router);
  const std::string address = server->listen("127.0.0.1:0").value();
  server_loop.start();

  std::chrono::duration<double, std::nano> took{};
  {
    EventLoop loop;
    const ChannelOptions options{.codec = codec};
    std::unique_ptr<Channel> channel;
    Run run{state, loop, static_cast<std::size_t>(state.range(0))};
    std::vector<std::unique_ptr<Caller>> callers;
    TimePoint start;
    const auto connecting = loop.connect(address, {}, [&](Result<std::unique_ptr<Stream>> stream) {
      channel = std::make_unique<Channel>(loop, *std::move(stream), options, nullptr, nullptr);
      start = Clock::now();
      for (std::size_t i = 0; i < run.in_flight; ++i) {
        callers.push_back(std::make_unique<Caller>(run, *channel));
      }
      for (const auto& caller : callers) caller->send();
    });
    loop.run();
    took = Clock::now() - start;
  }
  run_in(server_loop, [&] { server.reset(); });
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
  state.counters["times_echo"] =
      took.count() / static_cast<double>(state.iterations()) / echo_ns[state.range(0)];
}
BENCHMARK_CAPTURE(channel_call, json, protocol::HeaderCodec::json)->Arg(1)->Arg(64)->UseRealTime();
BENCHMARK_CAPTURE(channel_call, binary, protocol::HeaderCodec::rocketmq)
    ->Arg(1)
    ->Arg(64)
    ->UseRealTime();

}  // namespace
}  // namespace rocketmq::net
