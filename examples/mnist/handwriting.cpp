// SPDX-License-Identifier: MIT
#include "handwriting.hpp"

#include <nn/data/augmentation/affine.hpp>
#include <nn/data/augmentation/elastic_distortion.hpp>
#include <nn/data/augmentation/pixel_changes.hpp>
#include <nn/data/center_digit.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "digits.hpp"
#include "picture.hpp"
#include "progress.hpp"
#include "report.hpp"

namespace mnist {

namespace {

constexpr nn::Index pixel_count = nn::Index{side} * side;

// Brightness between pixels, 0 to 1: on the line between them, beyond the border as there.
double between(const nn::Vector<float>& pixels, nn::Index height, nn::Index width, double row, double column) {
  const auto place = [](double at, nn::Index size) { return std::clamp(at, 0.0, static_cast<double>(size - 1)); };
  const double y = place(row, height), x = place(column, width);
  const auto top = static_cast<nn::Index>(y), left = static_cast<nn::Index>(x);
  const nn::Index bottom = std::min(top + 1, height - 1), right = std::min(left + 1, width - 1);
  const auto at = [&](nn::Index r, nn::Index c) { return static_cast<double>(pixels(r * width + c)); };
  const double above = std::lerp(at(top, left), at(top, right), x - static_cast<double>(left));
  const double below = std::lerp(at(bottom, left), at(bottom, right), x - static_cast<double>(left));
  return std::lerp(above, below, y - static_cast<double>(top));
}

// The mean of value(y, x) over points within a pixel, which are at most `step` apart.
double mean_in_pixel(nn::Index row, nn::Index column, double step, const auto& value) {
  const auto points = std::max(1, static_cast<int>(std::ceil(1 / step)));
  double sum = 0;
  for (int i = 0; i < points; ++i)
    for (int j = 0; j < points; ++j)
      sum += value(static_cast<double>(row) + (i + 0.5) / points, static_cast<double>(column) + (j + 0.5) / points);
  return sum / (points * points);
}

// What a program does that knows no better.
nn::Vector<float> resized(const Image& image) {
  nn::Vector<float> pixels(image.height * image.width), sample(pixel_count);
  for (nn::Index i = 0; i < pixels.size(); ++i)
    pixels(i) = static_cast<float>(image.pixels[static_cast<std::size_t>(i)]) / 255;
  const double tall = static_cast<double>(image.height) / side, wide = static_cast<double>(image.width) / side;
  for (nn::Index i = 0; i < pixel_count; ++i)
    sample(i) = static_cast<float>(mean_in_pixel(i / side, i % side, 1 / std::max(tall, wide), [&](double y, double x) {
      return between(pixels, image.height, image.width, y * tall - 0.5, x * wide - 0.5);
    }));
  return sample;
}

// Zeros where no digit stands out: then the answer is as good as none.
nn::Vector<float> centered(const Image& image) {
  try {
    return nn::center_digit(image.pixels, image.height, image.width);
  } catch (const nn::data_error&) {
    return nn::Vector<float>::Zero(pixel_count);
  }
}

Image image_of(const nn::Vector<float>& sample) {
  const Picture bytes = picture(sample);
  Image image(side, side);
  image.pixels.assign(bytes.begin(), bytes.end());
  return image;
}

nn::Random measure_random(const Options& options) {
  return nn::Random(options.seed ^ 0x6d6f766564);  // other strokes than those that a network may have learned from
}

// Each picture has a generator of its own, so that the first ones are the same however many there are.
Image numbered_digit(const nn::Dataset& digits, nn::Index number, const nn::Random& random) {
  return moved_digit(digits.inputs(number % digits.size(), 1),
                     nn::Random(random.state()[0] + static_cast<std::uint64_t>(number)));
}

struct Score {
  double accuracy = 0;
  double sure = 0;           // share of the answers
  double sure_accuracy = 0;  // of those
};

Score score(const Network& network, const nn::Dataset& data) {
  double right = 0, sure = 0, sure_and_right = 0;
  const std::vector<Answer> all = answers(network, data);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool is_right = all[i].digit == data.labels()[i];
    right += is_right;
    sure += all[i].is_sure();
    sure_and_right += is_right && all[i].is_sure();
  }
  const auto count = static_cast<double>(all.size());
  return {right / count, sure / count, sure > 0 ? sure_and_right / sure : 0};
}

void print_score(const std::string& name, const Network& network, const nn::Dataset& plain,
                 const nn::Dataset& centered) {
  const auto percent = [](double share) { return with_decimals(100 * share, 2) + " %"; };
  const Score through = score(network, centered);
  std::cout << name << ", " << with_commas(plain.size()) << ": merely resized "
            << percent(score(network, plain).accuracy) << ", through center_digit " << percent(through.accuracy)
            << "; sure of " << percent(through.sure) << ", and then right in " << percent(through.sure_accuracy)
            << "; no digit stood out in " << (centered.inputs().colwise().sum().array() == 0).count() << std::endl;
}

}  // namespace

Image moved_digit(nn::Vector<float> digit, nn::Random random) {
  nn::RandomThickness{0.7}.apply({digit.data(), nn::Shape(side, side, 1)}, random);

  // Where the ink comes to lie, from the middle.
  constexpr double half = side / 2.0;
  const double angle = random.uniform(-30, 30) * std::numbers::pi / 180;
  double scale = random.uniform(0.6, 1.2);
  Point low{0, 0}, high{0, 0};
  for (nn::Index i = 0; i < pixel_count; ++i) {
    if (digit(i) < 0.2F) continue;
    const Point from{static_cast<double>(i % side) + 0.5 - half, static_cast<double>(i / side) + 0.5 - half};
    const Point to{std::cos(angle) * from.x - std::sin(angle) * from.y,
                   std::sin(angle) * from.x + std::cos(angle) * from.y};
    low = {std::min(low.x, to.x - 1), std::min(low.y, to.y - 1)};
    high = {std::max(high.x, to.x + 1), std::max(high.y, to.y + 1)};
  }
  scale = std::min({scale, side / (high.x - low.x), side / (high.y - low.y)});
  const auto shift = [&](double from, double to) {
    const double least = -half - scale * from;  // where the digit just fits, the most may be rounded to less
    return std::clamp(random.uniform(-6, 6), least, std::max(least, half - scale * to));
  };
  const Point moved{shift(low.x, high.x), shift(low.y, high.y)};

  const auto size = static_cast<nn::Index>(20 + random.below(181));
  const double paper = random.uniform(0, 0.25), contrast = random.uniform(0.5, 0.75);
  const bool is_noisy = random.below(2) == 0, is_inverted = random.below(2) == 0;
  const double noise = is_noisy ? random.uniform(0.02, 0.1) : 0.01;
  const double slope = is_noisy ? 0 : random.uniform(0.1, 0.4), towards = random.uniform(0, 2 * std::numbers::pi);

  const double pixel = side / static_cast<double>(size);
  Image image(size, size);
  for (nn::Index row = 0; row < size; ++row)
    for (nn::Index column = 0; column < size; ++column) {
      const double ink = mean_in_pixel(row, column, scale / pixel, [&](double y, double x) {
        const Point to{(x * pixel - half - moved.x) / scale, (y * pixel - half - moved.y) / scale};
        return between(digit, side, side, std::cos(angle) * to.y - std::sin(angle) * to.x + half - 0.5,
                       std::sin(angle) * to.y + std::cos(angle) * to.x + half - 0.5);
      });
      const double y = static_cast<double>(row) / static_cast<double>(size) - 0.5,
                   x = static_cast<double>(column) / static_cast<double>(size) - 0.5;
      const double light = slope * (std::cos(towards) * x + std::sin(towards) * y);
      const double brightness = std::clamp(paper + contrast * ink + light + noise * random.normal(), 0.0, 1.0);
      image(row, column) = static_cast<std::uint8_t>(std::lround(255 * (is_inverted ? 1 - brightness : brightness)));
    }
  return image;
}

nn::Dataset moved_digits(const nn::Dataset& digits, nn::Index count, const nn::Random& random) {
  nn::Matrix<float> x(pixel_count, count);
  std::vector<int> labels;
  for (nn::Index i = 0; i < count; ++i) {
    x.col(i) = centered(numbered_digit(digits, i, random));
    labels.push_back(digits.labels()[static_cast<std::size_t>(i % digits.size())]);
  }
  return nn::Dataset(std::move(x), std::move(labels), 10);
}

void measure_handwriting(const Network& network, const Data& data, const Options& options) {
  const nn::Random random = measure_random(options);
  const nn::Index count = data.test.size();
  nn::Matrix<float> plain(pixel_count, count), through(pixel_count, count);
  for (nn::Index i = 0; i < count; ++i) {
    const Image image = numbered_digit(data.test, i, random);
    plain.col(i) = resized(image);
    through.col(i) = centered(image);
  }
  print_score(data.is_generated ? "moved generated digits" : "moved MNIST digits", network,
              nn::Dataset(plain, data.test.labels(), 10), nn::Dataset(through, data.test.labels(), 10));

  DigitGenerator generator{random};
  const nn::Dataset strokes = generator.dataset(count);
  for (nn::Index i = 0; i < count; ++i) through.col(i) = centered(image_of(strokes.inputs(i, 1)));
  print_score("stroke digits", network, strokes, nn::Dataset(through, strokes.labels(), 10));
}

void show_handwriting(const Data& data, const Options& options) {
  constexpr nn::Index across = 6, down = 10, cell = 100, gap = 6;
  const nn::Random random = measure_random(options);
  DigitGenerator generator{random};
  const nn::Dataset strokes = generator.dataset(across * down);
  Image sheet(down * (cell + gap) + gap, across * (2 * cell + gap) + gap, 255);
  for (nn::Index i = 0; i < across * down; ++i) {
    const nn::Index top = gap + i / across * (cell + gap), left = gap + i % across * (2 * cell + gap);
    const Image image =
        i % across == across - 1 ? image_of(strokes.inputs(i, 1)) : numbered_digit(data.test, i, random);
    Image scaled(cell, cell);
    for (nn::Index row = 0; row < cell; ++row)
      for (nn::Index column = 0; column < cell; ++column)
        scaled(row, column) = image(row * image.height / cell, column * image.width / cell);
    paste(sheet, top, left, scaled);
    paste(sheet, top + (cell - 3 * side) / 2, left + cell + 2, image_of(centered(image)), 3);
  }
  write_png(options.show_handwriting, sheet);
}

void show_augmentation(const Data& data, const Options& options) {
  const std::vector<std::pair<std::string, nn::Augmentation>> changes{
      {"as it is", [](float*, nn::Shape, nn::Random&) {}},
      {"RandomShift{3}", nn::augment(nn::RandomShift{3})},
      {"RandomRotation{30}", nn::augment(nn::RandomRotation{30})},
      {"RandomScale{0.7, 1.3}", nn::augment(nn::RandomScale{0.7, 1.3})},
      {"RandomShear{0.4}", nn::augment(nn::RandomShear{0.4})},
      {"ElasticDistortion{34, 4}", nn::augment(nn::ElasticDistortion{34, 4})},
      {"RandomThickness{1}", nn::augment(nn::RandomThickness{1})},
      {"GaussianNoise{0.2}", nn::augment(nn::GaussianNoise{0.2})},
      {"RandomErase{0.5}", nn::augment(nn::RandomErase{0.5})},
      {"all of --augment", recipe_augmentation()}};
  constexpr nn::Index factor = 4, cell = factor * side, gap = 10, title = 16;
  const auto across = static_cast<nn::Index>(changes.size());
  nn::Random random(options.seed);
  Image sheet(title + 10 * (cell + gap), gap + across * (cell + gap) * 5 / 4, 255);
  for (nn::Index column = 0; column < across; ++column) {
    const auto& [name, change] = changes[static_cast<std::size_t>(column)];
    const nn::Index left = gap + column * (cell + gap) * 5 / 4;
    print(sheet, 3, left, name);
    for (int digit = 0; digit < 10; ++digit) {
      const std::vector<int>& labels = data.train.labels();
      const auto first = std::find(labels.begin(), labels.end(), digit);
      if (first == labels.end()) continue;
      nn::Vector<float> sample = data.train.inputs(first - labels.begin(), 1);
      change(sample.data(), nn::Shape(side, side, 1), random);
      paste(sheet, title + digit * (cell + gap), left, image_of(sample), factor);
    }
  }
  write_png(options.show_augmentation, sheet);
}

}  // namespace mnist
