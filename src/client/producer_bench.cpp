// What sending costs our side: a producer with its loop thread, against a server on another loop
// that answers at once and stores nothing. The CPU time is that of all threads, the server's too.
// Items are messages; bytes are bodies.

#include <benchmark/benchmark.h>
#include <rocketmq/rocketmq.h>

#include <semaphore>

#include "net/event_loop.h"
#include "net/router.h"
#include "net/server.h"
#include "protocol/bodies/route_data.h"
#include "protocol/json_body.h"
#include "protocol/requests/client_session.h"
#include "protocol/requests/message.h"
#include "protocol/requests/namesrv.h"

namespace rocketmq {
namespace {

// Name server and broker in one: a topic has four queues, and every message is stored at once.
class AgreeingServer {
 public:
  AgreeingServer() {
    loop_.start();
    net::run_in(loop_, [this] {
      serve();
      server_ = std::make_unique<net::Server>(loop_, router_);
      address_ = server_->listen("127.0.0.1:0").value();
    });
  }
  ~AgreeingServer() {
    net::run_in(loop_, [this] { server_.reset(); });
  }
  const std::string& address() const { return address_; }

 private:
  void serve() {
    using namespace protocol;
    router_.on_deferred<GetRouteInfoByTopic>([this](net::Call<GetRouteInfoByTopic> call) {
      TopicRouteData route;
      route.broker_datas.push_back({.broker_addrs = {{0, address_}}, .broker_name = "broker-a"});
      route.queue_datas.push_back(
          {.broker_name = "broker-a", .perm = 6, .read_queue_nums = 4, .write_queue_nums = 4});
      call.reply({}, to_json(route));
    });
    router_.on_deferred<HeartBeat>([](net::Call<HeartBeat> call) { call.reply({}); });
    router_.on_deferred<SendMessageV2>([](net::Call<SendMessageV2> call) {
      call.reply({.msg_id = "0A00000900002A9F0000000000000000", .queue_id = call->queue_id});
    });
  }

  net::EventLoop loop_;
  net::Router router_;
  std::unique_ptr<net::Server> server_;
  std::string address_;
};

struct Sending {
  explicit Sending(std::size_t body_bytes)
      : client({.name_servers = server.address()}),
        producer(
            client.create_producer({.group = "bench", .compression = Compression::none}).value()),
        message{.topic = "bench", .body = std::string(body_bytes, 'x')} {
    producer.send(message).value();
  }
  void report(benchmark::State& state) const {
    state.SetItemsProcessed(state.iterations());
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(message.body.size()));
  }

  AgreeingServer server;
  Client client;
  Producer producer;
  Message message;
};

void send_one_after_the_other(benchmark::State& state) {
  Sending sending(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(sending.producer.send(sending.message));
  sending.report(state);
}
BENCHMARK(send_one_after_the_other)->Arg(128)->Arg(4096)->MeasureProcessCPUTime()->UseRealTime();

void send_many_at_once(benchmark::State& state) {
  constexpr std::ptrdiff_t in_flight = 2000;
  Sending sending(static_cast<std::size_t>(state.range(0)));
  std::counting_semaphore<in_flight> slots(in_flight);
  for (auto _ : state) {
    slots.acquire();
    sending.producer.send_async(sending.message,
                                [&slots](Result<SendReceipt>) { slots.release(); });
  }
  for (std::ptrdiff_t i = 0; i < in_flight; ++i) slots.acquire();
  sending.report(state);
}
BENCHMARK(send_many_at_once)
    ->Arg(128)
    ->Arg(1024)
    ->Arg(4096)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace rocketmq
