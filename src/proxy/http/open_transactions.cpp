#include "proxy/http/open_transactions.h"

#include <utility>

#include "protocol/message_codec.h"
#include "protocol/properties.h"
#include "protocol/str.h"
#include "proxy/http/problem.h"
#include "proxy/http/random_id.h"
#include "proxy/http/together.h"

namespace rocketmq::gateway {
namespace {

Error not_open() {
  return {Slug::transaction_not_found,
          "this transaction is not open here: it was ended, its time is over, or another gateway "
          "has it"};
}

net::Task<Result<SendReceipt>> send_half(std::shared_ptr<Producer::Impl> producer,
                                         Message message) {
  return once<SendReceipt>([producer, message = std::move(message)](SendCallback done) {
    const protocol::Property half_properties[] = {
        {protocol::property::transaction_prepared, "true"},
        {protocol::property::producer_group, producer->wire_group()},
    };
    producer->send_async(message, std::move(done),
                         {.added = {.properties = half_properties,
                                    .sys_flag = protocol::sys_flag::transaction_prepared}});
  });
}

}  // namespace

OpenTransactions::OpenTransactions(std::shared_ptr<Producer::Impl> producer, std::size_t open_max,
                                   std::chrono::milliseconds timeout)
    : producer_(std::move(producer)),
      self_(std::make_shared<OpenTransactions*>(this)),
      transactions_(std::make_shared<client::Transactions>(
          producer_->core(), producer_->wire_group(),
          [self = self_, &loop = producer_->core()->loop()](const MessageView& half) {
            loop.post([self, half] {
              if (*self != nullptr) (*self)->asked(half);
            });
            return TransactionResolution::unknown;  // not known yet
          },
          producer_->pending(), producer_->tracer())),
      open_max_(open_max),
      timeout_(timeout) {
  producer_->add_transactions(transactions_);
}

OpenTransactions::~OpenTransactions() { *self_ = nullptr; }

net::Task<Result<OpenTransactions::Opened>> OpenTransactions::open(Message message,
                                                                   OnCheck on_check) {
  if (open_.size() + opening_ >= open_max_) {
    co_return Error{Errc::overloaded, str(open_max_, " transactions are open already")};
  }
  ++opening_;
  auto sent = co_await send_half(producer_, message);
  --opening_;
  if (!sent) co_return std::move(sent).error();
  auto half = client::half_message(message, *sent);
  if (!half) co_return std::move(half).error();
  half->topic = producer_->core()->wire_name(half->topic);
  Opened opened{.id = random_id(),
                .expires_ms = producer_->core()->loop().wall_ms() + timeout_.count()};
  keep(opened.id, *std::move(half), std::move(on_check));
  co_return opened;
}

void OpenTransactions::keep(const std::string& id, client::HalfMessage half, OnCheck on_check) {
  auto timer = producer_->core()->loop().after(timeout_, [this, id] { tasks_.start(expire(id)); });
  open_.emplace(
      id,
      Open{.half = std::move(half), .on_check = std::move(on_check), .timer = std::move(timer)});
}

net::Task<Result<void>> OpenTransactions::end(std::string id, TransactionResolution resolution) {
  const auto found = open_.find(id);
  if (found == open_.end()) co_return not_open();
  client::HalfMessage half = std::move(found->second.half);
  OnCheck on_check = std::move(found->second.on_check);
  open_.erase(found);  // of two that end it only one does
  client::TransactionVerdict verdict;
  verdict.resolution = resolution;
  auto ended = co_await transactions_->end(half, std::move(verdict));
  if (!ended) keep(id, std::move(half), std::move(on_check));  // may be tried again
  co_return ended;
}

void OpenTransactions::asked(const MessageView& half) const {
  for (const auto& [id, open] : open_) {
    if (open.on_check && open.half.message_id == half.message_id()) return open.on_check(id, half);
  }
}

// A broker that is not reached will ask, and give up in the end.
net::Task<> OpenTransactions::expire(std::string id) {
  static_cast<void>(co_await end(std::move(id), TransactionResolution::rollback));
}

}  // namespace rocketmq::gateway
