#pragma once

#include <gmock/gmock.h>
#include <rocketmq/request_code.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/server.h"
#include "net/sim_loop.h"
#include "proxy/remoting/front.h"

// A proxy on virtual time, with a name server and brokers behind it that do what a test says; for
// tests.

namespace rocketmq::proxy {

using namespace std::chrono_literals;

inline protocol::Command command(RequestCode code, protocol::Fields fields = {},
                                 std::string_view body = {}) {
  protocol::Command made;
  made.code = static_cast<std::int32_t>(code);
  made.fields = std::move(fields);
  made.body = body;
  return made;
}

inline constexpr auto beat_code = static_cast<int>(RequestCode::heart_beat);
inline protocol::Command beat_of(std::string_view body) {
  return command(RequestCode::heart_beat, {}, body);
}
inline constexpr const char* consumer_of_t =
    R"({"clientID":"c","consumerDataSet":[{"groupName":"g","subscriptionDataSet":[{"topic":"T"}]}]})";

inline std::string field(const protocol::Command& from, std::string_view name) {
  const auto* const value = protocol::find_field(from.fields, name);
  return value == nullptr ? "-" : std::string(*value);
}

// A broker or name server. Answers everything with its name as the body, unless a test says more.
class FakeServer {
 public:
  FakeServer(net::SimLoop& loop, std::string address, std::string name)
      : loop_(loop), address_(std::move(address)), name_(std::move(name)) {
    router_.on_any_other([this](net::RequestContext& request) {
      heard.emplace_back(request.command);
      channel = &request.channel;
      if (is_silent) return parked.push_back(std::move(request.responder));
      if (const auto found = answers.find(request.command.code); found != answers.end()) {
        return request.responder.forward(*found->second(request.command));
      }
      protocol::Command answer;
      answer.body = name_;
      request.responder.forward(answer);
    });
    start();
  }

  void start() {
    server = std::make_unique<net::Server>(loop_, router_, net::ServerOptions{});
    EXPECT_TRUE(server->listen(address_));
  }
  void kill() {
    parked.clear();
    server.reset();
    loop_.run_ready();
  }
  using Answer = std::function<KeptCommand(const protocol::Command& request)>;
  void answer(RequestCode code, Answer with) {
    answers.insert_or_assign(static_cast<std::int32_t>(code), std::move(with));
  }
  void answer(RequestCode code, const protocol::Command& with) {
    answer(code, [kept = std::make_shared<KeptCommand>(with)](const protocol::Command&) {
      return KeptCommand(**kept);
    });
  }
  std::vector<std::int32_t> codes() const {
    std::vector<std::int32_t> result;
    for (const KeptCommand& each : heard) result.push_back(each->code);
    return result;
  }

  bool is_silent = false;
  std::vector<KeptCommand> heard;
  net::Channel* channel = nullptr;  // of the last request
  std::vector<net::Responder> parked;
  std::map<std::int32_t, Answer> answers;
  std::unique_ptr<net::Server> server;

 private:
  net::SimLoop& loop_;
  const std::string address_;
  const std::string name_;
  net::Router router_;
};

// A program's connection to the proxy.
class FakeClient {
 public:
  FakeClient(net::SimLoop& loop, const std::string& address) : loop_(loop) {
    router_.on_any_other([this](net::RequestContext& request) {
      asked.emplace_back(request.command);
      if (is_silent) return parked.push_back(std::move(request.responder));
      protocol::Command answer;
      answer.body = "client";
      request.responder.forward(answer);
    });
    connecting_ = loop.connect(address, {}, [this](Result<std::unique_ptr<net::Stream>> stream) {
      channel = std::make_unique<net::Channel>(loop_, *std::move(stream), options, &router_,
                                               [](net::Channel&, const Error&) {});
    });
    loop.run_until([this] { return channel != nullptr; }, 1s);
  }

  struct Answer {
    std::int32_t code = -1;
    std::string text;  // the body, or the remark where there is none
    protocol::Fields fields;
    std::shared_ptr<KeptCommand> command;
    net::Duration took{};
  };
  std::shared_ptr<std::optional<Answer>> begin(const protocol::Command& request) {
    const auto result = std::make_shared<std::optional<Answer>>();
    const net::TimePoint began = loop_.now();
    channel->call(request, 1h, [this, result, began](Result<protocol::Incoming*> incoming) {
      Answer& answer = result->emplace();
      answer.took = loop_.now() - began;
      if (!incoming) {
        answer.text = incoming.error().message;
        return;
      }
      answer.command = std::make_shared<KeptCommand>((*incoming)->command());
      const protocol::Command& came = **answer.command;
      answer.code = came.code;
      answer.text = came.body.empty() ? came.remark : came.body;
      answer.fields = came.fields;
    });
    return result;
  }
  Answer call(const protocol::Command& request) {
    const auto result = begin(request);
    loop_.run_until([&result] { return result->has_value(); }, 60s);
    return result->value_or(Answer{.text = "no answer at all"});
  }

  bool is_silent = false;
  net::ChannelOptions options;
  std::vector<KeptCommand> asked;  // by brokers
  std::vector<net::Responder> parked;
  std::unique_ptr<net::Channel> channel;

 private:
  net::SimLoop& loop_;
  net::Router router_;
  std::unique_ptr<net::Connecting> connecting_;
};

// Brokers a and b; topic T on both, topic A on a only.
class FrontTest : public testing::Test {
 protected:
  FrontTest() {
    options_.cluster.name_servers = {"names:9876"};
    name_server_.answer(RequestCode::get_broker_cluster_info,
                        command(RequestCode{}, {}, cluster_text({"a", "b"})));
    name_server_.answer(
        RequestCode::get_routeinfo_by_topic, [this](const protocol::Command& asked) {
          const auto found = topics_.find(field(asked, "topic"));
          protocol::Command answer;
          const std::string body = found == topics_.end() ? "" : route_text(found->second);
          if (body.empty()) answer.code = static_cast<std::int32_t>(ResponseCode::topic_not_exist);
          answer.body = body;
          return KeptCommand(answer);
        });
    topics_["T"] = {"a", "b"};
    topics_["A"] = {"a"};
  }

  void start() {
    front_ = std::make_unique<Front>(
        loop_, options_, ports_, [this](const Ports& ports) { saved_ = ports.to_text(); },
        [this](std::string_view line) { log_.emplace_back(line); });
    ASSERT_EQ(front_->listen("proxy:8080").value(), "proxy:8080");
  }
  FakeClient& connect(const std::string& address = "proxy:8080") {
    return *clients_.emplace_back(std::make_unique<FakeClient>(loop_, address));
  }

  static std::string broker_text(const std::string& name) {
    return R"({"brokerAddrs":{"0":")" + name + R"(:1"},"brokerName":")" + name +
           R"(","cluster":"C"})";
  }
  static std::string cluster_text(const std::vector<std::string>& names) {
    std::string table;
    for (const std::string& name : names) {
      table += (table.empty() ? "" : ",") + ('"' + name + "\":" + broker_text(name));
    }
    return R"({"brokerAddrTable":{)" + table + R"(},"clusterAddrTable":{}})";
  }
  static std::string route_text(const std::vector<std::string>& names) {
    std::string brokers;
    for (const std::string& name : names)
      brokers += (brokers.empty() ? "" : ",") + broker_text(name);
    return R"({"brokerDatas":[)" + brokers + R"(],"orderTopicConf":"a:8","queueDatas":[]})";
  }

  static protocol::Command route_of(std::string_view topic) {
    return command(RequestCode::get_routeinfo_by_topic, {{"topic", topic}});
  }
  static protocol::Command offset_at(std::string_view broker) {
    return command(RequestCode::get_max_offset, {{"topic", "T"}, {"bname", broker}});
  }

  net::SimLoop loop_;
  FrontOptions options_;
  Ports ports_{8100, 10};
  std::map<std::string, std::vector<std::string>> topics_;
  FakeServer name_server_{loop_, "names:9876", "names"};
  FakeServer a_{loop_, "a:1", "a"};
  FakeServer b_{loop_, "b:1", "b"};
  std::string saved_;
  std::vector<std::string> log_;
  std::unique_ptr<Front> front_;
  std::vector<std::unique_ptr<FakeClient>> clients_;
};

}  // namespace rocketmq::proxy
