// The engine that makes gzip: the one that is asked for, else the fastest of this build.
//
//   ISA-L       where cero was built with it and no level is set
//   libdeflate  else: at the level that is set, or at its fastest
//
// Level 6 makes 7 to 10 % fewer bytes than ISA-L for six to seven times the CPU time, so it is for
// those who ask for it, however little the thread has to do.
#ifndef CERO_CORE_COMPRESS_GZIP_ENGINE_H_
#define CERO_CORE_COMPRESS_GZIP_ENGINE_H_

#include <memory>
#include <optional>

#include "cero/options.h"
#include "compress/compressor.h"

namespace cero::core {

// validate() has passed both. Throws std::bad_alloc.
std::unique_ptr<Compressor> make_gzip_engine(GzipEngine engine, std::optional<int> level);

}  // namespace cero::core

#endif  // CERO_CORE_COMPRESS_GZIP_ENGINE_H_
