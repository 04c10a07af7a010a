#pragma once

#include <rocketmq/message.h>
#include <rocketmq/result.h>

#include <memory>
#include <string>
#include <vector>

#include "net/task.h"
#include "proxy/http/parts.h"

namespace rocketmq::gateway {

// Of one request, or as one batch of events.
inline constexpr std::size_t messages_max = 64;

void tell_receipt(const SendReceipt& receipt, Json& json);
// `id`: the message's, instead of one that is made for it; empty: one that is made.
net::Task<Result<SendReceipt>> send(Parts& parts, Message message, std::string id = {});
// Idempotency-Key, which is the id of the one message that is sent; empty: not given. Whoever sends
// it twice stores it twice, under the same id, which consumers tell it by. Errors: bad_request.
Result<std::string> idempotency_key(const net::HttpRequest& request);

// {"index":…,"status":"ok",…}, or with the problem, as it is told for each of several messages.
// `message` may be the reason why it cannot be sent.
net::Task<std::unique_ptr<Json>> send_and_tell(Parts& parts, Result<Message> message,
                                               std::size_t index, std::string request_id,
                                               std::string id = {});

// Sends all of them, each by itself. Where none was sent: the first one's problem.
net::Task<Reply> send_all(Parts& parts, RequestPtr request, std::vector<Result<Message>> messages);
// The same of the one message that a request is, with its idempotency_key().
net::Task<Reply> send_single(Parts& parts, RequestPtr request, Result<Message> message);
// Sends one, with its idempotency_key(): 201, and where it is.
net::Task<Reply> send_one(Parts& parts, RequestPtr request, Result<Message> message);

// A message a line, and a result a line, for as long as the peer likes.
net::Task<Reply> send_lines(Parts& parts, RequestPtr request);

}  // namespace rocketmq::gateway
