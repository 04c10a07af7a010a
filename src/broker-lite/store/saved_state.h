#pragma once

#include <rocketmq/result.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "broker-lite/store/file.h"

namespace rocketmq::broker {

// The files under config/: text that is replaced as a whole (topics, groups, offsets). The result
// is what stock leaves, <name> and <name>.bak with the text before, but reached so that a crash or
// a full disk at any moment loses neither:
//
//   write <name>.tmp;  sync it;  <name> -> <name>.bak;  <name>.tmp -> <name>;  sync folder
//
// (Java: ConfigManager.persist renames first and writes then. Where it cannot write, as on a full
// disk, its next try moves the half file over the good .bak.)
//
// `name` is a plain file name, e.g. "topics.json".

// Says whether a text can be used; what is cut short usually cannot be parsed.
using IsUsable = std::function<bool(std::string_view text)>;

// The text of the file; where it is missing, empty or not usable that of ".tmp", which is whole
// whenever the file is missing; else that of ".bak"; nothing where none can be used.
Result<std::optional<std::string>> load_state(Directory& directory, const std::string& name,
                                              const IsUsable& is_usable);

// `mode`: create or create_private. May run on the flusher's thread, but for one name at a time.
Result<void> save_state(Directory& directory, const std::string& name, std::string_view text,
                        OpenMode mode = OpenMode::create);

// Puts `text` in the place of the file `path`, wholly or not at all; `path`.tmp is there meanwhile.
Result<void> replace_file(Directory& directory, const std::string& path, std::string_view text,
                          OpenMode mode);

}  // namespace rocketmq::broker
