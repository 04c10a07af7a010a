#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "net/channel_handle.h"
#include "net/request_observer.h"
#include "protocol/describe.h"

namespace rocketmq::net {

// What goes with an answer beside its header.
struct ReplyOptions {
  std::int32_t code = 0;  // answers to pulls and sends may carry their header with another code
  std::string_view remark = {};
  std::span<const protocol::Field> extra = {};
  const protocol::WrittenFields* written = nullptr;  // more of them
};

// The one-shot right to answer one request. May outlive the handler, the frame and the connection:
// an answer to nobody goes nowhere, and so does one to a one-way request. Destroyed without having
// answered it answers SYSTEM_ERROR, so that a forgotten path is seen at once. Written in the header
// codec of the request: who used it can read it. Small, allocates nothing; loop thread only.
class Responder {
 public:
  Responder() = default;  // nobody waits
  Responder(ChannelHandle channel, const protocol::CommandHead& request)
      : channel_(std::move(channel)),
        opaque_(request.opaque),
        codec_(request.codec),
        state_(request.is_oneway() ? State::oneway : State::waiting) {}
  Responder(Responder&& other) noexcept
      : channel_(std::move(other.channel_)),
        opaque_(other.opaque_),
        codec_(other.codec_),
        watch_(other.watch_),
        state_(std::exchange(other.state_, State::answered)) {}
  Responder& operator=(Responder&& other) noexcept;
  ~Responder() {
    if (state_ == State::waiting) refuse_unanswered();
  }

  template <protocol::Described Response>
  void reply(const Response& header, std::string_view body = {}, const ReplyOptions& options = {}) {
    reply(header, [body](protocol::Buffer& out) { out.append(body); }, options);
  }
  // `write_body` appends the body where it goes out: one copy less for one that comes in pieces.
  template <protocol::Described Response, std::invocable<protocol::Buffer&> WriteBody>
  void reply(const Response& header, WriteBody write_body, const ReplyOptions& options = {});

  // ResponseCode errors keep their code; overloaded becomes SYSTEM_BUSY, all else SYSTEM_ERROR. The
  // remark is the error's message.
  void fail(const Error& error);

  // A whole answer, for relays. Its opaque, codec and flag are set here. With `header`, as it came,
  // in the bytes it came in where that can be (see relayed_frame.h).
  void forward(const protocol::Command& answer, std::string_view header = {});

  // Tells the observer of the answer.
  void watch(RequestObserver& observer, std::int32_t code) {
    watch_ = {&observer, observer.now(), code};
  }
  // The request is held on purpose: that it takes long means nothing.
  void note_held() { watch_.was_held = true; }

  // False for a one-way request too.
  bool is_waiting() const { return state_ == State::waiting; }
  const ChannelHandle& channel() const { return channel_; }

 private:
  enum class State : std::uint8_t { waiting, oneway, answered };
  struct Watch {
    RequestObserver* observer = nullptr;
    TimePoint began{};
    std::int32_t code = 0;
    bool was_held = false;
  };

  // Spends the right. Where to write, or nullptr when nobody will read it.
  protocol::Buffer* begin(std::int32_t code);
  void tell(std::int32_t code, AnsweredRequest::To to) const;
  // Sets the frame's length anew, the body included; or puts an error in its place if it is over
  // the limit of a frame.
  void end(protocol::Buffer& out, std::size_t start, std::int32_t code);
  protocol::CommandHead head(std::int32_t code, std::string_view remark) const;
  void refuse_unanswered();

  ChannelHandle channel_;
  std::int32_t opaque_ = 0;
  protocol::HeaderCodec codec_ = protocol::HeaderCodec::json;
  Watch watch_;
  State state_ = State::answered;
};

template <protocol::Described Response, std::invocable<protocol::Buffer&> WriteBody>
void Responder::reply(const Response& header, WriteBody write_body, const ReplyOptions& options) {
  protocol::Buffer* const out = begin(options.code);
  if (out == nullptr) return;
  const std::size_t start = out->size();
  const protocol::CommandHead answer = head(options.code, options.remark);
  protocol::encode_frame(*out, answer, header, {}, options.extra, options.written);
  write_body(*out);
  end(*out, start, options.code);
}

}  // namespace rocketmq::net
