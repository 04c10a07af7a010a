#pragma once

#include <rocketmq/message.h>
#include <rocketmq/result.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/message_codec.h"

namespace rocketmq {

namespace client {

// What the messages of one pull answer have in common. Shared by all of them, so that a message
// kept by a user keeps the bytes it points into.
struct PullSource {
  std::shared_ptr<const void> bytes;  // the answer's frame
  MessageQueue queue;
  std::int64_t offset_delta = 0;  // of a static topic: logical minus physical queue offset
  // What its messages are shown under. Empty: each as its record says.
  std::string shown_topic;
  std::string name_space;  // what to leave out of topics in properties; empty: nothing
};

}  // namespace client

// One received message: views into the shared bytes of its pull answer, and what had to be made.
struct MessageView::Data {
  std::shared_ptr<const client::PullSource> source;
  protocol::RecordView record;
  std::string_view topic;       // as the user is shown it
  std::string_view body;        // of `record`, or `own_body`
  std::string_view message_id;  // UNIQ_KEY, or the offset message id in `own_text`
  std::string own_body;         // where the body had to be decompressed
  std::string own_text;         // the offset message id, then the born host
  std::size_t offset_id_size = 0;
  std::string pop_checkpoint;  // POP_CK, what stands for it at the broker; empty: it was not popped
  // The body could not be decompressed. Such a message is shown to no listener: it goes to the dead
  // letters, where it can be looked at, and holds up nothing.
  bool is_readable = true;

  Data() = default;
  Data(const Data&) = delete;  // its views may point into itself
  Data& operator=(const Data&) = delete;
};

namespace client {

struct DecodedMessages {
  std::vector<MessageView> messages;
  // Set when a record could not be decoded. `messages` holds those before it; what follows in the
  // body cannot be found.
  Error error;
};

// The stored messages in the body of a pull answer, batches taken apart. `body` points into
// source->bytes. A body longer than `body_bytes_max` once decompressed makes its message
// unreadable.
DecodedMessages decode_messages(std::string_view body, std::shared_ptr<const PullSource> source,
                                std::size_t body_bytes_max);

// The same, for who has more to say about the messages before they are shown.
struct DecodedRecords {
  std::vector<std::shared_ptr<MessageView::Data>> messages;
  Error error;
};
DecodedRecords decode_records(std::string_view body, std::shared_ptr<const PullSource> source,
                              std::size_t body_bytes_max);
// It came from there, with this POP_CK. `from` has the bytes of the source it was decoded with.
void set_popped(MessageView::Data& message, std::shared_ptr<const PullSource> from,
                std::string checkpoint);

// The same message as it looks when delivered once more from our own hands.
MessageView delivered_again(const MessageView& message);
// The same message with another POP_CK.
MessageView with_checkpoint(const MessageView& message, std::string checkpoint);

}  // namespace client
}  // namespace rocketmq
