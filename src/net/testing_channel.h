#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string_view>
#include <vector>

#include "net/channel.h"
#include "net/router.h"
#include "net/sim_loop.h"
#include "net/testing.h"
#include "protocol/requests/offset.h"

namespace rocketmq::net {

class ChannelPair : public testing::Test {
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
                                              Duration timeout = std::chrono::seconds(3)) {
    return run_task(loop_, call_in_task(*client_.channel, request, body, timeout));
  }
  template <class Req>
  static Task<Result<Answer<typename Req::Response>>> call_in_task(Channel& channel, Req request,
                                                                   std::string_view body,
                                                                   Duration timeout) {
    co_return co_await channel.call(request, body, timeout);
  }

  static protocol::QueryConsumerOffset query(protocol::Text group) {
    return {.consumer_group = group, .topic = "T", .queue_id = 3};
  }
  // Serves QueryConsumerOffset with 42.
  void serve_offsets() {
    server_.router.on<protocol::QueryConsumerOffset>(
        [](const protocol::QueryConsumerOffset&,
           RequestContext&) -> Result<protocol::QueryConsumerOffset::Response> {
          return protocol::QueryConsumerOffset::Response{.offset = 42};
        });
  }

  // Serves QueryConsumerOffset with silence.
  void park_queries() {
    server_.router.on_deferred<protocol::QueryConsumerOffset>(
        [this](Call<protocol::QueryConsumerOffset> call) {
          parked_.push_back(std::move(call).take_responder());
        });
  }

  SimLoop loop_;
  std::vector<Responder> parked_;
  End client_, server_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<Connecting> connecting_;
};

}  // namespace rocketmq::net
