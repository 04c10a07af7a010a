#include "net/channel.h"

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
using protocol::GetMaxOffset;
using protocol::HeartBeat;
using protocol::PullMessage;
using protocol::PullMessageResponse;
using protocol::QueryConsumerOffset;
using testing::ElementsAre;
using testing::HasSubstr;

using OffsetAnswer = Result<Answer<QueryConsumerOffset::Response>>;

class ChannelTest : public ChannelPair {};

TEST_F(ChannelTest, answers_a_typed_request_with_a_typed_answer) {
  std::string seen;
  server_.router.on<QueryConsumerOffset>(
      [&](const QueryConsumerOffset& request,
          RequestContext& context) -> Result<QueryConsumerOffset::Response> {
        seen = str(request.consumer_group, ' ', request.topic, ' ', request.queue_id, ' ',
                   context.body(), ' ', context.version(), ' ', to_string(context.language()));
        return QueryConsumerOffset::Response{.offset = 42};
      });
  connect();
  const auto answer = call(query("g"), "body");
  ASSERT_TRUE(answer) << answer.error();
  EXPECT_EQ(answer->header.offset, 42);
  EXPECT_EQ(answer->version, protocol::our_version);
  EXPECT_EQ(seen, str("g T 3 body ", protocol::our_version, " CPP"));
}

TEST_F(ChannelTest, speaks_both_header_codecs_and_is_answered_in_its_own) {
  serve_offsets();
  for (const auto codec : {protocol::HeaderCodec::json, protocol::HeaderCodec::rocketmq}) {
    client_.options.codec = codec;
    connect();
    std::optional<protocol::HeaderCodec> answered_in;
    protocol::Command request;
    request.code = static_cast<std::int32_t>(QueryConsumerOffset::code);
    request.fields = {{"consumerGroup", "g"}, {"topic", "T"}, {"queueId", "1"}};
    client_.channel->call(request, 3s, [&](Result<protocol::Incoming*> answer) {
      answered_in = (*answer)->command().codec;
    });
    loop_.run_ready();
    EXPECT_EQ(answered_in, codec);
    listener_.reset();
  }
}

TEST_F(ChannelTest, writes_codes_that_do_not_fit_the_binary_header_as_json) {
  client_.options.codec = protocol::HeaderCodec::rocketmq;
  std::optional<protocol::HeaderCodec> came_in;
  server_.router.on_any_other([&](RequestContext& context) {
    came_in = context.command.codec;
    context.responder.reply(protocol::NoFields{});
  });
  connect();
  protocol::Command request;
  request.code = static_cast<std::int32_t>(RequestCode::pop_message);
  client_.channel->call(request, 3s, [](Result<protocol::Incoming*>) {});
  loop_.run_ready();
  EXPECT_EQ(came_in, protocol::HeaderCodec::json);
}

TEST_F(ChannelTest, works_when_every_byte_comes_alone) {
  serve_offsets();
  loop_.link("broker:1").one_byte_pieces = true;
  connect();
  EXPECT_EQ(call(query("g")).value().header.offset, 42);
}

TEST_F(ChannelTest, turns_a_refusal_into_an_error_with_the_peers_code_and_remark) {
  server_.router.on<QueryConsumerOffset>(
      [](const QueryConsumerOffset&, RequestContext&) -> Result<QueryConsumerOffset::Response> {
        return Error{ResponseCode::query_not_found,
                     "Not found, maybe this group consumer boot first"};
      });
  connect();
  const auto answer = call(query("g"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ResponseCode::query_not_found);
  EXPECT_EQ(answer.error().message, "Not found, maybe this group consumer boot first");
}

TEST_F(ChannelTest, gives_the_header_of_every_answer_code_the_request_accepts) {
  server_.router.on<PullMessage>(
      [](const PullMessage&, RequestContext& context) -> Result<PullMessageResponse> {
        context.reply.code = static_cast<std::int32_t>(ResponseCode::pull_not_found);
        context.reply.remark = "NO_NEW_MESSAGE";
        context.reply.extra = {{"ours", "1"}};
        return PullMessageResponse{.next_begin_offset = 7};
      });
  connect();
  const auto answer = call(PullMessage{.consumer_group = "g", .topic = "T"});
  ASSERT_TRUE(answer) << answer.error();
  EXPECT_EQ(answer->code, 19);
  EXPECT_EQ(answer->remark, "NO_NEW_MESSAGE");
  EXPECT_EQ(answer->header.next_begin_offset, 7);
}

TEST_F(ChannelTest, keeps_the_bytes_of_an_answer_alive_for_who_wants_them) {
  for (const std::size_t size : {std::size_t{100}, std::size_t{100'000}}) {
    const std::string body(size, 'm');
    server_.router.on_deferred<PullMessage>(
        [&](Call<PullMessage> pull) { pull.reply({.next_begin_offset = 1}, body); });
    connect();
    auto answer = call(PullMessage{.consumer_group = "g", .topic = "T"});
    ASSERT_TRUE(answer) << answer.error();
    const auto kept = answer->bytes;
    const std::string_view view = answer->body;
    client_.channel.reset();
    server_.channel.reset();
    EXPECT_EQ(view, body);
    listener_.reset();
  }
}

TEST_F(ChannelTest, fails_an_answer_whose_header_cannot_be_read) {
  server_.router.on_raw(14, [](RequestContext& context) {
    context.responder.reply(protocol::NoFields{});  // without the offset
  });
  connect();
  const auto answer = call(query("g"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::bad_message);
  EXPECT_EQ(answer.error().outcome, Outcome::unknown);
}

// ---- time

TEST_F(ChannelTest, gives_up_after_the_timeout_and_drops_the_answer_that_comes_later) {
  std::vector<Call<QueryConsumerOffset>> parked;
  server_.router.on_deferred<QueryConsumerOffset>(
      [&](Call<QueryConsumerOffset> call) { parked.push_back(std::move(call)); });
  connect();
  const TimePoint start = loop_.now();
  const auto answer = call(query("g"), {}, 3s);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::timeout);
  EXPECT_EQ(answer.error().outcome, Outcome::unknown);
  EXPECT_EQ(loop_.now() - start, 3s);
  parked[0].reply({.offset = 1});
  loop_.run_ready();
  EXPECT_TRUE(client_.channel->is_open());
}

TEST_F(ChannelTest, keeps_each_of_many_deadlines) {
  park_queries();
  connect();
  const TimePoint start = loop_.now();
  std::vector<std::int64_t> failed_after_ms;
  for (const auto timeout : {5000ms, 1000ms, 3000ms}) {
    client_.channel->call<QueryConsumerOffset>(query("g"), {}, timeout, [&](OffsetAnswer answer) {
      EXPECT_EQ(answer.error().code, Errc::timeout);
      failed_after_ms.push_back((loop_.now() - start) / 1ms);
    });
  }
  loop_.advance(10s);
  EXPECT_THAT(failed_after_ms, ElementsAre(1000, 3000, 5000));
}

TEST_F(ChannelTest, forgets_a_call_whose_task_is_destroyed) {
  serve_offsets();
  connect();
  Task<OffsetAnswer> task = call_in_task(*client_.channel, query("g"), {}, 3s);
  task.start();
  EXPECT_EQ(client_.channel->pending_calls(), 1u);
  task.cancel();
  EXPECT_EQ(client_.channel->pending_calls(), 0u);
  loop_.advance(10s);
  EXPECT_TRUE(client_.channel->is_open());
}

// A connection whose peer is gone without a word: half-open, or behind something that swallows.
TEST_F(ChannelTest, ends_when_a_peer_owes_an_answer_and_is_silent) {
  client_.options.silence_max = 3s;
  park_queries();
  connect();
  EXPECT_EQ(call(query("g"), {}, 5s).error().code, Errc::timeout);
  loop_.run_ready();
  ASSERT_EQ(client_.closed.size(), 1u);
  EXPECT_EQ(client_.closed[0].code, Errc::not_connected);
}

TEST_F(ChannelTest, has_patience_with_a_peer_where_its_callers_have_none) {
  client_.options.silence_max = 3s;
  park_queries();
  connect();
  {
    Task<OffsetAnswer> given_up = call_in_task(*client_.channel, query("g"), {}, 1s);
    given_up.start();
  }
  EXPECT_EQ(call(query("g"), {}, 1s).error().code, Errc::timeout);
  loop_.advance(1999ms);
  EXPECT_TRUE(client_.closed.empty());
  loop_.advance(1ms);
  EXPECT_EQ(client_.closed.size(), 1u) << "also where nobody waits any more";
}

TEST_F(ChannelTest, stays_with_a_peer_that_answers_something_else) {
  client_.options.silence_max = 3s;
  park_queries();
  server_.router.on<GetMaxOffset>(
      [](const GetMaxOffset&, RequestContext&) -> Result<GetMaxOffset::Response> {
        return GetMaxOffset::Response{.offset = 1};
      });
  connect();
  client_.channel->call<QueryConsumerOffset>(query("g"), {}, 3s, [](OffsetAnswer) {});
  loop_.advance(2s);
  EXPECT_TRUE(call(GetMaxOffset{.topic = "T"}));
  loop_.advance(1min);
  EXPECT_TRUE(client_.closed.empty());
}

// ---- the end

TEST_F(ChannelTest, fails_what_waits_when_the_connection_is_lost) {
  park_queries();
  connect();
  const auto dropped = loop_.after(1s, [this] { loop_.drop_connections("broker:1"); });
  const auto answer = call(query("g"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::not_connected);
  EXPECT_EQ(answer.error().outcome, Outcome::unknown) << "it was sent whole";
  EXPECT_EQ(client_.closed.size(), 1u);
  EXPECT_EQ(client_.channel, nullptr);
}

TEST_F(ChannelTest, knows_that_a_request_still_in_its_buffer_was_not_done) {
  connect();
  std::vector<Outcome> outcomes;
  const auto note = [&](OffsetAnswer answer) { outcomes.push_back(answer.error().outcome); };
  client_.channel->call<QueryConsumerOffset>(query("g"), {}, 3s, note);
  client_.channel->abort(Error{Errc::not_connected, "before the turn ends"});
  loop_.run_ready();
  EXPECT_THAT(outcomes, ElementsAre(Outcome::not_sent));
}

TEST_F(ChannelTest, sends_nothing_once_it_is_closed) {
  connect();
  client_.channel->close();
  EXPECT_FALSE(client_.channel->is_open());
  std::optional<Error> error;
  client_.channel->call<QueryConsumerOffset>(query("g"), {}, 3s,
                                             [&](OffsetAnswer answer) { error = answer.error(); });
  EXPECT_FALSE(error) << "told from inside";
  EXPECT_FALSE(client_.channel->oneway(HeartBeat{}));
  loop_.run_ready();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, Errc::not_connected);
  EXPECT_EQ(error->outcome, Outcome::not_sent);
}

TEST_F(ChannelTest, fails_what_waits_when_it_is_destroyed) {
  connect();
  std::optional<Error> error;
  client_.channel->call<QueryConsumerOffset>(query("g"), {}, 3s,
                                             [&](OffsetAnswer answer) { error = answer.error(); });
  client_.channel.reset();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, Errc::not_connected);
}

TEST_F(ChannelTest, may_be_destroyed_by_a_handler_or_by_an_answer) {
  server_.router.on<QueryConsumerOffset>(
      [this](const QueryConsumerOffset&, RequestContext&) -> Result<QueryConsumerOffset::Response> {
        server_.channel.reset();
        return QueryConsumerOffset::Response{.offset = 1};
      });
  server_.router.on<HeartBeat>(
      [](const HeartBeat&, RequestContext&) -> Result<void> { return {}; });
  connect();
  client_.channel->call<HeartBeat>({}, {}, 3s, [this](auto) { client_.channel.reset(); });
  client_.channel->call<QueryConsumerOffset>(query("g"), {}, 3s, [](auto) {});
  loop_.run_ready();
  EXPECT_EQ(client_.channel, nullptr);
  EXPECT_EQ(server_.channel, nullptr);
}

TEST_F(ChannelTest, ends_at_bytes_that_are_no_frame) {
  connect();
  client_.channel->output().append(std::string_view("\x7f\xff\xff\xff....", 8));
  loop_.run_ready();
  ASSERT_EQ(server_.closed.size(), 1u);
  EXPECT_EQ(server_.closed[0].code, Errc::bad_frame);
  EXPECT_EQ(client_.closed.size(), 1u);
}

// ---- limits

TEST_F(ChannelTest, refuses_more_waiting_calls_than_its_limit) {
  client_.options.pending_calls_max = 1;
  connect();
  client_.channel->call<QueryConsumerOffset>(query("g"), {}, 3s, [](auto) {});
  const auto answer = call(query("g"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::overloaded);
  EXPECT_EQ(answer.error().outcome, Outcome::not_sent);
}

TEST_F(ChannelTest, does_not_send_a_request_over_the_limit_of_a_frame) {
  serve_offsets();
  client_.options.frame_bytes_max = 1000;
  connect();
  const auto answer = call(query("g"), std::string(1000, 'x'));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::too_large);
  EXPECT_EQ(client_.channel->pending_output(), 0u);
  EXPECT_EQ(client_.channel->pending_calls(), 0u);
  EXPECT_EQ(call(query("g")).value().header.offset, 42) << "and goes on";
}

TEST_F(ChannelTest, answers_with_an_error_where_the_answer_is_over_the_limit_of_a_frame) {
  server_.options.frame_bytes_max = 1000;
  server_.router.on_deferred<PullMessage>(
      [](Call<PullMessage> pull) { pull.reply({}, std::string(1000, 'x')); });
  connect();
  const auto answer = call(PullMessage{.consumer_group = "g", .topic = "T"});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ResponseCode::system_error);
  EXPECT_THAT(answer.error().message, HasSubstr("over the limit"));
}

// ---- hooks, relays

TEST_F(ChannelTest, lets_a_hook_see_all_fields_of_a_request_and_add_to_them) {
  std::string signed_text;
  client_.options.request_hook = [&](OutgoingRequest& request) {
    request.add("AccessKey", "me");
    for (const protocol::Field& field : request.fields()) {
      signed_text += str(field.name, '=', field.value, ' ');
    }
    signed_text += request.body();
    request.add("Signature", "S");
  };
  protocol::Fields arrived;
  std::vector<std::string> names;
  server_.router.on<QueryConsumerOffset>(
      [&](const QueryConsumerOffset&,
          RequestContext& context) -> Result<QueryConsumerOffset::Response> {
        for (const protocol::Field& field : context.command.fields) {
          names.emplace_back(field.name);
        }
        return QueryConsumerOffset::Response{.offset = 1};
      });
  connect();
  ASSERT_TRUE(call(query("g"), "body"));
  EXPECT_EQ(signed_text, "consumerGroup=g topic=T queueId=3 AccessKey=me body");
  EXPECT_THAT(names, ElementsAre("consumerGroup", "topic", "queueId", "AccessKey", "Signature"));
}

TEST_F(ChannelTest, relays_commands_with_fields_it_has_never_heard_of) {
  server_.router.on_any_other([](RequestContext& context) {
    protocol::Command answer;
    answer.code = 4711;
    answer.remark = "as it stands";
    answer.fields = context.command.fields;
    answer.body = context.command.body;
    context.responder.forward(answer);
  });
  connect();
  protocol::Command request;
  request.code = 9999;
  request.language = protocol::Language::go;
  request.fields = {{"unheard", "of"}};
  request.body = "bytes";
  bool is_answered = false;
  client_.channel->call(request, 3s, [&](Result<protocol::Incoming*> incoming) {
    ASSERT_TRUE(incoming);
    const protocol::Command& answer = (*incoming)->command();
    EXPECT_EQ(answer.code, 4711);
    EXPECT_EQ(answer.remark, "as it stands");
    EXPECT_THAT(answer.fields, ElementsAre(protocol::Field{"unheard", "of"}));
    EXPECT_EQ(answer.body, "bytes");
    is_answered = true;
  });
  loop_.run_ready();
  EXPECT_TRUE(is_answered);
}

TEST_F(ChannelTest, fails_the_call_at_whatever_byte_the_connection_is_cut) {
  serve_offsets();
  std::int64_t cut_after = 0;
  for (;; ++cut_after) {
    connect();
    loop_.link("broker:1").cut_after_bytes = cut_after;
    const auto answer = call(query("g"));
    if (answer) break;
    EXPECT_EQ(answer.error().code, Errc::not_connected);
    loop_.run_ready();
    EXPECT_EQ(client_.channel, nullptr);
    EXPECT_EQ(server_.channel, nullptr);
    listener_.reset();
  }
  EXPECT_GT(cut_after, 200);
}

}  // namespace
}  // namespace rocketmq::net
