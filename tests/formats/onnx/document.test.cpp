// SPDX-License-Identifier: MIT
#include <sstream>

#include <nn/formats/onnx/document.hpp>

#include "../../catch.hpp"
#include "../../io/files.hpp"

using nn::detail::onnx::Document;

TEST_CASE("A document is the whole of a file or of a stream") {
  const test::Folder folder;
  const std::string bytes = std::string(200'000, 'x') + '\0' + "end";
  test::write_file(folder / "model.onnx", bytes);
  const Document of_file = nn::detail::onnx::read_document(folder / "model.onnx");
  CHECK(of_file.bytes() == bytes);
  CHECK(of_file.folder() == folder / "");
  std::istringstream stream(bytes);
  const Document of_stream = nn::detail::onnx::read_document(stream);
  CHECK(of_stream.bytes() == bytes);
  CHECK(of_stream.folder().empty());
  std::istringstream empty("");
  CHECK(nn::detail::onnx::read_document(empty).bytes().empty());
  CHECK(!test::load_error_of([&] { nn::detail::onnx::read_document(folder / "missing.onnx"); }).empty());
}

TEST_CASE("A document takes no more memory for what it describes than it has bytes, and an allowance") {
  Document document("the test", std::string(1000, ' '));
  document.charge(Document::allowance);
  document.charge(880);
  std::vector<double> list;
  CHECK_THAT(test::load_error_of([&] { document.reserve(list, 100); }),
             Catch::Matchers::ContainsSubstring("describes more than its 1000 bytes can hold"));
  CHECK(!test::load_error_of([&] { document.reserve(list, std::size_t{1} << 62); }).empty());
  CHECK(list.capacity() == 0);
  document.reserve(list, 3);
  CHECK(list.capacity() >= 3);
  CHECK(document.keep("abc") == "abc");
  CHECK(!test::load_error_of([&] { document.keep(std::string(100, ' ')); }).empty());
}

TEST_CASE("An error in a document says at which byte, where it is one of the file") {
  const Document document("the test", "0123456789");
  const auto error_at = [&](std::string_view at) { return test::load_error_of([&] { document.fail(at, " is bad"); }); };
  CHECK(error_at(document.bytes().substr(4, 2)) == "load: the test is bad (at byte 4)");
  CHECK(error_at("elsewhere") == "load: the test is bad");
}
