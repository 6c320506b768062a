// A build without ISA-L: libdeflate makes all gzip.
#include "compress/isal_compressor.h"

namespace cero::core {

bool has_isal() noexcept { return false; }

std::unique_ptr<Compressor> make_isal_compressor() { return nullptr; }

}  // namespace cero::core
