#include "broker-lite/saved_table.h"

#include <utility>

#include "broker-lite/store/saved_state.h"
#include "protocol/str.h"

namespace rocketmq::broker {

SavedTable::SavedTable(Directory& directory, Flusher& flusher, std::string name,
                       std::function<std::string()> to_text, OpenMode mode)
    : directory_(directory),
      flusher_(flusher),
      name_(std::move(name)),
      to_text_(std::move(to_text)),
      mode_(mode) {}

Result<void> SavedTable::load(const std::function<Result<void>(std::string_view)>& load) {
  Result<void> loaded;
  const auto text = load_state(directory_, name_, [&](std::string_view candidate) {
    loaded = load(candidate);
    return loaded.has_value();
  });
  if (!text) return text.error();
  if (!loaded) {
    return Error{Errc::store_corrupt,
                 str("config/", name_, " and its .bak cannot be used: ", loaded.error().message)};
  }
  return {};
}

void SavedTable::changed() {
  is_changed_ = true;
  try_again();
}

void SavedTable::when_saved(Done done) {
  if (is_saved()) return done({});
  (is_changed_ ? waiting_next_ : waiting_).push_back(std::move(done));
  try_again();
}

void SavedTable::try_again() {
  if (is_changed_ && !is_saving_) start();
}

void SavedTable::start() {
  is_saving_ = true;
  is_changed_ = false;
  waiting_.swap(waiting_next_);
  flusher_.run([&directory = directory_, name = name_, mode = mode_,
                text = to_text_()] { return save_state(directory, name, text, mode); },
               [weak = std::weak_ptr(self_)](const Result<void>& result) {
                 if (const auto self = weak.lock()) (*self)->finished(result);
               });
}

void SavedTable::finished(const Result<void>& result) {
  is_saving_ = false;
  const std::vector<Done> told = std::exchange(waiting_, {});
  if (!result) is_changed_ = true;  // what was to be saved still is
  if (result || !waiting_next_.empty()) try_again();
  for (const Done& done : told) done(result);
}

Result<void> SavedTable::save_now() {
  if (is_saved()) return {};
  is_changed_ = false;
  return save_state(directory_, name_, to_text_(), mode_);
}

}  // namespace rocketmq::broker
