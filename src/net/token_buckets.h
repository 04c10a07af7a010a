#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "net/loop.h"

namespace rocketmq::net {

// Lets each of many have so many a second, and as many at once after a pause.
class TokenBuckets {
 public:
  // 0 a second: no limit. No more than `buckets_max`, of some hundred bytes each, are kept of those
  // that are not full; who comes then shares one with others.
  explicit TokenBuckets(double per_second, std::size_t buckets_max = 10'000)
      : per_second_(per_second), buckets_max_(buckets_max) {}

  // Several at once may leave a debt, which keeps out who comes next: what is more than a bucket
  // holds goes, too, in its time.
  bool take(std::string_view who, TimePoint now, double count = 1);

  bool is_limited() const { return per_second_ > 0; }
  std::size_t size() const { return buckets_.size(); }

 private:
  struct Bucket {
    double tokens = 0;
    TimePoint at;
  };
  double tokens_at(const Bucket& bucket, TimePoint now) const;
  Bucket& bucket_of(std::string_view who, TimePoint now);

  const double per_second_;
  const std::size_t buckets_max_;
  std::map<std::string, Bucket, std::less<>> buckets_;
};

}  // namespace rocketmq::net
