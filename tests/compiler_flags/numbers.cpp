// SPDX-License-Identifier: MIT
// Compiled with flags under which compilers compute otherwise than the source says: the elementary functions are right
// and random numbers are the same bits. Without Catch2, which may be there for one kind of program only.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <vector>

#include <nn/core/initializer.hpp>
#include <nn/kernels/stable.hpp>

namespace {

int failures = 0;

void check(const char* what, bool is_right) {
  if (is_right) return;
  std::printf("wrong: %s\n", what);
  ++failures;
}

// The largest difference to the true values, as a multiple of the truth and of the type's epsilon.
template <class T, class Function>
double worst(Function&& function, long double (*truth)(long double), double lowest, double highest) {
  std::vector<T> x, y;
  for (int i = 0; i <= 20'000; ++i) x.push_back(static_cast<T>(lowest + (highest - lowest) * i / 20'000));
  y.resize(x.size());
  nn::kernels::for_each_pack(x.data(), y.data(), static_cast<nn::Index>(x.size()), function);
  double result = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const long double right = truth(static_cast<long double>(x[i]));
    if (right == 0) continue;
    const auto error = static_cast<double>(std::abs((static_cast<long double>(y[i]) - right) / right));
    if (!nn::is_finite(error)) return error;
    result = std::max(result, error / static_cast<double>(std::numeric_limits<T>::epsilon()));
  }
  return result;
}

// Twice what the functions keep to without such flags: these may replace a quotient by an approximation, which loses
// more digits where floats are nearly 0.
template <class T>
void check_functions() {
  using Numbers = nn::kernels::Numbers<T>;
  const double most = 5, limit = sizeof(T) == 4 ? 75 : 700;
  const auto is_within = [&](double error) { return nn::is_finite(error) && error <= most; };
  const auto exponential = [](const Numbers& x, Numbers& y) { nn::kernels::exponential<T>(x, y); };
  const auto sigmoid = [](const Numbers& x, Numbers& y) { nn::kernels::sigmoid<T>(x, y); };
  const auto tanh = [](const Numbers& x, Numbers& y) { nn::kernels::hyperbolic_tangent<T>(x, y); };
  const auto root = [](const Numbers& x, Numbers& y) { nn::kernels::square_root<T>(y = x); };
  const auto exact_exponential = [](long double x) { return std::exp(x); };
  const auto exact_sigmoid = [](long double x) { return 1 / (1 + std::exp(-x)); };
  const auto exact_tanh = [](long double x) { return std::tanh(x); };
  const auto exact_root = [](long double x) { return std::sqrt(x); };
  for (const double size : {limit, 1.0, 1e-4}) {
    check("e^x", is_within(worst<T>(exponential, exact_exponential, -size, size)));
    check("sigmoid", is_within(worst<T>(sigmoid, exact_sigmoid, -size, size)));
    check("tanh", is_within(worst<T>(tanh, exact_tanh, -size, size)));
    check("square root", is_within(worst<T>(root, exact_root, 0, size)));
  }

  // Its power of two in one piece is infinite.
  Numbers x = Numbers{} + T(sizeof(T) == 4 ? 88.7 : 709.7), y;
  nn::kernels::exponential<T>(x, y);
  check("the largest e^x", nn::is_finite(y[0]) && y[0] > std::numeric_limits<T>::max() / 2);
  nn::kernels::square_root<T>(x = Numbers{});
  check("the square root of 0", x[0] == 0);

  // NaN stays NaN.
  volatile T nothing = std::numeric_limits<T>::quiet_NaN();
  x = Numbers{} + T(1);
  x[1] = nothing;
  nn::kernels::exponential<T>(x, y);
  check("e^NaN", nn::is_finite(y[0]) && !nn::is_finite(y[1]));
  nn::kernels::sigmoid<T>(x, y);
  check("sigmoid of NaN", nn::is_finite(y[0]) && !nn::is_finite(y[1]));
  nn::kernels::hyperbolic_tangent<T>(x, y);
  check("tanh of NaN", nn::is_finite(y[0]) && !nn::is_finite(y[1]));
  check("is_nan", nn::kernels::is_nan<T>(x)[0] == 0 && nn::kernels::is_nan<T>(x)[1] != 0);

  const nn::Vector<T> logits{{T(-1.3), T(0.2), T(0.7), T(2.5), T(-4)}};
  nn::Vector<T> shares(5);
  const T sum = nn::stable::exponentials(logits, nn::stable::maximum(logits), shares);
  long double exact = 0;
  for (const T logit : logits) exact += std::exp(static_cast<long double>(logit) - 2.5L);
  for (nn::Index i = 0; i < 5; ++i)
    check("softmax", std::abs(static_cast<long double>(shares[i] / sum) -
                              std::exp(static_cast<long double>(logits[i]) - 2.5L) / exact) <
                         4 * static_cast<long double>(std::numeric_limits<T>::epsilon()));
}

// Many bits in one number (FNV-1a, Fowler et al. 1991).
struct Digest {
  std::uint64_t value = 0xcbf29ce484222325U;
  void add(double number) { value = (value ^ std::bit_cast<std::uint64_t>(number)) * 0x100000001b3U; }
};

void check_digest(const char* what, std::uint64_t found, std::uint64_t wanted) {
  if (found != wanted)
    std::printf("%#llx in place of %#llx\n", static_cast<unsigned long long>(found),
                static_cast<unsigned long long>(wanted));
  check(what, found == wanted);
}

// The digests are those of a program without such flags.
void check_random_numbers() {
  constexpr int draws = 100'000;  // where x87 rounds twice, one of 2,000 numbers comes out otherwise
  nn::Random random(42);
  Digest uniform, between, normal;
  for (int i = 0; i < draws; ++i) uniform.add(random.uniform());
  for (int i = 0; i < draws; ++i) between.add(random.uniform(-0.7, 1.3));
  for (int i = 0; i < draws; ++i) normal.add(random.normal());
  check_digest("Random::uniform()", uniform.value, 0x70b864cc9ee249cU);
  check_digest("Random::uniform(low, high)", between.value, 0xa930d18d3ef16f5eU);
  check_digest("Random::normal()", normal.value, 0x135d59db0d3c6d1U);

  const auto digest_of = [](const nn::Initializer& initializer) {
    Digest digest;
    for (const nn::Index inputs : {3, 7, 100, 784}) {
      nn::Random drawn(1);
      nn::Matrix<double> weights(50, inputs);
      initializer(weights, inputs, 50, drawn);
      for (nn::Index i = 0; i < weights.size(); ++i) digest.add(weights.data()[i]);
      nn::Matrix<float> small(50, inputs);
      initializer(small, inputs, 50, drawn);
      for (nn::Index i = 0; i < small.size(); ++i) digest.add(static_cast<double>(small.data()[i]));
    }
    return digest.value;
  };
  check_digest("he_normal", digest_of(nn::he_normal), 0x31f2fb175f7c6f46U);
  check_digest("he_uniform", digest_of(nn::he_uniform), 0x42f1aaf3cb2f27beU);
  check_digest("glorot_normal", digest_of(nn::glorot_normal), 0x26be457c0ad9e73U);
  check_digest("glorot_uniform", digest_of(nn::glorot_uniform), 0x7710bb659c686d9aU);
}

}  // namespace

int main() {
  check_functions<float>();
  check_functions<double>();
  check_random_numbers();
  return failures == 0 ? 0 : 1;
}
