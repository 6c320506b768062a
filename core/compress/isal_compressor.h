// gzip by ISA-L's igzip, which a build of cero may be without: isal_compressor.cc or
// isal_absent.cc is compiled.
//
// It takes a third of the time of libdeflate's level 1 and makes 3 to 5 % more bytes, so it makes
// all gzip for which no level was asked. Cost: 200 KiB of state. Format: always a single gzip
// member.
#ifndef CERO_CORE_COMPRESS_ISAL_COMPRESSOR_H_
#define CERO_CORE_COMPRESS_ISAL_COMPRESSOR_H_

#include <memory>

#include "compress/compressor.h"

namespace cero::core {

// Whether this build of cero has it.
bool has_isal() noexcept;

// nullptr in a build without ISA-L. Throws std::bad_alloc.
std::unique_ptr<Compressor> make_isal_compressor();

}  // namespace cero::core

#endif  // CERO_CORE_COMPRESS_ISAL_COMPRESSOR_H_
