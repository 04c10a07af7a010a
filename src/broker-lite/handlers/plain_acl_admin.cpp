#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker-lite/auth/plain_acl.h"
#include "broker-lite/handlers/handlers.h"
#include "protocol/json_body.h"
#include "protocol/requests/plain_acl.h"
#include "protocol/split.h"
#include "protocol/str.h"

// The plain ACL files, as mqadmin of 4.x reads and changes them. Java: AdminBrokerProcessor of 4.9.

namespace rocketmq::broker {
namespace {

using net::RequestContext;
using protocol::Text;

// Java: ResponseCode of 4.9; 5.x has the numbers for other things.
constexpr ResponseCode update_access_config_failed{209};
constexpr ResponseCode delete_access_config_failed{210};
constexpr ResponseCode update_global_white_addrs_failed{211};

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) words.emplace_back(protocol::take_until(text, ','));
  return words;
}

std::optional<std::string> text_of(const std::optional<Text>& field) {
  return field ? std::optional<std::string>(*field) : std::nullopt;
}
std::optional<std::string> unless_empty(const std::optional<Text>& field) {
  return field && !field->empty() ? text_of(field) : std::nullopt;
}
std::optional<std::vector<std::string>> list_of(const std::optional<Text>& field) {
  return field ? std::optional(split(*field)) : std::nullopt;
}

// Java: PlainPermissionManager.createAclAccessConfigMap: what is empty stays as it was.
protocol::PlainAccessConfig account_of(const protocol::UpdateAndCreateAclConfig& request) {
  return {.access_key = std::string(request.access_key),
          .admin = request.admin.value_or(false),
          .default_group_perm = unless_empty(request.default_group_perm),
          .default_topic_perm = unless_empty(request.default_topic_perm),
          .group_perms = list_of(request.group_perms),
          .secret_key = text_of(request.secret_key),
          .topic_perms = list_of(request.topic_perms),
          .white_remote_address = text_of(request.white_remote_address)};
}

Result<protocol::GetAclConfigVersionResponse> version_response(const Core& core,
                                                               const PlainAcl& acl,
                                                               std::array<std::string, 2>& texts) {
  texts[0] = protocol::to_json(acl.versions());
  texts[1] = protocol::to_json(acl.default_version());
  return protocol::GetAclConfigVersionResponse{.all_acl_file_version = texts[0],
                                               .broker_addr = core.address,
                                               .broker_name = core.options.broker_name,
                                               .cluster_name = core.options.broker_cluster_name,
                                               .version = texts[1]};
}

}  // namespace

void add_plain_acl_handlers(net::Router& router, Core& core, PlainAcl& acl) {
  router.on<protocol::UpdateAndCreateAclConfig>(
      [&acl](const protocol::UpdateAndCreateAclConfig& request, RequestContext&) -> Result<void> {
        const auto put = acl.put(account_of(request));
        if (put) return {};
        return Error{update_access_config_failed, put.error().message};
      });
  router.on<protocol::DeleteAclConfig>(
      [&acl](const protocol::DeleteAclConfig& request, RequestContext&) -> Result<void> {
        if (acl.remove(request.access_key)) return {};
        return Error{delete_access_config_failed,
                     str("The accesskey[", request.access_key,
                         "] corresponding to accessConfig has been deleted failed.")};
      });
  router.on<protocol::UpdateGlobalWhiteAddrsConfig>(
      [&acl](const protocol::UpdateGlobalWhiteAddrsConfig& request,
             RequestContext&) -> Result<void> {
        const std::string_view path = request.acl_file_full_path.value_or("");
        if (!acl.has_file(path)) {
          return Error{update_global_white_addrs_failed,
                       str("The globalWhiteAddresses[", request.global_white_addrs,
                           "] has been updated failed.")};
        }
        const auto put = acl.put_global_white_addresses(split(request.global_white_addrs), path);
        if (put) return {};
        return Error{update_global_white_addrs_failed, put.error().message};
      });
  router.on<protocol::GetAclConfigVersion>(
      [&core, &acl, texts = std::array<std::string, 2>()](const protocol::GetAclConfigVersion&,
                                                          RequestContext&) mutable {
        return version_response(core, acl, texts);
      });
  router.on<protocol::GetAclConfig>(
      [&acl](const protocol::GetAclConfig&, RequestContext& context) -> Result<void> {
        context.reply.body = protocol::to_json(acl.config());
        return {};
      });
}

}  // namespace rocketmq::broker
