// SPDX-License-Identifier: MIT
#include <nn/data/center_digit.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#include <nn/core/random.hpp>
#include <nn/data/mnist.hpp>

#include "../catch.hpp"
#include "../effort.hpp"
#include "../left_out.hpp"

using Catch::Matchers::Message;

namespace {

struct Picture {
  nn::Index height, width;
  std::vector<double> pixels;

  Picture(nn::Index rows, nn::Index columns, double paper = 0)
      : height(rows), width(columns), pixels(static_cast<std::size_t>(rows * columns), paper) {}
  double& operator()(nn::Index row, nn::Index column) { return pixels[static_cast<std::size_t>(row * width + column)]; }
  Picture changed(auto change) const {
    Picture result = *this;
    for (nn::Index row = 0; row < height; ++row)
      for (nn::Index column = 0; column < width; ++column)
        result(row, column) = change(result(row, column), row, column);
    return result;
  }
  nn::Vector<double> centered() const { return nn::center_digit<double>(pixels, height, width); }
};

// A seven of this height: a bar on top and a stem that leans, drawn with a pen of a seventh.
Picture seven(nn::Index height, nn::Index width, double tall, double top, double left) {
  return Picture(height, width).changed([=](double, nn::Index row, nn::Index column) {
    const double y = (static_cast<double>(row) + 0.5 - top) / tall,
                 x = (static_cast<double>(column) + 0.5 - left) / tall;
    const bool is_bar = y > 0 && y < 0.14 && x > 0 && x < 0.7;
    const bool is_stem = y > 0 && y < 1 && std::abs(x - (0.62 - 0.37 * y)) < 0.08;
    return is_bar || is_stem ? 255. : 0.;
  });
}

// 0 where they are the same, 1 where one of them is black.
double difference(const nn::Vector<double>& a, const nn::Vector<double>& b) {
  return std::sqrt((a - b).squaredNorm() / b.squaredNorm());
}

// The same where one may lie a pixel beside the other: a centre of mass between two pixels goes to either.
double shape_difference(const nn::Vector<double>& a, const nn::Vector<double>& b) {
  double least = difference(a, b);
  for (const nn::Index shift : {-29, -28, -27, -1, 1, 27, 28, 29}) {
    nn::Vector<double> shifted = nn::Vector<double>::Zero(a.size());
    for (nn::Index i = std::max<nn::Index>(0, shift); i < std::min(a.size(), a.size() + shift); ++i)
      shifted(i) = a(i - shift);
    least = std::min(least, difference(shifted, b));
  }
  return least;
}

// The nearest whole pixel of the centre of mass.
std::pair<nn::Index, nn::Index> centre(const nn::Vector<double>& sample) {
  double rows = 0, columns = 0;
  for (nn::Index i = 0; i < sample.size(); ++i) {
    rows += sample(i) * static_cast<double>(i / 28);
    columns += sample(i) * static_cast<double>(i % 28);
  }
  return {std::lround(rows / sample.sum()), std::lround(columns / sample.sum())};
}

}  // namespace

TEST_CASE("A bar becomes 20 high, as wide as it was in proportion, in the middle of 28 x 28") {
  Picture bar(100, 60, 200);  // dark on bright, 40 x 6 at one side: 20 x 3
  for (nn::Index row = 30; row < 70; ++row)
    for (nn::Index column = 3; column < 9; ++column) bar(row, column) = 50;
  const nn::Vector<double> sample = bar.centered();
  REQUIRE(sample.size() == 784);
  for (nn::Index row = 0; row < 28; ++row)
    for (nn::Index column = 0; column < 28; ++column) {
      // The mean row of 20 is 9.5, which is rounded to 10 and put at 14; the mean column of 3 is 1.
      const bool is_ink = row >= 4 && row < 24 && column >= 13 && column < 16;
      CHECK(sample(row * 28 + column) == Approx(is_ink ? 1 : 0).margin(1e-9));
    }
}

TEST_CASE("What lies between pixels is shared between them") {
  Picture dots(3, 3);
  dots(0, 1) = dots(1, 1) = dots(2, 1) = 9;  // 20 x 20/3: seven columns, of which the outer ones fade
  const nn::Vector<double> sample = dots.centered();
  const nn::Index middle = 14 * 28 + 14;
  CHECK(sample(middle) == 1);
  for (nn::Index i = 1; i <= 3; ++i) {
    CHECK(sample(middle + i) == Approx(1 - 0.15 * static_cast<double>(i)));  // a column is 3/20 of one of before
    CHECK(sample(middle - i) == Approx(sample(middle + i)));
  }
  CHECK(sample(middle + 4) == 0);
}

TEST_CASE("A pixel of a digit made smaller is the mean over its area") {
  nn::detail::GreyPicture blocks(60, 60);  // of 3 x 3: the left half bright, of the right half the middle of each block
  for (nn::Index row = 0; row < 60; ++row)
    for (nn::Index column = 0; column < 60; ++column)
      if (column < 30 || (row % 3 == 1 && column % 3 == 1)) blocks(row, column) = 9;
  const nn::detail::GreyPicture small = nn::detail::scaled(blocks, {0, 0, 60, 60});
  CHECK(small.height == 20);
  CHECK(small.width == 20);
  CHECK(small(7, 4) == Approx(9));
  CHECK(small(7, 14) == Approx(1));
}

TEST_CASE("Dark on bright is as bright on dark, in any scale of brightness and as bytes") {
  const Picture picture = seven(40, 50, 30, 5, 10);
  const nn::Vector<double> sample = picture.centered();
  const auto same = [](double value, nn::Index, nn::Index) { return value; };
  CHECK(difference(picture.changed(same).centered(), sample) == 0);
  CHECK(difference(picture.changed([](double v, auto, auto) { return 255 - v; }).centered(), sample) < 1e-6);
  CHECK(difference(picture.changed([](double v, auto, auto) { return -1e300 * v; }).centered(), sample) < 1e-6);
  CHECK(difference(picture.changed([](double v, auto, auto) { return (v / 127.5 - 1) * 1.7e308; }).centered(), sample) <
        1e-6);  // whose difference no double holds
  CHECK(difference(picture.changed([](double v, auto, auto) { return 0.4 - 0.001 * v; }).centered(), sample) < 1e-6);
  const std::vector<std::uint8_t> bytes(picture.pixels.begin(), picture.pixels.end());
  CHECK(nn::center_digit<double>(bytes, 40, 50) == sample);
  CHECK(nn::center_digit(bytes, 40, 50) == sample.cast<float>());
}

TEST_CASE("Where in the picture the digit is makes no difference") {
  const nn::Vector<double> sample = seven(64, 64, 30, 5, 4).centered();
  CHECK(centre(sample) == std::pair<nn::Index, nn::Index>(14, 14));
  CHECK(difference(seven(64, 64, 30, 30, 4).centered(), sample) < 1e-9);
  CHECK(difference(seven(64, 64, 30, 12, 37).centered(), sample) < 1e-9);
  CHECK(difference(seven(120, 64, 30, 80, 20).centered(), sample) < 1e-9);
}

TEST_CASE("How large it is makes little difference, down to 20 pixels and where it is small in the picture") {
  const nn::Vector<double> sample = seven(110, 110, 100, 5, 10).centered();
  CHECK(shape_difference(seven(26, 26, 20, 3, 5).centered(), sample) < 0.25);
  CHECK(shape_difference(seven(60, 60, 40, 10, 10).centered(), sample) < 0.15);
  CHECK(shape_difference(seven(500, 400, 300, 50, 50).centered(), sample) < 0.1);
  CHECK(shape_difference(seven(1500, 1500, 60, 1000, 900).centered(), sample) < 0.15);
  CHECK(shape_difference(seven(100, 72, 100, 0, 0).centered(), sample) < 0.1);  // it touches the border
}

TEST_CASE("Noise, shading and specks are taken away") {
  const Picture clean = seven(150, 150, 90, 30, 40);
  const nn::Vector<double> sample = clean.centered();
  nn::Random random(3);
  const auto noise = [&](double v, auto, auto) { return v + 25 * random.normal(); };
  const auto shade = [](double v, nn::Index row, nn::Index column) {  // by more than the ink
    return 0.8 * v + 1.5 * static_cast<double>(row) + static_cast<double>(column);
  };
  const auto vignette = [](double v, nn::Index row, nn::Index column) {
    const double x = static_cast<double>(column - 75) / 75, y = static_cast<double>(row - 75) / 75;
    return 255 - v + 40 * (x * x + y * y);
  };
  const auto shadow = [](double v, nn::Index row, nn::Index column) {
    return (255 - v) * (row + column > 140 ? 1.0 : 0.75);
  };
  CHECK(shape_difference(clean.changed(noise).centered(), sample) < 0.15);
  CHECK(shape_difference(clean.changed(shade).centered(), sample) < 0.15);
  CHECK(shape_difference(clean.changed(vignette).centered(), sample) < 0.1);
  CHECK(shape_difference(clean.changed(shadow).centered(), sample) < 0.35);  // ink in the shadow stays weaker
  CHECK(shape_difference(clean.changed(shade).changed(noise).centered(), sample) < 0.2);

  Picture specks = clean;
  for (int i = 0; i < 60; ++i)
    specks(static_cast<nn::Index>(random.below(150)), static_cast<nn::Index>(random.below(150))) = 255;
  CHECK(shape_difference(specks.centered(), sample) < 0.15);
}

TEST_CASE("A small digit in strong noise is found after all") {
  const Picture clean = seven(40, 40, 26, 7, 10);
  nn::Random random(2);
  for (int i = 0; i < 20; ++i) {
    const Picture noisy = clean.changed([&](double v, auto, auto) { return v + 100 * random.normal(); });
    CHECK(shape_difference(noisy.centered(), clean.centered()) < 0.6);
  }
}

TEST_CASE("A digit of two pieces keeps both") {
  Picture picture(30, 30);
  for (nn::Index row = 5; row < 25; ++row) picture(row, 10) = picture(row, 11) = 1;
  for (nn::Index column = 14; column < 20; ++column) picture(5, column) = 1;
  const nn::Vector<double> sample = picture.centered();
  CHECK(sample.sum() == Approx(46));
}

TEST_CASE("What is no picture of a digit is refused with a sentence") {
  using Floats = std::vector<float>;
  const auto refuses = [](const auto& pixels, nn::Index height, nn::Index width, const std::string& sentence) {
    CHECK_THROWS_MATCHES(nn::center_digit(pixels, height, width), nn::data_error, Message(sentence));
  };
  refuses(Floats{}, 0, 5, "center_digit: a picture of 0x5 holds nothing; give at least 1x1 pixels");
  refuses(Floats(3), 3, -1, "center_digit: a picture of 3x-1 holds nothing; give at least 1x1 pixels");
  refuses(Floats(3), 2, 2, "center_digit: 3 pixels are no picture of 2x2, which has 4; check the sizes");
  refuses(Floats(3), 100000, 100000,
          "center_digit: a picture of 100000x100000 is larger than 67108864 pixels; make it smaller first");
  refuses(Floats(3), std::numeric_limits<nn::Index>::max(), std::numeric_limits<nn::Index>::max(),
          "center_digit: a picture of 9223372036854775807x9223372036854775807 is larger than 67108864 pixels; "
          "make it smaller first");
  refuses(Floats(6, 7.5F), 2, 3, "center_digit: all 6 pixels are 7.5; give a picture with a digit in it");
  refuses(std::vector<std::uint8_t>(6, 7), 2, 3, "center_digit: all 6 pixels are 7; give a picture with a digit in it");
  refuses(Floats{1, 2, 3, 1, 2, std::numeric_limits<float>::infinity()}, 2, 3,
          "center_digit: the pixel in row 1, column 2 is inf; replace it by a finite number");

  nn::Random random(1);
  const Picture noise = Picture(60, 60).changed([&](auto, auto, auto) { return random.normal(); });
  using Catch::Matchers::StartsWith;
  CHECK_THROWS_AS(noise.centered(), nn::data_error);
  CHECK_THROWS_WITH(noise.centered(), StartsWith("center_digit: no digit stands out"));
  const Picture slope = Picture(60, 60).changed([&](auto, nn::Index row, auto) { return static_cast<double>(row); });
  CHECK_THROWS_WITH(slope.centered(), StartsWith("center_digit: no digit stands out"));
}

TEST_CASE("MNIST's own digits come back as they were, also noisy, inverted and shaded") {
  const char* folder = std::getenv("NN_MNIST_DIR");
  if (!folder) {
    test::left_out("center_digit against the real digits: NN_MNIST_DIR is not set");
    return;
  }
  const nn::Dataset data = nn::read_mnist(folder, nn::MnistPart::test);
  const nn::Index count = std::max<nn::Index>(test::effort(1000), 200);
  const nn::Matrix<double> digits = data.inputs<double>(0, count);
  nn::Random random(1);
  std::vector<double> clean, hard;
  for (nn::Index i = 0; i < count; ++i) {
    nn::Vector<double> pixels = digits.col(i);
    clean.push_back(difference(nn::center_digit<double>(pixels, 28, 28), digits.col(i)));
    const double across = random.uniform(-0.2, 0.2), down = random.uniform(-0.2, 0.2);
    for (nn::Index pixel = 0; pixel < 784; ++pixel)
      pixels(pixel) = 1 - pixels(pixel) + across * static_cast<double>(pixel % 28 - 14) / 14 +
                      down * static_cast<double>(pixel / 28 - 14) / 14 + 0.03 * random.normal();
    hard.push_back(difference(nn::center_digit<double>(pixels, 28, 28), digits.col(i)));
  }
  const auto at = [](std::vector<double>& numbers, double share) { return nn::detail::quantile(numbers, share); };
  CHECK(at(clean, 0.5) < 0.01);
  CHECK(at(clean, 0.95) < 0.05);
  CHECK(at(clean, 0.99) < 0.2);
  CHECK(at(hard, 0.5) < 0.06);
  CHECK(at(hard, 0.9) < 0.2);
}
