// gunzip: what a server compressed for us.
#ifndef CERO_CORE_COMPRESS_GUNZIP_H_
#define CERO_CORE_COMPRESS_GUNZIP_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cero::core {

// nullopt: it is no gzip, or more than bytes_max. Keeps nothing from call to call: answers are
// small and rarely compressed. Throws std::bad_alloc.
std::optional<std::string> gunzip(std::string_view gzip, size_t bytes_max);

}  // namespace cero::core

#endif  // CERO_CORE_COMPRESS_GUNZIP_H_
