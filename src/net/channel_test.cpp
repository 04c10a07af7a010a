#include "net/channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/router.h"
#include "net/sim_loop.h"
#include "net/testing.h"
#include "protocol/requests/client_session.h"
#include "protocol/requests/message.h"
#include "protocol/requests/offset.h"
#include "protocol/requests/pull.h"
#include "protocol/str.h"

namespace rocketmq::net {
namespace {

using namespace std::chrono_literals;
using protocol::GetMaxOffset;
using protocol::HeartBeat;
using protocol::NotifyConsumerIdsChanged;
using protocol::PullMessage;
using protocol::PullMessageResponse;
using protocol::QueryConsumerOffset;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using OffsetAnswer = Result<Answer<QueryConsumerOffset::Response>>;

QueryConsumerOffset query(protocol::Text group) {
  return {.consumer_group = group, .topic = "T", .queue_id = 3};
}

// Two channels that talk to each other; requests from either side go to that side's router.
class ChannelTest : public testing::Test {
 protected:
  struct End {
    ChannelOptions options;
    Router router;
    std::unique_ptr<Channel> channel;
    std::vector<Error> closed;
  };

  void connect() {
    listener_ =
        loop_
            .listen("broker:1", {},
                    [this](std::unique_ptr<Stream> stream) { open(server_, std::move(stream)); })
            .value();
    connecting_ = loop_.connect("broker:1", {}, [this](Result<std::unique_ptr<Stream>> stream) {
      open(client_, *std::move(stream));
    });
    loop_.run_ready();
  }
  void open(End& end, std::unique_ptr<Stream> stream) {
    end.channel = std::make_unique<Channel>(loop_, std::move(stream), end.options, &end.router,
                                            [&end](Channel&, const Error& error) {
                                              end.closed.push_back(error);
                                              end.channel.reset();
                                            });
  }

  // Calls from a coroutine and runs the loop until the answer is there.
  template <class Req>
  Result<Answer<typename Req::Response>> call(const Req& request, std::string_view body = {},
                                              Duration timeout = 3s) {
    return run_task(loop_, call_in_task(*client_.channel, request, body, timeout));
  }
  template <class Req>
  static Task<Result<Answer<typename Req::Response>>> call_in_task(Channel& channel, Req request,
                                                                   std::string_view body,
                                                                   Duration timeout) {
    co_return co_await channel.call(request, body, timeout);
  }

  // Serves QueryConsumerOffset with 42.
  void serve_offsets() {
    server_.router.on<QueryConsumerOffset>(
        [](const QueryConsumerOffset&, RequestContext&) -> Result<QueryConsumerOffset::Response> {
          return QueryConsumerOffset::Response{.offset = 42};
        });
  }

  // Serves QueryConsumerOffset with silence.
  void park_queries() {
    server_.router.on_deferred<QueryConsumerOffset>([this](Call<QueryConsumerOffset> call) {
      parked_.push_back(std::move(call).take_responder());
    });
  }

  SimLoop loop_;
  std::vector<Responder> parked_;
  End client_, server_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<Connecting> connecting_;
};

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

TEST_F(ChannelTest, refuses_codes_it_does_not_know_in_the_words_of_java) {
  connect();
  const auto answer = call(query("g"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ResponseCode::request_code_not_supported);
  EXPECT_EQ(answer.error().message, " request type 14 not supported");
}

TEST_F(ChannelTest, refuses_a_request_whose_required_field_is_missing) {
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

TEST_F(ChannelTest, writes_a_body_that_comes_in_pieces_where_it_goes_out) {
  server_.router.on_deferred<PullMessage>([](Call<PullMessage> pull) {
    pull.reply({}, [](protocol::Buffer& out) {
      out.append("first ");
      out.append("second");
    });
  });
  connect();
  EXPECT_EQ(call(PullMessage{.consumer_group = "g", .topic = "T"}).value().body, "first second");
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

// ---- one way, and the other way

TEST_F(ChannelTest, never_answers_a_one_way_request) {
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

TEST_F(ChannelTest, lets_the_server_push_and_call_by_a_handle_it_kept) {
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

TEST_F(ChannelTest, tells_the_router_when_it_has_ended) {
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

TEST_F(ChannelTest, lets_a_parked_call_outlive_its_frame) {
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

TEST_F(ChannelTest, answers_for_a_call_that_is_destroyed_without_an_answer) {
  server_.router.on_deferred<QueryConsumerOffset>([](Call<QueryConsumerOffset>) {});
  connect();
  const auto answer = call(query("g"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ResponseCode::system_error);
}

TEST_F(ChannelTest, drops_the_answer_to_a_connection_that_is_gone) {
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

TEST_F(ChannelTest, answers_only_once) {
  server_.router.on_deferred<QueryConsumerOffset>([](Call<QueryConsumerOffset> call) {
    call.reply({.offset = 1});
    call.reply({.offset = 2});
    call.fail(Error{Errc::io_error, "late"});
  });
  connect();
  EXPECT_EQ(call(query("g")).value().header.offset, 1);
  EXPECT_EQ(client_.channel->frames_received(), 1u);
}

TEST_F(ChannelTest, says_busy_for_overload_and_system_error_for_other_errors_of_ours) {
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

// ---- guards, hooks, relays

TEST_F(ChannelTest, asks_every_guard_before_a_handler) {
  serve_offsets();
  server_.router.add_guard([](const RequestContext& context) -> Result<void> {
    if (protocol::find_field(context.command.fields, "AccessKey") != nullptr) return {};
    return Error{ResponseCode::no_permission, "who are you?"};
  });
  connect();
  EXPECT_EQ(call(query("g")).error().code, ResponseCode::no_permission);
}

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
