// SPDX-License-Identifier: MIT
#include <nn/io/checkpoint_header.hpp>

#include <nn/io/json.hpp>

#include "../catch.hpp"
#include "files.hpp"

using Catch::Matchers::ContainsSubstring;

namespace {

class NoBytes final : public nn::detail::ByteSource {
 public:
  NoBytes() : ByteSource("\"c\"") {}

 private:
  std::size_t refill(char*, std::size_t) override { return 0; }
};

nn::detail::CheckpointHeader header_in(const std::string& text) {
  nn::detail::CheckpointHeader header;
  const NoBytes source;
  nn::detail::CheckpointHeaderReader reader(header, source);
  nlohmann::json::sax_parse(text, &reader);
  return header;
}

const nn::detail::CheckpointHeader ours{"nn checkpoint", 3, "float", "Adam", 2, {"Dense", "Tanh"}, {{"order", 8}}};

std::string difference(const nn::detail::CheckpointHeader& file) {
  return test::load_error_of([&] { nn::detail::require_same(NoBytes(), file, ours); });
}

}  // namespace

TEST_CASE("A header is read as it was written") {
  nn::detail::CheckpointHeader header = ours;
  header.optimizer = "my \"own\\ \n";
  header.fields.push_back({"a \x01", 1u << 31});
  const nn::detail::CheckpointHeader read = header_in(nn::detail::json_of(header));
  CHECK(read.format == header.format);
  CHECK(read.version == 3);
  CHECK(read.scalar == "float");
  CHECK(read.optimizer == header.optimizer);
  CHECK(read.optimizer_numbers == 2);
  CHECK(read.layers == header.layers);
  REQUIRE(read.fields.size() == 2);
  CHECK(read.fields[0].name == "order");
  CHECK(read.fields[0].bytes == 8);
  CHECK(read.fields[1].name == "a \x01");
  CHECK(read.fields[1].bytes == 1u << 31);
  CHECK(header_in("{\"parts\": [{\"bytes\": 8, \"name\": \"order\"}]}").fields.size() == 1);  // version 1
}

TEST_CASE("What is no header is refused as it comes, however deep it is") {
  const std::string deep(100'000, '[');
  for (const std::string& text : std::vector<std::string>{"",
                                                          "{",
                                                          "[]",
                                                          "1",
                                                          "{\"format\": " + deep + "}",
                                                          "{\"layers\": " + deep + "}",
                                                          "{\"fields\": " + deep + "}",
                                                          "{\"format\": {}}",
                                                          "{\"format\": 1}",
                                                          "{\"version\": \"1\"}",
                                                          "{\"version\": -1}",
                                                          "{\"version\": 1.5}",
                                                          "{\"version\": null}",
                                                          "{\"version\": true}",
                                                          "{\"version\": 99999999999999999999}",
                                                          "{\"layers\": \"Dense\"}",
                                                          "{\"layers\": [1]}",
                                                          "{\"layers\": [{}]}",
                                                          "{\"fields\": [\"order\"]}",
                                                          "{\"fields\": [{\"names\": 1}]}",
                                                          "{\"fields\": [{\"bytes\": \"8\"}]}",
                                                          "{\"fields\": [{\"name\": 8}]}",
                                                          "{\"color\": 1}",
                                                          "{\"version\": 1} x"}) {
    CAPTURE(text.substr(0, 60));
    CHECK(test::load_error_of([&] { header_in(text); }) ==
          "load: \"c\" is damaged: its header is not that of a checkpoint; use an older checkpoint (at byte 0)");
  }
}

TEST_CASE("A header of something else is refused, and the difference named") {
  CHECK(difference(ours).empty());
  auto other = ours;
  for (const std::uint64_t earlier : {1u, 2u}) {
    other.version = earlier;
    CHECK(difference(other).empty());
  }
  other.version = 4;
  CHECK_THAT(difference(other), ContainsSubstring("version is 4, but this library reads versions from 1 to 3"));
  other.version = 0;
  CHECK_THAT(difference(other), ContainsSubstring("version is 0"));
  other = ours;
  other.format = "\x1B[2J";
  CHECK_THAT(difference(other), ContainsSubstring("format is \"?[2J\", but must be \"nn checkpoint\""));
  other = ours;
  other.scalar = "double";
  CHECK_THAT(difference(other), ContainsSubstring("scalar is \"double\", but must be \"float\""));
  other = ours;
  other.optimizer = "SGD";
  CHECK_THAT(difference(other), ContainsSubstring("optimizer is \"SGD\", but must be \"Adam\""));
  other = ours;
  other.layers = {"Dense", "ReLU"};
  CHECK_THAT(difference(other),
             ContainsSubstring("layer 1 is \"ReLU\" in the checkpoint, but \"Tanh\" in this network"));
  other.layers = {"Dense"};
  CHECK_THAT(difference(other),
             ContainsSubstring("layer 1 is nothing in the checkpoint, but \"Tanh\" in this network"));
  other.layers = {"Dense", "Tanh", "Softmax"};
  CHECK_THAT(difference(other),
             ContainsSubstring("layer 2 is \"Softmax\" in the checkpoint, but nothing in this network"));
}
