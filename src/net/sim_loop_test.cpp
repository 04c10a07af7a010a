#include "net/sim_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace rocketmq::net {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

// ---- time

TEST(SimLoop, moves_time_only_when_told) {
  SimLoop loop;
  const TimePoint start = loop.now();
  const std::int64_t wall_start = loop.wall_ms();
  loop.run_ready();
  EXPECT_EQ(loop.now(), start);
  loop.advance(90s);
  EXPECT_EQ(loop.now() - start, 90s);
  EXPECT_EQ(loop.wall_ms() - wall_start, 90'000);
}

TEST(SimLoop, fires_timers_in_the_order_of_their_time_and_at_it) {
  SimLoop loop;
  const TimePoint start = loop.now();
  std::vector<Duration> fired;
  const auto note = [&] { fired.push_back(loop.now() - start); };
  const auto late = loop.after(2s, note), soon = loop.after(1s, note);
  loop.advance(1500ms);
  EXPECT_THAT(fired, ElementsAre(1s));
  loop.advance(1h);
  EXPECT_THAT(fired, ElementsAre(1s, 2s));
}

TEST(SimLoop, fires_no_timer_that_was_destroyed) {
  SimLoop loop;
  bool fired = false;
  auto timer = loop.after(1s, [&] { fired = true; });
  timer.reset();
  loop.advance(2s);
  EXPECT_FALSE(fired);
}

TEST(SimLoop, lets_a_timer_destroy_itself) {
  SimLoop loop;
  std::unique_ptr<Timer> timer;
  int fired = 0;
  timer = loop.after(1s, [&] {
    timer.reset();
    ++fired;
  });
  loop.advance(2s);
  EXPECT_EQ(fired, 1);
}

TEST(SimLoop, runs_posted_functions_before_deferred_ones_and_all_in_order) {
  SimLoop loop;
  std::vector<std::string> ran;
  loop.defer([&] {
    ran.push_back("deferred 1");
    loop.defer([&] { ran.push_back("deferred 3"); });
  });
  loop.defer([&] { ran.push_back("deferred 2"); });
  loop.post([&] {
    ran.push_back("posted 1");
    loop.post([&] { ran.push_back("posted in the next turn"); });
  });
  loop.post([&] { ran.push_back("posted 2"); });
  loop.run_ready();
  EXPECT_THAT(ran, ElementsAre("posted 1", "posted 2", "deferred 1", "deferred 2", "deferred 3",
                               "posted in the next turn"));
}

TEST(SimLoop, takes_posts_from_other_threads) {
  SimLoop loop;
  int ran = 0;
  std::thread([&] { loop.post([&] { ++ran; }); }).join();
  loop.run_ready();
  EXPECT_EQ(ran, 1);
}

TEST(SimLoop, runs_until_something_is_reached_and_says_when_it_never_is) {
  SimLoop loop;
  const TimePoint start = loop.now();
  bool reached = false;
  const auto timer = loop.after(5s, [&] { reached = true; });
  EXPECT_TRUE(loop.run_until([&] { return reached; }));
  EXPECT_EQ(loop.now() - start, 5s);
  EXPECT_FALSE(loop.run_until([] { return false; }));
}

// ---- the network

// Notes what it reads; leaves it in the buffer or consumes it.
class Reader final : public StreamHandler {
 public:
  void on_data(protocol::Buffer& input) override {
    ++reads;
    text += input.view();
    input.consume(input.size());
  }
  void on_closed(const Error& error) override { ends.push_back(error); }

  std::string text;
  int reads = 0;
  std::vector<Error> ends;
};

class SimNet : public testing::Test {
 protected:
  // Listens at "a:1" and connects to it.
  void connect(const ListenOptions& listen_options = {}) {
    listener_ = loop_
                    .listen("a:1", listen_options,
                            [this](std::unique_ptr<Stream> stream) {
                              accepted_ = std::move(stream);
                              accepted_->start(server_);
                            })
                    .value();
    attempt();
    loop_.run_until([this] { return connected_ != nullptr; });
  }
  void attempt() {
    connecting_ =
        loop_.connect("a:1", {.timeout = 3s}, [this](Result<std::unique_ptr<Stream>> stream) {
          if (!stream) return errors_.push_back(stream.error());
          connected_ = *std::move(stream);
          connected_->start(client_);
        });
  }

  SimLoop loop_;
  Reader client_, server_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<Stream> accepted_, connected_;
  std::unique_ptr<Connecting> connecting_;
  std::vector<Error> errors_;
};

TEST_F(SimNet, carries_bytes_both_ways) {
  connect();
  connected_->output().append("ping");
  loop_.run_ready();
  EXPECT_EQ(server_.text, "ping");
  EXPECT_EQ(connected_->sent_bytes(), 4u);
  EXPECT_EQ(connected_->pending_output(), 0u);
  accepted_->output().append("pong");
  loop_.run_ready();
  EXPECT_EQ(client_.text, "pong");
  EXPECT_EQ(accepted_->peer(), connected_->local());
  EXPECT_EQ(connected_->peer(), "a:1");
}

TEST_F(SimNet, writes_all_of_a_turn_at_once) {
  connect();
  connected_->output().append("one ");
  loop_.defer([&] { connected_->output().append("two "); });
  loop_.post([&] { connected_->output().append("three "); });
  loop_.run_ready();
  EXPECT_EQ(server_.text, "one three two ");
  EXPECT_EQ(server_.reads, 1);
}

TEST_F(SimNet, gives_free_ports_and_refuses_a_taken_one) {
  const auto ignore = [](std::unique_ptr<Stream>) {};
  const auto a = loop_.listen("a:0", {}, ignore).value(),
             b = loop_.listen("a:0", {}, ignore).value();
  EXPECT_NE(a->address(), b->address());
  EXPECT_FALSE(loop_.listen(a->address(), {}, ignore));
}

TEST_F(SimNet, refuses_where_nobody_listens) {
  attempt();
  loop_.run_ready();
  ASSERT_EQ(errors_.size(), 1u);
  EXPECT_EQ(errors_[0].code, Errc::not_connected);
}

TEST_F(SimNet, refuses_when_the_link_says_so) {
  loop_.link("a:1").refuse = true;
  connect();
  EXPECT_EQ(connected_, nullptr);
  ASSERT_EQ(errors_.size(), 1u);
  EXPECT_EQ(errors_[0].code, Errc::not_connected);
}

TEST_F(SimNet, times_out_at_a_black_hole) {
  loop_.link("a:1").blackhole = true;
  const TimePoint start = loop_.now();
  connect();
  ASSERT_TRUE(loop_.run_until([&] { return !errors_.empty(); }));
  EXPECT_EQ(errors_[0].code, Errc::timeout);
  EXPECT_EQ(loop_.now() - start, 3s);
}

TEST_F(SimNet, tells_nobody_who_gave_up_connecting) {
  attempt();
  connecting_.reset();
  loop_.advance(1h);
  EXPECT_THAT(errors_, IsEmpty());
}

TEST_F(SimNet, tells_both_ends_when_one_closes_after_all_has_arrived) {
  connect();
  loop_.link("a:1").delay = 50ms;
  connected_->output().append("last words");
  connected_->close();
  EXPECT_THAT(client_.ends, IsEmpty()) << "told from inside close()";
  loop_.run_ready();
  EXPECT_EQ(client_.ends.size(), 1u);
  EXPECT_THAT(server_.ends, IsEmpty());
  loop_.advance(50ms);
  EXPECT_EQ(server_.text, "last words");
  ASSERT_EQ(server_.ends.size(), 1u);
  EXPECT_EQ(server_.ends[0].code, Errc::not_connected);
}

TEST_F(SimNet, tells_the_peer_of_a_stream_that_is_destroyed_but_not_its_own_handler) {
  connect();
  connected_.reset();
  loop_.run_ready();
  EXPECT_EQ(server_.ends.size(), 1u);
  EXPECT_THAT(client_.ends, IsEmpty());
}

TEST_F(SimNet, keeps_the_reason_of_an_abort_for_the_handler) {
  connect();
  connected_->abort(Error{Errc::bad_frame, "nonsense"});
  loop_.run_ready();
  ASSERT_EQ(client_.ends.size(), 1u);
  EXPECT_EQ(client_.ends[0].code, Errc::bad_frame);
}

TEST_F(SimNet, delays_bytes) {
  connect();
  loop_.link("a:1").delay = 40ms;
  connected_->output().append("x");
  loop_.advance(39ms);
  EXPECT_EQ(server_.text, "");
  loop_.advance(1ms);
  EXPECT_EQ(server_.text, "x");
}

TEST_F(SimNet, keeps_the_order_of_bytes_whatever_the_jitter) {
  connect();
  loop_.link("a:1").jitter = 100ms;
  std::string sent;
  for (char c = 'a'; c <= 'z'; ++c) {
    connected_->output().append(c);
    sent += c;
    loop_.run_ready();
  }
  loop_.advance(1s);
  EXPECT_EQ(server_.text, sent);
}

TEST_F(SimNet, splits_into_single_bytes) {
  connect();
  loop_.link("a:1").one_byte_pieces = true;
  connected_->output().append("abc");
  loop_.run_ready();
  EXPECT_EQ(server_.text, "abc");
  EXPECT_EQ(server_.reads, 3);
}

TEST_F(SimNet, drops_connections) {
  connect();
  loop_.drop_connections("a:1");
  loop_.run_ready();
  EXPECT_EQ(client_.ends.size(), 1u);
  EXPECT_EQ(server_.ends.size(), 1u);
  EXPECT_EQ(loop_.connections_made("a:1"), 1u);
}

TEST_F(SimNet, cuts_a_connection_after_so_many_bytes) {
  connect();
  loop_.link("a:1").cut_after_bytes = 3;
  connected_->output().append("ab");
  loop_.run_ready();
  EXPECT_EQ(server_.text, "ab");
  EXPECT_THAT(server_.ends, IsEmpty());
  connected_->output().append("cde");
  loop_.run_ready();
  EXPECT_EQ(server_.text, "abc");
  EXPECT_EQ(server_.ends.size(), 1u);
  EXPECT_EQ(client_.ends.size(), 1u);
  EXPECT_EQ(loop_.link("a:1").cut_after_bytes, -1);
}

TEST_F(SimNet, swallows_bytes_in_a_black_hole_and_stays_silent_afterwards) {
  connect();
  loop_.link("a:1").blackhole = true;
  connected_->output().append("lost");
  loop_.run_ready();
  loop_.link("a:1").blackhole = false;
  connected_->output().append("more");
  loop_.advance(1h);
  EXPECT_EQ(server_.text, "");
  EXPECT_THAT(client_.ends, IsEmpty());
}

TEST_F(SimNet, holds_back_what_a_paused_reader_does_not_read) {
  connect();
  accepted_->pause_reading();
  connected_->output().append(std::string(300 * 1024, 'x'));
  loop_.run_ready();
  EXPECT_EQ(server_.text, "");
  EXPECT_EQ(connected_->sent_bytes(), 256u * 1024);
  EXPECT_EQ(connected_->pending_output(), 44u * 1024);
  accepted_->resume_reading();
  loop_.run_ready();
  EXPECT_EQ(server_.text.size(), 300u * 1024);
  EXPECT_EQ(connected_->pending_output(), 0u);
}

TEST_F(SimNet, cuts_off_a_peer_that_never_reads) {
  connect({.stream = {.output_bytes_max = 1024 * 1024}});
  connected_->pause_reading();
  accepted_->output().append(std::string(2 * 1024 * 1024, 'x'));
  loop_.run_ready();
  ASSERT_EQ(server_.ends.size(), 1u);
  EXPECT_EQ(server_.ends[0].code, Errc::overloaded);
}

TEST_F(SimNet, reads_nothing_more_from_a_peer_that_lets_its_answers_lie) {
  connect({.stream = {.output_bytes_pause = 100 * 1024}});
  connected_->pause_reading();
  accepted_->output().append(std::string(500 * 1024, 'x'));
  loop_.run_ready();
  connected_->output().append("another request");
  loop_.run_ready();
  EXPECT_EQ(server_.text, "");
  connected_->resume_reading();
  loop_.run_ready();
  EXPECT_EQ(server_.text, "another request");
}

}  // namespace
}  // namespace rocketmq::net
