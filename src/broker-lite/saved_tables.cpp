#include "broker-lite/saved_tables.h"

#include <algorithm>
#include <utility>

namespace rocketmq::broker {
namespace {

template <class Table>
Result<void> load_into(Table& table, SavedTable& file) {
  return file.load([&table](std::string_view text) { return table.load(text); });
}

}  // namespace

SavedTables::SavedTables(Directory& directory, Flusher& flusher, const Tables& tables)
    : tables_(tables),
      topics(directory, flusher, "topics.json", [this] { return tables_.topics.to_json(); }),
      groups(directory, flusher, "subscriptionGroup.json",
             [this] { return tables_.groups.to_json(); }),
      offsets(directory, flusher, "consumerOffset.json",
              [this] {
                tables_.offsets.saved();
                return tables_.offsets.to_json();
              }),
      delays(directory, flusher, "delayOffset.json", [this] { return tables_.delays.to_json(); }),
      orders(directory, flusher, "consumerOrderInfo.json",
             [this] {
               return tables_.orders.to_json([this](const PopOrders::Key& key) {
                 return tables_.topics.find(key.topic) == nullptr ||
                        tables_.groups.find(key.group) == nullptr;
               });
             }),
      users(
          directory, flusher, "users.json", [this] { return tables_.users.to_json(); },
          OpenMode::create_private),
      policies(directory, flusher, "acls.json", [this] { return tables_.policies.to_json(); }),
      request_modes(directory, flusher, "messageRequestMode.json",
                    [this] { return tables_.request_modes.to_json(); }),
      overrides(directory, flusher, "brokerOverrides.properties",
                [this] { return tables_.live.to_text(); }) {}

Result<void> SavedTables::load_overrides() { return load_into(tables_.live, overrides); }

Result<void> SavedTables::load() {
  if (auto loaded = load_into(tables_.topics, topics); !loaded) return loaded;
  if (auto loaded = load_into(tables_.groups, groups); !loaded) return loaded;
  if (auto loaded = load_into(tables_.offsets, offsets); !loaded) return loaded;
  if (auto loaded = load_into(tables_.delays, delays); !loaded) return loaded;
  if (auto loaded = load_into(tables_.orders, orders); !loaded) return loaded;
  return load_into(tables_.request_modes, request_modes);
}

Result<void> SavedTables::load_access() {
  if (auto loaded = load_into(tables_.users, users); !loaded) return loaded;
  return load_into(tables_.policies, policies);
}

void SavedTables::save_offsets_if_changed() {
  if (tables_.offsets.is_dirty()) offsets.changed();
  if (tables_.orders.is_dirty()) orders.changed();
}

void SavedTables::save_delays_if_changed() {
  if (tables_.delays.has_to_save()) delays.changed();
}

void SavedTables::save_access(const SavedTable::Done& done) {
  users.changed();
  policies.changed();
  users.when_saved(
      [this, done](const Result<void>& saved) { saved ? policies.when_saved(done) : done(saved); });
}

void SavedTables::try_again() {
  for (SavedTable* table : {&overrides, &request_modes, &topics, &groups, &users, &policies}) {
    table->try_again();
  }
}

bool SavedTables::is_idle() const {
  return std::ranges::all_of(all_, [](const SavedTable* table) { return table->is_idle(); });
}

Result<void> SavedTables::save_now() {
  Result<void> result;
  for (SavedTable* table : all_) {
    if (auto saved = table->save_now(); !saved && result) result = saved;
  }
  return result;
}

}  // namespace rocketmq::broker
