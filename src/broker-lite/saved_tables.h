#pragma once

#include <rocketmq/result.h>

#include <array>
#include <string>

#include "broker-lite/auth/users.h"
#include "broker-lite/live_options.h"
#include "broker-lite/saved_table.h"
#include "broker-lite/services/delay_service.h"
#include "broker-lite/state/groups.h"
#include "broker-lite/state/offsets.h"
#include "broker-lite/state/pop_orders.h"
#include "broker-lite/state/request_modes.h"
#include "broker-lite/state/topics.h"
#include "protocol/access/policies.h"

namespace rocketmq::broker {

// All that a broker keeps under config/, a file a table, named and written as stock does where it
// has one. Those who change a table say so to its file.
class SavedTables {
 public:
  // All of it outlives this; `live` and `delays` are used from load() on, and may be made later.
  struct Tables {
    Topics& topics;
    Groups& groups;
    Offsets& offsets;
    PopOrders& orders;
    RequestModes& request_modes;
    Users& users;
    protocol::Policies& policies;
    LiveSettings<BrokerOptions>& live;
    DelayService& delays;
  };
  SavedTables(Directory& directory, Flusher& flusher, const Tables& tables);

  // What a tool has changed of the options: before all that depends on them.
  Result<void> load_overrides();
  Result<void> load();
  // Users and policies, for a broker that has them.
  Result<void> load_access();

  void save_offsets_if_changed();
  void save_delays_if_changed();
  // Calls `done` when users and policies are on disk.
  void save_access(const SavedTable::Done& done);
  // Now and then: after a failure. Offsets and delays have their own times.
  void try_again();

  bool is_idle() const;
  // For the end, when is_idle(): all that is left to save. Goes on after a failure, and tells the
  // first.
  Result<void> save_now();

 private:
  Tables tables_;

 public:
  SavedTable topics;
  SavedTable groups;
  SavedTable offsets;
  SavedTable delays;
  SavedTable orders;
  SavedTable users;
  SavedTable policies;
  SavedTable request_modes;
  SavedTable overrides;

 private:
  const std::array<SavedTable*, 9> all_{&overrides, &request_modes, &topics, &groups,  &offsets,
                                        &delays,    &orders,        &users,  &policies};
};

}  // namespace rocketmq::broker
