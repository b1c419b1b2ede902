// SPDX-License-Identifier: MIT
// Images of bytes, and their simplest files: PGM and PPM (netpbm.sourceforge.net/doc).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <nn/core/shape.hpp>
#include <nn/core/views.hpp>
#include <nn/data/record_file.hpp>

namespace nn {

/// Pixel by pixel, row by row, as a Dataset takes it; grey (1 channel) or red, green and blue.
struct Image {
  Shape shape;
  std::vector<std::uint8_t> bytes;

  bool operator==(const Image&) const = default;
};

namespace detail {

class PnmReader {
 public:
  explicit PnmReader(const std::string& path) : file_("read_pnm", path) {
    if (file_.size() > std::uint64_t{1} << 30)
      file_.fail(" has ", file_.size(), " bytes, and an image may have 1073741824; make it smaller first");
    bytes_.resize(static_cast<std::size_t>(file_.size()));
    RecordFile::Reading(file_).read(0, bytes_);
  }

  Image read() {
    const char kind = bytes_.size() > 2 && bytes_[0] == 'P' ? bytes_[1] : '\0';
    if (kind != '2' && kind != '3' && kind != '5' && kind != '6')
      file_.fail(
          " is no PGM or PPM image: it does not begin with P2, P3, P5 or P6; give another reader for other images");
    at_ = 2;
    const Index width = number("its width"), height = number("its height"), white = number("its brightest value");
    if (width < 1 || height < 1 || height > (Index{1} << 28) / width)
      file_.fail(" is an image of ", width, "x", height, "; it must have 1 to 268435456 pixels");
    if (white < 1 || white > 65535)
      file_.fail(" has a brightest value of ", white, " instead of 1 to 65535; it is damaged");
    const bool is_text = kind < '4';
    const Index channels = kind == '3' || kind == '6' ? 3 : 1, size = width * height * channels,
                wide = white > 255 ? 2 : 1;
    const auto left = static_cast<Index>(bytes_.size() - at_) - 1;  // after a single blank
    if (is_text ? left < 2 * size - 1 : left < wide * size)
      file_.fail(" ends too early: an image of ", width, "x", height, "x", channels, " takes ",
                 is_text ? 2 * size - 1 : wide * size, " bytes from byte ", at_ + 1, " on, but it has ",
                 std::max<Index>(left, 0), "; get it again");
    if (!is_text) ++at_;
    Image image{{height, width, channels}, std::vector<std::uint8_t>(static_cast<std::size_t>(size))};
    for (std::uint8_t& pixel : image.bytes) {
      Index value = 0;
      if (is_text) value = number("a pixel");
      for (Index i = 0; i < wide && !is_text; ++i) value = 256 * value + static_cast<unsigned char>(bytes_[at_++]);
      if (value > white)
        file_.fail(" has a pixel of ", value, " before byte ", at_, ", brighter than its brightest value ", white,
                   "; it is damaged");
      pixel = static_cast<std::uint8_t>((255 * value + white / 2) / white);
    }
    return image;
  }

 private:
  static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

  // After blanks and comments; what comes after its digits stays.
  Index number(const char* what) {
    while (at_ < bytes_.size() && (is_blank(bytes_[at_]) || bytes_[at_] == '#')) {
      if (bytes_[at_] == '#') at_ = std::min(bytes_.find('\n', at_), bytes_.size() - 1);
      ++at_;
    }
    const std::size_t begin = at_;
    Index value = 0;
    for (; at_ < bytes_.size() && bytes_[at_] >= '0' && bytes_[at_] <= '9'; ++at_) {
      value = 10 * value + (bytes_[at_] - '0');
      if (value > 999'999'999)
        file_.fail(" has a number at byte ", begin, " that is too large for ", what, "; it is damaged");
    }
    if (at_ == begin)
      file_.fail(at_ == bytes_.size() ? " ends" : " has something else", " at byte ", at_, ", where ", what,
                 " should be; it is damaged");
    return value;
  }

  RecordFile file_;
  std::string bytes_;
  std::size_t at_ = 0;
};

}  // namespace detail

/// A PGM or PPM image, binary or in words, of 8 or 16 bits, which become 8. Throws load_error where it is none.
inline Image read_pnm(const std::string& path) { return detail::PnmReader(path).read(); }

}  // namespace nn
