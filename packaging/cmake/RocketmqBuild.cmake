# How every target of this project is built. Users' targets are not touched.
include(GNUInstallDirs)

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
if(ROCKETMQ_IS_TOP_LEVEL)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release)
  endif()
  find_program(CCACHE ccache)
  if(CCACHE)
    # Without the sloppiness it would not cache what uses a precompiled header; with the base folder
    # another clone finds what this one has compiled.
    set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
      CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
  endif()
endif()

# For our own targets only, never passed on: who uses the libraries keeps their own flags.
add_library(rocketmq_options INTERFACE)
target_compile_features(rocketmq_options INTERFACE cxx_std_20)
target_include_directories(rocketmq_options INTERFACE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
target_compile_options(rocketmq_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wno-missing-field-initializers
  -fvisibility=hidden -fvisibility-inlines-hidden
  $<$<CXX_COMPILER_ID:Clang>:-Wno-sign-conversion>  # no part of -Wconversion for g++
  $<$<BOOL:${ROCKETMQ_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # Wrong in g++ 12: temporaries of structs full of strings, string + string, counted references.
  target_compile_options(rocketmq_options INTERFACE -Wno-array-bounds -Wno-maybe-uninitialized
    -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread -Wno-use-after-free)
endif()
if(ROCKETMQ_SANITIZE STREQUAL "address")
  # Without the vptr check: it looks at memory through a pipe, and calls an object invalid where a
  # test has used up all descriptors.
  target_compile_options(rocketmq_options INTERFACE -fsanitize=address,undefined -fno-sanitize=vptr
    -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_link_options(rocketmq_options INTERFACE -fsanitize=address,undefined)
elseif(ROCKETMQ_SANITIZE STREQUAL "thread")
  target_compile_options(rocketmq_options INTERFACE -fsanitize=thread -fno-omit-frame-pointer)
  target_link_options(rocketmq_options INTERFACE -fsanitize=thread)
endif()
if(ROCKETMQ_PROFILE STREQUAL "record")
  target_compile_options(rocketmq_options INTERFACE -fprofile-generate -fprofile-update=atomic)
  target_link_options(rocketmq_options INTERFACE -fprofile-generate)
elseif(ROCKETMQ_PROFILE STREQUAL "use")
  # What was not trained is optimised as ever, and not for size.
  target_compile_options(rocketmq_options INTERFACE -fprofile-use -fprofile-correction
    -fprofile-partial-training -Wno-missing-profile)
endif()
if(ROCKETMQ_COVERAGE)
  target_compile_options(rocketmq_options INTERFACE --coverage)
  target_link_options(rocketmq_options INTERFACE --coverage)
endif()
if(ROCKETMQ_BUILD_FUZZ)
  target_compile_options(rocketmq_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# What ./dev builds where it needs no more: cmake --build … --target unit_tests
add_custom_target(unit_tests)
add_custom_target(threads_tests)  # those of them that ctest -L threads runs
add_custom_target(fuzz_targets)

# How tests are built: they need no speed of their own, only that of the library they test.
add_library(rocketmq_test_options INTERFACE)
target_link_libraries(rocketmq_test_options INTERFACE rocketmq_options)
target_compile_options(rocketmq_test_options INTERFACE $<$<CONFIG:Release>:-O0>)
if(ROCKETMQ_BUILD_TESTS)
  find_package(GTest REQUIRED)
  target_link_libraries(rocketmq_test_options INTERFACE GTest::gmock_main)
endif()

# Two precompiled headers, one for all libraries and one for all tests. Headers of the project are in
# neither, and the fuzz preset does without: so a missing #include still shows.
if(ROCKETMQ_PCH)
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    target_compile_options(rocketmq_options INTERFACE "SHELL:-Xclang -fno-pch-timestamp")  # for ccache
  endif()
  set(std_headers <algorithm> <array> <atomic> <charconv> <chrono> <coroutine> <cstdint> <cstring>
    <deque> <functional> <future> <map> <memory> <mutex> <optional> <random> <set> <span> <string>
    <string_view> <thread> <unordered_map> <utility> <variant> <vector>)
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/precompiled.cpp CONTENT "")
  add_library(rocketmq_pch OBJECT ${PROJECT_BINARY_DIR}/precompiled.cpp)
  set_target_properties(rocketmq_pch PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(rocketmq_pch PRIVATE rocketmq_options)
  target_precompile_headers(rocketmq_pch PRIVATE ${std_headers})
  if(ROCKETMQ_BUILD_TESTS)
    add_library(rocketmq_test_pch OBJECT ${PROJECT_BINARY_DIR}/precompiled.cpp)
    target_link_libraries(rocketmq_test_pch PRIVATE rocketmq_test_options)
    target_precompile_headers(rocketmq_test_pch PRIVATE ${std_headers} <gmock/gmock.h> <gtest/gtest.h>)
  endif()
endif()

# rocketmq_library(NAME SOURCES a.cpp … PUBLIC target … PRIVATE target …)
function(rocketmq_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR}/include)
  target_compile_features(${name} PUBLIC cxx_std_17)
  target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE rocketmq_options ${ARG_PRIVATE})
  if(ROCKETMQ_PCH)
    target_precompile_headers(${name} REUSE_FROM rocketmq_pch)
  endif()
endfunction()

# rocketmq_tests(NAME [THREADS] SOURCES a_test.cpp … COUNTING b_test.cpp … LINK target …): one program, each TEST
# known to ctest by its own name. THREADS: what it tests has threads; the others have nothing that the
# thread sanitizer could find. COUNTING are those that count calls of operator new. They replace
# it, as the thread sanitizer does, which therefore goes without them.
function(rocketmq_tests name)
  if(NOT ROCKETMQ_BUILD_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "THREADS" "" "SOURCES;COUNTING;LINK" ${ARGN})
  if(ARG_COUNTING AND NOT ROCKETMQ_SANITIZE STREQUAL "thread")
    list(APPEND ARG_SOURCES ${ARG_COUNTING} ${PROJECT_SOURCE_DIR}/src/protocol/testing/allocations.cpp)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE rocketmq_test_options ${ARG_LINK})
  if(ROCKETMQ_PCH)
    target_precompile_headers(${name} REUSE_FROM rocketmq_test_pch)
  endif()
  add_dependencies(unit_tests ${name})
  set(labels)
  if(ARG_THREADS)
    add_dependencies(threads_tests ${name})
    set(labels LABELS threads)
  endif()
  include(GoogleTest)
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 120 ${labels})
endfunction()

# rocketmq_bench(NAME SOURCES a_bench.cpp … LINK target …)
function(rocketmq_bench name)
  if(NOT ROCKETMQ_BUILD_BENCH)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE rocketmq_options ${ARG_LINK} benchmark::benchmark_main)
endfunction()

# rocketmq_fuzz(NAME SOURCES a_fuzz.cpp … LINK target …): of large libraries only the sources it needs
function(rocketmq_fuzz name)
  if(NOT ROCKETMQ_BUILD_FUZZ)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE rocketmq_options ${ARG_LINK})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzz_targets ${name})
endfunction()
