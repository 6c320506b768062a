// What nearly every test includes and nobody here changes, compiled once for all of them where no
// compiler cache does so. It saves no #include: with a cache, and for clang-tidy, it is not there.
#ifndef CERO_TESTS_SUPPORT_PRELUDE_H_
#define CERO_TESTS_SUPPORT_PRELUDE_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#endif  // CERO_TESTS_SUPPORT_PRELUDE_H_
