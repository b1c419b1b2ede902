// SPDX-License-Identifier: MIT
#include <nn/core/window.hpp>

#include <string>

#include "../catch.hpp"

namespace {

constexpr nn::Window over(nn::Shape input, nn::Sides kernel, nn::Sides stride, nn::Padding padding,
                          nn::Sides dilation) {
  return nn::window_over(input, "Test", "kernel", kernel, stride, padding, dilation);
}

// "0: 0@0 1@4; ": the positions, and the pixels of the window that are inside with their places in the image.
std::string visited(const nn::Window& window) {
  std::string text;
  nn::for_each_position(window, [&](nn::Index row, nn::Index column, nn::Index position) {
    text += std::to_string(position) + ":";
    nn::for_each_pixel(window, row, column, [&](nn::Index k, nn::Index pixel) {
      text += " " + std::to_string(k) + "@" + std::to_string(pixel);
    });
    text += "; ";
  });
  return text;
}

// "2: 4 5; ": where each position begins in the output, and the places of its pixels in the image.
std::string visited_at_once(const nn::Window& window) {
  std::string text;
  nn::for_each_window(window, [&](const nn::PixelsInside& pixels, nn::Index place) {
    text += std::to_string(place) + ":";
    for (nn::Index r = pixels.row_begin; r < pixels.row_end; ++r)
      for (nn::Index c = pixels.column_begin; c < pixels.column_end; ++c)
        text += " " + std::to_string(pixels.place(r, c));
    text += "; ";
  });
  return text;
}

}  // namespace

TEST_CASE("one number stands for both sides") {
  static_assert(nn::Sides(3) == nn::Sides(3, 3));
  static_assert(nn::Padding(2) == nn::Padding(2, 2));
  static_assert(nn::same_padding.is_same && nn::same_padding != nn::Padding(0));
  CHECK(nn::text_of(nn::Sides{3, 5}, ' ', nn::Padding{1, 2}) == "3x5 1x2");
}

TEST_CASE("a window that is told nothing is one pixel that takes one step at a time") {
  static_assert(nn::Sides() == nn::Sides(1, 1));
  static_assert(nn::Padding() == nn::Padding(0, 0) && !nn::Padding().is_same);
  static_assert(nn::Borders(2) == nn::Borders(2, 2, 2, 2));
  constexpr nn::Borders borders(1, 2, 3, 4);
  static_assert(borders.top == 1 && borders.bottom == 2 && borders.left == 3 && borders.right == 4);
  constexpr nn::Axis axis;
  static_assert(axis.input == 1 && axis.kernel == 1 && axis.stride == 1 && axis.dilation == 1 && axis.output == 1);
  static_assert(axis.before == 0);
  static_assert(nn::Window().channels == 1);
}

TEST_CASE("a window counts its positions") {
  static_assert(over({28, 28, 1}, 5, 1, 0, 1).rows.output == 24);
  CHECK(over({28, 28, 1}, 5, 1, 2, 1).positions() == 28 * 28);
  CHECK(over({7, 8, 1}, 3, 2, 0, 1).rows.output == 3);
  CHECK(over({7, 8, 1}, 3, 2, 0, 1).columns.output == 3);  // the last column is left out
  CHECK(over({9, 9, 1}, 3, 1, 0, 3).rows.output == 3);     // 7 from the first pixel to the last
  CHECK(over({2, 3, 4}, 1, 1, 0, 1).input_size() == 24);
}

TEST_CASE("same padding makes ceil(input / stride) positions, the larger half last") {
  const nn::Axis even = over({6, 6, 1}, 2, 1, nn::same_padding, 1).rows;
  CHECK((even.output == 6 && even.before == 0));
  const nn::Axis strided = over({7, 7, 1}, 3, 2, nn::same_padding, 1).rows;
  CHECK((strided.output == 4 && strided.before == 1));
  const nn::Axis sparse = over({7, 7, 1}, 1, 3, nn::same_padding, 1).rows;
  CHECK((sparse.output == 3 && sparse.before == 0));
}

TEST_CASE("an axis knows which pixels of the window are inside, from both sides") {
  for (const nn::Index input : {1, 2, 5, 8})
    for (const nn::Index kernel : {1, 2, 3, 4})
      for (const nn::Index stride : {1, 2, 3})
        for (const nn::Index padding : {0, 1, 2, 5})
          for (const nn::Index dilation : {1, 2, 3}) {
            CAPTURE(input, kernel, stride, padding, dilation);
            if (input + 2 * padding < (kernel - 1) * dilation + 1) continue;
            const nn::Axis axis = over({input, 100, 1}, {kernel, 1}, {stride, 1}, {padding, 0}, {dilation, 1}).rows;
            bool is_right = true, leaves = false;
            for (nn::Index position = 0; position < axis.output; ++position)
              for (nn::Index pixel = 0; pixel < kernel; ++pixel) {
                const nn::Index place = position * stride - padding + pixel * dilation;
                const bool is_inside = place >= 0 && place < input;
                leaves = leaves || !is_inside;
                is_right =
                    is_right && is_inside == (pixel >= axis.begin(position) && pixel < axis.end(position)) &&
                    is_inside == (position >= axis.positions_begin(pixel) && position < axis.positions_end(pixel));
              }
            CHECK(is_right);
            CHECK((axis.is_inside() ? !leaves : leaves || padding > 0));
          }
}

TEST_CASE("a window's pixels are visited, those inside of the image only") {
  CHECK(visited(over({2, 4, 1}, 2, 2, 0, 1)) == "0: 0@0 1@1 2@4 3@5; 1: 0@2 1@3 2@6 3@7; ");
  CHECK(visited(over({1, 4, 3}, {1, 2}, 2, 0, 1)) == "0: 0@0 1@3; 1: 0@6 1@9; ");
  CHECK(visited(over({1, 4, 1}, {1, 3}, 2, {0, 1}, 1)) == "0: 1@0 2@1; 1: 0@1 1@2 2@3; ");
  CHECK(visited(over({3, 2, 1}, 2, 1, {0, 1}, 2)) == "0: 1@1 3@5; 1: 0@0 2@4; ");
}

TEST_CASE("a window's pixels are visited position by position, those of 2 x 2 and of any size") {
  CHECK(visited_at_once(over({4, 4, 3}, 2, 2, 0, 1)) == "0: 0 3 12 15; 3: 6 9 18 21; 6: 24 27 36 39; 9: 30 33 42 45; ");
  CHECK(visited_at_once(over({2, 3, 2}, {1, 3}, {1, 2}, {0, 1}, 1)) == "0: 0 2; 2: 2 4; 4: 6 8; 6: 8 10; ");
}

TEST_CASE("a window refuses sides that make no sense or do not fit") {
  CHECK_THROWS_AS(over({4, 4, 1}, {0, 1}, 1, 0, 1), nn::shape_error);
  CHECK_THROWS_AS(over({4, 4, 1}, 1, {1, 0}, 0, 1), nn::shape_error);
  CHECK_THROWS_AS(over({4, 4, 1}, 1, 1, {0, -1}, 1), nn::shape_error);
  CHECK_THROWS_AS(over({4, 4, 1}, 1, 1, 0, {0, 1}), nn::shape_error);
  CHECK_THROWS_AS(over({4, 4, 1}, {5, 1}, 1, 0, 1), nn::shape_error);
  CHECK_THROWS_WITH(over({4, 4, 1}, {1, 3}, 1, 0, {1, 2}),
                    Catch::Matchers::ContainsSubstring("1x3 kernel with a dilation of 1x2 does"));
  CHECK_THROWS_WITH(over({4, 4, 1}, 5, 1, 0, 1),
                    Catch::Matchers::ContainsSubstring("5x5 kernel does not fit an input of 4x4x1"));
  CHECK_THROWS_AS(over({4, 4, 1}, 3, 1, 0, nn::Index(1) << 62), nn::shape_error);
  CHECK_NOTHROW(over({4, 4, 1}, 5, 1, 1, 1));
}

TEST_CASE("a window over sizes that cannot be counted is refused, and no step is longer than the image") {
  constexpr nn::Index much = nn::Index(1) << 40, top = nn::Index(1) << 62;
  CHECK_THROWS_AS(over({much, much, 1}, 1, 1, 0, 1), nn::shape_error);
  CHECK_THROWS_AS(over({much, 4, much}, 2, 1, 0, 1), nn::shape_error);
  CHECK_THROWS_AS(over({8, 8, 4}, 3, top / 8, top / 4, 1), nn::shape_error);
  CHECK_THROWS_AS(over({8, 8, 4}, 3, 1, top, 1), nn::shape_error);
  CHECK_THROWS_AS(over({much, 4, 1}, 2, 1, nn::same_padding, top), nn::shape_error);
  CHECK_THROWS_AS(over({4, 4, 1}, 3, 3, nn::same_padding, top), nn::shape_error);
  const nn::Window window = over({8, 8, 4}, 1, top, 0, top);
  CHECK(window.positions() == 1);
  CHECK(window.rows.dilation == 1);  // a kernel of one pixel has none
  CHECK(window.rows.stride <= 9);
  CHECK(visited(over({2, 1, 1}, 1, top, 0, top)) == "0: 0@0; ");
  CHECK(visited(over({2, 1, 1}, {2, 1}, top, {1, 0}, 1)) == "0: 1@0; ");
}
