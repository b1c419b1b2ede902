// SPDX-License-Identifier: MIT
#include <nn/data/augmentation/augment.hpp>

#include <functional>
#include <vector>

#include <nn/network.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"

namespace {

const nn::Shape shape(6, 6, 1);

std::vector<float> changed(const auto& augmentation, std::uint64_t seed) {
  std::vector<float> pixels(36);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<float>(i) / 36;
  nn::Random random(seed);
  augmentation(pixels.data(), shape, random);
  return pixels;
}

const auto everything =
    nn::augment(nn::RandomShift{1}, nn::RandomRotation{20}, nn::RandomThickness{}, nn::RandomScale{}, nn::RandomShear{},
                nn::ElasticDistortion{.alpha = 5, .sigma = 2}, nn::GaussianNoise{}, nn::RandomErase{});

}  // namespace

TEST_CASE("the same generator gives the same picture, another another") {
  CHECK(changed(everything, 3) == changed(everything, 3));
  CHECK_FALSE(changed(everything, 3) == changed(everything, 4));
}

TEST_CASE("neighbouring changes of place are one reading: a turn and the turn back blur nothing") {
  struct Turn {
    double sine;
    void validate() const {}
    void change(nn::AffineMap& map, nn::Random&) const { map.turn(0.8, -sine, sine, 0.8); }
  };
  const auto pixels = changed(nn::augment(Turn{0.6}, Turn{-0.6}), 1);
  for (std::size_t i = 0; i < pixels.size(); ++i)
    REQUIRE(pixels[i] == Approx(static_cast<double>(i) / 36).margin(1e-6));
}

TEST_CASE("options are checked when the augmentation is made, pictures when they are changed") {
  CHECK_THROWS_AS(nn::augment(nn::RandomShift{-1}), nn::data_error);
  nn::Random random;
  std::vector<float> large(5000);
  CHECK_THROWS_AS(nn::augment(nn::RandomShift{1})(large.data(), nn::Shape(100, 50, 1), random), nn::data_error);
}

TEST_CASE("an augmentation says what it does, with every option") {
  CHECK(nn::Augmentation(everything).description() ==
        "RandomShift (pixels 1), RandomRotation (degrees 20), RandomThickness (strength 0.5), RandomScale (smallest "
        "0.9, largest 1.1), RandomShear (slope 0.2), ElasticDistortion (alpha 5, sigma 2), GaussianNoise (deviation "
        "0.1), RandomErase (share 0.3)");
  const auto doubled = [](float* pixels, nn::Shape, nn::Random&) { *pixels *= 2; };
  CHECK(nn::Augmentation(doubled).description() == "one of the program's own");
  struct Own {
    void validate() const {}
    void apply(const nn::Picture&, nn::Random&) const {}
  };
  CHECK(nn::augment(nn::RandomErase{}, Own{}).description() == "RandomErase (share 0.3), one of the program's own");
  const nn::Augmentation none, empty = std::function<void(float*, nn::Shape, nn::Random&)>();
  CHECK(none.description() == "none");
  CHECK(empty.description() == "none");
  CHECK_FALSE(empty);
  CHECK(nn::Augmentation(doubled));
}

TEST_CASE("plain features and sequences are no pictures, but may have noise") {
  nn::Random random;
  std::vector<float> pixels(36, 0.5F);
  CHECK_THROWS_WITH(nn::augment(nn::GaussianNoise{}, nn::RandomShift{1})(pixels.data(), nn::Shape(36), random),
                    "augment: samples of 36 are no pictures of rows and columns; give Dataset{Shape{height, width, "
                    "channels}, inputs, labels}, or an image as the network's Input");
  CHECK(pixels == std::vector<float>(36, 0.5F));
  CHECK_THROWS_AS(nn::augment(nn::RandomErase{}).require(nn::Shape(36)), nn::data_error);
  CHECK_THROWS_AS(nn::augment(nn::RandomThickness{}).require(nn::Shape(36)), nn::data_error);
  CHECK_THROWS_AS(nn::augment(nn::ElasticDistortion{}).require(nn::Shape(36)), nn::data_error);
  // A step up or down leaves nothing of a single row.
  CHECK_THROWS_AS(nn::augment(nn::RandomShift{1}).require(nn::Shape(1, 36, 1)), nn::data_error);
  CHECK_THROWS_AS(nn::augment(nn::RandomShift{1}).require(nn::Shape(36, 1, 1)), nn::data_error);
  CHECK_NOTHROW(nn::augment(nn::RandomShift{1}).require(nn::Shape(2, 18, 1)));
  CHECK_NOTHROW(nn::augment(nn::RandomShift{1}).require(nn::Shape(18, 2, 1)));
  CHECK_NOTHROW(nn::augment(nn::GaussianNoise{}).require(nn::Shape(1, 36, 1)));
  nn::augment(nn::GaussianNoise{})(pixels.data(), nn::Shape(36), random);
  CHECK_FALSE(pixels == std::vector<float>(36, 0.5F));
}

TEST_CASE("fit refuses to move what nobody says to be pictures, before the first update") {
  const nn::Matrix<float> x = test::drawn<float>(36, 4, 1), targets = test::drawn<float>(2, 4, 2);
  const nn::FitOptions options{.batch_size = 2, .augmentation = nn::augment(nn::RandomShift{1})};
  const auto fit = [&](auto network, const nn::Dataset& data) {
    const auto before = network;
    nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}};
    try {
      trainer.fit(data, options);
      return true;
    } catch (const nn::data_error&) {
      CHECK(network == before);
      return false;
    }
  };
  const nn::Network<nn::Input<36>, nn::Dense<2>> of_features;
  const nn::Network<nn::Input<6, 6, 1>, nn::Flatten, nn::Dense<2>> of_images;
  CHECK_FALSE(fit(of_features, nn::Dataset(x, targets)));
  CHECK(fit(of_features, nn::Dataset(shape, x, targets)));
  CHECK(fit(of_images, nn::Dataset(x, targets)));
}

TEST_CASE("training on changed samples is training on what they become, for networks of doubles, too") {
  const nn::Matrix<float> inputs = test::drawn<float>(6, 10, 1), targets = test::drawn<float>(2, 10, 2);
  const auto trained = [&]<class T>(T, float factor, nn::Augmentation augmentation) {
    nn::Network<T, nn::Input<6>, nn::Dense<2>> network;
    nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}};
    trainer.fit({nn::Matrix<float>(factor * inputs), targets},
                {.epochs = 2, .batch_size = 4, .augmentation = augmentation});
    return nn::Vector<T>(network.parameters());
  };
  const nn::Augmentation twice = [](float* pixels, nn::Shape all, nn::Random&) {
    for (nn::Index i = 0; i < all.size(); ++i) pixels[i] *= 2;
  };
  CHECK(trained(float(), 1, twice) == trained(float(), 2, nullptr));
  CHECK(trained(double(), 1, twice) == trained(double(), 2, nullptr));
  CHECK_FALSE(trained(double(), 1, twice) == trained(double(), 1, nullptr));
}

TEST_CASE("training on changed samples gives the same bits for any number of threads, and others than without") {
  const nn::Dataset data{test::drawn<float>(36, 30, 1), test::drawn<float>(2, 30, 2)};
  const auto trained = [&](nn::Index threads, nn::Augmentation augmentation) {
    nn::Network<nn::Input<36>, nn::Dense<8>, nn::Tanh, nn::Dense<2>> network;
    nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}, {.threads = threads}};
    trainer.fit(data, {.epochs = 2, .batch_size = 7, .augmentation = augmentation});
    return nn::Vector<float>(network.parameters());
  };
  const nn::Augmentation noise = [](float* pixels, nn::Shape all, nn::Random& random) {
    for (nn::Index i = 0; i < all.size(); ++i) pixels[i] += static_cast<float>(0.1 * random.normal());
  };
  const auto one = trained(1, noise);
  CHECK(test::have_same_bits(one, trained(2, noise)));
  CHECK(test::have_same_bits(one, trained(3, noise)));
  CHECK_FALSE(one == trained(1, nullptr));
}
