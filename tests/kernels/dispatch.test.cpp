// SPDX-License-Identifier: MIT
// Linked with nn::dispatch: every level that this processor has computes the same, in the same bits where it has FMA.
// NN_CPU=sse2 or avx2 leaves out the levels above.
#include <nn/kernels/dispatch.hpp>

#include "../catch.hpp"
#include "../left_out.hpp"

#if defined(NN_DISPATCH) && !defined(__AVX512F__)

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nn/training.hpp>

#include "../numbers.hpp"

namespace {

using nn::Index;
using nn::kernels::Level;

Level highest_level() {
  const char* wanted = std::getenv("NN_CPU");
  const std::string_view name = wanted == nullptr ? "avx512" : wanted;
  const Level limit = name == "sse2" ? Level::sse2 : name == "avx2" ? Level::avx2 : Level::avx512;
  return std::min(limit, nn::kernels::best_level());
}

template <class T>
using Results = std::vector<T>;

void leave_out(const char* level) {
  static bool is_said = false;
  if (!is_said) test::left_out(std::string(level) + ", which this processor or NN_CPU lacks");
  is_said = true;
}

// What `compute` returns under each level.
template <class T>
void check_levels(const std::function<Results<T>()>& compute, double tolerance) {
  const auto under = [&](Level level) {
    nn::kernels::use_level(level);
    CHECK(nn::kernels::level() == level);
    const Results<T> results = compute();
    nn::kernels::use_level(nn::kernels::best_level());
    return results;
  };
  const Results<T> plain = under(Level::sse2);
  REQUIRE(std::all_of(plain.begin(), plain.end(), [](T number) { return std::isfinite(number); }));
  REQUIRE(std::any_of(plain.begin(), plain.end(), [](T number) { return number != T(0); }));
  if (highest_level() < Level::avx2) return leave_out("AVX2 and AVX-512");
  const Results<T> narrow = under(Level::avx2);
  REQUIRE(narrow.size() == plain.size());
  double largest = 0, difference = 0;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(plain[i])));
    difference = std::max(difference, std::abs(static_cast<double>(plain[i] - narrow[i])));
  }
  CHECK(difference <= tolerance * largest);
  if (highest_level() < Level::avx512) return leave_out("AVX-512");
  CHECK(under(Level::avx512) == narrow);
}

// Numbers of which some are zero, and after them room for results.
template <class T>
struct Arrays {
  std::vector<T> W, x, y;

  Arrays(Index weights, Index inputs, Index outputs, std::uint64_t seed, double zeros) {
    nn::Random random(seed);
    const auto draw = [&](std::vector<T>& numbers, Index count, double share) {
      for (Index i = 0; i < count; ++i)
        numbers.push_back(random.uniform() < share ? T(0) : static_cast<T>(random.normal()));
    };
    draw(W, weights, 0);
    draw(x, inputs, zeros);
    draw(y, outputs, 0.3);
  }
};

template <class T>
constexpr double few_roundings = sizeof(T) == 4 ? 1e-5 : 1e-13;

// A network after some steps.
template <class T, class Network, class Optimizer>
Results<T> parameters_after_training(Network network, const Optimizer& optimizer) {
  network.initialize(nn::Random(5));
  nn::Trainer trainer{network, nn::CrossEntropy{}, optimizer};
  const Index features = network.input_shape().size();
  const nn::Matrix<T> x = test::drawn<T>(features, 17, 3).cwiseMax(T(0)), t = test::drawn_probabilities<T>(3, 17, 4);
  for (int step = 0; step < 20; ++step) {
    trainer.step(x, t);
    trainer.step(x.col(step % 17), t.col(step % 17));
  }
  const auto parameters = network.parameters();
  return Results<T>(parameters.data(), parameters.data() + parameters.size());
}

}  // namespace

TEMPLATE_TEST_CASE("products have the same bits under every level with FMA", "", float, double) {
  using T = TestType;
  for (const auto& [rows, depth, columns] :
       {std::array<Index, 3>{1, 1, 1}, {3, 5, 2}, {67, 31, 13}, {131, 230, 149}, {257, 113, 3}})
    for (const double zeros : {0.0, 0.7}) {
      CAPTURE(rows, depth, columns, zeros);
      const Arrays<T> given(rows * depth, depth * columns, rows * columns, 1, zeros);
      check_levels<T>(
          [&, rows = rows, depth = depth, columns = columns] {
            Arrays<T> a = given;
            nn::kernels::add_product<T>(T(0.5), {a.W.data(), 1, rows}, {a.x.data(), 1, depth}, rows, depth, columns,
                                        a.y.data());
            nn::kernels::add_product<T>(T(1), {a.W.data(), depth, 1}, {a.x.data(), columns, 1}, rows, depth, columns,
                                        a.y.data());
            return a.y;
          },
          few_roundings<T>);
      check_levels<T>(
          [&, rows = rows, depth = depth] {
            Arrays<T> a = given;
            std::vector<T> dx(static_cast<std::size_t>(depth));
            nn::kernels::add_product(a.W.data(), rows, depth, a.x.data(), a.y.data());
            nn::kernels::input_gradient(a.W.data(), rows, depth, a.x.data(), a.y.data(), dx.data(), true);
            nn::kernels::subtract_outer_product(a.W.data(), rows, depth, a.x.data(), a.y.data(), T(0.1));
            nn::kernels::descend(a.W.data(), rows, depth, a.x.data(), a.y.data(), T(0.1), dx.data(), false);
            nn::kernels::add_bias_gradient(T(0.3), a.W.data(), rows, depth, a.y.data());
            for (const std::vector<T>& more : {dx, a.W}) a.y.insert(a.y.end(), more.begin(), more.end());
            return a.y;
          },
          few_roundings<T>);
    }
}

TEMPLATE_TEST_CASE("convolutions have the same bits under every level with FMA", "", float, double) {
  using T = TestType;
  for (const auto& [channels, filters, groups, padding] :
       {std::array<Index, 4>{1, 6, 1, 2}, {3, 17, 1, 0}, {10, 20, 2, 1}, {19, 19, 19, 1}, {35, 70, 1, 1}})
    for (const double zeros : {0.0, 0.8}) {
      CAPTURE(channels, filters, groups, padding, zeros);
      const nn::Shape shape(9, 7, channels);
      const nn::Window window = nn::window_over(shape, "test", "kernel", 3, 1, nn::Padding(padding), 1);
      const Index outputs = window.positions() * filters, patch = 9 * channels / groups;
      const bool is_depthwise = groups == channels && groups > 1;
      const Arrays<T> given(patch * filters, 3 * window.input_size(), 3 * outputs, 2, zeros);
      check_levels<T>(
          [&, filters = filters, groups = groups] {
            Arrays<T> a = given;
            std::vector<T> dy = given.y, dx(a.x.size(), T(0));
            for (std::size_t i = 0; i < dy.size() && zeros > 0; ++i) dy[i] *= T(i % 7 == 0);
            const Arrays<T> b(filters, 0, 0, 3, 0);
            if (is_depthwise) {
              nn::kernels::add_depthwise(window, a.W.data(), a.x.data(), 3, a.y.data());
              nn::kernels::add_depthwise_input_gradient(window, a.W.data(), dy.data(), 3, dx.data());
              nn::kernels::subtract_depthwise_gradient(window, a.W.data(), a.x.data(), dy.data(), 3, T(0.1), 1, 9);
            } else {
              nn::kernels::convolution(window, groups, a.W.data(), b.W.data(), filters, a.x.data(), 3, a.y.data());
              nn::kernels::add_convolution_input_gradient(window, groups, a.W.data(), filters, dy.data(), 3, dx.data());
              nn::kernels::subtract_convolution_gradient(window, groups, a.W.data(), filters, a.x.data(), dy.data(), 3,
                                                         T(0.1), 0, patch);
            }
            nn::kernels::subtract_sum_of_columns(dy.data(), filters, 3 * window.positions(), T(0.1), a.W.data());
            for (const std::vector<T>& more : {dx, a.W}) a.y.insert(a.y.end(), more.begin(), more.end());
            return a.y;
          },
          few_roundings<T>);
    }
}

TEMPLATE_TEST_CASE("elementary functions have the same bits under every level with FMA", "", float, double) {
  using T = TestType;
  for (const Index count : {64, 100, 131}) {
    const Arrays<T> given(count, count, count, 7, 0.1);
    check_levels<T>(
        [&] {
          const T* x = given.x.data();
          std::vector<T> all;
          const auto add = [&](const auto& function) {
            std::vector<T> y(static_cast<std::size_t>(count));
            function(y.data());
            all.insert(all.end(), y.begin(), y.end());
          };
          add([&](T* y) { nn::kernels::hyperbolic_tangents(x, count, y); });
          add([&](T* y) { nn::kernels::sigmoids(x, count, y); });
          add([&](T* y) { all.push_back(nn::kernels::exponentials(x, T(1), count, y)); });
          all.push_back(nn::kernels::maximum(x, count));
          return all;
        },
        few_roundings<T>);
  }
}

TEMPLATE_TEST_CASE("networks end with the same bits under every level with FMA", "", float, double) {
  using T = TestType;
  using Dense =
      nn::Network<T, nn::Input<37>, nn::Dense<45>, nn::Tanh, nn::Dense<19>, nn::ReLU, nn::Dense<3>, nn::Softmax>;
  using Images = nn::Network<T, nn::Input<9, 9, 2>, nn::Conv2D<5, 3>, nn::ReLU, nn::MaxPool2D<2>, nn::Conv2D<7, 2>,
                             nn::Sigmoid, nn::Flatten, nn::Dense<3>, nn::Softmax>;
  using Sequences = nn::Network<T, nn::Input<1, 6, 5>, nn::LSTM<11>, nn::LastStep, nn::Dense<3>, nn::Softmax>;
  const double tolerance = 1000 * few_roundings<T>;
  check_levels<T>([] { return parameters_after_training<T>(Dense{}, nn::SGD{.learning_rate = 0.05}); }, tolerance);
  check_levels<T>([] { return parameters_after_training<T>(Dense{}, nn::Adam{.learning_rate = 1e-3}); }, tolerance);
  check_levels<T>([] { return parameters_after_training<T>(Images{}, nn::SGD{.learning_rate = 0.05}); }, tolerance);
  check_levels<T>([] { return parameters_after_training<T>(Sequences{}, nn::AdamW{.learning_rate = 1e-3}); },
                  tolerance);
}

TEST_CASE("A level that the processor lacks is refused, and the one in force stays") {
  if (nn::kernels::best_level() == Level::avx512)
    return test::left_out("levels above AVX-512, there is none that this processor lacks");
  CHECK_THROWS_AS(nn::kernels::use_level(Level::avx512), nn::data_error);
  CHECK(nn::kernels::level() == nn::kernels::best_level());
}

#else

TEST_CASE("There is nothing to choose") {
  test::left_out("levels of processors: this is not x86-64, or compiled for AVX-512 anyway");
}

#endif
