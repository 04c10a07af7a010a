#include "net/responder.h"

#include "net/channel.h"
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
  state_ = std::exchange(other.state_, State::answered);
  return *this;
}

protocol::Buffer* Responder::begin() {
  if (std::exchange(state_, State::answered) != State::waiting) return nullptr;
  Channel* const channel = channel_.get();
  return channel == nullptr ? nullptr : &channel->output();
}

void Responder::end(protocol::Buffer& out, std::size_t start) {
  const std::size_t bytes = out.size() - start;
  if (bytes > channel_->frame_bytes_max()) {
    out.shrink_to(start);
    state_ = State::waiting;
    return fail(Error{Errc::too_large, str("the answer of ", bytes, " bytes is over the limit")});
  }
  protocol::store_big(out.data() + start, static_cast<std::int32_t>(bytes - 4));
}

protocol::CommandHead Responder::head(std::int32_t code, std::string_view remark) const {
  return {.code = code,
          .opaque = opaque_,
          .flag = protocol::flag_response,
          .remark = remark,
          .codec = codec_};
}

void Responder::fail(const Error& error) {
  protocol::Buffer* const out = begin();
  if (out == nullptr) return;
  protocol::encode_frame(*out, head(code_of(error), error.message), protocol::NoFields{});
}

void Responder::forward(const protocol::Command& answer) {
  protocol::Buffer* const out = begin();
  if (out == nullptr) return;
  protocol::Command command = answer;
  command.opaque = opaque_;
  command.codec = codec_;
  command.flag |= protocol::flag_response;
  protocol::encode_command(*out, command);
}

void Responder::refuse_unanswered() {
  fail(Error{ResponseCode::system_error, "the request was given up without an answer"});
}

}  // namespace rocketmq::net
