#include "net/sim_stream.h"

#include <algorithm>
#include <utility>

namespace rocketmq::net {

SimStream::SimStream(SimNetwork& network, SimNetwork::Node& node, const StreamOptions& options,
                     std::string local, std::string peer)
    : network_(network),
      node_(node),
      options_(options),
      local_(std::move(local)),
      peer_(std::move(peer)) {
  mine_->owner = this;
}

SimStream::~SimStream() {
  if (!is_closed_) send_end();
  mine_->owner = nullptr;
  network_.scheduler().forget(*this);
  std::erase(node_.accepted, this);
}

void SimStream::join(SimStream& a, SimStream& b) {
  a.theirs_ = b.mine_;
  b.theirs_ = a.mine_;
}

void SimStream::start(StreamHandler& handler) {
  handler_ = &handler;
  pump_later();
}

// ---- writing

protocol::Buffer& SimStream::output() {
  network_.scheduler().flush_later(*this);
  return output_;
}

void SimStream::flush() {
  if (is_closed_) return output_.clear();
  const bool could_read = may_read();
  const std::size_t window = node_.link.window_bytes;
  const std::size_t room = window - std::min(window, theirs_->under_way);
  const std::size_t bytes = std::min(room, output_.size());
  send(output_.view().substr(0, bytes));
  output_.consume(bytes);
  if (output_.size() > options_.output_bytes_max) {
    return abort(Error{Errc::overloaded, "the peer does not read what it asked for"});
  }
  if (!could_read) pump_later();
}

TimePoint SimStream::next_arrival() {
  Inbox& inbox = *theirs_;
  inbox.last_arrival = std::max(inbox.last_arrival, network_.arrival(node_.link));
  return inbox.last_arrival;
}

void SimStream::send(std::string_view bytes) {
  if (bytes.empty()) return;
  sent_bytes_ += bytes.size();
  theirs_->under_way += bytes.size();
  theirs_->is_swallowed |= node_.link.blackhole;
  if (theirs_->is_swallowed) return;

  std::int64_t& cut_after = node_.link.cut_after_bytes;
  const bool is_cut = cut_after >= 0 && static_cast<std::size_t>(cut_after) < bytes.size();
  if (is_cut) bytes = bytes.substr(0, static_cast<std::size_t>(cut_after));
  if (cut_after >= 0) cut_after = is_cut ? -1 : cut_after - static_cast<std::int64_t>(bytes.size());

  network_.scheduler().at(next_arrival(), [inbox = theirs_, text = std::string(bytes)] {
    inbox->arrived.append(text);
    if (inbox->owner != nullptr) inbox->owner->pump();
  });
  if (!is_cut) return;
  is_closed_ = true;
  for (const auto& inbox : {mine_, theirs_}) {
    network_.scheduler().at(next_arrival(), [inbox] {
      if (inbox->owner != nullptr) inbox->owner->end(Error{Errc::not_connected, "connection cut"});
    });
  }
}

void SimStream::send_end() {
  if (theirs_->is_swallowed || node_.link.blackhole) return;
  network_.scheduler().at(next_arrival(), [inbox = theirs_] {
    inbox->is_at_end = true;
    if (inbox->owner != nullptr) inbox->owner->pump();
  });
}

// ---- reading

bool SimStream::may_read() const {
  return handler_ != nullptr && !is_paused_ && !is_closed_ && !is_full();
}

void SimStream::resume_reading() {
  is_paused_ = false;
  pump_later();
}

void SimStream::pump_later() {
  network_.scheduler().at(network_.scheduler().now(), [inbox = mine_] {
    if (inbox->owner != nullptr) inbox->owner->pump();
  });
}

void SimStream::pump() {
  if (end_ && handler_ != nullptr) return end(*end_);
  if (may_read() && has_left_ && !give(0)) return;
  while (may_read() && !mine_->arrived.empty()) {
    if (!give(node_.link.one_byte_pieces ? 1 : mine_->arrived.size())) return;
  }
  if (may_read() && mine_->is_at_end) end(Error{Errc::not_connected, "closed by the peer"});
}

bool SimStream::give(std::size_t bytes) {
  input_.append(mine_->arrived.view().substr(0, bytes));
  mine_->arrived.consume(bytes);
  mine_->under_way -= bytes;
  if (theirs_->owner != nullptr) network_.scheduler().flush_later(*theirs_->owner);
  const Liveness::Watch watch(liveness_);
  handler_->on_data(input_);
  if (watch.gone()) return false;
  has_left_ = is_full() && !input_.empty();
  return true;
}

// ---- ending

void SimStream::close() {
  if (is_closed_) return;
  send(output_.view());  // whatever the window says: nobody waits for it any more
  output_.clear();
  if (is_closed_) return;  // cut
  abort(Error{Errc::not_connected, "closed"});
}

void SimStream::abort(Error error) {
  if (is_closed_) return;
  is_closed_ = true;
  output_.clear();
  send_end();
  end_later(std::move(error));
}

void SimStream::reset() {
  const Error error{Errc::not_connected, "connection reset"};
  end_later(error);
  if (theirs_->owner != nullptr) theirs_->owner->end_later(error);
}

void SimStream::end_later(Error error) {
  network_.scheduler().at(network_.scheduler().now(), [inbox = mine_, error = std::move(error)] {
    if (inbox->owner != nullptr) inbox->owner->end(error);
  });
}

void SimStream::end(const Error& error) {
  is_closed_ = true;
  output_.clear();
  if (!end_) end_ = error;
  if (handler_ == nullptr || end_is_told_) return;
  end_is_told_ = true;
  handler_->on_closed(*end_);
}

}  // namespace rocketmq::net
