// What ends a client for all its handles at once: close(), and fork().

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "client/testing/client_fixture.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class ClosedHandle final : public Handle {
 public:
  explicit ClosedHandle(std::string trouble = {}) : trouble_(std::move(trouble)) {}
  Result<void> close_handle(std::chrono::milliseconds deadline) override {
    ++closed;
    last_deadline = deadline;
    if (on_close) on_close();
    if (trouble_.empty()) return {};
    return Error{Errc::timeout, trouble_};
  }
  HandleStatistics handle_statistics() override { return {}; }

  std::atomic<int> closed = 0;
  std::chrono::milliseconds last_deadline{};
  std::function<void()> on_close;

 private:
  const std::string trouble_;
};

class CoreCloseTest : public testing::ClientFixture {};

TEST_F(CoreCloseTest, closes_every_handle_once_and_refuses_new_ones) {
  const auto core = make_core();
  const auto living = std::make_shared<ClosedHandle>();
  ASSERT_TRUE(core->add_handle(living));
  ASSERT_TRUE(core->add_handle(std::make_shared<ClosedHandle>()));  // gone already
  EXPECT_TRUE(core->close(5s));
  EXPECT_EQ(living->closed, 1);
  EXPECT_LE(living->last_deadline, 5s);
  EXPECT_TRUE(core->close(5s));
  EXPECT_EQ(living->closed, 1);
  EXPECT_EQ(core->usable().error().code, Errc::client_closed);
  EXPECT_EQ(core->add_handle(living).error().code, Errc::client_closed);
}

TEST_F(CoreCloseTest, says_everything_that_was_unfinished) {
  const auto core = make_core();
  const auto one = std::make_shared<ClosedHandle>("3 sends");
  const auto two = std::make_shared<ClosedHandle>();
  const auto three = std::make_shared<ClosedHandle>("a message");
  for (const auto& handle : {one, two, three}) ASSERT_TRUE(core->add_handle(handle));
  const auto closed = core->close(5s);
  ASSERT_FALSE(closed);
  EXPECT_THAT(closed.error().message, HasSubstr("3 sends; a message"));
}

TEST_F(CoreCloseTest, ends_connections_heartbeats_and_calls) {
  const auto core = make_core();
  ASSERT_TRUE(net::run_task(loop, core->routes().get("T")));
  core->groups().add_producer("p");
  net::run_task(loop, core->groups().heartbeat());
  EXPECT_TRUE(core->close(5s));
  loop.advance(1s);
  EXPECT_EQ(core->statistics().connections, 0U);
  const int beats = a.received(RequestCode::heart_beat);
  const int asked = names.received(RequestCode::get_routeinfo_by_topic);
  loop.advance(5min);
  EXPECT_EQ(a.received(RequestCode::heart_beat), beats);
  EXPECT_EQ(names.received(RequestCode::get_routeinfo_by_topic), asked);
  EXPECT_EQ(net::run_task(loop, core->routes().refresh("T")).error().code, Errc::client_closed);
  const auto call =
      net::run_task(loop, core->call("a", protocol::GetMaxOffset{.topic = "T"}, {}, 3s));
  EXPECT_EQ(call.error().code, Errc::client_closed);
}

TEST(CloseHandles, closes_all_at_the_same_time_unless_it_must_stay_on_this_thread) {
  std::atomic<int> inside = 0;
  std::vector<std::shared_ptr<Handle>> handles;
  for (int i = 0; i < 3; ++i) {
    const auto handle = std::make_shared<ClosedHandle>();
    handle->on_close = [&] {
      ++inside;
      while (inside < 3) std::this_thread::yield();  // none ends before all have begun
    };
    handles.push_back(handle);
  }
  EXPECT_TRUE(close_handles(handles, 1s, false));

  const auto here = std::this_thread::get_id();
  for (const auto& handle : handles) {
    static_cast<ClosedHandle&>(*handle).on_close = [&] {
      EXPECT_EQ(std::this_thread::get_id(), here);
    };
  }
  EXPECT_TRUE(close_handles(handles, 1s, true));
}

// Runs in a child process, after fork(); what it returns.
int in_child(const std::function<int()>& run) {
  const pid_t child = fork();
  if (child == 0) _exit(run());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(ForkGuard, knows_a_child_and_the_childs_own) {
  const ForkGuard guard;
  EXPECT_FALSE(guard.is_child());
  EXPECT_EQ(in_child([&] {
              const ForkGuard own;
              if (!guard.is_child() || own.is_child()) return 1;
              return in_child([&] { return own.is_child() ? 0 : 1; });
            }),
            0);
  EXPECT_FALSE(guard.is_child());
}

TEST_F(CoreCloseTest, a_child_process_is_refused_and_can_neither_wait_nor_harm) {
  auto core = make_core();
  EXPECT_EQ(in_child([&] {
              if (core->usable().error().code != Errc::forked) return 1;
              if (core->close(1s).error().code != Errc::forked) return 2;
              const auto waited = core->wait<int>([]() -> net::Task<Result<int>> { co_return 1; });
              if (waited || waited.error().code != Errc::forked) return 3;
              core.reset();
              return 0;
            }),
            0);
  EXPECT_TRUE(core->usable());
  EXPECT_TRUE(net::run_task(loop, core->routes().get("T")));
}

}  // namespace
}  // namespace rocketmq::client
