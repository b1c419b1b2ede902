// SPDX-License-Identifier: MIT
#include <nn/data/model.hpp>

#include <cmath>
#include <concepts>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <nn/inference.hpp>

#include "../catch.hpp"
#include "../io/files.hpp"

using Catch::Matchers::Message;

namespace {

nn::Schema schema_of_weather(const std::vector<std::string>& classes) {
  nn::Schema schema;
  schema.inputs = {{"wind", {}, {}, {}, 2}, {"sky", {}, {}, {"clear", "grey"}}};
  schema.target = {"rain", {}, {}, classes};
  return schema;
}

// Logits (or numbers) y_i = wind * (i + 1), and 1000 more where the sky is grey.
template <class T>
nn::Sequential<T> network_of_weather(int outputs) {
  nn::Sequential<T> network{nn::Input{3}, nn::Dense{outputs, nn::no_bias}};
  network.parameters().setZero();
  for (int i = 0; i < outputs; ++i) network.parameters()[i] = static_cast<T>(i + 1);
  for (int i = 0; i < outputs; ++i) network.parameters()[2 * outputs + i] = 1000;
  return network;
}

const std::vector<std::string> dry_or_wet{"dry", "wet"};

}  // namespace

TEMPLATE_TEST_CASE("A model with a target of numbers answers a number", "", float, double) {
  const nn::Model<TestType> model{network_of_weather<TestType>(1), schema_of_weather({})};
  const nn::Prediction answer = model.predict({{"sky", "clear"}, {"wind", 7}});
  CHECK(answer == nn::Prediction{7});
  CHECK(answer.class_name.empty());
  CHECK(answer.probabilities.empty());
  CHECK(model.predict({{"sky", "grey"}, {"wind", std::nullopt}}).number == 1002);
}

TEST_CASE("A model with classes answers with the most probable one and the probabilities of all") {
  const double e = std::exp(1.0), sum = e + e * e + e * e * e;
  const nn::Sequential<double> logits = network_of_weather<double>(3);
  nn::Sequential<double> softmax = logits, logarithms = logits;
  softmax.add(nn::Softmax{});
  logarithms.add(nn::LogSoftmax{});
  for (const auto& network : {logits, softmax, logarithms}) {
    const nn::Model<double> model{network, schema_of_weather({"dry", "some", "much"})};
    const nn::Prediction answer = model.predict({{"wind", 1}, {"sky", "clear"}});
    CHECK(answer.class_name == "much");
    CHECK(answer.number == 2);
    CHECK(answer.probability == Approx(e * e * e / sum));
    REQUIRE(answer.probabilities.size() == 3);
    CHECK(answer.probabilities[1].first == "some");
    CHECK(answer.probabilities[1].second == Approx(e * e / sum));
    CHECK(answer.probability_of("dry") == Approx(e / sum));
    CHECK_THROWS_MATCHES(
        answer.probability_of("wet"), nn::data_error,
        Message("Prediction: \"wet\" is none of the 3 classes: \"dry\", \"some\", \"much\"; check the name"));
  }
}

TEST_CASE("A single output tells two classes, as a probability or a logit") {
  const nn::Sequential<double> logit = network_of_weather<double>(1);
  nn::Sequential<double> probability = logit;
  probability.add(nn::Sigmoid{});
  for (const auto& network : {logit, probability}) {
    const nn::Model<double> model{network, schema_of_weather(dry_or_wet)};
    const nn::Prediction wet = model.predict({{"wind", 1}, {"sky", "clear"}}),
                         dry = model.predict({{"wind", -1}, {"sky", "clear"}});
    CHECK(wet.class_name == "wet");
    CHECK(wet.probability == Approx(1 / (1 + std::exp(-1.0))));
    CHECK(dry.class_name == "dry");
    CHECK(dry.probability_of("wet") == Approx(1 / (1 + std::exp(1.0))));
  }
}

TEST_CASE("A network that ends in a sigmoid for each class tells their probabilities as they are") {
  nn::Sequential<double> network = network_of_weather<double>(2);
  network.add(nn::Sigmoid{});
  const nn::Model<double> model{network, schema_of_weather(dry_or_wet)};
  CHECK(model.predict({{"wind", 1}, {"sky", "clear"}}).probability_of("dry") == Approx(1 / (1 + std::exp(-1.0))));
}

TEST_CASE("A model answers for every row of a CSV file") {
  const nn::Model<float> model{network_of_weather<float>(1), schema_of_weather({})};
  std::string text = "wind,sky\n";
  for (int i = 0; i < 600; ++i) text += std::to_string(i) + (i % 2 == 0 ? ",clear\n" : ",grey\n");
  const test::Folder folder;
  test::write_file(folder / "new.csv", text);
  const std::vector<nn::Prediction> answers = model.predict_csv(folder / "new.csv");
  REQUIRE(answers.size() == 600);
  for (std::size_t i = 0; i < answers.size(); ++i)
    CHECK(answers[i].number == static_cast<double>(i % 2 == 0 ? i : i + 1000));

  std::istringstream stream("sky,wind,rain\nclear,3,wet\n");
  CHECK(model.predict_csv(stream, {.rows = {.ignore_additional_columns = true}, .any_order = true}) ==
        std::vector<nn::Prediction>{{3}});
  std::istringstream empty("wind,sky\n");
  CHECK(model.predict_csv(empty).empty());
}

TEST_CASE("What is wrong in a file is said with its name, row and column") {
  const nn::Model<float> model{network_of_weather<float>(1), schema_of_weather({})};
  const test::Folder folder;
  test::write_file(folder / "new.csv", "wind,sky\n1,clear\n2,blue\n");
  CHECK(
      test::load_error_of([&] { model.predict_csv(folder / "new.csv"); }) ==
      "read_csv: \"" + (folder / "new.csv") +
          "\", row 3, column 2 \"sky\": \"blue\" is none of the 2 categories: \"clear\", \"grey\"; correct it, or set "
          "unknown_category");
  CHECK_THAT(test::load_error_of([&] { model.predict_csv(folder / "none.csv"); }),
             Catch::Matchers::ContainsSubstring("none.csv\" cannot be opened"));
  std::istringstream failed("wind,sky\n");
  failed.setstate(std::ios::failbit);
  CHECK(test::load_error_of([&] { model.predict_csv(failed); }) ==
        "read_csv: the stream cannot be read: it had failed before; was its file opened?");
}

TEST_CASE("A model is a regular value of a network and a schema that fit") {
  static_assert(std::equality_comparable<nn::Model<float>> && std::copyable<nn::Model<float>>);
  const nn::Model<float> model{network_of_weather<float>(1), schema_of_weather({})};
  CHECK(model.network() == network_of_weather<float>(1));
  CHECK(model.schema() == schema_of_weather({}));
  CHECK(nn::Model<float>(model) == model);
  CHECK_THROWS_AS((nn::Model<float>{network_of_weather<float>(3), schema_of_weather({})}), nn::data_error);
  CHECK_THROWS_AS((nn::Model<float>{network_of_weather<float>(1), nn::Schema()}), nn::data_error);
}

TEST_CASE("An output that is not finite is no answer") {
  const nn::Model<float> model{network_of_weather<float>(1), schema_of_weather({})};
  nn::Sequential<float> network = model.network();
  network.parameters()[0] = 3e38F;
  const nn::Model<float> wild{network, model.schema()};
  CHECK_THROWS_MATCHES(wild.predict({{"wind", 1e3}, {"sky", "clear"}}), nn::data_error,
                       Message("predict: output 0 of row 0 is inf; is a number far beyond those of the training?"));
}
