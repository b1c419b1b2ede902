// SPDX-License-Identifier: MIT
#include <nn/layers/max_pool.hpp>

#include <cmath>

#include "image_cases.hpp"

using Catch::Matchers::Message;

TEST_CASE("MaxPool2D is a layer, with sizes in the type or at run time") {
  static_assert(nn::Layer<nn::MaxPool2D<2>> && nn::Layer<nn::MaxPool2D<>>);
  static_assert(std::is_empty_v<nn::MaxPool2D<2>>);
  static_assert(std::is_same_v<decltype(nn::MaxPool2D{2}), nn::MaxPool2D<>>);
  static_assert(std::is_same_v<decltype(nn::MaxPool2D{{2, 3}, {.stride = 1}}), nn::MaxPool2D<>>);
  CHECK(nn::describe(nn::MaxPool2D<2>{}) == nn::describe(nn::MaxPool2D{{2, 2}, {.stride = 2}}));
  CHECK(nn::describe(nn::MaxPool2D{2}).type == "MaxPool2D");
  CHECK(nn::describe(nn::MaxPool2D{2}).options[2] == std::pair<std::string, double>("stride_height", 2));
  CHECK(nn::MaxPool2D{2} == nn::MaxPool2D{{2, 2}});
  CHECK_FALSE(nn::MaxPool2D{2} == nn::MaxPool2D{2, {.stride = 1}});
}

TEST_CASE("MaxPool2D knows its output, and refuses what does not fit") {
  static_assert(nn::MaxPool2D<2>{}.output_shape(nn::Shape(28, 29, 6)) == nn::Shape(14, 14, 6));
  CHECK(nn::MaxPool2D{3, {.stride = 2, .padding = 1}}.output_shape(nn::Shape(8, 7, 4)) == nn::Shape(4, 4, 4));
  CHECK_THROWS_MATCHES(nn::MaxPool2D{3}.output_shape(nn::Shape(2, 2, 6)), nn::shape_error,
                       Message("MaxPool2D: a 3x3 window does not fit an input of 2x2x6 without padding; use a smaller "
                               "window, more padding, or less pooling before it"));
  CHECK_THROWS_MATCHES((nn::MaxPool2D{2, {.padding = {0, 2}}}.output_shape(nn::Shape(8, 8, 6))), nn::shape_error,
                       Message("MaxPool2D: with a padding of 0x2 some windows of 2x2 see nothing of the image; use "
                               "less padding than the window is long"));
  CHECK_THROWS_AS(nn::MaxPool2D{0}.output_shape(nn::Shape(8, 8, 6)), nn::shape_error);
}

TEMPLATE_TEST_CASE("MaxPool2D gives the known values, and of equal numbers the first takes the gradient", "", float,
                   double) {
  using M = nn::Matrix<TestType>;
  // (1 5 | 2 2; 5 0 | 2 2)
  const M x{{1}, {5}, {2}, {2}, {5}, {0}, {2}, {2}}, dy{{10}, {20}};
  const nn::Shape shape(2, 4, 1);
  CHECK(test::forward_image<TestType>(nn::MaxPool2D{2}, shape, x) == M{{5}, {2}});
  CHECK(test::backward_image<TestType>(nn::MaxPool2D{2}, shape, x, dy) == M{{0}, {10}, {20}, {0}, {0}, {0}, {0}, {0}});
}

TEMPLATE_TEST_CASE("MaxPool2D adds the gradients of windows that overlap, and padding never wins", "", float, double) {
  using M = nn::Matrix<TestType>;
  const M x{{-3}, {-1}, {-2}};
  const nn::MaxPool2D layer{{1, 3}, {.stride = 1, .padding = {0, 1}}};
  CHECK(test::forward_image<TestType>(layer, nn::Shape(1, 3, 1), x) == M{{-1}, {-1}, {-1}});
  CHECK(test::backward_image<TestType>(layer, nn::Shape(1, 3, 1), x, M{{1}, {2}, {4}}) == M{{0}, {7}, {0}});
}

TEST_CASE("MaxPool2D does what PyTorch's does") {
  test::check_fixture("max pool", nn::MaxPool2D{2}, nn::Shape(5, 6, 3));
  test::check_fixture("max pool, overlapping", nn::MaxPool2D{{3, 2}, {.stride = {2, 1}, .padding = {1, 0}}},
                      nn::Shape(5, 6, 3));
}

TEMPLATE_TEST_CASE("MaxPool1D takes the largest over time", "", float, double) {
  using M = nn::Matrix<TestType>;
  static_assert(nn::Layer<nn::MaxPool1D<2>> && std::is_empty_v<nn::MaxPool1D<2>>);
  static_assert(nn::MaxPool1D<2>{}.output_shape(nn::Shape(1, 9, 6)) == nn::Shape(1, 4, 6));
  CHECK(nn::describe(nn::MaxPool1D<2>{}) == nn::describe(nn::MaxPool1D{2}));
  const M x{{1}, {5}, {2}, {2}};
  CHECK(test::forward_image<TestType>(nn::MaxPool1D{2}, {1, 4, 1}, x) == M{{5}, {2}});
  CHECK(test::backward_image<TestType>(nn::MaxPool1D{2}, {1, 4, 1}, x, M{{3}, {4}}) == M{{0}, {3}, {4}, {0}});
  test::check_fixture("1-D max pool", nn::MaxPool1D{3}, {1, 9, 2});
  test::check_same_bits_after_image<1, 5, 3>(nn::MaxPool1D<2>{}, nn::MaxPool1D{2});
}

TEST_CASE("MaxPool2D's gradients are right") {
  test::check_gradients_of_image_layer(nn::MaxPool2D{2}, nn::Shape(4, 3, 2));
  test::check_gradients_of_image_layer(nn::MaxPool2D{3, {.stride = 1, .padding = 1}}, nn::Shape(3, 2, 2));
}

TEST_CASE("MaxPool2D gives the same bits in every network") {
  test::check_same_bits_after_image<6, 5, 3>(nn::MaxPool2D<2>{}, nn::MaxPool2D{2});
}

TEMPLATE_TEST_CASE("MaxPool2D lets NaN and infinity win", "", float, double) {
  const TestType nan = test::not_a_number<TestType>, infinity = test::infinity<TestType>;
  const nn::Matrix<TestType> x{{1, 1}, {nan, infinity}, {3, 2}, {4, -infinity}};
  const auto y = test::forward_image<TestType>(nn::MaxPool2D{2}, nn::Shape(2, 2, 1), x);
  CHECK(std::isnan(y(0, 0)));
  CHECK(y(0, 1) == infinity);
}

namespace {

// The definition, one number after the other: the first of the largest has won.
template <class T>
void check_definition(nn::Sides size, nn::PoolOptions options, nn::Shape shape) {
  CAPTURE(size.height, size.width, options.stride.height, options.padding.height, nn::to_string(shape));
  const nn::MaxPool2D layer{size, options};
  const nn::Shape after = layer.output_shape(shape);
  const nn::Sides stride = options.stride.height == 0 ? size : options.stride;
  nn::Matrix<T> x = (test::drawn<T>(shape.size(), 2, 1) * T(3)).array().round();  // many are equal
  x(shape.size() / 2, 1) = test::not_a_number<T>;
  const nn::Matrix<T> dy = test::drawn<T>(after.size(), 2, 2);
  nn::Matrix<T> y(after.size(), 2), dx = nn::Matrix<T>::Zero(shape.size(), 2);
  for (nn::Index sample = 0; sample < 2; ++sample)
    for (nn::Index place = 0; place < after.size(); ++place) {
      const nn::Index channel = place % shape.channels, position = place / shape.channels;
      const nn::Index top = position / after.width * stride.height - options.padding.height;
      const nn::Index left = position % after.width * stride.width - options.padding.width;
      nn::Index winner = -1;
      for (nn::Index row = top; row < top + size.height; ++row)
        for (nn::Index column = left; column < left + size.width; ++column) {
          if (row < 0 || row >= shape.height || column < 0 || column >= shape.width) continue;
          const nn::Index here = (row * shape.width + column) * shape.channels + channel;
          if (winner >= 0 && std::isnan(x(winner, sample))) continue;
          if (winner < 0 || x(here, sample) > x(winner, sample) || std::isnan(x(here, sample))) winner = here;
        }
      y(place, sample) = x(winner, sample);
      dx(winner, sample) += dy(place, sample);
    }
  CHECK(test::have_same_bits(test::forward_image<T>(layer, shape, x), y));
  CHECK((test::backward_image<T>(layer, shape, x, dy) - dx).cwiseAbs().maxCoeff() < 1e-6);
}

}  // namespace

TEMPLATE_TEST_CASE("MaxPool2D does what its definition says, whatever the window and the channels", "", float, double) {
  for (const nn::Index channels : {1, 6, 16, 21}) {
    check_definition<TestType>(2, {}, {6, 8, channels});
    check_definition<TestType>(2, {}, {7, 5, channels});  // a row and a column are under no window
    check_definition<TestType>(2, {.stride = 1}, {5, 6, channels});
    check_definition<TestType>(2, {.stride = 3}, {8, 9, channels});
    check_definition<TestType>(2, {.padding = 1}, {6, 5, channels});
    check_definition<TestType>(3, {}, {6, 9, channels});
    check_definition<TestType>({3, 2}, {.stride = {1, 2}, .padding = {1, 0}}, {5, 6, channels});
  }
}
