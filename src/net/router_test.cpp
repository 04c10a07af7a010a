#include "net/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/testing_channel.h"
#include "protocol/requests/client_session.h"
#include "protocol/requests/pull.h"
#include "protocol/str.h"

namespace rocketmq::net {
namespace {

using namespace std::chrono_literals;
using protocol::HeartBeat;
using protocol::NotifyConsumerIdsChanged;
using protocol::PullMessage;
using protocol::QueryConsumerOffset;
using testing::ElementsAre;

using OffsetAnswer = Result<Answer<QueryConsumerOffset::Response>>;

class RouterTest : public ChannelPair {};

TEST_F(RouterTest, refuses_codes_it_does_not_know_in_the_words_of_java) {
  connect();
  const auto answer = call(query("g"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ResponseCode::request_code_not_supported);
  EXPECT_EQ(answer.error().message, " request type 14 not supported");
}

TEST_F(RouterTest, refuses_a_request_whose_required_field_is_missing) {
  serve_offsets();
  connect();
  protocol::Command request;
  request.code = static_cast<std::int32_t>(QueryConsumerOffset::code);
  std::string remark;
  client_.channel->call(request, 3s, [&](Result<protocol::Incoming*> incoming) {
    EXPECT_EQ((*incoming)->command().code, 1);
    remark = (*incoming)->command().remark;
  });
  loop_.run_ready();
  EXPECT_EQ(remark, "the custom field <consumerGroup> is null");
}

TEST_F(RouterTest, writes_a_body_that_comes_in_pieces_where_it_goes_out) {
  server_.router.on_deferred<PullMessage>([](Call<PullMessage> pull) {
    pull.reply({}, [](protocol::Buffer& out) {
      out.append("first ");
      out.append("second");
    });
  });
  connect();
  EXPECT_EQ(call(PullMessage{.consumer_group = "g", .topic = "T"}).value().body, "first second");
}

TEST_F(RouterTest, asks_every_guard_before_a_handler) {
  serve_offsets();
  server_.router.add_guard([](const RequestContext& context) -> Result<void> {
    if (protocol::find_field(context.command.fields, "AccessKey") != nullptr) return {};
    return Error{ResponseCode::no_permission, "who are you?"};
  });
  connect();
  EXPECT_EQ(call(query("g")).error().code, ResponseCode::no_permission);
}

// Keeps what it is told: "14 -> 0, 3 ms", and what else there was.
struct Noting final : RequestObserver {
  explicit Noting(SimLoop& l) : loop(l) {}
  TimePoint now() const override { return loop.now(); }
  void answered(const AnsweredRequest& request) override {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(request.took).count();
    std::string line = str(request.code, " -> ", request.answer_code, ", ", ms, " ms");
    if (request.to == AnsweredRequest::To::nobody) line += ", one-way";
    if (request.to == AnsweredRequest::To::gone) line += ", gone";
    if (request.was_held) line += ", held";
    EXPECT_EQ(request.channel != nullptr, request.to != AnsweredRequest::To::gone);
    lines.push_back(line);
  }
  SimLoop& loop;
  std::vector<std::string> lines;
};

TEST_F(RouterTest, tells_an_observer_what_became_of_each_request) {
  Noting noting(loop_);
  std::optional<Call<QueryConsumerOffset>> parked;
  std::optional<Responder> held;
  server_.router.set_observer(noting);
  server_.router.on<HeartBeat>(
      [](const HeartBeat&, RequestContext&) -> Result<void> { return {}; });
  server_.router.on_deferred<QueryConsumerOffset>(
      [&](Call<QueryConsumerOffset> call) { parked.emplace(std::move(call)); });
  server_.router.on_deferred<PullMessage>([&](Call<PullMessage> call) {
    held.emplace(std::move(call).take_responder());
    held->note_held();
  });
  connect();
  ASSERT_TRUE(call(HeartBeat{}));
  ASSERT_TRUE(client_.channel->oneway(HeartBeat{}));
  client_.channel->call<QueryConsumerOffset>(query("g"), {}, 10s, [](auto) {});
  client_.channel->call<PullMessage>({.consumer_group = "g", .topic = "T"}, {}, 10s, [](auto) {});
  loop_.advance(7ms);
  EXPECT_THAT(noting.lines, ElementsAre("34 -> 0, 0 ms", "34 -> 0, 0 ms, one-way"));
  parked->fail(Error{ResponseCode::system_busy, "later"});
  parked->fail(Error{ResponseCode::system_busy, "told once"});
  loop_.advance(2ms);
  client_.channel.reset();
  loop_.run_ready();
  held.reset();
  EXPECT_THAT(noting.lines, ElementsAre("34 -> 0, 0 ms", "34 -> 0, 0 ms, one-way", "14 -> 2, 7 ms",
                                        "11 -> 1, 9 ms, gone, held"));
}

// ---- one way, and the other way

TEST_F(RouterTest, never_answers_a_one_way_request) {
  int served = 0;
  server_.router.on<HeartBeat>([&](const HeartBeat&, RequestContext&) -> Result<void> {
    ++served;
    return Error{ResponseCode::system_error, "no"};
  });
  connect();
  ASSERT_TRUE(client_.channel->oneway(HeartBeat{}));
  ASSERT_TRUE(client_.channel->oneway(query("unknown code")));
  loop_.run_ready();
  EXPECT_EQ(served, 1);
  EXPECT_EQ(server_.channel->frames_received(), 2u);
  EXPECT_EQ(client_.channel->frames_received(), 0u);
}

TEST_F(RouterTest, lets_the_server_push_and_call_by_a_handle_it_kept) {
  std::string pushed;
  client_.router.on<NotifyConsumerIdsChanged>(
      [&](const NotifyConsumerIdsChanged& notice, RequestContext&) -> Result<void> {
        pushed = notice.consumer_group;
        return {};
      });
  client_.router.on<HeartBeat>(
      [](const HeartBeat&, RequestContext&) -> Result<void> { return {}; });
  ChannelHandle handle;
  server_.router.on<HeartBeat>([&](const HeartBeat&, RequestContext& context) -> Result<void> {
    handle = context.channel.handle();
    return {};
  });
  connect();
  ASSERT_TRUE(call(HeartBeat{}));
  ASSERT_TRUE(handle);
  ASSERT_TRUE(handle->oneway(NotifyConsumerIdsChanged{.consumer_group = "billing"}));
  loop_.run_ready();
  EXPECT_EQ(pushed, "billing");
  EXPECT_TRUE(run_task(loop_, call_in_task(*handle.get(), HeartBeat{}, {}, 3s)));

  client_.channel.reset();
  loop_.run_ready();
  EXPECT_FALSE(handle);
}

TEST_F(RouterTest, tells_the_router_when_it_has_ended) {
  std::vector<ChannelHandle> known, gone;
  server_.router.on<HeartBeat>([&](const HeartBeat&, RequestContext& context) -> Result<void> {
    known.push_back(context.channel.handle());
    return {};
  });
  server_.router.on_channel_closed([&](Channel& channel) {
    EXPECT_FALSE(channel.is_open());
    gone.push_back(channel.handle());
  });
  connect();
  ASSERT_TRUE(call(HeartBeat{}));
  client_.channel.reset();
  loop_.run_ready();
  EXPECT_EQ(gone, known);
}

// ---- deferred answers

TEST_F(RouterTest, lets_a_parked_call_outlive_its_frame) {
  std::optional<Call<QueryConsumerOffset>> parked;
  server_.router.on_deferred<QueryConsumerOffset>([&](Call<QueryConsumerOffset> call) {
    call.keep();
    parked.emplace(std::move(call));
  });
  server_.router.on<HeartBeat>(
      [](const HeartBeat&, RequestContext&) -> Result<void> { return {}; });
  connect();
  std::optional<std::int64_t> offset;
  client_.channel->call<QueryConsumerOffset>(
      query("billing"), "body", 3s, [&](OffsetAnswer answer) { offset = answer->header.offset; });
  loop_.run_ready();
  ASSERT_TRUE(call(HeartBeat{}, std::string(5000, 'x')));  // over the frame
  ASSERT_TRUE(parked);
  EXPECT_EQ((*parked)->consumer_group, "billing");
  EXPECT_EQ(parked->body(), "body");
  EXPECT_FALSE(offset);
  parked->reply({.offset = 9});
  loop_.run_ready();
  EXPECT_EQ(offset, 9);
}

TEST_F(RouterTest, answers_for_a_call_that_is_destroyed_without_an_answer) {
  server_.router.on_deferred<QueryConsumerOffset>([](Call<QueryConsumerOffset>) {});
  connect();
  const auto answer = call(query("g"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ResponseCode::system_error);
}

TEST_F(RouterTest, drops_the_answer_to_a_connection_that_is_gone) {
  std::optional<Call<QueryConsumerOffset>> parked;
  server_.router.on_deferred<QueryConsumerOffset>(
      [&](Call<QueryConsumerOffset> call) { parked.emplace(std::move(call)); });
  connect();
  client_.channel->call<QueryConsumerOffset>(query("g"), {}, 3s, [](auto) {});
  loop_.run_ready();
  loop_.drop_connections("broker:1");
  loop_.run_ready();
  ASSERT_EQ(server_.channel, nullptr);
  parked->reply({.offset = 9});
  EXPECT_FALSE(parked->is_waiting());
}

TEST_F(RouterTest, answers_only_once) {
  server_.router.on_deferred<QueryConsumerOffset>([](Call<QueryConsumerOffset> call) {
    call.reply({.offset = 1});
    call.reply({.offset = 2});
    call.fail(Error{Errc::io_error, "late"});
  });
  connect();
  EXPECT_EQ(call(query("g")).value().header.offset, 1);
  EXPECT_EQ(client_.channel->frames_received(), 1u);
}

TEST_F(RouterTest, says_busy_for_overload_and_system_error_for_other_errors_of_ours) {
  Error error{Errc::overloaded, "too much"};
  server_.router.on<QueryConsumerOffset>(
      [&](const QueryConsumerOffset&, RequestContext&) -> Result<QueryConsumerOffset::Response> {
        return error;
      });
  connect();
  EXPECT_EQ(call(query("g")).error().code, ResponseCode::system_busy);
  error = Error{Errc::io_error, "disk"};
  EXPECT_EQ(call(query("g")).error().code, ResponseCode::system_error);
}

}  // namespace
}  // namespace rocketmq::net
