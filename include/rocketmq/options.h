#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace rocketmq {

enum class LogLevel { debug, info, warning, error };

/// Called from any of the client's threads, or one in a blocking call, one call at a time; must not
/// throw, nor call back into the client.
using LogFunction = std::function<void(LogLevel, std::string_view text)>;

/// Where send callbacks run; message listeners have threads of their own. run() is called from the
/// thread that runs the client's loop, and must neither block it nor throw: the loop's own, or one
/// in a blocking call, which runs the loop while it waits. Tasks given to run() must each be
/// called exactly once; they do not throw. Kept until the client and its last handle are gone.
class Executor {
 public:
  virtual ~Executor() = default;
  virtual void run(std::function<void()> task) = 0;
};

/// Signs every request with an access key (ACL). Empty: not signed. Java: AclClientRPCHook.
struct Credentials {
  std::string access_key;
  std::string secret_key;
  std::string security_token;  ///< of temporary keys; empty: none
};

/// Files that cannot be used are refused by Client::create_… (invalid_argument); when that happens
/// later, to changed ones, the old ones stay in use and the log says so.
struct TlsOptions {
  bool enabled = false;
  std::string ca_file;    ///< PEM; empty: the system's authorities
  std::string cert_file;  ///< PEM, with key_file: our own certificate, for brokers that ask for one
  std::string key_file;   ///< PEM, without a password
  /// The broker's certificate must be signed by an authority of ca_file. Off is for trying things
  /// out: stock brokers make certificates of their own that nobody has signed.
  bool verify_certificate = true;
  bool verify_host = true;  ///< and be for the name connected to; without effect if not verified
  /// The files are looked at this often, and new connections use what changed. At most 24 h; 0:
  /// never again.
  std::chrono::milliseconds reload_interval{60'000};
};

/// Has what happens to each message recorded where tools that read stock message traces look. The
/// records travel through the same client; those that cannot be sent are dropped, and the log says
/// so. Java: AsyncTraceDispatcher.
struct Trace {
  std::string topic;  ///< empty: RMQ_SYS_TRACE_TOPIC
};

/// How request headers are written. Brokers read both.
enum class HeaderEncoding { json, binary };

/// Durations are 1 ms to 24 h, limits not 0; what cannot be used is refused by Client::create_….
struct ClientOptions {
  /// "host:port;host:port". Empty: environment variable NAMESRV_ADDR. All addresses a host name has
  /// are tried, IPv6 too ("[::1]:9876").
  std::string name_servers;
  /// Instead of name_servers, not beside them: an address server, "http://host[:port]/path", asked
  /// every 2 min for the list. Java: TopAddressing.
  std::string address_server;
  Credentials credentials;
  TlsOptions tls;
  HeaderEncoding header_encoding = HeaderEncoding::json;

  /// Part of the client id, "ip@instance". Empty: made unique for each Client. Name it where
  /// offsets of a broadcasting consumer must outlive the process; no two clients of a host may have
  /// the same one, for brokers would take them for one.
  std::string instance_name;
  std::string unit_name;  ///< third part of the client id, asked of address_server; empty: none
  /// Puts topics and groups into a namespace: on the wire "ns%name", for the program just "name".
  /// Java: ClientConfig.namespace.
  std::string ns;
  /// The same, resolved by the server (5.x): request fields nsd and ns; not beside ns. Java:
  /// namespaceV2.
  std::string ns_v2;

  std::chrono::milliseconds connect_timeout{3000};
  /// One request and its answer. A server that owes an answer and says nothing at all for this
  /// long, and a second at the least, is connected to anew.
  std::chrono::milliseconds request_timeout{3000};
  /// Routes are asked for again this often, heartbeats sent, and so on. Java's defaults.
  std::chrono::milliseconds route_refresh_interval{30'000};
  std::chrono::milliseconds heartbeat_interval{30'000};
  std::chrono::milliseconds rebalance_interval{20'000};
  std::chrono::milliseconds offset_commit_interval{5'000};

  std::size_t frame_bytes_max = 16 * 1024 * 1024;  ///< a longer frame closes the connection
  std::size_t pending_requests_max = 65'535;       ///< a connection; more are Errc::overloaded

  /// Threads for send callbacks; listeners have their own (PushConsumerOptions::threads).
  std::size_t callback_threads = 2;
  std::shared_ptr<Executor> executor;  ///< instead of our own threads, for send callbacks

  LogFunction log;  ///< none: nothing is logged
  LogLevel log_level = LogLevel::info;
};

}  // namespace rocketmq
