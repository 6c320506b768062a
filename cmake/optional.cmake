# cero_optional(<option> <package> <help>): a third party that cero does without when it is not there. The option is
# AUTO (used when found), ON (an error when not found) or OFF; <package>_FOUND says what came of it.
macro(cero_optional option package help)
  set(${option} AUTO CACHE STRING "${help}: AUTO (when found), ON or OFF")
  set_property(CACHE ${option} PROPERTY STRINGS AUTO ON OFF)
  if("${${option}}" STREQUAL AUTO)
    find_package(${package} QUIET)
  elseif(${option})
    find_package(${package} REQUIRED)
  else()
    set(${package}_FOUND FALSE)
  endif()
endmacro()
