#include "net/token_buckets.h"

#include <algorithm>
#include <chrono>

namespace rocketmq::net {
namespace {

constexpr std::string_view shared;

}  // namespace

bool TokenBuckets::take(std::string_view who, TimePoint now, double count) {
  if (!is_limited()) return true;
  Bucket& bucket = bucket_of(who, now);
  bucket.tokens = tokens_at(bucket, now);
  bucket.at = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= count;
  return true;
}

// One a second at the least, or nobody would ever have a whole one.
double TokenBuckets::tokens_at(const Bucket& bucket, TimePoint now) const {
  const std::chrono::duration<double> passed = now - bucket.at;
  return std::min(bucket.tokens + passed.count() * per_second_, std::max(per_second_, 1.0));
}

TokenBuckets::Bucket& TokenBuckets::bucket_of(std::string_view who, TimePoint now) {
  if (const auto found = buckets_.find(who); found != buckets_.end()) return found->second;
  const double full = std::max(per_second_, 1.0);
  if (buckets_.size() >= buckets_max_) {
    std::erase_if(buckets_, [&](const auto& each) { return tokens_at(each.second, now) >= full; });
  }
  const std::string_view name = buckets_.size() >= buckets_max_ ? shared : who;
  return buckets_.try_emplace(std::string(name), Bucket{.tokens = full, .at = now}).first->second;
}

}  // namespace rocketmq::net
