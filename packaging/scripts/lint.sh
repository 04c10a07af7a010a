#!/usr/bin/env bash
# Formatting, who may include whom, clang-tidy. Needs a configured build/dev.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
git ls-files '*.h' '*.cpp' | xargs clang-format-19 --dry-run -Werror
packaging/scripts/check_includes.sh
git ls-files 'src/*.cpp' | grep -v '_fuzz.cpp\|_bench.cpp\|_test.cpp' |
  xargs -P "$(nproc)" -n 4 clang-tidy-19 -p build/dev --quiet
