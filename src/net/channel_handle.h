#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

namespace rocketmq::net {

class Channel;

namespace detail {
// What a channel leaves behind for those who hold a handle to it.
struct ChannelAnchor {
  Channel* channel;  // null once it is closed
  std::size_t handles = 0;
};
}  // namespace detail

// Refers to a channel that may be gone by the time it is wanted. Small and cheap to copy; equal
// handles mean the same connection, for ever. Copied and destroyed on the channel's loop thread
// only: the count is not atomic.
class ChannelHandle {
 public:
  ChannelHandle() = default;
  explicit ChannelHandle(detail::ChannelAnchor* anchor) : anchor_(anchor) {
    if (anchor_ != nullptr) ++anchor_->handles;
  }
  ChannelHandle(const ChannelHandle& other) : ChannelHandle(other.anchor_) {}
  ChannelHandle(ChannelHandle&& other) noexcept : anchor_(std::exchange(other.anchor_, nullptr)) {}
  ChannelHandle& operator=(ChannelHandle other) noexcept {
    std::swap(anchor_, other.anchor_);
    return *this;
  }
  ~ChannelHandle() {
    if (anchor_ != nullptr && --anchor_->handles == 0) delete anchor_;
  }

  // The channel, while it is open; not to be kept across a wait.
  Channel* get() const { return anchor_ != nullptr ? anchor_->channel : nullptr; }
  explicit operator bool() const { return get() != nullptr; }
  Channel* operator->() const { return get(); }

  bool operator==(const ChannelHandle&) const = default;

 private:
  friend struct std::hash<ChannelHandle>;
  detail::ChannelAnchor* anchor_ = nullptr;
};

}  // namespace rocketmq::net

template <>
struct std::hash<rocketmq::net::ChannelHandle> {
  std::size_t operator()(const rocketmq::net::ChannelHandle& handle) const noexcept {
    return std::hash<void*>()(handle.anchor_);
  }
};
