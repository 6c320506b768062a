# How cero's own code is compiled. Never exported: a user's flags are the user's.
add_library(cero_flags INTERFACE)
target_compile_options(cero_flags INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Wundef
  -fno-omit-frame-pointer
  # gcc 12 at -O3 sees overlapping copies in std::string's operator+ that cannot happen (its bug 105651).
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-Wno-restrict>)
target_compile_definitions(cero_flags INTERFACE $<$<NOT:$<CONFIG:Release>>:CERO_ASSERTS=1>)

# Sanitizers must reach every object of the program, so they go on each target, including generated code.
if(CERO_SANITIZE)
  target_compile_options(cero_flags INTERFACE -fsanitize=${CERO_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(cero_flags INTERFACE -fsanitize=${CERO_SANITIZE})
  if(CERO_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # It warns that ThreadSanitizer does not understand fences. Those of core/queue order atomics only, which it follows
    # by themselves; they are checked under Relacy.
    target_compile_options(cero_flags INTERFACE -Wno-tsan)
  endif()
endif()
