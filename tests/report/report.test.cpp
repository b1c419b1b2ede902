// SPDX-License-Identifier: MIT
#include <nn/report/report.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <nn/activations/softmax.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/networks/sequential.hpp>

#include "../catch.hpp"
#include "page_reader.hpp"

using Catch::Matchers::Message;

namespace {

nn::Sequential<double> network_to_report() {
  nn::Sequential<double> network(nn::Input{4, 4, 1}, nn::Dense{2}, nn::Softmax{});
  network.initialize(nn::Random{1});
  return network;
}

nn::Dataset data_to_report(nn::Index samples) {
  std::vector<int> labels(static_cast<std::size_t>(samples));
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<int>(i % 2);
  nn::Random random(2);
  nn::Matrix<double> x(16, samples);
  for (double& pixel : x.reshaped()) pixel = random.uniform();
  return {nn::Shape{4, 4, 1}, x, labels, 2};
}

std::string whole_report(nn::Index samples) {
  nn::History history;
  history.epochs = {{.loss = 2}, {.loss = 1}};
  const auto data = data_to_report(samples);
  const nn::Diagnosis diagnosis{{{nn::Illness::plateau, 0, "Stands <still>."}}};
  return nn::Report("All")
      .add_training(history)
      .add_classification(network_to_report(), data, {.heading = "<Test>"})
      .add_network(network_to_report(), &data)
      .add_diagnosis(diagnosis)
      .html();
}

}  // namespace

TEST_CASE("a report is well-formed, and nothing in it comes from elsewhere") {
  const std::string html = whole_report(40);
  CHECK(test::first_html_mistake(html) == "");
  CHECK(html.find("&lt;Test&gt;") != std::string::npos);
  CHECK(html.find("Stands &lt;still&gt;.") != std::string::npos);
  CHECK(html.find("://") == std::string::npos);
  CHECK(html.find("default-src 'none'") != std::string::npos);
  for (std::size_t at = html.find(" src=\""); at != std::string::npos; at = html.find(" src=\"", at + 1))
    CHECK(html.substr(at + 6, 22) == "data:image/png;base64,");
}

TEST_CASE("a report does not grow with the data") {
  const std::size_t few = whole_report(200).size(), many = whole_report(4000).size();
  CHECK(many < few + 2000);
}

TEST_CASE("a report is saved as a whole or not at all") {
  const std::string path = "nn_report_test.html";
  { std::ofstream(path) << "before"; }
  nn::Report report("t");
  CHECK_THROWS_AS(report.save("no/such/folder/report.html"), nn::load_error);
  report.save(path);
  std::ifstream file(path);
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == report.html());
  CHECK(std::remove(path.c_str()) == 0);
}

TEST_CASE("what does not fit is refused, and the report stays as it was") {
  nn::Report report("t");
  const std::string before = report.html();
  const nn::Dataset other(nn::Matrix<double>::Ones(3, 2), std::vector<int>{0, 1});
  CHECK_THROWS_AS(report.add_classification(network_to_report(), other), nn::shape_error);
  CHECK_THROWS_AS(report.add_network(network_to_report(), &other), nn::shape_error);
  CHECK_THROWS_MATCHES(report.add_classification(network_to_report(), data_to_report(4), {.mistakes = -1}),
                       nn::data_error, Message("Report: can show 0 to 1000 mistakes, got -1; 24 is the default"));
  CHECK(report.html() == before);
}
