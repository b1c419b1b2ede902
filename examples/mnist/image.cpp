// SPDX-License-Identifier: MIT
#include "image.hpp"

#include <nn/core/errors.hpp>
#include <nn/data/center_digit.hpp>
#include <nn/io/atomic_file.hpp>

#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <istream>
#include <memory>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "jpeg.hpp"

#ifdef NN_HAS_STB
namespace {
// A small file can hold gigabytes of zeros.
constexpr std::size_t most_bytes = std::size_t{1} << 30;
void* allocate(std::size_t bytes) { return bytes > most_bytes ? nullptr : std::malloc(bytes); }
void* allocate_again(void* old, std::size_t bytes) { return bytes > most_bytes ? nullptr : std::realloc(old, bytes); }
}  // namespace
#define STBI_MALLOC(bytes) allocate(bytes)
#define STBI_REALLOC(old, bytes) allocate_again(old, bytes)
#define STBI_FREE(old) std::free(old)
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_NO_STDIO
#define STBI_WRITE_NO_STDIO
#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#include <stb/stb_easy_font.h>
#include <stb/stb_image.h>
#include <stb/stb_image_write.h>
#endif

namespace mnist {

namespace {

[[noreturn]] void fail(const std::string& path, const auto&... what) {
  throw nn::load_error("\"", path, "\" ", what...);
}

void require_size(const std::string& path, nn::Index height, nn::Index width) {
  if (height < 1 || width < 1) fail(path, "is a picture of ", width, "x", height, ", which holds nothing");
  if (height > nn::largest_picture / width)
    fail(path, "is a picture of ", width, "x", height, ", larger than ", nn::largest_picture,
         " pixels; make it smaller first");
}

// All of a file, or of a pipe; but not of one that never ends.
std::string read_bytes(const std::string& path) {
  constexpr std::size_t most = std::size_t{1} << 28;
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) fail(path, "cannot be opened: ", std::generic_category().message(errno));
  std::string bytes;
  std::vector<char> part(1 << 16);
  while (stream) {
    stream.read(part.data(), static_cast<std::streamsize>(part.size()));
    bytes.append(part.data(), static_cast<std::size_t>(stream.gcount()));
    if (bytes.size() > most) fail(path, "is larger than ", most, " bytes; make the picture smaller first");
  }
  if (stream.bad()) fail(path, "cannot be read: ", std::generic_category().message(errno));
  return bytes;
}

// Reads PGM (netpbm.sourceforge.net/doc/pgm.html), binary (P5) or in words (P2).
class PgmReader {
 public:
  PgmReader(std::istream& stream, const std::string& path) : stream_(stream), path_(path) {}

  Image read() {
    next();  // the P
    const char kind = next();
    const int width = number("its width"), height = number("its height"), white = number("its brightest value");
    require_size(path_, height, width);
    if (white < 1 || white > 65535) fail(path_, "has a brightest value of ", white, " instead of 1 to 65535");
    if (kind == '5' && !std::isspace(static_cast<unsigned char>(next()))) fail(path_, "has no space before its pixels");

    Image image(height, width);
    for (std::uint8_t& pixel : image.pixels) {
      int value = 0;
      if (kind == '2') {
        value = number("a pixel");
      } else {
        value = static_cast<unsigned char>(next());
        if (white > 255) value = 256 * value + static_cast<unsigned char>(next());
      }
      if (value > white) fail(path_, "has a pixel of ", value, ", brighter than its brightest value ", white);
      pixel = static_cast<std::uint8_t>((255 * value + white / 2) / white);
    }
    return image;
  }

 private:
  char next() {
    const int c = stream_.get();
    if (c == std::istream::traits_type::eof()) fail(path_, "ends too early; it is damaged or no picture");
    return static_cast<char>(c);
  }

  // Spaces and comments, then digits; what comes after them stays.
  int number(const char* what) {
    int c = stream_.peek();
    while (c == '#' || (c != std::istream::traits_type::eof() && std::isspace(c))) {
      if (c == '#')
        while (next() != '\n') {
        }
      else
        next();
      c = stream_.peek();
    }
    if (c == std::istream::traits_type::eof()) fail(path_, "ends too early; it is damaged or no picture");
    if (!std::isdigit(c)) fail(path_, "has something else where ", what, " should be");
    int value = 0;
    for (; std::isdigit(stream_.peek()); next()) {
      value = 10 * value + (stream_.peek() - '0');
      if (value > 999'999) fail(path_, "has a number too large for ", what);
    }
    return value;
  }

  std::istream& stream_;
  const std::string& path_;
};

#ifdef NN_HAS_STB

// Whether bytes were asked for beyond the end: a JPEG that is cut is decoded all the same, its rest grey.
struct Source {
  std::istream& stream;
  bool has_ended = false;

  static int read(void* source, char* bytes, int count) {
    auto& self = *static_cast<Source*>(source);
    self.stream.read(bytes, count);
    const auto got = static_cast<int>(self.stream.gcount());
    if (got == 0) self.has_ended = true;
    return got;
  }
  static void skip(void* source, int count) {
    auto& self = *static_cast<Source*>(source);
    self.stream.clear();
    self.stream.seekg(count, std::ios::cur);
  }
  static int is_at_end(void* source) { return static_cast<Source*>(source)->has_ended; }
};

Image decode(std::istream& stream, const std::string& path) {
  const stbi_io_callbacks callbacks{Source::read, Source::skip, Source::is_at_end};
  int width = 0, height = 0, channels = 0;
  Source header{stream};
  if (stbi_info_from_callbacks(&callbacks, &header, &width, &height, &channels) == 0) {
    if (header.has_ended) fail(path, "ends too early; it is damaged or no picture");
    fail(path, "is no picture that can be read (", stbi_failure_reason(), "); give PGM, PNG or JPEG");
  }
  require_size(path, height, width);

  stream.clear();
  stream.seekg(0);
  Source source{stream};
  const std::unique_ptr<stbi_uc, void (*)(void*)> grey_and_alpha(
      stbi_load_from_callbacks(&callbacks, &source, &width, &height, &channels, STBI_grey_alpha), stbi_image_free);
  if (source.has_ended) fail(path, "ends too early; it is damaged or no picture");
  if (!grey_and_alpha) fail(path, "is damaged (", stbi_failure_reason(), ")");

  Image image(height, width);
  double brightness = 0, ink = 0;
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    const double grey = grey_and_alpha.get()[2 * i], alpha = grey_and_alpha.get()[2 * i + 1];
    brightness += grey * alpha;
    ink += alpha;
  }
  const int paper = brightness < 127.5 * ink ? 255 : 0;
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    const int grey = grey_and_alpha.get()[2 * i], alpha = grey_and_alpha.get()[2 * i + 1];
    image.pixels[i] = static_cast<std::uint8_t>((grey * alpha + paper * (255 - alpha) + 127) / 255);
  }
  return image;
}

#endif

}  // namespace

void require_stb([[maybe_unused]] const std::string& what) {
#ifndef NN_HAS_STB
  throw nn::load_error(what,
                       ", but this program was built without stb; install it (libstb-dev, stb-devel) and build again");
#endif
}

Image read_image(const std::string& path) { return image_of(read_bytes(path), path); }

Image image_of(std::string whole, const std::string& path) {
  std::istringstream stream(std::move(whole));
  const std::string_view bytes = stream.view();
  if (bytes.size() < 2) fail(path, "ends too early; it is damaged or no picture");
  if (bytes.starts_with("P5") || bytes.starts_with("P2")) return PgmReader(stream, path).read();
#ifdef NN_HAS_STB
  if (has_oversized_huffman_table(bytes)) fail(path, "is damaged (it has a Huffman table of more than 256 codes)");
  return decode(stream, path);
#else
  require_stb(std::string("\"") + path + "\" is no PGM picture (P5 or P2)");
  return Image(0, 0);
#endif
}

void write_png([[maybe_unused]] const std::string& path, [[maybe_unused]] const Image& image) {
  require_stb("writing a PNG picture takes stb");
#ifdef NN_HAS_STB
  std::string bytes;
  const auto append = [](void* all, void* part, int size) {
    static_cast<std::string*>(all)->append(static_cast<const char*>(part), static_cast<std::size_t>(size));
  };
  const int width = static_cast<int>(image.width), height = static_cast<int>(image.height);
  if (stbi_write_png_to_func(append, &bytes, width, height, 1, image.pixels.data(), width) == 0)
    fail(path, "cannot be written: a picture of ", width, "x", height, " is too large");
  nn::AtomicFile file(path);
  file.write(bytes);
  file.commit();
#endif
}

void paste(Image& sheet, nn::Index top, nn::Index left, const Image& image, nn::Index factor) {
  for (nn::Index row = 0; row < factor * image.height; ++row)
    for (nn::Index column = 0; column < factor * image.width; ++column)
      sheet(top + row, left + column) = image(row / factor, column / factor);
}

void print([[maybe_unused]] Image& sheet, [[maybe_unused]] nn::Index top, [[maybe_unused]] nn::Index left,
           [[maybe_unused]] std::string text) {
#ifdef NN_HAS_STB
  struct Corner {
    float x, y, z;
    std::uint8_t color[4];
  };
  std::vector<Corner> corners(4 * 70 * text.size());  // more than any letter has
  const int count = stb_easy_font_print(0, 0, text.data(), nullptr, corners.data(),
                                        static_cast<int>(corners.size() * sizeof(Corner)));
  for (std::size_t i = 0; i < 4 * static_cast<std::size_t>(count); i += 4)
    for (auto y = static_cast<nn::Index>(corners[i].y); y < static_cast<nn::Index>(corners[i + 2].y); ++y)
      for (auto x = static_cast<nn::Index>(corners[i].x); x < static_cast<nn::Index>(corners[i + 2].x); ++x)
        if (top + y < sheet.height && left + x < sheet.width) sheet(top + y, left + x) = 0;
#endif
}

}  // namespace mnist
