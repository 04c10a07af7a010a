// load ADDRESS BROKER_NAME TOPIC SERVER_PID: the same load for any server, so that servers can be
// compared: a closed loop over plain sockets on one thread, with frames as the SDK writes them. A
// line on standard input asks for a round:
//
//   send CONNECTIONS IN_FLIGHT SECONDS   messages of 128 bytes, spread over four queues
//   pull CONNECTIONS IN_FLIGHT SECONDS   32 messages at most a pull; each connection its queue
//   echo CONNECTIONS IN_FLIGHT SECONDS   as send; whatever comes back is an answer
//
// and is answered by a line of JSON. What is counted, the server's CPU time included, begins after
// a tenth of the time. Ends with standard input.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/send_frame.h"
#include "cli/cpu_time.h"
#include "cli/latencies.h"
#include "protocol/bytes.h"
#include "protocol/frame.h"
#include "protocol/requests/pull.h"
#include "protocol/str.h"

namespace rocketmq::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t body_bytes = 128;
constexpr std::int32_t queues = 4;

struct Server {
  std::string address;
  std::string broker_name;
  std::string topic;
  int pid = 0;
};

struct Round {
  std::string mode;
  std::size_t connections = 0;
  std::size_t in_flight = 0;
  double seconds = 0;
};

struct Counted {
  std::uint64_t messages = 0;
  std::uint64_t failures = 0;
  cli::Latencies latencies;
};

// What a request asks for and what its answer says.
class Talk {
 public:
  struct Said {
    std::int32_t opaque = 0;
    std::uint64_t messages = 0;  // 0: it failed
  };
  virtual ~Talk() = default;
  // Valid until the next call.
  virtual std::string_view request(std::int32_t& opaque) = 0;
  virtual Said answer(std::span<char> content) = 0;
};

// From the text of a JSON header, which is quicker than to decode it.
std::int32_t opaque_of(std::string_view header) {
  constexpr std::string_view name = R"("opaque":)";
  const std::size_t at = header.rfind(name);
  if (at == header.npos) throw std::runtime_error("an answer without an id");
  return std::atoi(header.data() + at + name.size());
}

std::string_view header_of(std::span<const char> content) {
  const auto word = protocol::load_big<std::uint32_t>(content.data());
  return {content.data() + 4, std::min<std::size_t>(word & 0xFFFFFF, content.size() - 4)};
}

class Sends final : public Talk {
 public:
  Sends(const Server& server, std::size_t number, bool checks)
      : frame_({.group = "bench",
                .topic = server.topic,
                .broker_name = server.broker_name,
                .queue_id = static_cast<std::int32_t>(number) % queues},
               std::string(body_bytes, 'x')),
        checks_(checks) {}

  std::string_view request(std::int32_t& opaque) override {
    const std::string_view frame = frame_.next();
    opaque = frame_.opaque();
    return frame;
  }
  Said answer(std::span<char> content) override {
    const std::string_view header = header_of(content);
    const bool is_good = !checks_ || header.find(R"("code":0,)") != header.npos;
    return {opaque_of(header), is_good ? 1U : 0U};
  }

 private:
  SendFrame frame_;
  const bool checks_;
};

class Pulls final : public Talk {
 public:
  Pulls(const Server& server, std::size_t number)
      : topic_(server.topic), queue_id_(static_cast<std::int32_t>(number) % queues) {}

  std::string_view request(std::int32_t& opaque) override {
    protocol::PullMessage pull;
    pull.consumer_group = "bench";
    pull.topic = topic_;
    pull.queue_id = queue_id_;
    pull.queue_offset = offset_;
    pull.max_msg_nums = 32;
    pull.sys_flag = protocol::pull_flag::subscription;
    pull.subscription = "*";
    frame_.clear();
    opaque = ++opaque_;
    protocol::encode_frame(
        frame_, {.code = static_cast<std::int32_t>(protocol::PullMessage::code), .opaque = opaque},
        pull);
    return frame_.view();
  }

  // From the queue's end it begins again at the front.
  Said answer(std::span<char> content) override {
    protocol::Command command;
    if (!protocol::decode_command(content, command)) throw std::runtime_error("a bad answer");
    protocol::PullMessageResponse header;
    static_cast<void>(protocol::decode_header(command.fields, header));
    Said said{command.opaque, 0};
    for (std::string_view rest = command.body; rest.size() >= 4; ++said.messages) {
      rest.remove_prefix(
          std::min<std::size_t>(protocol::load_big<std::uint32_t>(rest.data()), rest.size()));
    }
    offset_ = header.next_begin_offset >= header.max_offset ? header.min_offset
                                                            : header.next_begin_offset;
    return said;
  }

 private:
  const std::string topic_;
  const std::int32_t queue_id_;
  std::int64_t offset_ = 0;
  std::int32_t opaque_ = 0;
  protocol::Buffer frame_;
};

class Connection {
 public:
  Connection(const std::string& address, std::unique_ptr<Talk> talk)
      : fd_(::socket(AF_INET, SOCK_STREAM, 0)), talk_(std::move(talk)) {
    const std::size_t colon = address.rfind(':');
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
    const int one = 1;
    if (::inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr) != 1 ||
        ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 ||
        ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0) {
      throw std::runtime_error("cannot connect to " + address);
    }
  }
  ~Connection() { ::close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int fd() const { return fd_; }
  std::size_t under_way() const { return under_way_; }

  void ask(std::size_t times) {
    const auto now = Clock::now();
    for (std::size_t i = 0; i < times; ++i) {
      std::int32_t opaque = 0;
      output_ += talk_->request(opaque);
      began_[static_cast<std::size_t>(opaque) % began_.size()] = now;
    }
    under_way_ += times;
    write();
  }

  // Reads what there is; says how many answers that was. `counted`: nobody counts yet, or any more.
  std::size_t hear(Counted* counted) {
    const ssize_t got =
        ::recv(fd_, input_.data() + received_, input_.size() - received_, MSG_DONTWAIT);
    if (got <= 0) throw std::runtime_error("the connection was lost");
    received_ += static_cast<std::size_t>(got);
    const auto now = Clock::now();
    std::size_t used = 0;
    std::size_t answers = 0;
    while (true) {
      const auto rest = std::span(input_).subspan(used, received_ - used);
      const auto frame = protocol::next_frame(rest, input_.size()).value();
      if (!frame) break;
      const Talk::Said said = talk_->answer(frame->content);
      if (counted != nullptr) count(*counted, said, now);
      used += frame->bytes;
      ++answers;
    }
    std::copy(input_.begin() + static_cast<std::ptrdiff_t>(used),
              input_.begin() + static_cast<std::ptrdiff_t>(received_), input_.begin());
    received_ -= used;
    under_way_ -= answers;
    return answers;
  }

 private:
  void count(Counted& counted, const Talk::Said& said, Clock::time_point now) const {
    counted.messages += said.messages;
    counted.failures += said.messages == 0;
    counted.latencies.add(now - began_[static_cast<std::size_t>(said.opaque) % began_.size()]);
  }
  void write() {
    for (std::string_view rest = output_; !rest.empty();) {
      const ssize_t sent = ::send(fd_, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (sent <= 0) throw std::runtime_error("the connection was lost");
      rest.remove_prefix(static_cast<std::size_t>(sent));
    }
    output_.clear();
  }

  const int fd_;
  const std::unique_ptr<Talk> talk_;
  std::string output_;
  std::vector<char> input_ = std::vector<char>(1 << 20);
  std::size_t received_ = 0;
  std::size_t under_way_ = 0;
  std::array<Clock::time_point, 4096> began_{};  // by the request's id
};

std::unique_ptr<Talk> make_talk(const Server& server, const Round& round, std::size_t number) {
  if (round.mode == "pull") return std::make_unique<Pulls>(server, number);
  return std::make_unique<Sends>(server, number, round.mode == "send");
}

// All connections of a round.
class Load {
 public:
  Load(const Server& server, const Round& round) : epoll_(::epoll_create1(0)) {
    for (std::size_t i = 0; i < round.connections; ++i) {
      auto& connection = connections_.emplace_back(
          std::make_unique<Connection>(server.address, make_talk(server, round, i)));
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.ptr = connection.get();
      ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection->fd(), &event);
    }
    for (const auto& connection : connections_) connection->ask(round.in_flight);
  }
  ~Load() { ::close(epoll_); }

  void run_until(Clock::time_point end, Counted* counted) {
    while (Clock::now() < end) turn(counted, true);
  }
  // What is under way is answered; no server is left in the middle of something.
  void drain() {
    while (std::ranges::any_of(connections_, [](const auto& c) { return c->under_way() > 0; })) {
      turn(nullptr, false);
    }
  }

 private:
  void turn(Counted* counted, bool asks_again) {
    std::array<epoll_event, 64> events;
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 5000);
    if (count == 0) throw std::runtime_error("no answer for five seconds");
    for (int i = 0; i < count; ++i) {
      auto& connection = *static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr);
      const std::size_t answers = connection.hear(counted);
      if (asks_again && answers > 0) connection.ask(answers);
    }
  }

  const int epoll_;
  std::vector<std::unique_ptr<Connection>> connections_;
};

Clock::duration part_of(double seconds, double part) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds * part));
}

nlohmann::json run_round(const Server& server, const Round& round) {
  Load load(server, round);
  load.run_until(Clock::now() + part_of(round.seconds, 0.1), nullptr);
  Counted counted;
  const auto cpu_before = cli::cpu_time_of({server.pid}).value();
  const auto began = Clock::now();
  load.run_until(began + part_of(round.seconds, 0.9), &counted);
  const auto seconds = std::chrono::duration<double>(Clock::now() - began).count();
  const auto cpu = cli::cpu_time_of({server.pid}).value() - cpu_before;
  load.drain();
  const auto micros = [&](double percent) {
    return std::chrono::duration<double, std::micro>(counted.latencies.percentile(percent)).count();
  };
  return {{"messages", counted.messages}, {"failures", counted.failures}, {"seconds", seconds},
          {"cpu_us", cpu.count()},        {"p50_us", micros(50)},         {"p99_us", micros(99)}};
}

int run(const Server& server) {
  std::cout << R"({"ready":true})" << std::endl;
  Round round;
  while (std::cin >> round.mode >> round.connections >> round.in_flight >> round.seconds) {
    std::cout << run_round(server, round).dump() << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace rocketmq::bench

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: load ADDRESS BROKER_NAME TOPIC SERVER_PID\n";
    return 2;
  }
  try {
    return rocketmq::bench::run({argv[1], argv[2], argv[3], std::stoi(argv[4])});
  } catch (const std::exception& failed) {
    std::cerr << "load: " << failed.what() << '\n';
    return 1;
  }
}
