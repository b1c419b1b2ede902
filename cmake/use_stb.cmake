# use_stb(target): PNG and JPEG pictures through stb; without it, PGM alone.
function(use_stb target)
  find_path(NN_STB_INCLUDE_DIR stb/stb_image.h)
  if(NN_STB_INCLUDE_DIR)
    target_include_directories(${target} SYSTEM PRIVATE ${NN_STB_INCLUDE_DIR})
    target_compile_definitions(${target} PRIVATE NN_HAS_STB)
  endif()
endfunction()
