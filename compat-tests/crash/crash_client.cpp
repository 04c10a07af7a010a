// crash_client send ADDRESS JOURNAL FIRST: sends messages numbered from FIRST on, many at a time,
// until the broker is gone, and appends a line to JOURNAL for each one that was acknowledged:
//   number topic queue offset
// crash_client verify ADDRESS JOURNAL: reads every queue and says whether each message of the
// journal is where its line says, with the bytes that belong to its number. Exit 0 only if so.

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "net/channel.h"
#include "net/event_loop.h"
#include "net/task.h"
#include "net/wait.h"
#include "protocol/message_codec.h"
#include "protocol/requests/message.h"
#include "protocol/requests/pull.h"
#include "protocol/str.h"

namespace rocketmq {
namespace {

using namespace std::chrono_literals;
using protocol::PullMessage;
using protocol::SendMessageV2;

constexpr std::int64_t in_flight_max = 64;
constexpr std::int32_t queue_count = 4;

// What the message of that number holds: other bytes, and another length, for each.
std::string body_of(std::int64_t number) {
  std::minstd_rand random(static_cast<std::uint32_t>(number) + 1);
  std::string body(1 + random() % 600, '\0');
  for (char& byte : body) byte = static_cast<char>(random());
  return body;
}

// Most go to one topic. Now and then a new one is made, which must survive as well.
std::string topic_of(std::int64_t number) {
  return number % 2000 == 0 ? str("CrashNew", number) : "Crash";
}

struct Connection {
  net::EventLoop loop;
  net::ChannelOptions options;
  std::unique_ptr<net::Connecting> connecting;
  std::unique_ptr<net::Channel> channel;

  void connect(const std::string& address, std::function<void()> on_open,
               std::function<void(const Error&)> on_closed) {
    connecting = loop.connect(
        address, {}, [this, on_open, on_closed](Result<std::unique_ptr<net::Stream>> stream) {
          if (!stream) return on_closed(stream.error());
          channel = std::make_unique<net::Channel>(
              loop, *std::move(stream), options, nullptr,
              [on_closed](net::Channel&, const Error& error) { on_closed(error); });
          on_open();
        });
  }
};

// ---- send

class Sender {
 public:
  Sender(const std::string& address, const std::string& journal, std::int64_t first)
      : journal_(::open(journal.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644)), next_(first) {
    connection_.connect(
        address, [this] { fill(); }, [this](const Error&) { connection_.loop.stop(); });
  }
  ~Sender() { ::close(journal_); }

  int run() {
    connection_.loop.run();
    connection_.channel.reset();
    return is_journal_good_ ? 0 : 1;
  }

 private:
  void fill() {
    while (connection_.channel->is_open() && in_flight_ < in_flight_max) send(next_++);
  }

  void send(std::int64_t number) {
    const std::string topic = topic_of(number);
    SendMessageV2 request;
    request.producer_group = "crash";
    request.topic = topic;
    request.default_topic = "TBW102";
    request.default_topic_queue_nums = queue_count;
    request.queue_id = static_cast<std::int32_t>(number % queue_count);
    ++in_flight_;
    connection_.channel->call<SendMessageV2>(request, body_of(number), 10s,
                                             [this, number, topic](auto answer) {
                                               --in_flight_;
                                               if (answer && answer->code == 0)
                                                 note(number, topic, answer->header);
                                               fill();
                                             });
  }

  // Straight to the system: what is noted stays noted, whoever dies next.
  void note(std::int64_t number, const std::string& topic,
            const protocol::SendMessageResponse& at) {
    const std::string line = str(number, " ", topic, " ", at.queue_id, " ", at.queue_offset, "\n");
    const auto written = ::write(journal_, line.data(), line.size());
    if (written != static_cast<ssize_t>(line.size())) is_journal_good_ = false;
  }

  const int journal_;
  std::int64_t next_;
  std::int64_t in_flight_ = 0;
  bool is_journal_good_ = true;
  Connection connection_;
};

// ---- verify

using Queue = std::pair<std::string, std::int32_t>;
using Numbers = std::unordered_map<std::int64_t, std::int64_t>;  // offset -> number

class Verifier {
 public:
  Verifier(const std::string& address, const std::string& journal) {
    std::ifstream in(journal);
    std::int64_t number = 0;
    std::int64_t offset = 0;
    Queue queue;
    while (in >> number >> queue.first >> queue.second >> offset) {
      ++expected_;
      if (!queues_[queue].emplace(offset, number).second) ++wrong_;  // two at one place
    }
    connection_.connect(
        address,
        [this] {
          task_ = verify();
          task_.start();
        },
        [this](const Error& error) { fail(to_string(error)); });
  }

  int run() {
    connection_.loop.run();
    task_.cancel();
    connection_.channel.reset();
    std::cout << "acknowledged " << expected_ << " found " << found_ << " wrong " << wrong_
              << " read " << read_ << std::endl;
    return is_done_ && found_ == expected_ && wrong_ == 0 ? 0 : 1;
  }

 private:
  void fail(const std::string& what) {
    if (!is_done_) std::cerr << "crash_client: " << what << '\n';
    connection_.loop.stop();
  }

  net::Task<> verify() {
    for (const auto& [queue, numbers] : queues_) {
      std::int64_t offset = 0;
      for (;;) {
        PullMessage request;
        request.consumer_group = "TOOLS_CONSUMER";
        request.topic = queue.first;
        request.queue_id = queue.second;
        request.queue_offset = offset;
        request.max_msg_nums = 1024;
        request.sys_flag = protocol::pull_flag::subscription;
        request.subscription = "*";
        const auto answer = co_await connection_.channel->call(request, {}, 10s);
        if (!answer) co_return fail(str(queue.first, ": ", to_string(answer.error())));
        if (answer->code != 0) break;
        check(answer->body, numbers, offset);
        offset = answer->header.next_begin_offset;
      }
    }
    is_done_ = true;
    connection_.loop.stop();
  }

  void check(std::string_view body, const Numbers& numbers, std::int64_t next_offset) {
    for (protocol::RecordReader records(body); const auto record = records.next();) {
      ++read_;
      if (record->queue_offset != next_offset++) ++wrong_;  // a hole, or out of order
      const auto number = numbers.find(record->queue_offset);
      if (number == numbers.end()) continue;  // stored, but the answer did not get out
      ++(record->body == body_of(number->second) ? found_ : wrong_);
    }
  }

  std::map<Queue, Numbers> queues_;
  std::int64_t expected_ = 0;
  std::int64_t found_ = 0;
  std::int64_t wrong_ = 0;
  std::int64_t read_ = 0;
  bool is_done_ = false;
  Connection connection_;
  net::Task<> task_;
};

}  // namespace
}  // namespace rocketmq

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 4 && arguments[0] == "send") {
    return rocketmq::Sender(arguments[1], arguments[2], std::stoll(arguments[3])).run();
  }
  if (arguments.size() == 3 && arguments[0] == "verify") {
    return rocketmq::Verifier(arguments[1], arguments[2]).run();
  }
  std::cerr << "usage: crash_client send ADDRESS JOURNAL FIRST | verify ADDRESS JOURNAL\n";
  return 2;
}
