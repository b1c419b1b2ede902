// SPDX-License-Identifier: MIT
#include <cstdio>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>

#include <nn/inference.hpp>
#include <nn/io/c_header.hpp>

#include "../catch.hpp"

namespace {

template <class Network>
std::string c_header_text_of(const Network& network, const nn::CHeaderOptions& options) {
  std::ostringstream text;
  nn::save_c_header(network, text, options);
  return text.str();
}

auto c_header_network() {
  nn::Network<nn::Input<2>, nn::Dense<1>, nn::ReLU> network;
  network.weight<0>() << 0.5F, -2;
  network.bias<0>() << 0.1F;
  return network;
}

template <class Exception, class Call>
std::string c_header_refusal(const Call& call) {
  try {
    call();
  } catch (const Exception& problem) {
    return problem.what();
  }
  return "nothing was refused";
}

// A layer of a user's own.
struct Doubling {
  static constexpr std::string_view name() { return "Doubling"; }
  constexpr nn::Shape output_shape(nn::Shape input) const { return input; }
  void forward(nn::Shape, const auto&, const auto& x, auto&& y) const { y = x + x; }
  void backward(nn::Shape, const auto&, auto& gradients) const { gradients.input = 2 * gradients.output; }
  constexpr bool operator==(const Doubling&) const = default;
};
// And one that has the name of ours.
struct OtherDense : Doubling {
  static constexpr std::string_view name() { return "Dense"; }
  constexpr bool operator==(const OtherDense&) const = default;
};

}  // namespace

TEST_CASE("the C of a tiny network is this, layer after layer") {
  const std::string text = c_header_text_of(c_header_network(), {.name = "one", .self_test_input = {1, -1}});
  const std::size_t begin = text.find("/* layer 0"), end = text.find("#if defined", begin);
  REQUIRE(end != std::string::npos);
  CHECK(text.substr(begin, end - begin) == R"(/* layer 0: Dense, 2 to 1 */
one_step void one_layer_0(const float *x, float *y) {
  static const float weight[2] = {
    0.5f, -2.0f};
  static const float bias[1] = {
    0.1f};
  for (long row = 0; row < 1; row += 1) {
    float s[1];
    one_each for (long i = 0; i < 1; ++i) s[i] = bias[row + i];
    const float *p = x, *w = weight + row * 2;
    for (long j = 0; j < 2; ++j, w += 1) {
      const float v = p[j];
      one_each for (long i = 0; i < 1; ++i) s[i] += w[i] * v;
    }
    one_each for (long i = 0; i < 1; ++i) y[row + i] = s[i];
  }
}

/* layer 1: ReLU, 1 to 1 */
one_step void one_layer_1(float *y) {
  const float *x = y;
  for (long i = 0; i < 1; ++i) {
    const float v = x[i];
    y[i] = v <= 0 ? 0 : v;
  }
}

static inline void one_predict_in(const float *x, float *y, float *scratch) {
  one_layer_0(x, y);
  one_layer_1(y);
  (void)scratch;
}

static inline void one_predict(const float *x, float *y) { one_predict_in(x, y, 0); }

static inline int one_self_test(void) {
  static const float x[2] = {
    1.0f, -1.0f};
  static const float expected[1] = {
    2.6f};
  static float y[1];
  float largest = 0;
  one_predict(x, y);
  for (long i = 0; i < 1; ++i) {
    const float size = expected[i] < 0 ? -expected[i] : expected[i];
    largest = size > largest ? size : largest;
  }
  for (long i = 0; i < 1; ++i) {
    const float difference = y[i] < expected[i] ? expected[i] - y[i] : y[i] - expected[i];
    if (!(difference <= 1e-5f * largest)) return (int)i + 1;
  }
  return 0;
}

)");
}

TEST_CASE("a C header tells its sizes, and in double it is written in double") {
  const nn::Network<nn::Input<8>, nn::Dense<16>, nn::Tanh, nn::Dense<16>, nn::Tanh, nn::Dense<4>> network;
  const std::string text = c_header_text_of(network, {.name = "tiny"});
  CHECK(text.find("#define tiny_flash_bytes 1936\n") != std::string::npos);  // 484 parameters of 4 bytes
  CHECK(text.find("#define tiny_scratch_size 32\n") != std::string::npos);   // tanh works where the products lie
  CHECK(text.find("#define tiny_multiply_adds 448\n") != std::string::npos);
  const std::string wide = c_header_text_of(network, {.name = "tiny", .scalar = nn::CScalar::float64});
  CHECK(wide.find("#define tiny_flash_bytes 3872\n") != std::string::npos);
  CHECK(wide.find("float ") == std::string::npos);
  CHECK(c_header_text_of(network.cast<double>(), {.name = "tiny"}).find("tiny_predict(const double *x") !=
        std::string::npos);
}

TEST_CASE("a file of C is the text of the stream") {
  const char* path = "c_header_test.h";
  nn::save_c_header(c_header_network(), path, {.name = "one"});
  std::ostringstream written;
  written << std::ifstream(path).rdbuf();
  CHECK(written.str() == c_header_text_of(c_header_network(), {.name = "one"}));
  std::remove(path);
}

TEST_CASE("a layer that is not the library's cannot be written in C, and is named with its number") {
  const nn::Network network{nn::Input{3}, nn::Dense{3}, nn::Chain{nn::ReLU{}, Doubling{}}};
  CHECK(c_header_refusal<nn::load_error>([&] { c_header_text_of(network, {}); }) ==
        "save_c_header: layer 1.1, a Doubling, cannot be written in C; use layers in its place that can, see "
        "nn/io/c_header/layers.hpp");
  const nn::Network other{nn::Input{3}, OtherDense{}};
  CHECK(c_header_refusal<nn::load_error>([&] { c_header_text_of(other, {}); }) ==
        "save_c_header: layer 0, a Dense, has no option bias, as the library's has; give a layer of your own another "
        "name");
}

TEST_CASE("a network for sequences of any length is not written in C") {
  const nn::Network<nn::Sequence<3>, nn::TimeDistributed<nn::Dense<2>>> network;
  CHECK(
      c_header_refusal<nn::load_error>([&] { c_header_text_of(network, {}); }) ==
      "save_c_header: a header is written for one number of steps, and this network is for any; copy its parameters to "
      "a network of nn::Sequence<features, steps> and save that");
}

TEST_CASE("numbers that are not finite are not written in C") {
  auto network = c_header_network();
  network.weight<0>()(0, 1) = std::numeric_limits<float>::quiet_NaN();
  CHECK(
      c_header_refusal<nn::load_error>([&] { c_header_text_of(network, {}); }) ==
      "save_c_header: layer 0, a Dense, has the number nan in weight row 0 column 1, and a header holds finite numbers "
      "only; go back to parameters from before the training diverged");
  auto wide = c_header_network().cast<double>();
  wide.bias<0>()[0] = 1e300;
  CHECK(c_header_refusal<nn::load_error>([&] {
          c_header_text_of(wide, {.scalar = nn::CScalar::float32});
        }).ends_with("write it with .scalar = nn::CScalar::float64"));
}

TEST_CASE("the self-test takes a sample of the user's, of the right size and finite") {
  const auto network = c_header_network();
  CHECK_THROWS_AS(c_header_text_of(network, {.self_test_input = {1, 2, 3}}), nn::shape_error);
  CHECK_THROWS_AS(c_header_text_of(network, {.self_test_input = {1, std::numeric_limits<double>::infinity()}}),
                  nn::data_error);
}

TEST_CASE("a stream that fails is said") {
  std::ostringstream stream;
  stream.setstate(std::ios::failbit);
  CHECK_THROWS_AS(nn::save_c_header(c_header_network(), stream), nn::load_error);
}
