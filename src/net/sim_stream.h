#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/liveness.h"
#include "net/sim_network.h"

namespace rocketmq::net {

// One end of an in-memory connection.
class SimStream final : public Stream {
 public:
  SimStream(SimNetwork& network, SimNetwork::Node& node, const StreamOptions& options,
            std::string local, std::string peer);
  ~SimStream() override;

  static void join(SimStream& a, SimStream& b);

  void start(StreamHandler& handler) override;
  protocol::Buffer& output() override;
  std::size_t pending_output() const override { return output_.size(); }
  bool is_full() const override {
    return options_.output_bytes_pause > 0 && output_.size() > options_.output_bytes_pause;
  }
  std::uint64_t sent_bytes() const override { return sent_bytes_; }
  void close() override;
  void abort(Error error) override;
  void pause_reading() override { is_paused_ = true; }
  void resume_reading() override;
  const std::string& peer() const override { return peer_; }
  const std::string& local() const override { return local_; }

  void flush();
  // Ends both ends, from the loop.
  void reset();

 private:
  // What is under way to one end. The events of the loop hold it; the end itself may be gone.
  struct Inbox {
    SimStream* owner = nullptr;
    protocol::Buffer arrived;
    std::size_t under_way = 0;  // sent, and not yet given to the handler
    bool is_at_end = false;     // all of it has arrived
    bool is_swallowed = false;  // a black hole took some; nothing comes any more
    TimePoint last_arrival{};
  };

  TimePoint next_arrival();  // at the other end, in order
  void send(std::string_view bytes);
  void send_end();
  void pump_later();
  void pump();
  bool give(std::size_t bytes);  // false: destroyed, paused or closed by the handler
  bool may_read() const;
  void end_later(Error error);
  void end(const Error& error);

  SimNetwork& network_;
  SimNetwork::Node& node_;
  const StreamOptions options_;
  const std::string local_;
  const std::string peer_;
  StreamHandler* handler_ = nullptr;
  protocol::Buffer output_;
  protocol::Buffer input_;
  std::uint64_t sent_bytes_ = 0;
  const std::shared_ptr<Inbox> mine_ = std::make_shared<Inbox>();
  std::shared_ptr<Inbox> theirs_;
  bool is_paused_ = false;
  bool has_left_ = false;   // as TcpStream's
  bool is_closed_ = false;  // nothing is read or written any more
  std::optional<Error> end_;
  bool end_is_told_ = false;
  Liveness liveness_;
};

}  // namespace rocketmq::net
