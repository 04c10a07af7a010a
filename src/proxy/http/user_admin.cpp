// Users of the cluster. What they may do is in acl_admin.cpp. A password goes in, and never out.

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "protocol/str.h"
#include "proxy/http/auth_admin.h"
#include "proxy/http/operations.h"
#include "proxy/http/paging.h"

namespace rocketmq::gateway {
namespace {

constexpr std::size_t name_size_max = 255;

Json json_of(const User& user) {
  return {{"name", user.username}, {"type", user.type}, {"status", user.status}};
}

// Brokers take any name. What nobody can type is a mistake.
Result<void> check_user(std::string_view name) {
  const bool is_plain = std::ranges::all_of(name, [](char c) { return c > ' ' && c <= '~'; });
  if (is_plain && name.size() <= name_size_max) return {};
  return Error{Slug::bad_request,
               str("a user's name is up to ", name_size_max, " visible characters of ASCII")};
}

// What those about one user do first.
Result<void> check_request(const Request& request) {
  const auto parameters = Parameters::parse(request.head().query, {});
  if (!parameters) return parameters.error();
  return check_user(request.part("user"));
}

Error missing(const std::string& name) { return {Slug::not_found, str("there is no user ", name)}; }

// One of these, or nothing.
Result<std::string> choice(const Members& members, std::string_view name,
                           std::array<std::string_view, 2> known) {
  auto given = members.text(name, "");
  if (!given || given->empty() || *given == known[0] || *given == known[1]) return given;
  return members.invalid_member(name, str("is neither ", known[0], " nor ", known[1]));
}

Result<User> user_in(std::string_view body, const std::string& name) {
  const auto members = Members::parse(body, {"password", "type", "status"});
  if (!members) return members.error();
  auto password = members->text("password", "");
  if (!password) return std::move(password).error();
  auto type = choice(*members, "type", {"Normal", "Super"});
  if (!type) return std::move(type).error();
  auto status = choice(*members, "status", {"enable", "disable"});
  if (!status) return std::move(status).error();
  return User{.username = name,
              .password = *std::move(password),
              .type = *std::move(type),
              .status = *std::move(status)};
}

struct Put {
  User user;
  bool is_new = false;
};

Result<Put> put(Admin& admin, const User& wanted) {
  const auto before = find_user(admin, wanted.username);
  if (!before) return before.error();
  const bool is_new = !before->has_value();
  if (is_new && wanted.password.empty()) {
    return invalid("/password", "is missing, and the user is new");
  }
  auto done = is_new ? admin.create_user(wanted) : admin.update_user(wanted);
  if (!done) return std::move(done).error();
  const auto after = find_user(admin, wanted.username);
  if (!after) return after.error();
  return Put{after->value_or(wanted), is_new};
}

}  // namespace

net::Task<Reply> operate_users(Parts& parts, RequestPtr request) {
  const auto parameters = Parameters::parse(request->head().query, {"limit", "cursor"});
  if (!parameters) co_return parameters.error();
  auto asking = parts.admin.run<std::vector<User>>([](Admin& admin) { return admin.users(); });
  const auto users = co_await std::move(asking);
  if (!users) co_return no_users(users.error());
  std::vector<std::string> names;
  for (const User& user : *users) names.push_back(user.username);
  std::ranges::sort(names);
  const auto page = page_of(names, *parameters);
  if (!page) co_return page.error();
  Json json = {{"items", Json::array()}};
  for (const std::string& name : page->names) {
    json["items"].push_back(json_of(*std::ranges::find(*users, name, &User::username)));
  }
  if (page->next) json["next"] = *page->next;
  co_return json_reply(json);
}

net::Task<Reply> operate_user(Parts& parts, RequestPtr request) {
  if (auto checked = check_request(*request); !checked) co_return std::move(checked).error();
  const std::string name = request->part("user");
  auto asking =
      parts.admin.run<std::optional<User>>([name](Admin& admin) { return find_user(admin, name); });
  const auto user = co_await std::move(asking);
  if (!user) co_return user.error();
  if (!*user) co_return missing(name);
  co_return json_reply(json_of(**user));
}

net::Task<Reply> operate_put_user(Parts& parts, RequestPtr request) {
  if (auto checked = check_request(*request); !checked) co_return std::move(checked).error();
  if (auto json = expect_json(request->head()); !json) co_return std::move(json).error();
  const auto body = co_await read_body(parts, request);
  if (!body) co_return body.error();
  auto wanted = user_in(*body, request->part("user"));
  if (!wanted) co_return std::move(wanted).error();
  if (!wanted->password.empty() && !parts.access.takes_secrets_from(request->head().peer)) {
    co_return Error{Slug::forbidden, "a password is taken over TLS or from this machine only"};
  }
  auto asking =
      parts.admin.run<Put>([user = *std::move(wanted)](Admin& admin) { return put(admin, user); });
  const auto done = co_await std::move(asking);
  if (!done) co_return done.error();
  co_return json_reply(json_of(done->user), done->is_new ? 201 : 200);
}

net::Task<Reply> operate_delete_user(Parts& parts, RequestPtr request) {
  if (auto checked = check_request(*request); !checked) co_return std::move(checked).error();
  auto asking = parts.admin.run<void>([name = request->part("user")](Admin& admin) -> Result<void> {
    const auto user = find_user(admin, name);
    if (!user) return user.error();
    if (!*user) return missing(name);
    return admin.delete_user(name);
  });
  const auto deleted = co_await std::move(asking);
  if (!deleted) co_return deleted.error();
  co_return empty_reply();
}

}  // namespace rocketmq::gateway
