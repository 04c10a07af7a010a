// Leases, as they are asked about over HTTP.

#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

#include "proxy/http/leases.h"
#include "proxy/http/operations.h"
#include "proxy/http/receipts.h"
#include "proxy/http/together.h"

namespace rocketmq::gateway {
namespace {

using Do = std::function<net::Task<Result<void>>(Lease lease)>;

net::Task<std::unique_ptr<Json>> do_and_tell(Parts& parts, RequestPtr request, std::string receipt,
                                             Do what) {
  auto lease = co_await find_lease(parts, receipt, request->part("group"));
  if (!lease) co_return told(receipt, lease.error(), request->id);
  const auto done = co_await what(*std::move(lease));
  co_return told(receipt, done, request->id);
}

// What all of these do first.
net::Task<Result<Members>> read_members(Parts& parts, RequestPtr request, Names known) {
  if (auto checked = check_group(request->part("group")); !checked) {
    co_return std::move(checked).error();
  }
  if (auto json = expect_json(request->head()); !json) co_return std::move(json).error();
  const auto body = co_await read_body(parts, request);
  if (!body) co_return body.error();
  co_return Members::parse(*body, known);
}

net::Task<Reply> for_each_receipt(Parts& parts, RequestPtr request, const Members& members,
                                  Do what) {
  auto receipts = receipts_of(members);
  if (!receipts) co_return std::move(receipts).error();
  std::vector<net::Task<std::unique_ptr<Json>>> tasks;
  for (std::string& receipt : *receipts) {
    tasks.push_back(do_and_tell(parts, request, std::move(receipt), what));
  }
  const auto results = co_await together(parts.tasks, std::move(tasks));
  co_return json_reply({{"results", *results}});
}

}  // namespace

net::Task<Reply> operate_ack(Parts& parts, RequestPtr request) {
  const Names known{"receipts"};
  const auto members = co_await read_members(parts, request, known);
  if (!members) co_return members.error();
  Do what = [&parts](Lease lease) { return ack(parts, std::move(lease)); };
  co_return co_await for_each_receipt(parts, request, *members, std::move(what));
}

net::Task<Reply> operate_nack(Parts& parts, RequestPtr request) {
  const Names known{"receipts", "delay"};
  const auto members = co_await read_members(parts, request, known);
  if (!members) co_return members.error();
  const auto delay =
      members->duration("delay", {nack_delay_otherwise, invisible_min, invisible_max});
  if (!delay) co_return delay.error();
  Do what = [&parts, time = *delay](Lease lease) { return nack(parts, std::move(lease), time); };
  co_return co_await for_each_receipt(parts, request, *members, std::move(what));
}

net::Task<Reply> operate_dead_letter(Parts& parts, RequestPtr request) {
  const Names known{"receipts"};
  const auto members = co_await read_members(parts, request, known);
  if (!members) co_return members.error();
  Do what = [&parts](Lease lease) { return bury(parts, std::move(lease)); };
  co_return co_await for_each_receipt(parts, request, *members, std::move(what));
}

net::Task<Reply> operate_extend(Parts& parts, RequestPtr request) {
  const Names known{"receipt", "invisible"};
  const auto members = co_await read_members(parts, request, known);
  if (!members) co_return members.error();
  const auto invisible =
      members->duration("invisible", {invisible_otherwise, invisible_min, invisible_max});
  if (!invisible) co_return invisible.error();
  const auto text = members->required("receipt");
  if (!text) co_return text.error();
  auto lease = co_await find_lease(parts, *text, request->part("group"));
  if (!lease) co_return std::move(lease).error();
  const auto changed = co_await change_invisible(parts, *std::move(lease), *invisible);
  if (!changed && is_gone(changed.error())) {
    co_return Error{Slug::receipt_expired, changed.error().message};
  }
  if (!changed) co_return changed.error();
  co_return json_reply({{"receipt", to_text(*changed)}});
}

}  // namespace rocketmq::gateway
