// SPDX-License-Identifier: MIT
#include <bit>
#include <random>

#include "../catch.hpp"
#include "../effort.hpp"
#include "files.hpp"

namespace {

template <class T>
using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

// A finite number of random bits, so of any size.
template <class T>
T any_number(nn::Random& random) {
  for (;;) {
    const T number = std::bit_cast<T>(static_cast<Bits<T>>(random.next()));
    if (nn::is_finite(number)) return number;
  }
}

}  // namespace

TEMPLATE_TEST_CASE("Any finite numbers come back with the same bits", "", float, double) {
  using Limits = std::numeric_limits<TestType>;
  const nn::Index count = test::effort(1'200'000);
  nn::Sequential<TestType> network{nn::Input{count / 200}};
  network.add(nn::Dense{200});
  nn::Random random{1};
  for (TestType& number : network.parameters()) number = any_number<TestType>(random);
  network.parameters().template head<10>() << Limits::max(), Limits::lowest(), Limits::min(), Limits::denorm_min(),
      -Limits::denorm_min(), TestType(0), -TestType(0), Limits::epsilon(), std::nextafter(Limits::min(), TestType(0)),
      TestType(0.1L);
  const std::string text = test::text_of(network);
  auto copy = network;
  copy.parameters().setZero();
  test::load_text(copy, text);
  CHECK(test::have_equal_bits(copy, network));
  CHECK(test::text_of(copy) == text);
}

TEST_CASE("Network and Sequential read each other's files, from streams and from files") {
  nn::Network<nn::Input<4>, nn::Dense<3>, nn::LeakyReLU, nn::Dense<2, false>, nn::Softmax> fixed;
  nn::Network sized{nn::Input{4}, nn::Dense{3}, nn::LeakyReLU{}, nn::Dense{2, nn::no_bias}, nn::Softmax{}};
  nn::Sequential<float> deep{nn::Input{4}};
  deep.add(nn::Dense{3}).add(nn::LeakyReLU{}).add(nn::Dense{2, nn::no_bias}).add(nn::Softmax{});
  fixed.initialize(nn::Random{1});
  const std::string text = test::text_of(fixed);
  test::load_text(sized, text);
  CHECK(test::have_equal_bits(sized, fixed));
  CHECK(test::text_of(sized) == text);

  const test::Folder folder;
  nn::save(sized, folder / "params.json");
  CHECK(test::read_file(folder / "params.json") == text);
  nn::load(deep, folder / "params.json");
  CHECK(test::have_equal_bits(deep, fixed));
  CHECK(test::text_of(deep) == text);

  std::fstream stream(folder / "params.json", std::ios::in);
  fixed.parameters().setZero();
  nn::load(fixed, stream);
  CHECK(test::have_equal_bits(fixed, deep));
}

TEST_CASE("A file of a network of doubles is read by one of floats where its numbers fit") {
  const nn::Network<double, nn::Input<4>, nn::Dense<3>> precise;
  nn::Network<nn::Input<4>, nn::Dense<3>> network;
  test::load_text(network, test::text_of(precise));
  CHECK((network.parameters().array() == precise.parameters().cast<float>().array()).all());
}

TEST_CASE("A file that was saved is replaced as a whole, and loads as often as one likes") {
  const test::Folder folder;
  nn::Network<nn::Input<4>, nn::Dense<3>> network, copy;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    network.initialize(nn::Random{seed});
    nn::save(network, folder / "params.json");
    nn::load(copy, folder / "params.json");
    nn::load(copy, folder / "params.json");
    CHECK(test::have_equal_bits(copy, network));
  }
  CHECK(folder.count() == 1);
}

TEST_CASE("An output stream that fails is a load_error, whatever its exceptions are set to") {
  const nn::Network<nn::Input<100>, nn::Dense<100>> network;
  for (const auto exceptions : {std::ios::goodbit, std::ios::badbit | std::ios::failbit}) {
    std::ofstream full("/dev/full");
    full.exceptions(exceptions);
    CHECK(test::load_error_of([&] { nn::save(network, full); }) ==
          "save: the stream failed; is its disk full, was its file opened?");
  }
  std::ofstream unopened("/no such folder/file");
  CHECK_FALSE(test::load_error_of([&] { nn::save(network, unopened); }).empty());
  const nn::Network<nn::Input<1>, nn::Dense<1>> small;
  std::ofstream full("/dev/full");
  CHECK_FALSE(test::load_error_of([&] { nn::save(small, full); }).empty());
}

TEST_CASE("A network that was moved from is neither saved nor loaded into") {
  using Network = nn::Network<nn::Input<3>, nn::Dense<2>>;
  Network network;
  const std::string text = test::text_of(network);
  const Network moved = std::move(network);
  std::ostringstream out;
  std::istringstream in(text);
  const auto says = Catch::Matchers::ContainsSubstring("this network was moved from; assign a network to it first");
  CHECK_THROWS_WITH(nn::save(network, out), says);
  CHECK(out.str().empty());
  CHECK_THROWS_WITH(nn::load(network, in), says);
  network = moved;
  nn::load(network, in);
  CHECK(network == moved);
}
