#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "net/loop.h"

namespace rocketmq::gateway {

// Lets each of many have so many a second, and as many at once after a pause.
class TokenBuckets {
 public:
  // 0 a second: no limit. No more than `buckets_max` are kept of those that are not full; who
  // comes then shares one with others.
  TokenBuckets(double per_second, std::size_t buckets_max)
      : per_second_(per_second), buckets_max_(buckets_max) {}

  bool take(std::string_view who, net::TimePoint now);

  std::size_t size() const { return buckets_.size(); }

 private:
  struct Bucket {
    double tokens = 0;
    net::TimePoint at;
  };
  double tokens_at(const Bucket& bucket, net::TimePoint now) const;
  Bucket& bucket_of(std::string_view who, net::TimePoint now);

  const double per_second_;
  const std::size_t buckets_max_;
  std::map<std::string, Bucket, std::less<>> buckets_;
};

}  // namespace rocketmq::gateway
