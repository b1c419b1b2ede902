// SPDX-License-Identifier: MIT
#include <nn/data/augmentation/augment.hpp>

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
