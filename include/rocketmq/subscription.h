#pragma once

#include <rocketmq/message.h>

#include <string>

namespace rocketmq {

/// Which messages of a topic a group wants.
struct FilterExpression {
  enum class Kind { tags, sql };

  std::string expression = "*";
  Kind kind = Kind::tags;
};
/// By tag: "created || paid"; "*", or nothing, is everything. A message without a tag matches that
/// only.
FilterExpression tags(std::string expression);
/// By properties, in SQL92: "amount > 100 AND region = 'eu'". The broker must have
/// enablePropertyFilter.
FilterExpression sql(std::string expression);

struct Subscription {
  std::string topic;
  FilterExpression filter;
};

/// Where to begin in a queue: for a group that has no offset for it yet (Java: ConsumeFromWhere),
/// or where to go with seek().
class StartAt {
 public:
  static const StartAt latest;    ///< behind the last message. (For a new group a broker begins at
                                  ///< the start of a queue that is still young all the same.)
  static const StartAt earliest;  ///< at the first message there is
  /// At the first message stored then or later.
  static constexpr StartAt time(Timestamp when) { return StartAt(Kind::time, when); }

  enum class Kind { latest, earliest, time };
  constexpr Kind kind() const { return kind_; }
  constexpr Timestamp when() const { return when_; }
  friend constexpr bool operator==(const StartAt& a, const StartAt& b) {
    return a.kind_ == b.kind_ && a.when_ == b.when_;
  }

 private:
  constexpr explicit StartAt(Kind kind, Timestamp when = {}) : kind_(kind), when_(when) {}
  Kind kind_;
  Timestamp when_;
};
inline const StartAt StartAt::latest{StartAt::Kind::latest};
inline const StartAt StartAt::earliest{StartAt::Kind::earliest};

/// StartAt::time() of any clock time.
template <class Duration>
StartAt at_time(std::chrono::time_point<std::chrono::system_clock, Duration> when) {
  return StartAt::time(std::chrono::time_point_cast<std::chrono::milliseconds>(when));
}

}  // namespace rocketmq
