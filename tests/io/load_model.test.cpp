// SPDX-License-Identifier: MIT
#include <nn/io/load_model.hpp>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "../catch.hpp"
#include "../fixture.hpp"
#include "files.hpp"

namespace {

// tests/fixtures/<name>, as a release has written it; survivors.py tells its answers by other means.
std::string golden_model(const std::string& name) {
  const std::string here = __FILE__;
  return here.substr(0, here.find_last_of("/\\") + 1) + "../fixtures/" + name;
}

// What read_csv makes of three rows.
nn::Table table_of_flats() {
  std::istringstream text("built,heating,taken\n1900,gas,late\n,coal,soon\n1960,,soon\n");
  return nn::read_csv(text, {.missing = {{"built", nn::Fill::mean}, {"heating", nn::Fill::own_category}}});
}

}  // namespace

TEMPLATE_TEST_CASE("The golden file of a model answers for new rows as it did", "", float, double) {
  const auto model = nn::load_model<TestType>(golden_model("survivors.json"));
  const std::vector<nn::Prediction> answers = model.predict_csv(golden_model("survivors.csv"));
  REQUIRE(answers.size() == 6);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const nn::Vector<double> expected = test::fixture("survivors", "row_" + std::to_string(i));
    INFO("row " << i);
    CHECK(answers[i].probability_of("no") == Approx(expected[0]).epsilon(1e-5));
    CHECK(answers[i].probability_of("yes") == Approx(expected[1]).epsilon(1e-5));
    CHECK(answers[i].class_name == (expected[0] > expected[1] ? "no" : "yes"));
  }
  const nn::Prediction second = model.predict({{"sex", "male"}, {"embarked", "Queenstown"}, {"age", 22}, {"class", 3}});
  CHECK(second.probability == Approx(answers[1].probability));
  const nn::Prediction third =
      model.predict({{"class", "2"}, {"sex", "male"}, {"age", std::nullopt}, {"embarked", "Cherbourg"}});
  CHECK(third.probability == Approx(answers[2].probability));
}

TEST_CASE("The golden file of a model is written again as it is, and is a network to who wants no more") {
  const std::string path = golden_model("survivors.json");
  const auto model = nn::load_model<float>(path);
  CHECK(model.schema().inputs[2] == nn::Column{"age", {}, {}, {}, 38});
  CHECK(model.schema().inputs[3] ==
        nn::Column{"embarked", {}, {}, {"(missing)", "Cherbourg", "Queenstown", "Southampton"}, 0});
  std::ostringstream again;
  nn::save(model.network(), again, {.precision = 5, .schema = model.schema()});
  const std::string text = test::read_file(path);
  const std::size_t self_test = text.find(",\n\"self_test\"");
  CHECK(again.str() == text.substr(0, self_test) + "\n}\n");
  std::vector<std::string> classes;
  CHECK(nn::load_network<float>(path, {.classes = &classes}) == model.network());
  CHECK(classes == std::vector<std::string>{"no", "yes"});
}

TEST_CASE("A table's schema goes with the network into one file, and both come back in one load") {
  const nn::Table table = table_of_flats();
  const nn::Schema schema{table, "taken"};
  nn::Sequential<float> network{nn::Input{schema.features()}, nn::Dense{2}, nn::Softmax{}};
  const test::Folder folder;
  nn::save(network, folder / "model.json", {.schema = schema});
  const nn::Model<float> model = nn::load_model(folder / "model.json");
  CHECK(model == nn::Model<float>{network, schema});
  std::ifstream stream(folder / "model.json");
  CHECK(nn::load_model<float>(stream) == model);

  const nn::Matrix<float> outputs = network.predict(nn::Matrix<float>(schema.dataset(table).inputs<float>()));
  const nn::Prediction answer = model.predict({{"heating", std::nullopt}, {"built", 1960}});
  CHECK(answer.probability_of("soon") == Approx(outputs(1, 2)));
  CHECK(model.predict({{"heating", "coal"}, {"built", std::nullopt}}).probability_of("late") == Approx(outputs(0, 1)));
}

TEST_CASE("Options of load_network hold, and the schema goes where they say") {
  const nn::Schema schema{table_of_flats(), "taken"};
  const nn::Sequential<float> network{nn::Input{schema.features()}, nn::Dense{1}, nn::Sigmoid{}};
  std::stringstream file;
  nn::save(network, file, {.self_test = true, .schema = schema});
  nn::Schema other;
  CHECK(nn::load_model<float>(file, {.schema = &other}).schema() == schema);
  CHECK(other == schema);
  std::string text = file.str();
  text.replace(text.find("\"output\": [") + 11, 2, "9.");
  std::istringstream damaged(text), again(text);
  CHECK_THROWS_AS(nn::load_model<float>(damaged), nn::load_error);
  CHECK(nn::load_model<float>(again, {.self_test = false}).network() == network);
}

TEST_CASE("A file without a schema holds no model, which is said in words") {
  std::stringstream file;
  nn::save(nn::Network<nn::Input<2>, nn::Dense<1>>{}, file);
  nn::Schema schema{table_of_flats(), "taken"};
  const nn::Schema before = schema;
  CHECK(test::load_error_of([&] { nn::load_model<float>(file, {.schema = &schema}); }) ==
        "load: the stream: holds no schema, without which rows cannot be read by name; save the network with "
        "{.schema = schema}, or take nn::load_network");
  CHECK(schema == before);
}
