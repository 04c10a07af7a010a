// Asks a question as a message, and gets the answer of whoever consumes it.
//   request_reply [NAMESRV]
#include <rocketmq/rocketmq.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <string>

namespace rmq = rocketmq;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
  const std::string name_server = argc > 1 ? argv[1] : "127.0.0.1:9876";

  // The one who answers; most likely another process.
  rmq::Client there({.name_servers = name_server});
  rmq::Producer replies = there.create_producer({.group = "reverser"}).value();
  rmq::PushConsumer consumer =
      there
          .create_push_consumer({.group = "reverser",
                                 .subscriptions = {{"reverse"}},
                                 .on_message =
                                     [&](const rmq::MessageView& request) {
                                       std::string body(request.body());
                                       std::reverse(body.begin(), body.end());
                                       const auto sent = replies.reply(request, body);
                                       if (!sent) std::cerr << sent.error() << '\n';
                                       return rmq::Consumed::ok;
                                     }})
          .value();

  rmq::Client here({.name_servers = name_server});
  rmq::Producer producer = here.create_producer({.group = "askers"}).value();
  const auto reply = producer.request({.topic = "reverse", .body = "drawkcab"}, 30s);
  if (!reply) {
    std::cerr << reply.error() << '\n';
    return 1;
  }
  std::cout << "the answer is \"" << reply->body() << "\"\n";
  return reply->body() == "backward" ? 0 : 1;
}
