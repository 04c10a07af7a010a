// bare_sends NAMESRV TOPIC: a blocking socket, one thread and nothing else: sends a frame, reads
// the answer, sends the next. The least that a send which waits for its answer can cost. The frames
// are those of the SDK's producer. Rounds come from standard input; see rounds.h. The topic exists.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "bench/rounds.h"
#include "bench/send_frame.h"
#include "protocol/bodies/route_data.h"
#include "protocol/buffer.h"
#include "protocol/describe.h"
#include "protocol/frame.h"
#include "protocol/json_body.h"
#include "protocol/requests/namesrv.h"
#include "protocol/str.h"

namespace rocketmq::bench {
namespace {

// A connection to "1.2.3.4:port" whose calls block.
class Connection {
 public:
  explicit Connection(const std::string& address) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const std::size_t colon = address.rfind(':');
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
    const int one = 1;
    if (inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr) != 1 ||
        ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 ||
        setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0) {
      throw std::runtime_error("cannot connect to " + address);
    }
  }
  ~Connection() { ::close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // What follows the length of the answer; valid until the next call.
  std::span<char> ask(std::string_view frame) {
    send(frame);
    received_ = 0;
    while (true) {
      const ssize_t got = ::recv(fd_, input_.data() + received_, input_.size() - received_, 0);
      if (got <= 0) throw std::runtime_error("the connection was lost");
      received_ += static_cast<std::size_t>(got);
      const auto answer = protocol::next_frame({input_.data(), received_}, input_.size()).value();
      if (answer) return answer->content;
    }
  }

 private:
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t put = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (put <= 0) throw std::runtime_error("the connection was lost");
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
  }

  const int fd_;
  std::array<char, 64 * 1024> input_{};
  std::size_t received_ = 0;
};

protocol::Command decoded(std::span<char> content) {
  protocol::Command command;
  protocol::decode_command(content, command).value();
  return command;
}

// The broker of the topic's first queue that can be written to.
protocol::BrokerData find_broker(const std::string& name_server, const std::string& topic) {
  Connection connection(name_server);
  const protocol::GetRouteInfoByTopic request{.topic = topic};
  protocol::Buffer frame;
  protocol::encode_frame(frame, {.code = static_cast<std::int32_t>(request.code), .opaque = 1},
                         request);
  const protocol::Command answer = decoded(connection.ask(frame.view()));
  if (answer.code != 0) throw std::runtime_error("no route: " + std::string(answer.remark));
  auto route = protocol::from_json<protocol::TopicRouteData>(answer.body, "route").value();
  return route.broker_datas.at(0);
}

// Without decoding anything: the head of an answer in JSON begins with its code or has it early on.
bool says_stored(std::span<const char> answer) {
  const std::string_view text(answer.data(), answer.size());
  return text.find(R"("code":0,)") != std::string_view::npos;
}

int run(const std::string& name_server, const std::string& topic) {
  const protocol::BrokerData broker = find_broker(name_server, topic);
  Connection connection(broker.broker_addrs.at(0));
  const SendTo to{.group = "bench", .topic = topic, .broker_name = broker.broker_name};
  return run_rounds([&](std::size_t body_bytes, std::size_t count) {
    SendFrame frame(to, std::string(body_bytes, 'x'));
    std::size_t failures = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!says_stored(connection.ask(frame.next()))) ++failures;
    }
    return failures;
  });
}

}  // namespace
}  // namespace rocketmq::bench

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: bare_sends NAMESRV TOPIC\n";
    return 2;
  }
  try {
    return rocketmq::bench::run(argv[1], argv[2]);
  } catch (const std::exception& failed) {
    std::cerr << "bare_sends: " << failed.what() << '\n';
    return 1;
  }
}
