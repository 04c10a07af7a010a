#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>

namespace rocketmq::proxy {

// How many clients of each group of producers are registered with each broker: so many are wanted,
// for the broker to have somebody to ask. See docs/decisions/shared-upstreams.md.
class ProducerSeats {
 public:
  using Place = std::pair<std::string, std::string>;  // group, and the broker's address

  // One client's; given back when it is destroyed, before the table is.
  class Seat {
   public:
    Seat(Seat&& other) noexcept
        : table_(std::exchange(other.table_, nullptr)), taken_(other.taken_) {}
    Seat& operator=(Seat&&) = delete;
    ~Seat() {
      if (table_ != nullptr && --taken_->second == 0) table_->taken_.erase(taken_);
    }

   private:
    friend class ProducerSeats;
    using Taken = std::map<Place, std::size_t>::iterator;
    Seat(ProducerSeats& table, Taken taken) : table_(&table), taken_(taken) { ++taken_->second; }

    ProducerSeats* table_;
    Taken taken_;
  };

  explicit ProducerSeats(std::size_t wanted) : wanted_(wanted) {}

  bool is_free(const Place& place) const {
    const auto found = taken_.find(place);
    return found == taken_.end() ? wanted_ > 0 : found->second < wanted_;
  }
  // There may be more than are wanted: who is known to a broker is so with all his groups.
  Seat take(const Place& place) { return Seat(*this, taken_.try_emplace(place, 0).first); }

 private:
  const std::size_t wanted_;
  std::map<Place, std::size_t> taken_;
};

}  // namespace rocketmq::proxy
