#include "broker-lite/store/saved_state.h"

namespace rocketmq::broker {
namespace {

const std::string folder = "config";
constexpr std::size_t text_size_max = 256 << 20;  // a bound on memory, far above real use

std::string path_of(const std::string& name) { return folder + '/' + name; }

Result<std::optional<std::string>> load_file(Directory& directory, const std::string& path,
                                             const IsUsable& is_usable) {
  const auto exists = directory.exists(path);
  if (!exists) return exists.error();
  if (!*exists) return std::optional<std::string>();
  auto text = read_text(directory, path, text_size_max);
  if (!text) return std::move(text).error();
  if (text->empty() || !is_usable(*text)) return std::optional<std::string>();
  return std::optional<std::string>(*std::move(text));
}

Result<void> write_new_file(Directory& directory, const std::string& path, std::string_view text,
                            OpenMode mode) {
  auto file = directory.open(path, mode);
  if (!file) return std::move(file).error();
  if (auto emptied = (*file)->resize(0); !emptied) return emptied;  // left by a crash
  if (auto written = (*file)->write(0, text); !written) return written;
  return (*file)->sync();
}

}  // namespace

Result<std::optional<std::string>> load_state(Directory& directory, const std::string& name,
                                              const IsUsable& is_usable) {
  for (const char* suffix : {"", ".tmp", ".bak"}) {
    auto text = load_file(directory, path_of(name) + suffix, is_usable);
    if (!text || *text) return text;
  }
  return std::optional<std::string>();
}

Result<void> save_state(Directory& directory, const std::string& name, std::string_view text,
                        OpenMode mode) {
  const std::string path = path_of(name);
  if (auto made = directory.create_directories(folder); !made) return made;
  auto written = write_new_file(directory, path + ".tmp", text, mode);
  if (!written) return written;
  const auto exists = directory.exists(path);
  if (!exists) return exists.error();
  if (*exists) {
    if (auto renamed = directory.rename(path, path + ".bak"); !renamed) return renamed;
  }
  if (auto renamed = directory.rename(path + ".tmp", path); !renamed) return renamed;
  return directory.sync(folder);
}

Result<void> replace_file(Directory& directory, const std::string& path, std::string_view text,
                          OpenMode mode) {
  auto written = write_new_file(directory, path + ".tmp", text, mode);
  if (!written) return written;
  if (auto renamed = directory.rename(path + ".tmp", path); !renamed) return renamed;
  const std::size_t slash = path.rfind('/');
  return directory.sync(slash == path.npos ? "" : path.substr(0, slash));
}

}  // namespace rocketmq::broker
