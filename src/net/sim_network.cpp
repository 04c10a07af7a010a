#include "net/sim_network.h"

#include <utility>

#include "net/address.h"
#include "net/sim_stream.h"
#include "protocol/str.h"

namespace rocketmq::net {
namespace {

class SimListener final : public Listener {
 public:
  SimListener(SimNetwork::Node& node, std::string address)
      : node_(node), address_(std::move(address)) {}
  ~SimListener() override { node_.on_accept = nullptr; }
  const std::string& address() const override { return address_; }
  void set_tls(std::shared_ptr<const TlsContext>) override {}

 private:
  SimNetwork::Node& node_;
  const std::string address_;
};

}  // namespace

// Held by the events that belong to it; without on_connect it was given up, or is done.
struct SimNetwork::Attempt {
  std::string address;
  StreamOptions stream;
  TimePoint gives_up_at;
  OnConnect on_connect;

  void finish(Result<std::unique_ptr<Stream>> result) {
    if (const OnConnect tell = std::exchange(on_connect, nullptr)) tell(std::move(result));
  }
};

SimNetwork::Node& SimNetwork::node(std::string_view address) {
  const auto found = nodes_.find(address);
  if (found != nodes_.end()) return *found->second;
  return *nodes_.emplace(std::string(address), std::make_unique<Node>()).first->second;
}

TimePoint SimNetwork::arrival(const SimLoop::Link& link) {
  Duration delay = link.delay;
  if (link.jitter > Duration::zero()) {
    delay +=
        std::uniform_int_distribution<Duration::rep>(0, link.jitter.count())(random_) * Duration(1);
  }
  return scheduler_.now() + delay;
}

Result<std::unique_ptr<Listener>> SimNetwork::listen(std::string_view text,
                                                     const ListenOptions& options,
                                                     OnAccept on_accept) {
  auto address = parse_address(text);
  if (!address) return std::move(address).error();
  if (address->port == 0) address->port = next_listen_port_++;
  std::string name = to_string(*address);
  Node& here = node(name);
  if (here.on_accept) return Error{Errc::io_error, str("cannot listen on ", name, ": in use")};
  here.on_accept = std::move(on_accept);
  here.stream = options.stream;
  return std::unique_ptr<Listener>(std::make_unique<SimListener>(here, std::move(name)));
}

std::unique_ptr<Connecting> SimNetwork::connect(std::string_view address,
                                                const ConnectOptions& options,
                                                OnConnect on_connect) {
  class SimConnecting final : public Connecting {
   public:
    explicit SimConnecting(std::shared_ptr<Attempt> attempt) : attempt_(std::move(attempt)) {}
    ~SimConnecting() override { attempt_->on_connect = nullptr; }

   private:
    const std::shared_ptr<Attempt> attempt_;
  };

  auto attempt = std::make_shared<Attempt>(Attempt{
      .address = std::string(address),
      .stream = options.stream,
      .gives_up_at = scheduler_.now() + options.timeout,
      .on_connect = std::move(on_connect),
  });
  const TimePoint arrives_at = arrival(node(address).link);
  scheduler_.at(std::min(arrives_at, attempt->gives_up_at), [this, attempt] { arrive(attempt); });
  return std::make_unique<SimConnecting>(std::move(attempt));
}

void SimNetwork::arrive(const std::shared_ptr<Attempt>& attempt) {
  if (!attempt->on_connect) return;
  if (auto valid = parse_address(attempt->address); !valid) {
    return attempt->finish(std::move(valid).error());
  }
  Node& there = node(attempt->address);
  if (there.link.blackhole || scheduler_.now() >= attempt->gives_up_at) {
    return scheduler_.at(attempt->gives_up_at, [attempt] {
      attempt->finish(Error{Errc::timeout, str("no answer from ", attempt->address)});
    });
  }
  if (there.link.refuse || !there.on_accept) {
    return attempt->finish(
        Error{Errc::not_connected, str("connection to ", attempt->address, " refused")});
  }
  meet(there, *attempt);
}

void SimNetwork::meet(Node& there, Attempt& attempt) {
  const std::string client = str("127.0.0.1:", next_client_port_++);
  auto accepted = std::make_unique<SimStream>(*this, there, there.stream, attempt.address, client);
  auto connected =
      std::make_unique<SimStream>(*this, there, attempt.stream, client, attempt.address);
  SimStream::join(*accepted, *connected);
  there.accepted.push_back(accepted.get());
  ++there.connections_made;
  const OnAccept on_accept = there.on_accept;  // it may stop listening
  on_accept(std::move(accepted));
  attempt.finish(std::unique_ptr<Stream>(std::move(connected)));
}

void SimNetwork::drop_connections(std::string_view address) {
  for (SimStream* const stream : node(address).accepted) stream->reset();
}

}  // namespace rocketmq::net
