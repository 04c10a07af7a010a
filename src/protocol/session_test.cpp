#include "protocol/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "protocol/frame_writer.h"

namespace rocketmq::protocol {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const RpcSession::TimePoint t0{100h};

// Notes what became of it.
class Recorder final : public PendingCall {
 public:
  std::vector<std::int32_t> answers;
  std::vector<Error> failures;
  std::function<void()> then;

  using PendingCall::cancel;

 private:
  void answered(Incoming& answer) override {
    answers.push_back(answer.command().opaque);
    if (then) then();
  }
  void failed(const Error& error) override {
    failures.push_back(error);
    if (then) then();
  }
};

// Hands `session` an answer with this opaque.
bool answer(RpcSession& session, std::int32_t opaque) {
  Buffer input;
  Command command;
  command.opaque = opaque;
  Incoming incoming(input, FrameSpan{}, command);
  return session.answer(incoming);
}

TEST(RpcSession, hands_an_answer_to_the_call_with_its_opaque) {
  RpcSession session(10);
  Recorder a, b;
  const std::int32_t opaque_a = *session.begin(a, t0 + 3s);
  const std::int32_t opaque_b = *session.begin(b, t0 + 3s);
  EXPECT_NE(opaque_a, opaque_b);

  EXPECT_TRUE(answer(session, opaque_b));

  EXPECT_THAT(b.answers, ElementsAre(opaque_b));
  EXPECT_FALSE(b.is_waiting());
  EXPECT_THAT(a.answers, IsEmpty());
  EXPECT_TRUE(a.is_waiting());
}

TEST(RpcSession, drops_an_answer_nobody_waits_for) {
  RpcSession session(10);
  EXPECT_FALSE(answer(session, 1));
  Recorder a;
  const std::int32_t opaque = *session.begin(a, t0 + 3s);
  EXPECT_FALSE(answer(session, opaque + 1));
  EXPECT_TRUE(answer(session, opaque));
  EXPECT_FALSE(answer(session, opaque)) << "answered twice";
}

TEST(RpcSession, forgets_a_call_that_is_destroyed) {
  RpcSession session(10);
  auto a = std::make_unique<Recorder>();
  const std::int32_t opaque = *session.begin(*a, t0 + 3s);
  a.reset();
  EXPECT_EQ(session.pending_calls(), 0u);
  EXPECT_FALSE(answer(session, opaque));
}

TEST(RpcSession, fails_a_call_when_its_deadline_has_come_and_not_before) {
  RpcSession session(10);
  Recorder soon, later;
  ASSERT_TRUE(session.begin(later, t0 + 5s));
  ASSERT_TRUE(session.begin(soon, t0 + 3s));
  EXPECT_EQ(session.next_sweep(), t0 + 3s);

  session.sweep(t0 + 3s - 1ns);
  EXPECT_THAT(soon.failures, IsEmpty());

  session.sweep(t0 + 3s);
  ASSERT_EQ(soon.failures.size(), 1u);
  EXPECT_EQ(soon.failures[0].code, Errc::timeout);
  EXPECT_EQ(soon.failures[0].outcome, Outcome::unknown);
  EXPECT_THAT(later.failures, IsEmpty());
  EXPECT_EQ(session.next_sweep(), t0 + 5s);
}

TEST(RpcSession, wants_no_sweep_while_nothing_waits) {
  RpcSession session(10);
  EXPECT_EQ(session.next_sweep(), std::nullopt);
  Recorder a;
  const std::int32_t opaque = *session.begin(a, t0 + 3s);
  answer(session, opaque);
  EXPECT_EQ(session.next_sweep(), std::nullopt);
}

TEST(RpcSession, sweeps_deadlines_that_lie_close_together_at_once) {
  RpcSession session(10);
  Recorder a, b;
  ASSERT_TRUE(session.begin(a, t0 + 3s));
  ASSERT_TRUE(session.begin(b, t0 + 3s + 1us));
  session.sweep(t0 + 3s);
  EXPECT_EQ(session.next_sweep(), t0 + 3s + 10ms);
}

TEST(RpcSession, refuses_more_calls_than_its_limit) {
  RpcSession session(2);
  Recorder a, b, c;
  ASSERT_TRUE(session.begin(a, t0));
  ASSERT_TRUE(session.begin(b, t0));
  const auto refused = session.begin(c, t0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::overloaded);
  EXPECT_EQ(refused.error().outcome, Outcome::not_sent);
  b.cancel();
  EXPECT_TRUE(session.begin(c, t0));
}

TEST(RpcSession, says_at_close_which_requests_cannot_have_arrived) {
  RpcSession session(10);
  Recorder whole, cut, waiting;
  ASSERT_TRUE(session.begin(whole, t0));
  session.written(whole, 100);
  ASSERT_TRUE(session.begin(cut, t0));
  session.written(cut, 200);
  ASSERT_TRUE(session.begin(waiting, t0));
  session.written(waiting, 300);

  session.close(Error{Errc::not_connected, "reset by peer"}, 199);

  ASSERT_EQ(whole.failures.size(), 1u);
  EXPECT_EQ(whole.failures[0].code, Errc::not_connected);
  EXPECT_EQ(whole.failures[0].message, "reset by peer");
  EXPECT_EQ(whole.failures[0].outcome, Outcome::unknown);
  ASSERT_EQ(cut.failures.size(), 1u);
  EXPECT_EQ(cut.failures[0].outcome, Outcome::not_sent);
  ASSERT_EQ(waiting.failures.size(), 1u);
  EXPECT_EQ(waiting.failures[0].outcome, Outcome::not_sent);
}

TEST(RpcSession, begins_nothing_after_close) {
  RpcSession session(10);
  session.close(Error{Errc::not_connected, "gone"}, 0);
  Recorder a;
  const auto refused = session.begin(a, t0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::not_connected);
}

TEST(RpcSession, lets_a_failed_call_destroy_the_others_and_the_session) {
  auto session = std::make_unique<RpcSession>(10);
  Recorder first;
  auto second = std::make_unique<Recorder>();
  Recorder third;
  ASSERT_TRUE(session->begin(first, t0));
  ASSERT_TRUE(session->begin(*second, t0));
  ASSERT_TRUE(session->begin(third, t0));
  first.then = [&] {
    second.reset();
    session.reset();
  };

  session->close(Error{Errc::not_connected, "gone"}, 0);

  EXPECT_EQ(first.failures.size(), 1u);
  EXPECT_EQ(third.failures.size(), 1u);
}

TEST(RpcSession, lets_a_call_begin_another_from_its_failure) {
  RpcSession session(10);
  Recorder first, second;
  ASSERT_TRUE(session.begin(first, t0 + 1s));
  first.then = [&] { ASSERT_TRUE(session.begin(second, t0 + 9s)); };
  session.sweep(t0 + 1s);
  EXPECT_TRUE(second.is_waiting());
  EXPECT_EQ(session.next_sweep(), t0 + 9s);
}

// The table against a plain set, with long-lived calls among many short ones and wrapping ids.
TEST(RpcSession, finds_every_call_among_thousands_that_come_and_go) {
  RpcSession session(1000);
  std::vector<std::unique_ptr<Recorder>> calls;
  std::vector<std::int32_t> opaques;
  std::uint32_t random = 7;
  for (int step = 0; step < 20000; ++step) {
    random = random * 1664525u + 1013904223u;
    if (calls.size() < 300 && (random >> 16) % 3 != 0) {
      calls.push_back(std::make_unique<Recorder>());
      opaques.push_back(*session.begin(*calls.back(), t0 + std::chrono::seconds(random % 50)));
    } else if (!calls.empty()) {
      const std::size_t at = (random >> 8) % calls.size();
      ASSERT_TRUE(calls[at]->is_waiting());
      if (random % 2 == 0) {
        ASSERT_TRUE(answer(session, opaques[at]));
        ASSERT_THAT(calls[at]->answers, ElementsAre(opaques[at]));
      }
      calls.erase(calls.begin() + static_cast<std::ptrdiff_t>(at));
      opaques.erase(opaques.begin() + static_cast<std::ptrdiff_t>(at));
    }
    ASSERT_EQ(session.pending_calls(), calls.size());
  }
  session.sweep(t0 + 25s);
  std::size_t failed = 0;
  for (const auto& call : calls) failed += call->failures.size();
  EXPECT_EQ(session.pending_calls(), calls.size() - failed);
  EXPECT_GT(failed, 0u);
}

class IncomingFrame : public testing::Test {
 protected:
  // Writes a frame with this body into input_, more bytes behind it, and decodes it.
  void receive(std::string_view body) {
    FrameWriter writer(input_, head_);
    writer.add("topic", std::string_view("T\n"));
    writer.finish(body);
    input_.append("next");
    frame_ = **next_frame({input_.data(), input_.size()});
    ASSERT_TRUE(decode_command(frame_.content, command_));
  }
  void expect_command(std::string_view body) {
    EXPECT_THAT(command_.fields, ElementsAre(Field{"topic", "T\n"}));
    EXPECT_EQ(command_.remark, "said");
    EXPECT_EQ(command_.body, body);
    EXPECT_EQ(input_.view(), "next");
  }

  CommandHead head_{.code = 1, .remark = "said"};
  Buffer input_;
  FrameSpan frame_;
  Command command_;
};

TEST_F(IncomingFrame, is_taken_off_the_buffer_at_its_end) {
  receive("body");
  Incoming incoming(input_, frame_, command_);
  incoming.finish();
  EXPECT_EQ(input_.view(), "next");
}

TEST_F(IncomingFrame, that_is_small_outlives_the_buffer_by_a_copy) {
  receive("body");
  std::shared_ptr<const void> kept;
  {
    Incoming incoming(input_, frame_, command_);
    kept = incoming.keep();
    EXPECT_EQ(incoming.keep(), kept);
    incoming.finish();
  }
  std::memset(frame_.content.data(), 'x', frame_.content.size());
  expect_command("body");
}

TEST_F(IncomingFrame, that_is_large_is_kept_without_moving_a_byte) {
  const std::string body(100'000, 'b');
  receive(body);
  const char* const body_was_at = command_.body.data();
  std::shared_ptr<const void> kept;
  {
    Incoming incoming(input_, frame_, command_);
    kept = incoming.keep();
    incoming.finish();
  }
  EXPECT_EQ(command_.body.data(), body_was_at);
  input_.append(std::string(200'000, 'x'));
  input_.shrink_to(4);
  expect_command(body);
}

}  // namespace
}  // namespace rocketmq::protocol
