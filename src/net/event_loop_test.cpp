#include "net/event_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#ifndef _WIN32
#include <sys/resource.h>
#include <unistd.h>
#endif

namespace rocketmq::net {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

// The real loop in the test's own thread: runs until the test says enough, or for ten seconds.
class EventLoopTest : public testing::Test {
 protected:
  void run() {
    const auto guard = loop_.after(10s, [this] {
      ADD_FAILURE() << "nothing happens";
      loop_.stop();
    });
    loop_.run();
  }

  EventLoop loop_;
};

TEST_F(EventLoopTest, runs_posted_functions_then_deferred_ones_in_order) {
  std::vector<std::string> ran;
  loop_.defer([&] {
    ran.push_back("deferred 1");
    loop_.defer([&] { ran.push_back("deferred 3"); });
  });
  loop_.defer([&] { ran.push_back("deferred 2"); });
  loop_.post([&] {
    ran.push_back("posted 1");
    loop_.post([&] { ran.push_back("posted in the next turn"); });
    loop_.post([&] { loop_.stop(); });
  });
  loop_.post([&] { ran.push_back("posted 2"); });
  run();
  EXPECT_THAT(ran, ElementsAre("posted 1", "posted 2", "deferred 1", "deferred 2", "deferred 3",
                               "posted in the next turn"));
}

TEST_F(EventLoopTest, fires_timers_in_order_and_never_early) {
  const TimePoint start = loop_.now();
  std::vector<int> fired;
  const auto late = loop_.after(30ms, [&] {
    EXPECT_GE(loop_.now() - start, 30ms);
    fired.push_back(2);
    loop_.stop();
  });
  const auto soon = loop_.after(10ms, [&] {
    EXPECT_GE(loop_.now() - start, 10ms);
    fired.push_back(1);
  });
  const auto never = loop_.after(0ms, [&] { fired.push_back(0); });
  std::unique_ptr<Timer> itself = loop_.after(0ms, [&] { itself.reset(); });
  const_cast<std::unique_ptr<Timer>&>(never).reset();
  run();
  EXPECT_THAT(fired, ElementsAre(1, 2));
}

TEST_F(EventLoopTest, has_a_wall_clock_of_this_century) {
  EXPECT_GT(loop_.wall_ms(), 1'700'000'000'000);
}

TEST(EventLoopThread, runs_on_a_thread_of_its_own_and_takes_posts_from_many) {
  EventLoop loop;
  EXPECT_TRUE(loop.in_loop_thread()) << "nobody runs it yet";
  loop.start();
  EXPECT_FALSE(loop.in_loop_thread());
  int count = 0;  // touched on the loop only
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) loop.post([&] { ++count; });
    });
  }
  for (std::thread& thread : threads) thread.join();
  int seen = 0;
  run_in(loop, [&] {
    EXPECT_TRUE(loop.in_loop_thread());
    seen = count;
  });
  EXPECT_EQ(seen, 4000);
}

TEST(EventLoopThread, drops_what_it_never_came_to_run) {
  const auto owned = std::make_shared<int>(1);
  {
    EventLoop loop;
    loop.post([owned] { FAIL(); });
    loop.defer([owned] { FAIL(); });
  }
  EXPECT_EQ(owned.use_count(), 1);
}

// ---- sockets

// Echoes, or only notes what it reads.
class Peer final : public StreamHandler {
 public:
  explicit Peer(bool echoes) : echoes_(echoes) {}

  void adopt(std::unique_ptr<Stream> s) {
    stream = std::move(s);
    stream->start(*this);
  }
  void on_data(protocol::Buffer& input) override {
    text += input.view();
    if (echoes_) stream->output().append(input.view());
    input.consume(input.size());
    if (on_text) on_text();
  }
  void on_closed(const Error& error) override {
    ends.push_back(error);
    if (on_end) on_end();
  }

  std::unique_ptr<Stream> stream;
  std::string text;
  std::vector<Error> ends;
  std::function<void()> on_text, on_end;

 private:
  const bool echoes_;
};

class TcpTest : public EventLoopTest {
 protected:
  void listen(std::string_view address = "127.0.0.1:0", const ListenOptions& options = {}) {
    auto listener = loop_.listen(address, options, [this](std::unique_ptr<Stream> stream) {
      server_.adopt(std::move(stream));
    });
    ASSERT_TRUE(listener) << listener.error();
    listener_ = *std::move(listener);
  }
  void connect(const std::string& address, const ConnectOptions& options = {}) {
    connecting_ = loop_.connect(address, options, [this](Result<std::unique_ptr<Stream>> stream) {
      if (!stream) {
        errors_.push_back(stream.error());
        return loop_.stop();
      }
      client_.adopt(*std::move(stream));
      if (on_connected_) on_connected_();
    });
  }

  Peer client_{false}, server_{true};
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<Connecting> connecting_;
  std::vector<Error> errors_;
  std::function<void()> on_connected_;
};

TEST_F(TcpTest, carries_bytes_both_ways) {
  listen();
  on_connected_ = [this] {
    EXPECT_EQ(client_.stream->peer(), listener_->address());
    client_.stream->output().append("ping");
  };
  client_.on_text = [this] { loop_.stop(); };
  connect(listener_->address());
  run();
  EXPECT_EQ(client_.text, "ping");
  EXPECT_EQ(client_.stream->sent_bytes(), 4u);
  EXPECT_EQ(client_.stream->local(), server_.stream->peer());
}

TEST_F(TcpTest, finds_hosts_by_name_off_the_loop) {
  listen();
  on_connected_ = [this] { loop_.stop(); };
  connect("localhost" + listener_->address().substr(listener_->address().rfind(':')));
  run();
  EXPECT_NE(client_.stream, nullptr);
}

TEST_F(TcpTest, says_that_a_name_does_not_exist) {
  connect("no-such-host.invalid:1", {.timeout = 9s});
  run();
  ASSERT_EQ(errors_.size(), 1u);
  EXPECT_EQ(errors_[0].code, Errc::not_connected);
  EXPECT_THAT(errors_[0].message, HasSubstr("no-such-host.invalid"));
}

TEST_F(TcpTest, speaks_ipv6_where_the_machine_does) {
  auto listener =
      loop_.listen("[::1]:0", {}, [this](auto stream) { server_.adopt(std::move(stream)); });
  if (!listener) return;
  on_connected_ = [this] { loop_.stop(); };
  connect((*listener)->address());
  run();
  ASSERT_NE(client_.stream, nullptr);
  EXPECT_THAT(client_.stream->local(), testing::StartsWith("[::1]:"));
}

TEST_F(TcpTest, carries_more_than_fits_any_buffer) {
  listen();
  const std::string block(8 * 1024 * 1024, 'x');
  on_connected_ = [&] { client_.stream->output().append(block); };
  client_.on_text = [&] {
    if (client_.text.size() == block.size()) loop_.stop();
  };
  connect(listener_->address());
  run();
  EXPECT_TRUE(client_.text == block);
  EXPECT_EQ(client_.stream->pending_output(), 0u);
}

TEST_F(TcpTest, says_why_it_cannot_connect) {
  listen();
  const std::string address = listener_->address();
  listener_.reset();
  connect(address);
  run();
  ASSERT_EQ(errors_.size(), 1u);
  EXPECT_EQ(errors_[0].code, Errc::not_connected);
  EXPECT_THAT(errors_[0].message, HasSubstr(address));
}

TEST_F(TcpTest, refuses_a_bad_address) {
  connect("nonsense");
  run();
  ASSERT_EQ(errors_.size(), 1u);
  EXPECT_EQ(errors_[0].code, Errc::invalid_argument);
  EXPECT_FALSE(loop_.listen("nonsense", {}, [](auto) {}));
}

TEST_F(TcpTest, refuses_to_listen_twice_on_one_port) {
  listen();
  const auto second = loop_.listen(listener_->address(), {}, [](auto) {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::io_error);
}

TEST_F(TcpTest, tells_the_peer_what_was_written_before_the_close) {
  listen();
  server_.on_end = [this] {
    server_.stream.reset();  // it hangs up too
  };
  on_connected_ = [this] {
    client_.stream->output().append("last words");
    client_.stream->close();
    EXPECT_THAT(client_.ends, testing::IsEmpty()) << "told from inside close()";
  };
  client_.on_end = [this] { loop_.stop(); };
  connect(listener_->address());
  run();
  EXPECT_EQ(server_.text, "last words");
  EXPECT_EQ(server_.ends.size(), 1u);
  ASSERT_EQ(client_.ends.size(), 1u);
  EXPECT_EQ(client_.ends[0].code, Errc::not_connected);
}

TEST_F(TcpTest, lets_a_handler_destroy_its_stream) {
  listen();
  server_.on_text = [this] { server_.stream.reset(); };
  on_connected_ = [this] { client_.stream->output().append("die"); };
  client_.on_end = [this] {
    client_.stream.reset();
    loop_.stop();
  };
  connect(listener_->address());
  run();
  EXPECT_EQ(server_.stream, nullptr);
  EXPECT_EQ(client_.ends.size(), 1u);
}

TEST_F(TcpTest, gives_the_reason_of_an_abort_to_its_handler) {
  listen();
  on_connected_ = [this] { client_.stream->abort(Error{Errc::bad_frame, "nonsense"}); };
  client_.on_end = [this] { loop_.stop(); };
  connect(listener_->address());
  run();
  ASSERT_EQ(client_.ends.size(), 1u);
  EXPECT_EQ(client_.ends[0].code, Errc::bad_frame);
}

TEST_F(TcpTest, reads_nothing_while_it_is_paused) {
  listen();
  bool is_paused = true;
  client_.on_text = [&] {
    EXPECT_FALSE(is_paused);
    loop_.stop();
  };
  std::unique_ptr<Timer> resume;
  on_connected_ = [&] {
    client_.stream->pause_reading();
    client_.stream->output().append("echo this");
    resume = loop_.after(20ms, [&] {
      is_paused = false;
      client_.stream->resume_reading();
    });
  };
  connect(listener_->address());
  run();
  EXPECT_EQ(client_.text, "echo this");
}

// So that others need not wait until all of them have been served.
TEST_F(TcpTest, serves_those_who_get_much_in_turns) {
  constexpr std::size_t peers = 8;
  std::vector<std::unique_ptr<Peer>> servers, clients;
  std::vector<int> served{0};  // by turn
  const ListenOptions options{.stream = {.output_bytes_pause = 4 * 1024 * 1024}};
  const auto listener = loop_.listen("127.0.0.1:0", options, [&](std::unique_ptr<Stream> stream) {
    servers.push_back(std::make_unique<Peer>(false));
    Peer& server = *servers.back();
    server.on_text = [&] {
      server.stream->output().append(std::string(600 * 1024, 'x'));
      if (++served.back() == 1) loop_.defer([&] { served.push_back(0); });
    };
    server.adopt(std::move(stream));
  });
  std::vector<std::unique_ptr<Connecting>> attempts;
  for (std::size_t i = 0; i < peers; ++i) {
    clients.push_back(std::make_unique<Peer>(false));
    attempts.push_back(
        loop_.connect((*listener)->address(), {}, [&client = *clients.back()](auto stream) {
          client.adopt(*std::move(stream));
          client.stream->output().append("first");
        }));
  }
  const auto again = loop_.after(100ms, [&] {
    served = {0};
    for (const auto& client : clients) client->stream->output().append("again");
  });
  const auto end = loop_.after(400ms, [this] { loop_.stop(); });
  run();
  EXPECT_EQ(std::accumulate(served.begin(), served.end(), 0), static_cast<int>(peers));
  EXPECT_LE(*std::max_element(served.begin(), served.end()), 2);
}

TEST_F(TcpTest, cuts_off_a_peer_that_never_reads) {
  listen("127.0.0.1:0", {.stream = {.output_bytes_max = 1024 * 1024}});
  on_connected_ = [this] { client_.stream->pause_reading(); };
  const auto flood = loop_.after(
      10ms, [this] { server_.stream->output().append(std::string(32 * 1024 * 1024, 'x')); });
  server_.on_end = [this] { loop_.stop(); };
  connect(listener_->address());
  run();
  ASSERT_EQ(server_.ends.size(), 1u);
  EXPECT_EQ(server_.ends[0].code, Errc::overloaded);
}

TEST_F(TcpTest, cuts_off_who_holds_much_when_all_together_hold_too_much) {
  listen("127.0.0.1:0", {.stream = {.held_bytes_of_all_max = 4 * 1024 * 1024}});
  on_connected_ = [this] { client_.stream->pause_reading(); };
  const auto flood = loop_.after(
      10ms, [this] { server_.stream->output().append(std::string(32 * 1024 * 1024, 'x')); });
  server_.on_end = [this] { loop_.stop(); };
  connect(listener_->address());
  run();
  ASSERT_EQ(server_.ends.size(), 1u);
  EXPECT_EQ(server_.ends[0].code, Errc::overloaded);
  EXPECT_NE(server_.ends[0].message.find("too much memory"), std::string::npos);
}

// Hundreds may be cut off in one turn, before the first of them is destroyed.
TEST_F(TcpTest, gives_memory_back_as_it_cuts_off) {
  listen();
  on_connected_ = [this] { client_.stream->pause_reading(); };
  const auto flood = loop_.after(10ms, [this] {
    server_.stream->output().append(std::string(8 * 1024 * 1024, 'x'));
    server_.stream->abort(Error{Errc::overloaded, "enough"});
    EXPECT_LT(server_.stream->output().capacity(), 1024u * 1024u);
  });
  server_.on_end = [this] { loop_.stop(); };
  connect(listener_->address());
  run();
  EXPECT_EQ(server_.ends.size(), 1u);
}

// Not for what was held for another, who has been cut off and is about to be destroyed.
TEST_F(TcpTest, cuts_off_one_and_not_the_next_in_the_same_turn) {
  std::vector<std::unique_ptr<Peer>> servers;
  const ListenOptions options{.stream = {.held_bytes_of_all_max = 8 * 1024 * 1024}};
  const auto listener = loop_.listen("127.0.0.1:0", options, [&](std::unique_ptr<Stream> stream) {
    servers.push_back(std::make_unique<Peer>(false));
    servers.back()->adopt(std::move(stream));
  });
  Peer first(false), second(false);
  std::vector<std::unique_ptr<Connecting>> attempts;
  for (Peer* const client : {&first, &second}) {
    attempts.push_back(
        loop_.connect((*listener)->address(), {}, [client](Result<std::unique_ptr<Stream>> stream) {
          client->adopt(*std::move(stream));
          client->stream->pause_reading();
        }));
  }
  // What is written to last is flushed first.
  const auto flood = loop_.after(50ms, [&] {
    ASSERT_EQ(servers.size(), 2u);
    servers[1]->stream->output().append(std::string(7 * 1024 * 1024, 'x'));
    servers[0]->stream->output().append(std::string(32 * 1024 * 1024, 'x'));
  });
  const auto end = loop_.after(100ms, [this] { loop_.stop(); });
  run();
  EXPECT_EQ(servers[0]->ends.size(), 1u);
  EXPECT_TRUE(servers[1]->ends.empty());
}

// What was read is held no more, though its streams stay open.
TEST_F(TcpTest, cuts_off_nobody_for_what_has_been_read) {
  const std::string answer(200 * 1024, 'x');
  std::vector<std::unique_ptr<Peer>> servers;
  std::vector<std::unique_ptr<Peer>> clients;
  std::vector<std::unique_ptr<Connecting>> attempts;
  const ListenOptions options{.stream = {.held_bytes_of_all_max = 512 * 1024}};
  const auto listener = loop_.listen("127.0.0.1:0", options, [&](std::unique_ptr<Stream> stream) {
    servers.push_back(std::make_unique<Peer>(false));
    servers.back()->adopt(std::move(stream));
    servers.back()->stream->output().append(answer);
  });
  std::function<void()> connect_next = [&] {
    if (clients.size() == 8) return loop_.stop();
    attempts.push_back(
        loop_.connect((*listener)->address(), {}, [&](Result<std::unique_ptr<Stream>> stream) {
          if (!stream) return loop_.defer([this] { loop_.stop(); });
          clients.push_back(std::make_unique<Peer>(false));
          Peer& client = *clients.back();
          client.on_text = [&] {
            if (client.text.size() == answer.size()) loop_.defer(connect_next);
          };
          client.on_end = [this] { loop_.stop(); };
          client.adopt(*std::move(stream));
        }));
  };
  connect_next();
  run();
  EXPECT_EQ(clients.size(), 8u);
  for (const auto& server : servers) EXPECT_TRUE(server->ends.empty());
}

TEST_F(TcpTest, gives_up_connecting_after_the_timeout) {
  // A listener whose queue is full answers no more: the kernel drops the handshake.
  listen("127.0.0.1:0", {.backlog = 0});
  loop_.post([this] { loop_.stop(); });
  EventLoopTest::run();
  EventLoop other;
  std::vector<std::unique_ptr<Stream>> streams;
  std::vector<std::unique_ptr<Connecting>> attempts;
  std::vector<Error> errors;
  for (int i = 0; i < 8; ++i) {
    attempts.push_back(other.connect(listener_->address(), {.timeout = 200ms},
                                     [&](Result<std::unique_ptr<Stream>> stream) {
                                       if (stream) return streams.push_back(*std::move(stream));
                                       errors.push_back(stream.error());
                                       other.stop();
                                     }));
  }
  other.run();
  ASSERT_FALSE(errors.empty());
  EXPECT_EQ(errors[0].code, Errc::timeout);
  attempts.clear();
  streams.clear();
}

#ifndef _WIN32
TEST_F(TcpTest, stops_accepting_without_descriptors_and_goes_on_when_there_are_some) {
  listen();
  on_connected_ = [this] { client_.stream->output().append("ping"); };
  client_.on_text = [this] { loop_.stop(); };
  connect(listener_->address());

  rlimit old_limit{};
  getrlimit(RLIMIT_NOFILE, &old_limit);
  // One more descriptor, for the client's end; none for the server's.
  const int next = dup(0);
  close(next);
  rlimit limit = old_limit;
  limit.rlim_cur = static_cast<rlim_t>(next) + 1;
  const auto starve = loop_.after(0ms, [&] { setrlimit(RLIMIT_NOFILE, &limit); });
  bool was_starving = false;
  const auto relief = loop_.after(50ms, [&] {
    was_starving = server_.stream == nullptr && client_.stream != nullptr;
    setrlimit(RLIMIT_NOFILE, &old_limit);
  });
  run();
  setrlimit(RLIMIT_NOFILE, &old_limit);
  EXPECT_TRUE(was_starving);
  EXPECT_EQ(client_.text, "ping");
}
#endif

}  // namespace
}  // namespace rocketmq::net
