#include "net/responder.h"

#include "net/channel.h"
#include "protocol/relayed_frame.h"
#include "protocol/str.h"

namespace rocketmq::net {
namespace {

std::int32_t code_of(const Error& error) {
  if (error.code.category() == response_category()) return error.code.value();
  return static_cast<std::int32_t>(error.code == Errc::overloaded ? ResponseCode::system_busy
                                                                  : ResponseCode::system_error);
}

}  // namespace

Responder& Responder::operator=(Responder&& other) noexcept {
  if (this == &other) return *this;
  if (state_ == State::waiting) refuse_unanswered();
  channel_ = std::move(other.channel_);
  opaque_ = other.opaque_;
  codec_ = other.codec_;
  watch_ = other.watch_;
  state_ = std::exchange(other.state_, State::answered);
  return *this;
}

protocol::Buffer* Responder::begin(std::int32_t code) {
  const State state = std::exchange(state_, State::answered);
  if (state == State::oneway) tell(code, AnsweredRequest::To::nobody);
  if (state != State::waiting) return nullptr;
  Channel* const channel = channel_.get();
  if (channel != nullptr) return &channel->output();
  tell(code, AnsweredRequest::To::gone);
  return nullptr;
}

void Responder::tell(std::int32_t code, AnsweredRequest::To to) const {
  if (watch_.observer == nullptr) return;
  watch_.observer->answered({.code = watch_.code,
                             .answer_code = code,
                             .took = watch_.observer->now() - watch_.began,
                             .to = to,
                             .was_held = watch_.was_held,
                             .channel = channel_.get()});
}

void Responder::end(protocol::Buffer& out, std::size_t start, std::int32_t code) {
  const std::size_t bytes = out.size() - start;
  if (bytes > channel_->frame_bytes_max()) {
    out.shrink_to(start);
    state_ = State::waiting;
    return fail(Error{Errc::too_large, str("the answer of ", bytes, " bytes is over the limit")});
  }
  protocol::store_big(out.data() + start, static_cast<std::int32_t>(bytes - 4));
  tell(code, AnsweredRequest::To::peer);
}

protocol::CommandHead Responder::head(std::int32_t code, std::string_view remark) const {
  return {.code = code,
          .opaque = opaque_,
          .flag = protocol::flag_response,
          .remark = remark,
          .codec = codec_};
}

void Responder::fail(const Error& error) {
  const std::int32_t code = code_of(error);
  protocol::Buffer* const out = begin(code);
  if (out == nullptr) return;
  protocol::encode_frame(*out, head(code, error.message), protocol::NoFields{});
  tell(code, AnsweredRequest::To::peer);
}

void Responder::forward(const protocol::Command& answer, std::string_view header) {
  protocol::Buffer* const out = begin(answer.code);
  if (out == nullptr) return;
  if (answer.is_response() && answer.codec == codec_ &&
      protocol::append_relayed(*out, answer, header, opaque_)) {
    return tell(answer.code, AnsweredRequest::To::peer);
  }
  protocol::Command command = answer;
  command.opaque = opaque_;
  command.codec = codec_;
  command.flag |= protocol::flag_response;
  protocol::encode_command(*out, command);
  tell(answer.code, AnsweredRequest::To::peer);
}

void Responder::refuse_unanswered() {
  fail(Error{ResponseCode::system_error, "the request was given up without an answer"});
}

}  // namespace rocketmq::net
