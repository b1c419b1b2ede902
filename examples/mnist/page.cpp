// SPDX-License-Identifier: MIT
#include "page.hpp"

#include <nn/report.hpp>

namespace mnist {

void save_page(const std::string& path, const Network& network, const Data& data, const nn::History& history) {
  nn::Report report("Handwritten digits: " + data.source);
  if (!history.epochs.empty()) report.add_training(history);
  report.add_classification(network, data.test).add_network(network, &data.test).save(path);
}

}  // namespace mnist
