// SPDX-License-Identifier: MIT
#include <nn/report/training_section.hpp>

#include "../catch.hpp"
#include "page_reader.hpp"

TEST_CASE("a training is shown by its curves, without those that it has no numbers for") {
  nn::History history;
  history.epochs = {{.loss = 2, .seconds = 1.5, .samples = 10}, {.loss = 1, .seconds = 1.5, .samples = 10}};
  nn::detail::Page page("t");
  nn::detail::add_training_section(page, history);
  CHECK(test::first_html_mistake(page.html()) == "");
  CHECK(page.html().find("\"name\":\"training\",\"x\":[1,2],\"y\":[2,1]") != std::string::npos);
  CHECK(page.html().find("\"name\":\"validation\"") == std::string::npos);
  CHECK(page.html().find("<dt>seconds</dt><dd>3</dd>") != std::string::npos);

  history.epochs[1].validation_loss = 0.5;
  history.best_epoch = 2;
  nn::detail::Page with_validation("t");
  nn::detail::add_training_section(with_validation, history);
  CHECK(with_validation.html().find("\"name\":\"validation\",\"x\":[1,2],\"y\":[null,0.5]") != std::string::npos);
  CHECK(with_validation.html().find("<dt>best epoch</dt><dd>2</dd>") != std::string::npos);
}

TEST_CASE("a training without an epoch is a page, too") {
  nn::detail::Page page("t");
  nn::detail::add_training_section(page, nn::History{});
  CHECK(test::first_html_mistake(page.html()) == "");
  CHECK(page.html().find("<figure") == std::string::npos);
}
