#include "net/channel_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/server.h"
#include "net/sim_loop.h"
#include "net/task_set.h"
#include "net/testing.h"
#include "protocol/requests/client_session.h"
#include "protocol/requests/offset.h"

namespace rocketmq::net {
namespace {

using namespace std::chrono_literals;
using protocol::HeartBeat;
using protocol::NotifyConsumerIdsChanged;
using protocol::QueryConsumerOffset;
using testing::AllOf;
using testing::ElementsAre;
using testing::Ge;
using testing::Le;

using Beat = Result<Answer<HeartBeat::Response>>;

// A pool, and a server at "broker:1" that answers heartbeats.
class ChannelPoolTest : public testing::Test {
 protected:
  ChannelPoolTest() {
    router_.on<HeartBeat>([this](const HeartBeat&, RequestContext&) -> Result<void> {
      ++heartbeats_;
      return {};
    });
    router_.on_deferred<QueryConsumerOffset>(
        [this](Call<QueryConsumerOffset> call) { parked_.push_back(std::move(call)); });
    start_server();
    make_pool();
  }

  void start_server() {
    server_ = std::make_unique<Server>(loop_, router_);
    server_->listen("broker:1").value();
  }
  void make_pool() { pool_ = std::make_unique<ChannelPool>(loop_, options_, &client_router_); }

  Beat heartbeat(Duration timeout = 3s) {
    return run_task(loop_, pool_->call("broker:1", HeartBeat{}, {}, timeout));
  }
  // Starts a heartbeat whose outcome is added to `beats_`.
  void start_heartbeat(Duration timeout = 3s) { tasks_.start(note_heartbeat(timeout)); }
  Task<> note_heartbeat(Duration timeout) {
    beats_.push_back(co_await pool_->call("broker:1", HeartBeat{}, {}, timeout));
  }

  SimLoop loop_;
  Router router_, client_router_;
  std::vector<Call<QueryConsumerOffset>> parked_;
  int heartbeats_ = 0;
  std::unique_ptr<Server> server_;
  ChannelPoolOptions options_;
  std::unique_ptr<ChannelPool> pool_;
  std::vector<Beat> beats_;
  TaskSet tasks_;
};

TEST_F(ChannelPoolTest, connects_when_first_wanted_and_keeps_the_connection) {
  EXPECT_EQ(pool_->find("broker:1"), nullptr);
  EXPECT_TRUE(heartbeat());
  EXPECT_TRUE(heartbeat());
  EXPECT_NE(pool_->find("broker:1"), nullptr);
  EXPECT_EQ(loop_.connections_made("broker:1"), 1u);
}

TEST_F(ChannelPoolTest, connects_once_for_all_who_want_the_same_address) {
  loop_.link("broker:1").delay = 50ms;
  for (int i = 0; i < 5; ++i) start_heartbeat();
  loop_.advance(1s);
  EXPECT_EQ(beats_.size(), 5u);
  EXPECT_EQ(heartbeats_, 5);
  EXPECT_EQ(loop_.connections_made("broker:1"), 1u);
}

TEST_F(ChannelPoolTest, connects_again_after_the_connection_was_lost) {
  EXPECT_TRUE(heartbeat());
  loop_.drop_connections("broker:1");
  loop_.run_ready();
  EXPECT_EQ(pool_->find("broker:1"), nullptr);
  EXPECT_TRUE(heartbeat());
  EXPECT_EQ(loop_.connections_made("broker:1"), 2u);
}

TEST_F(ChannelPoolTest, fails_at_once_where_nobody_listens) {
  server_.reset();
  const TimePoint start = loop_.now();
  const Beat beat = heartbeat();
  ASSERT_FALSE(beat);
  EXPECT_EQ(beat.error().code, Errc::not_connected);
  EXPECT_EQ(beat.error().outcome, Outcome::not_sent);
  EXPECT_EQ(loop_.now(), start);
  EXPECT_FALSE(pool_->is_reachable("broker:1"));
}

TEST_F(ChannelPoolTest, waits_longer_between_attempts_up_to_a_second) {
  server_.reset();
  std::vector<std::int64_t> pauses_ms;
  for (int i = 0; i < 7; ++i) {
    const TimePoint start = loop_.now();
    EXPECT_FALSE(heartbeat());
    pauses_ms.push_back((loop_.now() - start) / 1ms);
  }
  const auto about = [](std::int64_t ms) { return AllOf(Ge(ms * 8 / 10), Le(ms * 12 / 10)); };
  EXPECT_THAT(pauses_ms, ElementsAre(0, about(100), about(200), about(400), about(800), about(1000),
                                     about(1000)));
}

TEST_F(ChannelPoolTest, serves_who_waited_for_the_next_attempt_once_the_server_is_back) {
  server_.reset();
  EXPECT_FALSE(heartbeat());
  start_heartbeat();
  start_server();
  loop_.advance(200ms);
  ASSERT_EQ(beats_.size(), 1u);
  EXPECT_TRUE(beats_[0]);
  EXPECT_TRUE(pool_->is_reachable("broker:1"));
}

TEST_F(ChannelPoolTest, gives_up_connecting_when_the_callers_time_is_over) {
  loop_.link("broker:1").blackhole = true;
  const TimePoint start = loop_.now();
  const Beat beat = heartbeat(500ms);
  ASSERT_FALSE(beat);
  EXPECT_EQ(beat.error().code, Errc::timeout);
  EXPECT_EQ(beat.error().outcome, Outcome::not_sent);
  EXPECT_EQ(loop_.now() - start, 500ms);
}

TEST_F(ChannelPoolTest, counts_connecting_into_the_timeout_of_a_call) {
  loop_.link("broker:1").delay = 400ms;
  const TimePoint start = loop_.now();
  const Beat beat = heartbeat(1s);  // 400 ms to connect, 800 ms there and back
  ASSERT_FALSE(beat);
  EXPECT_EQ(beat.error().code, Errc::timeout);
  EXPECT_EQ(beat.error().outcome, Outcome::unknown);
  EXPECT_EQ(loop_.now() - start, 1s);
}

TEST_F(ChannelPoolTest, closes_an_idle_connection_after_two_minutes) {
  options_.idle_timeout = 60s;  // before the server does
  make_pool();
  EXPECT_TRUE(heartbeat());
  loop_.advance(59s);
  EXPECT_NE(pool_->find("broker:1"), nullptr);
  loop_.advance(10s);
  EXPECT_EQ(pool_->find("broker:1"), nullptr);
  EXPECT_TRUE(heartbeat());
}

TEST_F(ChannelPoolTest, tells_when_connections_open_and_close) {
  std::vector<std::string> told;
  pool_->on_opened = [&](const std::string& address) { told.push_back("opened " + address); };
  pool_->on_closed = [&](const std::string& address, const Error&) {
    told.push_back("closed " + address);
  };
  EXPECT_TRUE(heartbeat());
  loop_.drop_connections("broker:1");
  loop_.run_ready();
  EXPECT_THAT(told, ElementsAre("opened broker:1", "closed broker:1"));
}

TEST_F(ChannelPoolTest, gives_what_servers_ask_to_its_router) {
  std::string group;
  client_router_.on<NotifyConsumerIdsChanged>(
      [&](const NotifyConsumerIdsChanged& notice, RequestContext&) -> Result<void> {
        group = notice.consumer_group;
        return {};
      });
  EXPECT_TRUE(heartbeat());
  server_->each_channel([](Channel& channel) {
    EXPECT_TRUE(channel.oneway(NotifyConsumerIdsChanged{.consumer_group = "billing"}));
  });
  loop_.run_ready();
  EXPECT_EQ(group, "billing");
}

TEST_F(ChannelPoolTest, counts_what_became_of_requests_and_how_long_they_took) {
  loop_.link("broker:1").delay = 5ms;
  EXPECT_TRUE(heartbeat());
  EXPECT_TRUE(heartbeat());
  const auto refused =
      run_task(loop_, pool_->call("broker:1", protocol::GetMaxOffset{.topic = "T"}, {}, 3s));
  EXPECT_EQ(refused.error().code, ResponseCode::request_code_not_supported);
  loop_.link("broker:1").blackhole = true;
  EXPECT_FALSE(heartbeat(100ms));

  const auto& counters = pool_->call_counters().by_code();
  ASSERT_EQ(counters.size(), 2u);
  const auto& beats = counters.at(static_cast<int>(RequestCode::heart_beat));
  EXPECT_EQ(beats.answered, 2u);
  EXPECT_EQ(beats.refused, 0u);
  EXPECT_EQ(beats.failed, 1u);
  EXPECT_EQ(beats.times[4], 2u) << "10 ms: from 8 to 16";
  EXPECT_EQ(counters.at(static_cast<int>(RequestCode::get_max_offset)).refused, 1u);
}

TEST_F(ChannelPoolTest, counts_the_bytes_of_all_connections_also_of_those_that_are_gone) {
  EXPECT_TRUE(heartbeat());
  const auto once = pool_->traffic();
  EXPECT_EQ(once.connections, 1u);
  EXPECT_GT(once.bytes_sent, 0u);
  EXPECT_GT(once.bytes_received, 0u);
  loop_.drop_connections("broker:1");
  loop_.run_ready();
  EXPECT_EQ(pool_->traffic().connections, 0u);
  EXPECT_TRUE(heartbeat());
  EXPECT_EQ(pool_->traffic().bytes_sent, 2 * once.bytes_sent);
  EXPECT_EQ(pool_->traffic().bytes_received, 2 * once.bytes_received);
}

TEST_F(ChannelPoolTest, refuses_everything_once_it_is_shut_and_those_who_wait_for_a_connection) {
  EXPECT_TRUE(heartbeat());
  pool_->shut();
  loop_.run_ready();
  EXPECT_EQ(server_->connection_count(), 0u);
  EXPECT_EQ(heartbeat().error().code, Errc::client_closed);

  make_pool();
  loop_.link("broker:1").delay = 1s;
  start_heartbeat();
  loop_.advance(100ms);
  pool_->shut();
  ASSERT_EQ(beats_.size(), 1u);
  EXPECT_EQ(beats_[0].error().code, Errc::client_closed);
  loop_.advance(5s);
  EXPECT_EQ(heartbeats_, 1);
}

TEST_F(ChannelPoolTest, sends_one_way_requests) {
  EXPECT_TRUE(run_task(loop_, pool_->oneway("broker:1", HeartBeat{}, {}, 3s)));
  loop_.run_ready();
  EXPECT_EQ(heartbeats_, 1);
}

TEST_F(ChannelPoolTest, connects_anew_when_a_server_says_go_away) {
  EXPECT_TRUE(heartbeat());
  // The old server stops while the new one is already there.
  std::unique_ptr<Server> old = std::move(server_);
  old->stop(10s, [] {});
  start_server();
  EXPECT_TRUE(heartbeat());
  EXPECT_EQ(heartbeats_, 2);
  EXPECT_EQ(loop_.connections_made("broker:1"), 2u);
  EXPECT_EQ(old->connection_count(), 1u) << "until it closes by itself";
  loop_.advance(10s);
  EXPECT_EQ(old->connection_count(), 0u);
  EXPECT_TRUE(heartbeat());
}

TEST_F(ChannelPoolTest, passes_on_a_second_go_away) {
  EXPECT_TRUE(heartbeat());
  server_->stop(10s, [] {});
  const Beat beat = heartbeat();
  ASSERT_FALSE(beat);
  EXPECT_EQ(beat.error().code, Errc::not_connected) << "it listens no more";
}

TEST_F(ChannelPoolTest, fails_all_that_waits_when_it_is_destroyed) {
  tasks_.start([](ChannelPool& pool, std::vector<Beat>& beats) -> Task<> {
    auto answer = co_await pool.call(
        "broker:1", QueryConsumerOffset{.consumer_group = "g", .topic = "T"}, {}, 3s);
    beats.push_back(answer.error());
  }(*pool_, beats_));
  loop_.run_ready();
  loop_.link("other:1").blackhole = true;
  tasks_.start([](ChannelPool& pool, std::vector<Beat>& beats) -> Task<> {
    beats.push_back(co_await pool.call("other:1", HeartBeat{}, {}, 3s));
  }(*pool_, beats_));
  loop_.run_ready();
  ASSERT_EQ(parked_.size(), 1u);
  pool_.reset();
  ASSERT_EQ(beats_.size(), 2u);
  EXPECT_EQ(beats_[0].error().code, Errc::client_closed) << "was connecting";
  EXPECT_EQ(beats_[1].error().code, Errc::not_connected) << "was waiting for an answer";
}

TEST_F(ChannelPoolTest, lets_a_task_that_connects_be_cancelled) {
  loop_.link("broker:1").delay = 50ms;
  {
    TaskSet tasks;
    tasks.start(note_heartbeat(3s));
  }
  loop_.advance(1s);
  EXPECT_TRUE(beats_.empty());
  EXPECT_TRUE(heartbeat());
}

TEST_F(ChannelPoolTest, closes_by_address_and_all) {
  EXPECT_TRUE(heartbeat());
  pool_->close("broker:1");
  EXPECT_EQ(pool_->find("broker:1"), nullptr);
  loop_.run_ready();
  EXPECT_EQ(server_->connection_count(), 0u);
  EXPECT_TRUE(heartbeat());
  pool_->close_all();
  EXPECT_EQ(pool_->find("broker:1"), nullptr);
}

}  // namespace
}  // namespace rocketmq::net
