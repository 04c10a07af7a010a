#pragma once

namespace rocketmq::testing_support {

// How often operator new was called in this program so far. For tests that say something needs no
// allocation; their program links allocations.cpp, which replaces the operators.
int allocations();

}  // namespace rocketmq::testing_support
