#pragma once

#include <coroutine>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "net/answer.h"
#include "net/channel_handle.h"
#include "net/liveness.h"
#include "net/loop.h"
#include "net/request_hook.h"
#include "protocol/session.h"

namespace rocketmq::net {

class Router;

struct ChannelOptions {
  // Of the requests we send; an answer is written in the codec of its request. A code above 32767
  // does not fit the binary header and goes as JSON.
  protocol::HeaderCodec codec = protocol::HeaderCodec::json;
  std::size_t frame_bytes_max = protocol::default_frame_bytes_max;
  protocol::CommandLimits command;
  // Requests of ours that wait for an answer. Java: clientAsyncSemaphoreValue.
  std::size_t pending_calls_max = 65535;
  // Who lets the time of a call pass, and no less than this, without a byte of any kind, is gone
  // without a word: the channel ends. Zero: never.
  Duration silence_max{};
  // The header of each frame is kept as it came while the frame is handled: who passes frames on
  // does not have to write it anew.
  bool keeps_headers = false;
  RequestHook request_hook;  // none: requests go out as they are, without a detour
  protocol::CallCounters* call_counters =
      nullptr;  // outlive the channel; none: calls are not counted
};

template <class Req>
class CallAwaiter;

// One connection, either end of it: a Stream with an RpcSession on top. Requests go out and their
// answers come back here; requests of the peer go to the Router. Belongs to its loop.
//
// It ends when the peer closes, the stream fails, bytes that are no protocol come in, the peer has
// been silent for too long, or close() or abort() is called. From then on is_open() is false and
// nothing can be sent; a little later, from the loop, the calls still waiting fail with
// not_connected, and on_closed is told.
class Channel final : StreamHandler {
 public:
  using OnClosed = std::function<void(Channel&, const Error&)>;  // may destroy the channel
  template <class Req>
  using AnswerOf = Result<Answer<typename Req::Response>>;

  // `options` and `router` outlive the channel. Without a router the peer's requests are answered
  // REQUEST_CODE_NOT_SUPPORTED.
  Channel(Loop& loop, std::unique_ptr<Stream> stream, const ChannelOptions& options, Router* router,
          OnClosed on_closed);
  ~Channel();  // fails what waits
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // co_await channel.call(request, body, timeout) gives a Result<Answer<Req::Response>>. The frame
  // is written at once, so `request` and `body` need not live longer. Errors: timeout,
  // not_connected, overloaded, bad_message, or the peer's ResponseCode; `outcome` says whether it
  // may have happened.
  template <class Req>
  [[nodiscard]] CallAwaiter<Req> call(const Req& request, std::string_view body, Duration timeout) {
    return CallAwaiter<Req>(*this, request, body, timeout);
  }

  // The same for who does not wait in a coroutine. `on_answer` is called once, never from inside.
  template <class Req>
  void call(const Req& request, std::string_view body, Duration timeout,
            std::function<void(AnswerOf<Req>)> on_answer);
  // A command as it stands, with an opaque id and codec of ours; for relays.
  void call(const protocol::Command& request, Duration timeout,
            std::function<void(Result<protocol::Incoming*>)> on_answer);

  // The bare form: `pending` is told. Nothing is allocated. On an error nothing was sent and
  // `pending` is not told.
  template <class Req>
  Result<void> send(protocol::PendingCall& pending, const Req& request, std::string_view body,
                    Duration timeout);
  // With `header`, as it came, a command is passed on in the bytes it came in where that can be
  // (see relayed_frame.h); the same below.
  Result<void> send(protocol::PendingCall& pending, const protocol::Command& request,
                    Duration timeout, std::string_view header = {});

  // No answer is wanted. Success says that it was put on its way, no more.
  template <class Req>
  Result<void> oneway(const Req& request, std::string_view body = {});
  Result<void> oneway(const protocol::Command& request, std::string_view header = {});

  // From now on new requests of the peer are answered GO_AWAY, if it is new enough to know what
  // that means (newer than 5.3.1): it connects anew and sends them again.
  void go_away() { is_going_away_ = true; }
  // The peer has answered GO_AWAY: what waits may still be answered, nothing new is.
  bool is_told_to_go_away() const { return is_told_to_go_away_; }

  // Sends what was written, then ends.
  void close();
  void abort(Error error);
  bool is_open() const { return anchor_->channel != nullptr; }

  ChannelHandle handle() const { return ChannelHandle(anchor_); }
  Loop& loop() const { return loop_; }
  const std::string& peer() const { return stream_->peer(); }
  const std::string& local() const { return stream_->local(); }

  // Where answers are written; only while is_open().
  protocol::Buffer& output() { return stream_->output(); }
  std::size_t frame_bytes_max() const { return options_.frame_bytes_max; }
  std::size_t pending_output() const { return stream_->pending_output(); }
  std::size_t pending_calls() const { return session_.pending_calls(); }
  std::uint64_t frames_received() const { return frames_received_; }
  std::uint64_t bytes_received() const { return bytes_received_; }  // of whole frames
  std::uint64_t bytes_sent() const { return stream_->sent_bytes(); }
  std::optional<TimePoint> first_byte_at() const { return first_byte_at_; }
  // The last time bytes came, or were seen to have left.
  TimePoint last_activity(TimePoint now);

 private:
  void on_data(protocol::Buffer& input) override;
  void on_closed(const Error& error) override;

  void keep_header(std::span<const char> content);
  void dispatch(protocol::Incoming& incoming);
  protocol::CommandHead request_head(std::int32_t code, std::int32_t flag) const;
  // Keeps the language and version of who sent it first.
  protocol::CommandHead relayed_head(const protocol::Command& request, std::int32_t flag) const;
  // The steps of send(): `begin_call` gives the opaque id, `end_call` notes where the frame ends.
  Result<std::int32_t> begin_call(protocol::PendingCall& pending, std::int32_t code,
                                  Duration timeout);
  Result<void> end_call(protocol::PendingCall& pending, std::size_t start);
  // Takes back the request that begins at `start` of output() if it is over the limit of a frame.
  Result<void> check_size(std::size_t start);
  Result<void> refuse_if_closed() const;
  void arm_sweep();
  void lose_handles();

  template <class Req>
  void write_request(const protocol::CommandHead& head, const Req& request, std::string_view body);
  void write_request(const protocol::CommandHead& head, OutgoingRequest& request);
  void write_request(const protocol::CommandHead& head, const protocol::Command& request,
                     std::string_view header);

  Loop& loop_;
  const ChannelOptions& options_;
  Router* const router_;
  OnClosed on_closed_;
  detail::ChannelAnchor* const anchor_;
  const ChannelHandle own_handle_;  // keeps anchor_ alive
  std::unique_ptr<Stream> stream_;
  protocol::RpcSession session_;
  protocol::Command command_;  // decoded into again and again
  protocol::Buffer header_;    // of the frame that is handled, where headers are kept
  std::unique_ptr<Timer> sweep_timer_;
  TimePoint sweep_at_ = TimePoint::max();   // what sweep_timer_ is armed for
  TimePoint silent_at_ = TimePoint::max();  // unless something comes before
  std::optional<TimePoint> first_byte_at_;  // none came yet
  TimePoint last_activity_;
  std::uint64_t seen_sent_bytes_ = 0;
  std::uint64_t frames_received_ = 0;
  std::uint64_t bytes_received_ = 0;
  bool is_going_away_ = false;
  bool is_told_to_go_away_ = false;
  Liveness liveness_;
};

// ---- templates

template <class Req>
class [[nodiscard]] CallAwaiter final : protocol::PendingCall {
 public:
  CallAwaiter(Channel& channel, const Req& request, std::string_view body, Duration timeout) {
    if (auto sent = channel.send(*this, request, body, timeout); !sent) {
      result_.emplace(std::move(sent).error());
    }
  }

  bool await_ready() const { return result_.has_value(); }
  void await_suspend(std::coroutine_handle<> caller) { caller_ = caller; }
  Channel::AnswerOf<Req> await_resume() { return *std::move(result_); }

 private:
  void answered(protocol::Incoming& answer) override {
    result_.emplace(decode_answer<Req>(answer));
    caller_.resume();
  }
  void failed(const Error& error) override {
    result_.emplace(error);
    caller_.resume();
  }

  std::coroutine_handle<> caller_;
  std::optional<Channel::AnswerOf<Req>> result_;
};

template <class Req>
void Channel::write_request(const protocol::CommandHead& head, const Req& request,
                            std::string_view body) {
  if (!options_.request_hook) return protocol::encode_frame(output(), head, request, body);
  OutgoingRequest outgoing(head.code, body);
  outgoing.add_header(request);
  write_request(head, outgoing);
}

template <class Req>
Result<void> Channel::send(protocol::PendingCall& pending, const Req& request,
                           std::string_view body, Duration timeout) {
  protocol::CommandHead head = request_head(static_cast<std::int32_t>(Req::code), 0);
  auto opaque = begin_call(pending, head.code, timeout);
  if (!opaque) return std::move(opaque).error();
  head.opaque = *opaque;
  const std::size_t start = output().size();
  write_request(head, request, body);
  return end_call(pending, start);
}

template <class Req>
Result<void> Channel::oneway(const Req& request, std::string_view body) {
  if (auto refused = refuse_if_closed(); !refused) return refused;
  protocol::CommandHead head =
      request_head(static_cast<std::int32_t>(Req::code), protocol::flag_oneway);
  head.opaque = session_.next_opaque();
  const std::size_t start = output().size();
  write_request(head, request, body);
  return check_size(start);
}

namespace detail {
// A PendingCall that calls a function, and owns itself until then.
template <class Answered>
class CallbackCall final : public protocol::PendingCall {
 public:
  using OnAnswer = std::function<void(Answered)>;
  CallbackCall(OnAnswer on_answer, Answered (*decode)(protocol::Incoming&))
      : on_answer_(std::move(on_answer)), decode_(decode) {}

  void answered(protocol::Incoming& answer) override { finish(decode_(answer)); }
  void failed(const Error& error) override { finish(error); }
  OnAnswer take_back() { return std::move(on_answer_); }

 private:
  void finish(Answered result) {
    const std::unique_ptr<CallbackCall> self(this);
    on_answer_(std::move(result));
  }

  OnAnswer on_answer_;
  Answered (*decode_)(protocol::Incoming&);
};
}  // namespace detail

template <class Req>
void Channel::call(const Req& request, std::string_view body, Duration timeout,
                   std::function<void(AnswerOf<Req>)> on_answer) {
  using Pending = detail::CallbackCall<AnswerOf<Req>>;
  auto pending = std::make_unique<Pending>(std::move(on_answer), &decode_answer<Req>);
  if (auto sent = send(*pending, request, body, timeout); !sent) {
    return loop_.post([tell = pending->take_back(), error = sent.error()] { tell(error); });
  }
  pending.release();  // finish() deletes it
}

}  // namespace rocketmq::net
