// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/attribute.hpp>
#include <nn/formats/onnx/model_writer.hpp>

#include "../../catch.hpp"
#include "../../io/files.hpp"

namespace {

using namespace nn::detail::onnx;

// Calls use(attribute, its message) for an attribute that stands in a file.
template <class Use>
void use_attribute(const std::string& bytes, const Use& use) {
  Document document("the test", bytes);
  const Message message(document, document.bytes(), "AttributeProto");
  const Attribute attribute = attribute_of(message);
  use(attribute, message_of(document, attribute));
}

}  // namespace

TEST_CASE("An attribute is a number, a text or a list, as its type says") {
  use_attribute(WrittenAttribute("axis", std::int64_t{-1}).message().text(),
                [](const auto& attribute, const Message& message) {
                  CHECK(attribute.name == "axis");
                  CHECK(attribute.type == AttributeType::integer);
                  CHECK(integer_of(message) == -1);
                });
  use_attribute(WrittenAttribute("alpha", 0.5).message().text(), [](const auto& attribute, const Message& message) {
    CHECK(attribute.type == AttributeType::float32);
    CHECK(float_of(message) == 0.5F);
  });
  use_attribute(WrittenAttribute("mode", "edge").message().text(), [](const auto& attribute, const Message& message) {
    CHECK(attribute.type == AttributeType::text);
    CHECK(text_of(message) == "edge");
  });
  use_attribute(WrittenAttribute("pads", std::vector<std::int64_t>{1, -2}).message().text(),
                [](const auto& attribute, const Message& message) {
                  CHECK(attribute.type == AttributeType::integers);
                  CHECK(integers_of(message) == std::vector<std::int64_t>{1, -2});
                });
  WireWriter floats;
  floats.bytes(1, "scales");
  floats.float32(7, 1.5F);
  floats.float32(7, 2);
  use_attribute(floats.text(), [](const auto&, const Message& message) {
    CHECK(floats_of(message) == std::vector<float>{1.5F, 2});
  });
}

TEST_CASE(
    "An attribute whose type is not said is what its field is, and one of a function or without a name is refused") {
  WireWriter untyped, nameless, referring;
  untyped.bytes(1, "axis");
  untyped.integer(3, 2);
  use_attribute(untyped.text(), [](const auto& attribute, const Message& message) {
    CHECK(attribute.type == AttributeType::integer);
    CHECK(integer_of(message) == 2);
  });
  nameless.integer(3, 2);
  referring.bytes(1, "axis");
  referring.bytes(21, "outer");
  const auto refusal = [](const std::string& bytes) {
    return test::load_error_of([&] { use_attribute(bytes, [](const auto&, const Message&) {}); });
  };
  CHECK_THAT(refusal(nameless.text()), Catch::Matchers::ContainsSubstring("has no name"));
  CHECK_THAT(refusal(referring.text()), Catch::Matchers::ContainsSubstring("refers to one of a function"));
}
