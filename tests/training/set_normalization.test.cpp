// SPDX-License-Identifier: MIT
#include <nn/training/set_normalization.hpp>

#include <vector>

#include <nn/network.hpp>

#include "../catch.hpp"
#include "../numbers.hpp"

using Catch::Matchers::Message;

namespace {

const nn::Matrix<double> areas_of_flats{{50, 70, 90}}, prices_of_flats{{100000, 200000, 600000}};

nn::Sequential<double> network_of_flats() {
  return nn::Sequential<double>{nn::Input{1}, nn::Normalize{}, nn::Dense{1}, nn::Denormalize{}};
}

}  // namespace

TEST_CASE("one call sets what inputs and targets are scaled by") {
  nn::Sequential<double> network = network_of_flats();
  nn::set_normalization(network, nn::Dataset(areas_of_flats, prices_of_flats));
  const nn::Standardize x = nn::Standardize::fit(areas_of_flats), t = nn::Standardize::fit(prices_of_flats);
  CHECK(nn::Vector<double>(network.state()) == nn::Vector<double>{{x.offset[0], x.scale[0], t.offset[0], t.scale[0]}});
  CHECK(network.tensor("2.offset")(0, 0) == 300000);

  nn::set_normalization<nn::MinMax>(network, nn::Dataset(areas_of_flats, prices_of_flats));
  CHECK(nn::Vector<double>(network.state()) == nn::Vector<double>{{50, 40, 100000, 500000}});

  nn::Network<float, nn::Input<1>, nn::Normalize, nn::Dense<1>, nn::Denormalize> of_known_sizes;
  nn::set_normalization<nn::MinMax>(of_known_sizes, nn::Dataset(areas_of_flats, prices_of_flats));
  CHECK(nn::Vector<float>(of_known_sizes.state()) == nn::Vector<float>{{50, 40, 100000, 500000}});
}

TEST_CASE("one call sets the one layer that is there, of a Graph too") {
  const nn::Dataset data(areas_of_flats, prices_of_flats), classes(areas_of_flats, std::vector<int>{0, 1, 1});
  nn::Sequential<double> first(nn::Input{1}, nn::Normalize{}, nn::Dense{2});
  nn::set_normalization(first, classes);
  CHECK(first.tensor("0.offset")(0, 0) == 70);
  nn::Graph<double> last;
  const auto x = last.input({1});
  last.output(last.add("price", nn::Denormalize{}, last.add(nn::Dense{1}, x)));
  nn::set_normalization(last, data);
  CHECK(last.tensor("price.offset")(0, 0) == 300000);
  nn::Sequential<double> in_a_chain(nn::Input{1}, nn::Chain(nn::Normalize{}, nn::Dense{1}), nn::Denormalize{});
  nn::set_normalization(in_a_chain, data);
  CHECK(in_a_chain.tensor("0.0.offset")(0, 0) == 70);
  CHECK(in_a_chain.tensor("1.offset")(0, 0) == 300000);
}

TEST_CASE("data that do not fit are refused in words, and the network stays as it was") {
  nn::Sequential<double> network = network_of_flats();
  network.state().setConstant(2);
  const nn::Sequential<double> before = network;
  CHECK_THROWS_MATCHES(nn::set_normalization(network, nn::Dataset(areas_of_flats, std::vector<int>{0, 1, 1})),
                       nn::data_error,
                       Message("set_normalization: the data set has class labels, which have no units that Denormalize "
                               "could bring back; leave out the Denormalize, or give the targets as float or double"));
  CHECK_THROWS_MATCHES(
      nn::set_normalization(network, nn::Dataset(areas_of_flats, test::drawn<double>(2, 3, 1))), nn::shape_error,
      Message("set_normalization: 2 offsets and 2 scales do not fit the 1 features of Denormalize; fit "
              "them to the same targets"));
  CHECK_THROWS_MATCHES(nn::set_normalization(network, nn::Dataset(test::drawn<double>(2, 3, 1), prices_of_flats)),
                       nn::shape_error,
                       Message("set_normalization: 2 offsets and 2 scales do not fit the 1 features of Normalize; fit "
                               "them to the same inputs"));
  CHECK(network == before);
  nn::Sequential<double> without(nn::Input{1}, nn::Denormalize{}, nn::Dense{1});
  CHECK_THROWS_MATCHES(nn::set_normalization(without, nn::Dataset(areas_of_flats, prices_of_flats)), nn::shape_error,
                       Message("set_normalization: none of the network's 2 layers is a Normalize, nor is the last a "
                               "Denormalize; make the one the first after the input, or the other the last"));
  nn::Sequential<double> moved = network_of_flats();
  const nn::Sequential<double> taken = std::move(moved);
  CHECK_THROWS_MATCHES(
      nn::set_normalization(moved, nn::Dataset(areas_of_flats, prices_of_flats)),  // NOLINT(bugprone-use-after-move)
      nn::data_error, Message("set_normalization: this network was moved from; assign a network to it first"));
}

TEST_CASE("cross_validate scales targets by what each fold trains on") {
  const nn::Dataset data(test::drawn<double>(1, 12, 1), test::drawn<double>(1, 12, 2, 1e5, 5e5));
  const nn::Sequential<double> network(nn::Input{1}, nn::Dense{1}, nn::Denormalize{});
  const auto result = nn::cross_validate(network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.01}, data,
                                         {.split = {.folds = 3}, .fit = {.epochs = 1}});
  REQUIRE(result.folds.size() == 3);
  for (const auto& fold : result.folds) {
    const nn::Standardize scaling = nn::Standardize::fit(data.select(fold.samples.train).targets<double>());
    CHECK(fold.network.tensor("1.offset")(0, 0) == scaling.offset[0]);
    CHECK(fold.network.tensor("1.scale")(0, 0) == scaling.scale[0]);
    CHECK(fold.evaluation.loss < 20);
  }
}
