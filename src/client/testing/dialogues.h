#pragma once

#include <gtest/gtest.h>
#include <rocketmq/result.h>

#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "client/core.h"
#include "client/testing/scripted_server.h"
#include "net/sim_loop.h"

// Dialogues that fail: a call of the client's is made again and again, each time in a world of its
// own, and something goes wrong with the first request it takes, with the second, … with the last;
// or with all from there on. However it goes wrong, the call ends within its time, what it says of
// the outcome is true, and once the trouble is over the same call succeeds.

namespace rocketmq::client::testing {

// A call, as the tests make it. A World has `loop`, `core`, and `servers`, the ScriptedServers.
template <class World>
struct DialogueCall {
  std::string name;
  std::function<Result<void>(World&)> make;  // drives the loop until it has ended
  // What may not be done twice without anybody knowing; none: it only asks.
  std::optional<RequestCode> changes;
  // Of the whole call; none: ClientOptions::request_timeout for each request it makes.
  std::optional<net::Duration> deadline;
};

// Only its name is for a test's name.
template <class World>
void PrintTo(const DialogueCall<World>& call, std::ostream* out) {
  *out << call.name;
}

// For INSTANTIATE_TEST_SUITE_P.
template <class World>
std::string name_of(const ::testing::TestParamInfo<DialogueCall<World>>& info) {
  return info.param.name;
}

// What is said in the background is not a step of the call.
inline bool is_background(RequestCode code) {
  return code == RequestCode::heart_beat || code == RequestCode::unregister_client ||
         code == RequestCode::get_consumer_list_by_group;
}

// One call in a world of its own, with trouble from its n-th request on, for so many requests.
template <class World>
class Dialogue {
 public:
  explicit Dialogue(const DialogueCall<World>& call) : call_(call) {
    for (ScriptedServer* const server : world_.servers) {
      server->set_mishaps([this](RequestCode code) { return next(code); });
    }
  }

  void make_trouble(Mishap mishap, int first, int count) {
    mishap_ = mishap;
    first_ = first;
    count_ = count;
  }

  Result<void> make() {
    const net::TimePoint begun = world_.loop.now();
    Result<void> result = call_.make(world_);
    taken_ = world_.loop.now() - begun;
    return result;
  }
  Result<void> make_again_without_trouble() {
    mishap_ = Mishap::none;
    world_.loop.advance(std::chrono::seconds(5));
    return call_.make(world_);
  }

  net::Duration taken() const { return taken_; }
  int steps() const { return steps_; }
  bool met_trouble() const { return steps_ >= first_; }
  // The change was asked for; it was made, and whoever asked was not told so.
  bool asked_for_change() const { return asked_for_change_; }
  bool changed_unseen() const { return changed_unseen_; }

 private:
  Mishap next(RequestCode code) {
    if (is_background(code)) return Mishap::none;
    ++steps_;
    // Where an answer has nothing to say, nonsense says as much: the call went on.
    if (mishap_ == Mishap::nonsense) changed_unseen_ = false;
    const bool is_change = code == call_.changes;
    asked_for_change_ = asked_for_change_ || is_change;
    if (mishap_ == Mishap::none || steps_ < first_ || steps_ - first_ >= count_) {
      return Mishap::none;
    }
    const bool is_done = mishap_ != Mishap::refused && mishap_ != Mishap::lost;
    changed_unseen_ = changed_unseen_ || (is_change && is_done);
    return mishap_;
  }

  const DialogueCall<World>& call_;
  World world_;
  Mishap mishap_ = Mishap::none;
  int first_ = 0;
  int count_ = 0;
  int steps_ = 0;
  bool asked_for_change_ = false;
  bool changed_unseen_ = false;
  net::Duration taken_{};
};

template <class World>
void check_dialogue(const DialogueCall<World>& call, Mishap mishap, int first, int count,
                    net::Duration deadline) {
  Dialogue<World> dialogue(call);
  dialogue.make_trouble(mishap, first, count);
  const Result<void> result = dialogue.make();
  EXPECT_LE(dialogue.taken(), deadline + deadline / 10);
  if (!result && call.changes) {
    const Outcome outcome = result.error().outcome;
    EXPECT_TRUE(!dialogue.changed_unseen() || outcome == Outcome::unknown) << result.error();
    EXPECT_TRUE(dialogue.asked_for_change() || outcome == Outcome::not_sent) << result.error();
  }
  const Result<void> again = dialogue.make_again_without_trouble();
  EXPECT_TRUE(again) << again.error();
}

template <class World>
void check_all_dialogues(const DialogueCall<World>& call) {
  Dialogue<World> healthy(call);
  const Result<void> result = healthy.make();
  ASSERT_TRUE(result) << result.error();
  const net::Duration request_timeout = ClientOptions{}.request_timeout;
  const net::Duration deadline = call.deadline.value_or(request_timeout * healthy.steps());

  constexpr std::pair<Mishap, const char*> mishaps[] = {
      {Mishap::refused, "refused"}, {Mishap::lost, "lost"},         {Mishap::cut, "cut"},
      {Mishap::garbage, "garbage"}, {Mishap::nonsense, "nonsense"}, {Mishap::silence, "silence"}};
  constexpr int for_ever = 1000;
  for (const auto& [mishap, name] : mishaps) {
    for (int first = 1; first <= healthy.steps(); ++first) {
      for (const int count : {1, for_ever}) {
        SCOPED_TRACE(::testing::Message() << call.name << ": " << name << " at step " << first
                                          << (count == 1 ? "" : " and after"));
        check_dialogue(call, mishap, first, count, deadline);
      }
    }
  }
}

}  // namespace rocketmq::client::testing
