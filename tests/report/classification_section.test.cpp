// SPDX-License-Identifier: MIT
#include <nn/report/classification_section.hpp>

#include <nn/layers/input.hpp>
#include <nn/networks/sequential.hpp>

#include "../catch.hpp"
#include "page_reader.hpp"

namespace {

// The network's outputs are the inputs: sample 1 is a small mistake, sample 3 a large one.
nn::Dataset with_mistakes() {
  return {nn::Matrix<double>{{0.75, 0.625, 0.25, 0.875}, {0.25, 0.375, 0.75, 0.125}}, std::vector<int>{0, 1, 1, 1}};
}

}  // namespace

TEST_CASE("the worst mistakes come first, and no more than asked for") {
  const nn::Sequential<double> network(nn::Input{2});
  for (const nn::Index batch_size : {1, 3, 256}) {
    const auto looked = nn::detail::LookAtPredictions::at(network, with_mistakes(), {.batch_size = batch_size}, 10);
    REQUIRE(looked.mistakes().size() == 2);
    CHECK(looked.mistakes()[0].sample == 3);
    CHECK(looked.mistakes()[0].size() == 0.75);
    CHECK(looked.mistakes()[1].sample == 1);
    CHECK(
        nn::detail::LookAtPredictions::at(network, with_mistakes(), {.batch_size = batch_size}, 1).mistakes().size() ==
        1);
  }
}

TEST_CASE("calibration is the share that is right among predictions of like confidence") {
  const nn::Sequential<double> network(nn::Input{2});
  const auto dots = nn::detail::LookAtPredictions::at(network, with_mistakes(), {}, 0).reliability();
  CHECK(dots.x == std::vector<double>{0.625, 0.75, 0.875});
  CHECK(dots.y == std::vector<double>{0, 1, 0});
}

TEST_CASE("a section on classes names them, as texts, with their confusion matrix") {
  const nn::Sequential<double> network(nn::Input{2});
  nn::detail::Page page("t");
  nn::detail::add_classification_section(page, "Test", network, with_mistakes(), {.class_names = {"<b>", "yes"}}, 5);
  const std::string html = page.html();
  CHECK(test::first_html_mistake(html) == "");
  CHECK(html.find("<b>") == std::string::npos);
  CHECK(html.find("told &lt;b&gt; (0.875)") != std::string::npos);
  CHECK(html.find("\"confusion\":[[1,0],[2,1]]") != std::string::npos);
}

TEST_CASE("a mistake is shown as an image where samples are images") {
  const nn::Matrix<double> x = nn::Matrix<double>::Ones(4, 1);
  CHECK(nn::detail::sample_html(nn::Dataset(nn::Shape{2, 2, 1}, x, std::vector<int>{0}), 0)
            .find("src=\"data:image/png;base64,iVBORw0KGgo") != std::string::npos);
  CHECK(nn::detail::sample_html(nn::Dataset(x, std::vector<int>{0}), 0) == "<p>1, 1, 1, 1</p>");
}
