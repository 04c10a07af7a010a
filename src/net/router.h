#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "net/channel.h"
#include "net/responder.h"
#include "protocol/kept.h"

namespace rocketmq::net {

// One request while its handler runs. The views are into the frame and end with the handler.
struct RequestContext {
  Channel& channel;
  const protocol::Command& command;  // head, all its fields as text, body
  // For a raw handler to answer with, now or later. Typed handlers leave it alone.
  Responder responder;
  // What a handler of Router::on() wants to go with the header it returns.
  struct Reply {
    std::int32_t code = 0;
    std::string remark;
    std::string body;
    std::vector<std::pair<std::string, std::string>> extra;
  } reply{};
  // Of the frame, as it came; empty unless ChannelOptions::keeps_headers.
  std::string_view header{};

  std::string_view body() const { return command.body; }
  std::int32_t version() const { return command.version; }
  protocol::Language language() const { return command.language; }
  const std::string& peer() const { return channel.peer(); }
  const std::string& local() const { return channel.local(); }
};

// A request that may be answered later: the header, the body and the right to answer once. Header
// texts and body are views into the frame until keep() is called; call it before parking a Call.
// Movable; loop thread only.
template <class Req>
class Call {
 public:
  using Response = typename Req::Response;

  Call(const Req& request, RequestContext& context)
      : request_(request),
        body_(context.body()),
        responder_(std::move(context.responder)),
        version_(context.version()),
        language_(context.language()) {}

  const Req& request() const { return request_; }
  const Req* operator->() const { return &request_; }
  std::string_view body() const { return body_; }
  std::int32_t version() const { return version_; }
  protocol::Language language() const { return language_; }
  const ChannelHandle& channel() const { return responder_.channel(); }
  bool is_waiting() const { return responder_.is_waiting(); }

  // Copies what the request's texts and body point to; they live as long as the Call from then on.
  void keep() { memory_ = protocol::keep_texts(request_, body_); }

  void reply(const Response& header, std::string_view body = {}, const ReplyOptions& options = {}) {
    responder_.reply(header, body, options);
  }
  template <std::invocable<protocol::Buffer&> WriteBody>
  void reply(const Response& header, WriteBody write_body, const ReplyOptions& options = {}) {
    responder_.reply(header, std::move(write_body), options);
  }
  void fail(const Error& error) { responder_.fail(error); }
  // Only the right to answer, where the request itself is no longer needed.
  Responder take_responder() && { return std::move(responder_); }

 private:
  Req request_;
  std::string_view body_;
  Responder responder_;
  std::int32_t version_;
  protocol::Language language_;
  std::unique_ptr<char[]> memory_;
};

// Request codes and who handles them. Filled before the first request, outlives the channels that
// use it. Handlers run on the loop to their end, one request after the other.
class Router {
 public:
  using RawHandler = std::function<void(RequestContext&)>;
  using Guard = std::function<Result<void>(const RequestContext&)>;

  Router() = default;
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  // handler(const Req&, RequestContext&) gives a Result<Req::Response> (or Result<void> where the
  // response has no fields): the answer, at once.
  template <class Req, class Handler>
  void on(Handler handler);

  // handler(Call<Req>): answers when it wants to.
  template <class Req, class Handler>
  void on_deferred(Handler handler);

  // A code without a struct of its own.
  void on_raw(std::int32_t code, RawHandler handler) { handlers_[code] = std::move(handler); }
  // Every code without a handler. Without this they get REQUEST_CODE_NOT_SUPPORTED.
  void on_any_other(RawHandler handler) { any_other_ = std::move(handler); }

  // Asked before every handler, in the order added; an error is the answer. For access control.
  void add_guard(Guard guard) { guards_.push_back(std::move(guard)); }

  // Told of every answer.
  void set_observer(RequestObserver& observer) { observer_ = &observer; }

  // Told when a connection has ended; the channel can no longer send. For those who keep handles.
  void on_channel_closed(std::function<void(Channel&)> told) { told_.push_back(std::move(told)); }

  void dispatch(RequestContext& context) const;
  void channel_closed(Channel& channel) const;

 private:
  static void send_reply(RequestContext& context, const auto& header);

  std::unordered_map<std::int32_t, RawHandler> handlers_;
  RawHandler any_other_;
  std::vector<Guard> guards_;
  RequestObserver* observer_ = nullptr;
  std::vector<std::function<void(Channel&)>> told_;
};

// ---- templates

void Router::send_reply(RequestContext& context, const auto& header) {
  const RequestContext::Reply& reply = context.reply;
  protocol::Fields extra;
  for (const auto& [name, value] : reply.extra) extra.push_back({name, value});
  context.responder.reply(header, reply.body,
                          {.code = reply.code, .remark = reply.remark, .extra = extra});
}

template <class Req, class Handler>
void Router::on(Handler handler) {
  using Answered = std::invoke_result_t<Handler&, const Req&, RequestContext&>;
  on_raw(static_cast<std::int32_t>(Req::code),
         [handler = std::move(handler)](RequestContext& context) mutable {
           Req request{};
           auto decoded = protocol::decode_header(context.command.fields, request);
           if (!decoded) return context.responder.fail(decoded.error());
           const Answered answer = handler(std::as_const(request), context);
           if (!answer) return context.responder.fail(answer.error());
           if constexpr (std::is_same_v<Answered, Result<void>>) {
             send_reply(context, typename Req::Response{});
           } else {
             send_reply(context, *answer);
           }
         });
}

template <class Req, class Handler>
void Router::on_deferred(Handler handler) {
  on_raw(static_cast<std::int32_t>(Req::code),
         [handler = std::move(handler)](RequestContext& context) mutable {
           Req request{};
           auto decoded = protocol::decode_header(context.command.fields, request);
           if (!decoded) return context.responder.fail(decoded.error());
           handler(Call<Req>(request, context));
         });
}

}  // namespace rocketmq::net
