// SPDX-License-Identifier: MIT
// Each rule of the format for its header, with the smallest header that breaks it.
#include <nn/io/safetensors_header.hpp>

#include <sstream>

#include <nn/io/safetensors_reader.hpp>

#include "../catch.hpp"
#include "files.hpp"

namespace {

// The tensors of a header in words, and the end of the last; or the sentence of the load_error.
std::string read_tensor_header(const std::string& text) {
  std::istringstream stream(text);
  nn::detail::StreamSource source(stream);
  std::string all;
  const auto found = [&](const nn::detail::FileTensor& tensor) {
    all += tensor.name + ' ' + std::string(tensor.type->name);
    for (std::size_t i = 0; i < tensor.dimension_count; ++i) all += ' ' + std::to_string(tensor.sizes[i]);
    all += "; ";
  };
  try {
    nn::detail::TensorHeaderReader reader(source, found);
    nn::detail::read_json_value(reader, source, text.size());
    return all + std::to_string(reader.require_contiguous());
  } catch (const nn::load_error& problem) {
    return problem.what();
  }
}

std::string tensor_entry(const std::string& type, const std::string& shape, const std::string& offsets) {
  return R"({"dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}
std::string one_tensor(const std::string& type, const std::string& shape, const std::string& offsets) {
  return read_tensor_header("{\"a\":" + tensor_entry(type, shape, offsets) + "}");
}

}  // namespace

TEST_CASE("A header names tensors, their types and sizes") {
  CHECK(read_tensor_header("{}") == "0");
  CHECK(one_tensor("F32", "[1,2,3]", "[0,24]") == "a F32 1 2 3; 24");
  CHECK(one_tensor("BF16", "[]", "[0,2]") == "a BF16; 2");
  CHECK(one_tensor("U8", "[0,18446744073709551615]", "[0,0]") == "a U8 0 18446744073709551615; 0");
  CHECK(one_tensor("F4", "[2]", "[0,1]") == "a F4 2; 1");
  CHECK(one_tensor("C64", "[2]", "[0,16]") == "a C64 2; 16");
  CHECK(read_tensor_header(R"({"__metadata__":{"format":"pt","__metadata__":"x"},"b":)" +
                           tensor_entry("I64", "[]", "[4,12]") + ",\"a\":" + tensor_entry("F32", "[1]", "[0,4]") +
                           "}") == "b I64; a F32 1; 12");
  CHECK(read_tensor_header(R"({"a":{"newer":[{"x":null}],"shape":[1],"data_offsets":[0,1],"dtype":"I8"}})") ==
        "a I8 1; 1");
  CHECK(read_tensor_header(R"({"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]},)"
                           R"("b":{"data_offsets":[1,3],"shape":[2],"dtype":"I8"}})") == "a I8 1; b I8 2; 3");
}

TEST_CASE("Every broken rule of a header is refused with the tensor's name") {
  const auto is_refused = [](const std::string& sentence, const char* part) {
    INFO(sentence);
    CHECK(sentence.starts_with("load: the stream: "));
    CHECK(sentence.find(part) != std::string::npos);
  };
  is_refused(one_tensor("F32", "[1]", "[0,5]"), "its shape needs 4 bytes, but it has 5");
  is_refused(one_tensor("F32", "[1]", "[4,0]"), "its data end at byte 0, before they begin at 4");
  is_refused(one_tensor("F32", "[1]", "[4,8]"), "leave a hole or overlap");
  is_refused(one_tensor("F4", "[1]", "[0,0]"), "its 4 bits are no whole bytes");
  is_refused(one_tensor("F99", "[1]", "[0,4]"), "\"F99\" is none of safetensors");
  is_refused(one_tensor("F32", "[18446744073709551615,2]", "[0,4]"), "too large to count");
  is_refused(one_tensor("F32", "[4611686018427387904,4]", "[0,0]"), "too large to count");
  is_refused(one_tensor("F32", "[-1]", "[0,4]"), "a negative number");
  is_refused(one_tensor("F32", "[1.0]", "[0,4]"), "a fraction");
  is_refused(one_tensor("F32", "[18446744073709551616]", "[0,4]"), "a fraction");
  is_refused(one_tensor("F32", "[[1]]", "[0,4]"), "a list");
  is_refused(one_tensor("F32", "1", "[0,4]"), "a number");
  is_refused(one_tensor("F32", "null", "[0,4]"), "null");
  is_refused(one_tensor("F32", "[1,1,1,1,1,1,1,1,1]", "[0,4]"), "more than 8 dimensions");
  is_refused(one_tensor("F32", "[1]", "[0]"), "data_offsets needs 2 numbers, got 1");
  is_refused(one_tensor("F32", "[1]", "[]"), "data_offsets needs 2 numbers, got 0");
  is_refused(one_tensor("F32", "[1]", "[0,4,4]"), "data_offsets needs 2 numbers, got more");
  is_refused(read_tensor_header(R"({"a":{"dtype":"F32","shape":[1]}})"), "it lacks data_offsets");
  is_refused(read_tensor_header(R"({"a":{"dtype":"F32","data_offsets":[0,4]}})"), "it lacks shape");
  is_refused(read_tensor_header(R"({"a":{"shape":[1],"data_offsets":[0,4]}})"), "it lacks dtype");
  is_refused(read_tensor_header(R"({"a":{"dtype":"F32","dtype":"F32"}})"), "it has \"dtype\" twice");
  is_refused(read_tensor_header(R"({"a":{"dtype":4}})"), "a number where none can stand");
  is_refused(read_tensor_header(R"({"a":4})"), "a number where none can stand");
  is_refused(read_tensor_header(R"({"a":"F32"})"), "a text where none can stand");
  is_refused(read_tensor_header("[]"), "its header is a list, but must be an object");
  is_refused(read_tensor_header(R"({"__metadata__":{"a":1}})"), "holds texts only");
  is_refused(read_tensor_header(R"({"__metadata__":{"a":{}}})"), "holds texts only");
  is_refused(read_tensor_header(R"({"__metadata__":"a"})"), "holds texts only");
  is_refused(read_tensor_header(R"({"__metadata__":{},"__metadata__":{}})"), "\"__metadata__\" twice");
  is_refused(read_tensor_header("{\"a\xFF\":1}"), "damaged");
  is_refused(read_tensor_header("{\"a\""), "damaged");
}

TEST_CASE("Tensors that overlap, or leave a hole, are refused whatever their order") {
  const auto two = [](const std::string& a, const std::string& b) {
    return read_tensor_header("{\"a\":" + tensor_entry("U8", "[4]", a) + ",\"b\":" + tensor_entry("U8", "[4]", b) +
                              "}");
  };
  CHECK(two("[0,4]", "[4,8]").ends_with("; 8"));
  CHECK(two("[4,8]", "[0,4]").ends_with("; 8"));
  for (const char* b : {"[0,4]", "[2,6]", "[5,9]", "[8,12]"}) {
    INFO(b);
    CHECK(two("[0,4]", b).find("leave a hole or overlap") != std::string::npos);
    CHECK(two(b, "[0,4]").find("leave a hole or overlap") != std::string::npos);
  }
}
