#include "bench/send_frame.h"

#include <gtest/gtest.h>
#include <rocketmq/rocketmq.h>

#include <string>
#include <vector>

#include "net/event_loop.h"
#include "net/router.h"
#include "net/server.h"
#include "protocol/bodies/route_data.h"
#include "protocol/frame.h"
#include "protocol/json_body.h"
#include "protocol/requests/client_session.h"
#include "protocol/requests/message.h"
#include "protocol/requests/namesrv.h"

namespace rocketmq::bench {
namespace {

using protocol::Command;
using protocol::SendMessageV2;

// A command as texts of its own, with what differs from send to send left out.
struct Compared {
  std::vector<std::string> head;
  std::vector<std::string> fields;
  std::string body;
  bool operator==(const Compared&) const = default;
};

Compared compared(const Command& command) {
  Compared kept;
  kept.head = {std::to_string(command.code), std::to_string(command.flag),
               std::string(to_string(command.language)), std::to_string(command.version),
               command.codec == protocol::HeaderCodec::json ? "json" : "binary"};
  for (const auto& [name, value] : command.fields) {
    const bool differs = name == "e" || name == "g" || name == "i";  // queue, time, UNIQ_KEY
    const std::string text = differs ? str(value.size(), " characters") : std::string(value);
    kept.fields.push_back(str(name, "=", text));
  }
  kept.body = command.body;
  return kept;
}

// Name server and broker in one, which keeps the last message it was sent.
class KeepingServer {
 public:
  KeepingServer() {
    loop_.start();
    net::run_in(loop_, [this] {
      serve();
      server_ = std::make_unique<net::Server>(loop_, router_);
      address_ = server_->listen("127.0.0.1:0").value();
    });
  }
  ~KeepingServer() {
    net::run_in(loop_, [this] { server_.reset(); });
  }
  const std::string& address() const { return address_; }
  Compared last() {
    Compared last;
    net::run_in(loop_, [&] { last = last_; });
    return last;
  }

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
    router_.on<SendMessageV2>([this](const SendMessageV2&, net::RequestContext& context) {
      last_ = compared(context.command);
      return Result<SendMessageResponse>(SendMessageResponse{.msg_id = "id"});
    });
  }

  net::EventLoop loop_;
  net::Router router_;
  std::unique_ptr<net::Server> server_;
  std::string address_;
  Compared last_;
};

Command decode(std::string& bytes) {
  const auto frame = protocol::next_frame(bytes).value().value();
  EXPECT_EQ(frame.bytes, bytes.size());
  Command command;
  EXPECT_TRUE(protocol::decode_command(frame.content, command));
  return command;
}

TEST(SendFrame, is_what_the_producer_sends) {
  KeepingServer server;
  Client client({.name_servers = server.address()});
  auto producer = client.create_producer({.group = "bench"}).value();
  ASSERT_TRUE(producer.send({.topic = "T", .body = "12345"}));

  SendFrame frame({.group = "bench", .topic = "T", .broker_name = "broker-a"}, "12345");
  std::string bytes(frame.next());
  const Compared ours = compared(decode(bytes));
  const Compared the_producers = server.last();
  EXPECT_EQ(ours.head, the_producers.head);
  EXPECT_EQ(ours.fields, the_producers.fields);
  EXPECT_EQ(ours.body, the_producers.body);
}

TEST(SendFrame, has_another_opaque_id_each_time_and_nothing_else) {
  SendFrame frame({.group = "bench", .topic = "T", .broker_name = "broker-a"}, "12345");
  std::string one(frame.next());
  std::string two(frame.next());
  const Command first = decode(one);
  const Command second = decode(two);
  EXPECT_EQ(first.opaque + 1, second.opaque);
  EXPECT_EQ(compared(first), compared(second));
}

}  // namespace
}  // namespace rocketmq::bench
