#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "net/channel.h"
#include "net/log.h"
#include "net/log_limit.h"
#include "net/loop.h"
#include "net/router.h"

namespace rocketmq::net {

struct ServerOptions {
  // A server stops reading from a peer that lets this much of its answers lie, two full ones to
  // pulls: more would only make others wait, as a peer is served no more than this in a turn. And
  // thousands of peers cannot take all memory together.
  ListenOptions listen{
      .stream = {.output_bytes_pause = 512 * 1024, .held_bytes_of_all_max = 256 * 1024 * 1024}};
  ChannelOptions channel;
  // One more is closed as it comes. Below the usual limit of 20,000 open files.
  std::size_t connections_max = 16384;
  // Without a byte either way. Java: serverChannelMaxIdleTimeSeconds. Zero: never.
  Duration idle_timeout = std::chrono::seconds(120);
  // From the first byte to the first whole frame: who is so slow is no client. Who has said nothing
  // yet may be one: Java connects ahead of need (NettyRemotingClient.scanAvailableNameSrv).
  Duration first_frame_timeout = std::chrono::seconds(10);
  LogLine log;
};

// Accepts connections and gives their requests to a Router. Every failure of a peer (bad bytes,
// slowness, idleness) ends that peer's connection with one line in the log, and nothing else.
// Belongs to its loop, destroyed on it; destroying it ends every connection at once.
class Server {
 public:
  Server(Loop& loop, Router& router, ServerOptions options = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // May be called for several addresses. Gives the address with its real port.
  Result<std::string> listen(std::string_view address);

  // Connections from now on get these certificates, where TLS is served at all.
  void set_tls(const std::shared_ptr<const TlsContext>& tls);

  // Orderly end: accepts no more; new requests of those who understand it (newer than 5.3.1) are
  // answered GO_AWAY; after `grace` everything written is sent and the connections close.
  // `on_stopped` is called once none is left.
  void stop(Duration grace, std::function<void()> on_stopped);

  std::size_t connection_count() const { return channels_.size(); }
  // Calls `visit` with every open channel.
  void each_channel(const std::function<void(Channel&)>& visit);

 private:
  void accepted(std::unique_ptr<Stream> stream);
  void closed(Channel& channel, const Error& error);
  void arm_watch();
  void watch();  // closes the idle and the silent
  void finish_stop_if_empty();
  void warn(std::string_view line);

  Loop& loop_;
  Router& router_;
  ServerOptions options_;
  LogLimit log_limit_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::unordered_map<Channel*, std::unique_ptr<Channel>> channels_;
  std::unique_ptr<Timer> watch_timer_;
  std::unique_ptr<Timer> grace_timer_;
  std::function<void()> on_stopped_;
  bool is_stopping_ = false;
};

}  // namespace rocketmq::net
