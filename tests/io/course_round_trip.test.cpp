// SPDX-License-Identifier: MIT
// The course's program and this library read each other's files; course_round_trip.py makes the fixture and checks
// ours.
#include <sys/wait.h>

#include <cstdlib>

#include "../catch.hpp"
#include "../left_out.hpp"
#include "files.hpp"

namespace {

const std::filesystem::path here = std::filesystem::path(__FILE__).parent_path();

// Rows of numbers, one sample each, as columns.
template <class T>
nn::Matrix<T> columns_of(const nlohmann::json& rows) {
  nn::Matrix<T> result(static_cast<nn::Index>(rows.at(0).size()), static_cast<nn::Index>(rows.size()));
  for (nn::Index j = 0; j < result.cols(); ++j)
    for (nn::Index i = 0; i < result.rows(); ++i)
      result(i, j) = rows.at(static_cast<std::size_t>(j)).at(static_cast<std::size_t>(i)).get<T>();
  return result;
}

template <class T>
nlohmann::json rows_of(const nn::Matrix<T>& columns) {
  auto rows = nlohmann::json::array();
  for (nn::Index j = 0; j < columns.cols(); ++j) {
    auto row = nlohmann::json::array();
    for (nn::Index i = 0; i < columns.rows(); ++i) row.push_back(static_cast<double>(columns(i, j)));
    rows.push_back(row);
  }
  return rows;
}

// The exit status of the script run by some Python that has NumPy, 77 where there is none.
int run_script(const std::string& arguments) {
  int status = 77;
  for (const std::string python : {"python3", "/usr/bin/python3"})
    if (status == 77 || status == 127) {
      const std::string command =
          python + " -B \"" + (here / "course_round_trip.py").string() + "\" " + arguments + " >&2";
      status = WEXITSTATUS(std::system(command.c_str()));
    }
  return status == 127 ? 77 : status;
}

template <class T>
using CourseNetwork = nn::Network<T, nn::Input<5>, nn::Dense<4>, nn::ReLU, nn::Dense<3>, nn::Softmax>;

}  // namespace

TEMPLATE_TEST_CASE("A file of the course's program loads, and predicts what it predicted", "", float, double) {
  CourseNetwork<TestType> network;
  nn::load(network, (here / "course_params.json").string());
  const auto fixture = nlohmann::json::parse(test::read_file((here / "course_predictions.json").string()));
  const auto expected = columns_of<TestType>(fixture.at("predictions"));
  const auto predictions = network.predict(columns_of<TestType>(fixture.at("inputs")));
  REQUIRE(expected.cols() == 20);
  const double worst = static_cast<double>((predictions - expected).cwiseAbs().maxCoeff());
  CHECK(worst <= (sizeof(TestType) == 4 ? 1e-6 : 1e-14));

  // Saved by us it holds the same numbers.
  const auto theirs = nlohmann::json::parse(test::read_file((here / "course_params.json").string()));
  const auto ours = nlohmann::json::parse(test::text_of(network));
  if constexpr (sizeof(TestType) == 8) {
    CHECK(ours.at("W") == theirs.at("W"));
    CHECK(ours.at("B") == theirs.at("B"));
  }
}

TEMPLATE_TEST_CASE("A file of ours is read by Python as the course's program reads it", "", float, double) {
  CourseNetwork<TestType> network;
  network.initialize(nn::Random{3});
  nn::Random random{4};
  for (TestType& number : network.bias(1)) number = static_cast<TestType>(random.normal());
  nn::Matrix<TestType> inputs(5, 50);
  for (TestType& number : inputs.reshaped()) number = static_cast<TestType>(random.normal());

  const test::Folder folder;
  nn::save(network, folder / "params.json");
  const nlohmann::json expected{{"inputs", rows_of<TestType>(inputs)},
                                {"predictions", rows_of<TestType>(network.predict(inputs))}};
  test::write_file(folder / "predictions.json", expected.dump());
  const int status = run_script("check \"" + folder.path() + "\"");
  if (status == 77) test::left_out("the course's program, for which Python with NumPy is not installed");
  CHECK((status == 0 || status == 77));
}
