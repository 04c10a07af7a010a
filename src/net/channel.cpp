#include "net/channel.h"

#include <algorithm>
#include <utility>

#include "net/router.h"
#include "protocol/frame.h"
#include "protocol/relayed_frame.h"
#include "protocol/str.h"

namespace rocketmq::net {

using protocol::Command;
using protocol::CommandHead;
using protocol::Incoming;
using protocol::PendingCall;

Channel::Channel(Loop& loop, std::unique_ptr<Stream> stream, const ChannelOptions& options,
                 Router* router, OnClosed on_closed)
    : loop_(loop),
      options_(options),
      router_(router),
      on_closed_(std::move(on_closed)),
      anchor_(new detail::ChannelAnchor{this}),
      own_handle_(anchor_),
      stream_(std::move(stream)),
      session_(options.pending_calls_max, options.call_counters),
      last_activity_(loop.now()) {
  stream_->start(*this);
}

Channel::~Channel() {
  lose_handles();
  session_.close(Error{Errc::not_connected, "the connection was given up"}, stream_->sent_bytes());
}

void Channel::lose_handles() { anchor_->channel = nullptr; }

// ---- receiving

void Channel::on_data(protocol::Buffer& input) {
  last_activity_ = loop_.now();
  if (!first_byte_at_) first_byte_at_ = last_activity_;
  silent_at_ = TimePoint::max();
  const Liveness::Watch watch(liveness_);
  while (is_open()) {
    const auto frame = protocol::next_frame({input.data(), input.size()}, options_.frame_bytes_max);
    if (!frame) return abort(frame.error());
    if (!*frame) return;
    if (options_.keeps_headers) keep_header((*frame)->content);
    const auto decoded = protocol::decode_command((*frame)->content, command_, options_.command);
    if (!decoded) return abort(decoded.error());
    ++frames_received_;
    bytes_received_ += (*frame)->bytes;

    Incoming incoming(input, **frame, command_, header_.view());
    dispatch(incoming);
    if (watch.gone()) return;
    incoming.finish();
    if (stream_->is_full()) return;
  }
}

void Channel::keep_header(std::span<const char> content) {
  constexpr std::size_t usual_bytes_max = 4096;
  if (header_.capacity() > usual_bytes_max) header_.release();
  header_.clear();
  header_.append(protocol::header_of(content, options_.command));
}

void Channel::dispatch(Incoming& incoming) {
  if (command_.is_response()) {
    if (command_.code == static_cast<std::int32_t>(ResponseCode::go_away)) {
      is_told_to_go_away_ = true;
    }
    session_.answer(incoming, last_activity_);  // nobody waits for it any more: dropped
    return;
  }
  RequestContext context{.channel = *this,
                         .command = command_,
                         .responder = Responder(handle(), command_),
                         .header = header_.view()};
  if (is_going_away_ && command_.version > protocol::version_ordinal(5, 3, 1)) {
    // Java: NettyRemotingAbstract.processRequestCommand.
    context.responder.fail(Error{ResponseCode::go_away, "please go away"});
  } else if (router_ != nullptr) {
    router_->dispatch(context);
  } else {
    Router().dispatch(context);  // which supports nothing
  }
}

void Channel::on_closed(const Error& error) {
  lose_handles();
  const Liveness::Watch watch(liveness_);
  session_.close(error, stream_->sent_bytes());
  if (watch.gone()) return;
  if (router_ != nullptr) router_->channel_closed(*this);
  if (watch.gone() || !on_closed_) return;
  const OnClosed on_closed = std::move(on_closed_);  // it may destroy us
  on_closed(*this, error);
}

void Channel::close() {
  lose_handles();
  stream_->close();
}

void Channel::abort(Error error) {
  lose_handles();
  stream_->abort(std::move(error));
}

TimePoint Channel::last_activity(TimePoint now) {
  const std::uint64_t sent = stream_->sent_bytes();
  if (std::exchange(seen_sent_bytes_, sent) != sent) last_activity_ = now;
  return last_activity_;
}

// ---- sending

CommandHead Channel::request_head(std::int32_t code, std::int32_t flag) const {
  return {.code = code, .flag = flag, .codec = options_.codec};
}

Result<void> Channel::refuse_if_closed() const {
  if (is_open()) return {};
  return Error{Errc::not_connected, str("the connection to ", peer(), " is closed")};
}

Result<std::int32_t> Channel::begin_call(PendingCall& pending, std::int32_t code,
                                         Duration timeout) {
  if (auto refused = refuse_if_closed(); !refused) return std::move(refused).error();
  const TimePoint now = loop_.now();
  auto opaque = session_.begin(pending, now + timeout, code, now);
  if (opaque) {
    if (options_.silence_max > Duration::zero()) {
      silent_at_ = std::min(silent_at_, now + std::max(timeout, options_.silence_max));
    }
    arm_sweep();
  }
  return opaque;
}

Result<void> Channel::end_call(PendingCall& pending, std::size_t start) {
  if (auto too_large = check_size(start); !too_large) {
    session_.forget(pending);
    return too_large;
  }
  session_.written(pending, stream_->sent_bytes() + stream_->pending_output());
  return {};
}

Result<void> Channel::check_size(std::size_t start) {
  protocol::Buffer& out = output();
  const std::size_t bytes = out.size() - start;
  if (bytes <= options_.frame_bytes_max) return {};
  out.shrink_to(start);
  return Error{Errc::too_large, str("the request of ", bytes, " bytes is over the limit of ",
                                    options_.frame_bytes_max)};
}

void Channel::arm_sweep() {
  const TimePoint at = std::min(session_.next_sweep().value_or(TimePoint::max()), silent_at_);
  if (at >= sweep_at_) return;
  sweep_at_ = at;
  sweep_timer_ = loop_.after(at - loop_.now(), [this] {
    sweep_at_ = TimePoint::max();
    const Liveness::Watch watch(liveness_);
    session_.sweep(loop_.now());
    if (watch.gone() || !is_open()) return;
    if (loop_.now() >= silent_at_) {
      return abort(Error{Errc::not_connected, str(peer(), " is silent")});
    }
    arm_sweep();
  });
}

void Channel::write_request(const CommandHead& head, OutgoingRequest& request) {
  options_.request_hook(request);
  Command command;
  static_cast<CommandHead&>(command) = head;
  command.fields.assign(request.fields().begin(), request.fields().end());
  command.body = request.body();
  protocol::encode_command(output(), command);
}

void Channel::write_request(const CommandHead& head, const Command& request,
                            std::string_view header) {
  if (options_.request_hook) {
    OutgoingRequest outgoing(head.code, request.body, head.version);
    for (const protocol::Field& field : request.fields) outgoing.add(field.name, field.value);
    return write_request(head, outgoing);
  }
  if (protocol::append_relayed(output(), request, header, head.opaque)) return;
  Command command = request;
  static_cast<CommandHead&>(command) = head;
  protocol::encode_command(output(), command);
}

CommandHead Channel::relayed_head(const Command& request, std::int32_t flag) const {
  CommandHead head = request;
  head.flag = flag;
  head.codec = request_head(request.code, flag).codec;
  return head;
}

Result<void> Channel::send(PendingCall& pending, const Command& request, Duration timeout,
                           std::string_view header) {
  auto opaque = begin_call(pending, request.code, timeout);
  if (!opaque) return std::move(opaque).error();
  CommandHead head = relayed_head(request, 0);
  head.opaque = *opaque;
  const std::size_t start = output().size();
  write_request(head, request, header);
  return end_call(pending, start);
}

Result<void> Channel::oneway(const Command& request, std::string_view header) {
  if (auto refused = refuse_if_closed(); !refused) return refused;
  CommandHead head = relayed_head(request, protocol::flag_oneway);
  head.opaque = session_.next_opaque();
  const std::size_t start = output().size();
  write_request(head, request, header);
  return check_size(start);
}

void Channel::call(const Command& request, Duration timeout,
                   std::function<void(Result<Incoming*>)> on_answer) {
  using Pending = detail::CallbackCall<Result<Incoming*>>;
  const auto as_it_came = [](Incoming& answer) { return Result<Incoming*>(&answer); };
  auto pending = std::make_unique<Pending>(std::move(on_answer), as_it_came);
  if (auto sent = send(*pending, request, timeout); !sent) {
    return loop_.post([tell = pending->take_back(), error = sent.error()] { tell(error); });
  }
  pending.release();  // finish() deletes it
}

}  // namespace rocketmq::net
