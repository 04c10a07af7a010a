#include "client/local_offset_file.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include "protocol/bodies/running_info.h"
#include "protocol/json_body.h"
#include "protocol/str.h"

namespace rocketmq::client {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) return std::nullopt;
  return text;
}

// Written beside it first, so that nobody ever reads half of it.
Result<void> replace(const std::string& path, const std::string& text) {
  const std::string temporary = path + ".tmp";
  {
    std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (!out) return Error{Errc::invalid_argument, str("cannot write ", temporary)};
  }
  std::error_code problem;
  fs::rename(temporary, path, problem);
  if (problem) return Error{Errc::invalid_argument, str(path, ": ", problem.message())};
  return {};
}

// Java's OffsetSerializeWrapper has the same one field.
Result<LocalOffsetFile::Offsets> decode(const std::string& text) {
  const auto body = protocol::from_json<protocol::ResetOffsetBody>(text, "stored offsets");
  if (!body) return body.error();
  LocalOffsetFile::Offsets offsets;
  for (const auto& [queue, offset] : body->offset_table) {
    offsets[{queue.topic, queue.broker_name, queue.queue_id}] = offset;
  }
  return offsets;
}

std::string encode(const LocalOffsetFile::Offsets& offsets) {
  protocol::ResetOffsetBody body;
  for (const auto& [queue, offset] : offsets) {
    body.offset_table.emplace_back(
        protocol::MessageQueueData{
            .broker_name = queue.broker_name, .queue_id = queue.queue_id, .topic = queue.topic},
        offset);
  }
  return protocol::to_json(body, {.pretty = true});
}

}  // namespace

std::string LocalOffsetFile::path_for(const std::string& dir, const std::string& client_id,
                                      const std::string& group) {
  std::string root = dir;
  if (root.empty()) {
    const char* const home = std::getenv("HOME");
    root = str(home == nullptr ? "." : home, "/.rocketmq_offsets");
  }
  return str(root, '/', client_id, '/', group, "/offsets.json");
}

Result<LocalOffsetFile::Offsets> LocalOffsetFile::load() const {
  if (const auto text = content_of(path_); text && !text->empty()) {
    if (auto offsets = decode(*text)) return offsets;
  }
  const auto backup = content_of(path_ + ".bak");
  if (!backup || backup->empty()) return Offsets{};
  auto offsets = decode(*backup);
  if (!offsets) {
    return Error{Errc::invalid_argument, str(path_, ".bak: ", offsets.error().message)};
  }
  return offsets;
}

Result<void> LocalOffsetFile::save(const Offsets& offsets) const {
  auto all = load();
  if (!all) return std::move(all).error();
  for (const auto& [queue, offset] : offsets) (*all)[queue] = offset;

  std::error_code problem;
  fs::create_directories(fs::path(path_).parent_path(), problem);
  if (problem) return Error{Errc::invalid_argument, str(path_, ": ", problem.message())};
  if (const auto before = content_of(path_); before && !before->empty()) {
    if (auto kept = replace(path_ + ".bak", *before); !kept) return kept;
  }
  return replace(path_, encode(*all));
}

}  // namespace rocketmq::client
