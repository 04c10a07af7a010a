#pragma once

#include <rocketmq/options.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/loop.h"
#include "net/router.h"
#include "net/server.h"

namespace rocketmq::client::testing {

// What becomes of a request instead of what should.
enum class Mishap {
  none,
  refused,   // answered with an error; not done
  lost,      // the connection ends before it is done …
  cut,       // … or after
  garbage,   // done; bytes come back that are not the protocol …
  nonsense,  // … or an answer that says nothing of what it should
  silence,   // done, and not answered
};

// A server whose failures are told in advance, on a SimLoop's network or a real one. What it
// answers when nothing else was said is up to the classes made from it.
class ScriptedServer {
 public:
  ScriptedServer(net::Loop& loop, std::string address)
      : loop_(loop), address_(std::move(address)) {}
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  // With the real port, where it was made with port 0.
  const std::string& address() const { return address_; }
  void start();
  void stop() { server_.reset(); }  // connections end, new ones are refused

  // The next `count` requests of this kind are answered with this error …
  void fail_next(RequestCode code, int count, Error error);
  // … or not at all,
  void drop_next(RequestCode code, int count) { script_[code].drop_left = count; }
  // and all of them so much later; 0: at once again. They take effect when they are answered.
  void delay(RequestCode code, net::Duration by) { script_[code].delay = by; }
  // Asked about every request from now on, before all of the above.
  void set_mishaps(std::function<Mishap(RequestCode)> mishaps) { mishaps_ = std::move(mishaps); }
  // From now on every request must be signed with this key, or is answered NO_PERMISSION.
  void require_signature(const Credentials& credentials);
  // How many came, whatever became of them.
  int received(RequestCode code) const;

  // To every connection, one-way.
  template <class Req>
  void push(const Req& request, std::string_view body = {}) {
    if (server_ == nullptr) return;
    server_->each_channel(
        [&](net::Channel& channel) { static_cast<void>(channel.oneway(request, body)); });
  }
  // To every connection; `on_answer` hears of each.
  template <class Req>
  void ask(const Req& request, std::string_view body,
           std::function<void(net::Channel::AnswerOf<Req>)> on_answer) {
    if (server_ == nullptr) return;
    server_->each_channel([&](net::Channel& channel) {
      channel.call<Req>(request, body, std::chrono::seconds(10), on_answer);
    });
  }

 protected:
  ~ScriptedServer() = default;

  // answer(net::Call<Req>), unless the script says otherwise.
  template <class Req, class Answer>
  void serve(Answer answer) {
    router_.on_deferred<Req>([this, answer](net::Call<Req> call) {
      Script& script = script_[Req::code];
      ++script.received;
      const Mishap mishap = mishaps_ ? mishaps_(Req::code) : Mishap::none;
      if (mishap != Mishap::none) {
        net::Responder asker = std::move(call).take_responder();  // its answer goes nowhere
        if (mishap != Mishap::refused && mishap != Mishap::lost) answer(std::move(call));
        return suffer(mishap, std::move(asker));
      }
      if (script.fail_left > 0) {
        --script.fail_left;
        return call.fail(script.error);
      }
      if (script.drop_left > 0) {
        --script.drop_left;
        dropped_.push_back(std::move(call).take_responder());
        return;
      }
      if (script.delay == net::Duration::zero()) return answer(std::move(call));
      call.keep();
      timers_.push_back(loop_.after(
          script.delay, [answer, held = std::make_shared<net::Call<Req>>(std::move(call))] {
            answer(std::move(*held));
          }));
    });
  }

  net::Loop& loop_;

 private:
  struct Script {
    int fail_left = 0;
    Error error;
    int drop_left = 0;
    net::Duration delay{};
    int received = 0;
  };

  void suffer(Mishap mishap, net::Responder asker);

  std::string address_;
  std::function<Mishap(RequestCode)> mishaps_;
  std::map<RequestCode, Script> script_;
  net::Router router_;
  std::vector<net::Responder> dropped_;
  std::vector<std::unique_ptr<net::Timer>> timers_;
  std::unique_ptr<net::Server> server_;
};

}  // namespace rocketmq::client::testing
