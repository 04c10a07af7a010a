#pragma once

#include <rocketmq/result.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker-lite/store/file.h"
#include "broker-lite/store/flusher.h"

namespace rocketmq::broker {

// Keeps one file under config/ (topics.json, …) up with a table in memory. The flusher writes it,
// one save after the other; changes made during a save go together into the next, so that a
// thousand changes do not cost a thousand files. Belongs to the broker's loop; the flusher has no
// job of it left when it is destroyed.
class SavedTable {
 public:
  using Done = std::function<void(const Result<void>&)>;

  // `to_text` gives the whole table and may be called at any time. `mode`: see save_state().
  SavedTable(Directory& directory, Flusher& flusher, std::string name,
             std::function<std::string()> to_text, OpenMode mode = OpenMode::create);

  // Gives the text saved last, if there is one, to `load`. A text that `load` refuses counts as
  // missing: the one before it is tried, and where that fails too it is an error: a broker that
  // began with an empty table would look as if everything had been deleted.
  Result<void> load(const std::function<Result<void>(std::string_view)>& load);

  void changed();
  // Calls `done` once all changes made so far are on disk, at once when they are; or with the error
  // of the attempt that should have put them there.
  void when_saved(Done done);
  // Now and then: after a failure.
  void try_again();
  // For the end, when is_idle(): saves here and now if there is something to save.
  Result<void> save_now();

  bool is_saved() const { return !is_saving_ && !is_changed_; }
  bool is_idle() const { return !is_saving_; }  // the flusher has no job of it

 private:
  void start();
  void finished(const Result<void>& result);

  Directory& directory_;
  Flusher& flusher_;
  const std::string name_;
  const std::function<std::string()> to_text_;
  const OpenMode mode_;
  bool is_changed_ = false;  // since the save under way, if any, took its text
  bool is_saving_ = false;
  // What the flusher posts after the table is gone finds nobody.
  const std::shared_ptr<SavedTable*> self_ = std::make_shared<SavedTable*>(this);
  std::vector<Done> waiting_;       // for the save under way
  std::vector<Done> waiting_next_;  // for the one after it
};

}  // namespace rocketmq::broker
