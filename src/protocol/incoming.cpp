#include "protocol/incoming.h"

#include <cstring>
#include <functional>

namespace rocketmq::protocol {
namespace {

// Below this a copy costs less than giving up the receiving buffer.
constexpr std::size_t copied_bytes_max = 16 * 1024;

// Moves the views that point into [from, from + bytes) to the same place behind `to`.
class Mover {
 public:
  Mover(const char* from, std::size_t bytes, const char* to)
      : from_(from), bytes_(bytes), to_(to) {}

  void move(std::string_view& view) const {
    const std::less_equal<const char*> not_after;
    if (!not_after(from_, view.data()) || !not_after(view.data(), from_ + bytes_)) return;
    view = {to_ + (view.data() - from_), view.size()};
  }
  void move(Command& command) const {
    move(command.remark);
    move(command.body);
    for (Field& field : command.fields) {
      move(field.name);
      move(field.value);
    }
  }

 private:
  const char* const from_;
  const std::size_t bytes_;
  const char* const to_;
};

}  // namespace

std::shared_ptr<const void> Incoming::keep() {
  if (kept_) return kept_;
  if (frame_.bytes <= copied_bytes_max) {
    const std::size_t bytes = frame_.content.size();
    const auto copy = std::make_shared_for_overwrite<char[]>(bytes);
    std::memcpy(copy.get(), frame_.content.data(), bytes);
    Mover(frame_.content.data(), bytes, copy.get()).move(command_);
    return kept_ = copy;
  }
  // The frame stays where it is, and receiving goes on in a new buffer with what lies behind it.
  Buffer rest;
  rest.append(input_.view().substr(frame_.bytes));
  auto taken = std::make_shared<Buffer>(std::move(input_));
  input_ = std::move(rest);
  is_taken_ = true;
  return kept_ = std::move(taken);
}

}  // namespace rocketmq::protocol
