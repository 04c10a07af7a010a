#include "broker-lite/fault_loop.h"

#include <rocketmq/request_code.h>

#include <unordered_map>
#include <utility>

#include "protocol/buffer.h"
#include "protocol/command.h"
#include "protocol/describe.h"
#include "protocol/frame.h"

namespace rocketmq::broker {
namespace {

using protocol::Buffer;
using protocol::Command;

// Decoding changes what it reads, and these bytes are to go on as they are.
struct PeekedFrame {
  std::string copy;
  Command command;  // points into `copy`
  std::size_t bytes = 0;
};

// Nothing: there is no whole frame, or none that can be read.
std::unique_ptr<PeekedFrame> peek(Buffer& buffer) {
  const auto frame = protocol::next_frame({buffer.data(), buffer.size()});
  if (!frame || !*frame) return nullptr;
  auto peeked = std::make_unique<PeekedFrame>();
  peeked->copy.assign((*frame)->content.data(), (*frame)->content.size());
  peeked->bytes = (*frame)->bytes;
  if (!protocol::decode_command(peeked->copy, peeked->command)) return nullptr;
  return peeked;
}

}  // namespace

// One accepted connection: frames of requests are looked at before its channel gets them, frames of
// answers before its socket does.
class FaultLoop::FaultStream final : public net::Stream, net::StreamHandler {
 public:
  FaultStream(FaultLoop& owner, std::unique_ptr<net::Stream> inner)
      : owner_(owner),
        inner_(std::move(inner)),
        place_(owner.streams_.insert(owner.streams_.end(), this)) {}
  ~FaultStream() override { owner_.streams_.erase(place_); }

  void start(net::StreamHandler& handler) override {
    handler_ = &handler;
    inner_->start(*this);
  }
  Buffer& output() override {
    if (!std::exchange(is_flush_due_, true)) {
      owner_.defer([this, alive = std::weak_ptr<bool>(alive_)] {
        if (!alive.expired()) flush();
      });
    }
    return answers_;
  }
  std::size_t pending_output() const override { return answers_.size() + inner_->pending_output(); }
  bool is_full() const override { return inner_->is_full(); }
  std::uint64_t sent_bytes() const override { return inner_->sent_bytes(); }
  void close() override {
    flush();
    inner_->close();
  }
  void abort(rocketmq::Error error) override { inner_->abort(std::move(error)); }
  void pause_reading() override { inner_->pause_reading(); }
  void resume_reading() override { inner_->resume_reading(); }
  const std::string& peer() const override { return inner_->peer(); }
  const std::string& local() const override { return inner_->local(); }

  bool is_a_brokers() const { return is_a_brokers_; }
  void drop() { inner_->abort({Errc::not_connected, "a fault was asked for"}); }

 private:
  struct Asked {
    std::int32_t code = 0;
    bool is_lost = false;  // its answer is never sent
  };

  void on_data(Buffer& input) override {
    while (auto frame = peek(input)) {
      const Command& command = frame->command;
      if (!command.is_response() && !admit(command)) return drop();
      if (is_admitted_) requests_.append({input.data(), frame->bytes});
      input.consume(frame->bytes);
    }
    // What is no frame is for the channel to refuse.
    const auto rest = protocol::next_frame({input.data(), input.size()});
    if (!rest || *rest) {
      requests_.append(input.view());
      input.clear();
    }
    if (!requests_.empty()) handler_->on_data(requests_);  // may destroy us
  }
  void on_closed(const rocketmq::Error& error) override { handler_->on_closed(error); }

  // False: the connection is to break.
  bool admit(const Command& request) {
    is_a_brokers_ |= request.code == static_cast<std::int32_t>(RequestCode::register_broker);
    const Faults::Fate fate = owner_.faults_.request_came(request.code);
    is_admitted_ =
        fate.kind == Faults::Fate::Kind::carry_out || fate.kind == Faults::Fate::Kind::lose_answer;
    if (fate.kind == Faults::Fate::Kind::drop_connection) return false;
    if (request.is_oneway()) return true;
    asked_[request.opaque] = {request.code, fate.kind == Faults::Fate::Kind::lose_answer};
    if (!is_admitted_) refuse(request, fate);
    return true;
  }

  void refuse(const Command& request, const Faults::Fate& fate) {
    const protocol::CommandHead head{.code = fate.answer_code,
                                     .opaque = request.opaque,
                                     .flag = protocol::flag_response,
                                     .remark = fate.remark,
                                     .codec = request.codec};
    protocol::encode_frame(output(), head, protocol::NoFields{});
  }

  // What the channel has written goes out, or later, or not at all.
  void flush() {
    is_flush_due_ = false;
    while (const auto frame = peek(answers_)) {
      if (!frame->command.is_response()) {
        send({answers_.data(), frame->bytes});
      } else if (const auto asked = take_asked(frame->command.opaque); !asked.is_lost) {
        answer({answers_.data(), frame->bytes}, owner_.faults_.answer_delay(asked.code));
      }
      answers_.consume(frame->bytes);
    }
    send(answers_.view());
    answers_.clear();
  }

  Asked take_asked(std::int32_t opaque) {
    const auto found = asked_.find(opaque);
    if (found == asked_.end()) return {};
    return asked_.extract(found).mapped();
  }

  void answer(std::string_view frame, net::Duration delay) {
    if (delay <= net::Duration::zero()) return send(frame);
    const auto place = held_back_.emplace(held_back_.end());
    *place = owner_.after(delay, [this, place, kept = std::string(frame)] {
      send(kept);
      held_back_.erase(place);
    });
  }
  void send(std::string_view frame) {
    if (!frame.empty()) inner_->output().append(frame);
  }

  FaultLoop& owner_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>();
  const std::unique_ptr<net::Stream> inner_;
  const std::list<FaultStream*>::iterator place_;
  net::StreamHandler* handler_ = nullptr;
  Buffer requests_;  // for the channel
  Buffer answers_;   // of the channel
  bool is_flush_due_ = false;
  bool is_admitted_ = true;
  bool is_a_brokers_ = false;
  std::unordered_map<std::int32_t, Asked> asked_;  // by opaque id
  std::list<std::unique_ptr<net::Timer>> held_back_;
};

class FaultLoop::FaultListener final : public net::Listener {
 public:
  FaultListener(FaultLoop& owner, const net::ListenOptions& options, net::OnAccept on_accept)
      : owner_(owner),
        options_(options),
        on_accept_(std::move(on_accept)),
        place_(owner.listeners_.insert(owner.listeners_.end(), this)) {}
  ~FaultListener() override { owner_.listeners_.erase(place_); }

  Result<void> open(std::string_view address) {
    auto inner =
        owner_.loop_.listen(address, options_, [this](std::unique_ptr<net::Stream> stream) {
          on_accept_(std::make_unique<FaultStream>(owner_, std::move(stream)));
        });
    if (!inner) return std::move(inner).error();
    inner_ = *std::move(inner);
    address_ = inner_->address();
    return {};
  }
  void close() { inner_.reset(); }
  Result<void> open_again() { return inner_ != nullptr ? Result<void>() : open(address_); }
  const std::string& address() const override { return address_; }
  void set_tls(std::shared_ptr<const net::TlsContext> tls) override {
    options_.tls = tls;
    if (inner_ != nullptr) inner_->set_tls(std::move(tls));
  }

 private:
  FaultLoop& owner_;
  net::ListenOptions options_;
  const net::OnAccept on_accept_;
  const std::list<FaultListener*>::iterator place_;
  std::string address_;
  std::unique_ptr<net::Listener> inner_;
};

Result<std::unique_ptr<net::Listener>> FaultLoop::listen(std::string_view address,
                                                         const net::ListenOptions& options,
                                                         net::OnAccept on_accept) {
  auto listener = std::make_unique<FaultListener>(*this, options, std::move(on_accept));
  if (auto opened = listener->open(address); !opened) return std::move(opened).error();
  if (!accepts_) listener->close();
  return std::unique_ptr<net::Listener>(std::move(listener));
}

void FaultLoop::drop_connections() {
  for (FaultStream* const stream : streams_) {
    if (!stream->is_a_brokers()) stream->drop();
  }
}

Result<void> FaultLoop::accept_connections(bool yes) {
  accepts_ = yes;
  Result<void> result;
  for (FaultListener* const listener : listeners_) {
    if (!yes) {
      listener->close();
    } else if (auto opened = listener->open_again(); !opened) {
      result = opened;
    }
  }
  return result;
}

}  // namespace rocketmq::broker
