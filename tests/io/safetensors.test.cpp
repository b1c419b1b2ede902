// SPDX-License-Identifier: MIT
#include <nn/io/safetensors.hpp>

#include <unistd.h>

#include <filesystem>
#include <sstream>
#include <string>

#include "../catch.hpp"
#include "../fixture.hpp"
#include "files.hpp"
#include "tensor_networks.hpp"

namespace {

using Catch::Matchers::ContainsSubstring;

// tests/fixtures/safetensors/<name>
std::string tensor_fixture(const std::string& name) {
  const std::string here = __FILE__;
  return here.substr(0, here.find_last_of("/\\") + 1) + "../fixtures/safetensors/" + name;
}

const nn::TensorFileOptions members{.names = {{"0", "stem"}, {"3", "body.1"}, {"5", "head"}}};

// Of a network with the tensors of a fixture: the largest difference from PyTorch's output, relative to the largest.
template <class T>
double difference_from_torch(nn::Sequential<T> network, const std::string& name,
                             const nn::TensorFileOptions& options = {}) {
  network.initialize(nn::Random{7});
  nn::load_tensors(network, tensor_fixture(name + ".safetensors"), options);
  const nn::Vector<T> x = test::fixture("safetensors", name + ".x").cast<T>();
  const nn::Vector<double> y = test::fixture("safetensors", name + ".y");
  return (network.predict(x).col(0).template cast<double>() - y).cwiseAbs().maxCoeff() / y.cwiseAbs().maxCoeff();
}

template <class Network>
std::string tensors_of_network(const Network& network, const nn::TensorFileOptions& options = {}) {
  std::ostringstream stream;
  nn::save_tensors(network, stream, options);
  return stream.str();
}

template <class Network>
std::string refusal_of_tensors(const Network& network, const std::string& bytes,
                               const nn::TensorFileOptions& options = {}) {
  Network copy = network;
  std::istringstream stream(bytes);
  const std::string sentence = test::load_error_of([&] { nn::load_tensors(copy, stream, options); });
  if (!sentence.empty() && !(copy == network)) return "the network was changed; " + sentence;
  return sentence;
}

// A header and data as a file.
std::string tensor_file(const std::string& header, std::size_t data) {
  std::string bytes;
  for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(header.size() >> shift & 0xFF);
  return bytes + header + std::string(data, '\0');
}

}  // namespace

TEST_CASE("Networks of PyTorch put out the same here, whatever the type of the numbers in the file") {
  CHECK(difference_from_torch(test::image_network<double>(), "image_f64") < 1e-14);
  CHECK(difference_from_torch(test::image_network<double>(), "image_f32") < 1e-14);
  CHECK(difference_from_torch(test::image_network<double>(), "image_f16") < 1e-14);
  CHECK(difference_from_torch(test::image_network<double>(), "image_bf16") < 1e-14);
  CHECK(difference_from_torch(test::image_network<float>(), "image_f64") < 1e-5);
  CHECK(difference_from_torch(test::image_network<float>(), "image_f32") < 1e-5);
  CHECK(difference_from_torch(test::time_network<double>(), "time_f32") < 1e-14);
}

TEST_CASE("Features keep the order of their image through layers, containers, and before an image is made of them") {
  CHECK(difference_from_torch(test::decoder_network<double>(), "decoder_f32") < 1e-14);
  CHECK(difference_from_torch(test::container_network<double>(), "containers_f32") < 1e-14);
}

TEST_CASE("The tensors of a module with members are found by a map of names") {
  CHECK(difference_from_torch(test::member_network<double>(), "members_f32", members) < 1e-14);
}

TEST_CASE("What PyTorch's script wrote is written again byte by byte") {
  const auto written_again = [](auto network, const std::string& name, const nn::TensorFileOptions& options = {}) {
    const std::string path = tensor_fixture(name + ".safetensors");
    nn::load_tensors(network, path, options);
    return tensors_of_network(network, options) == test::read_file(path);
  };
  nn::TensorFileOptions after_three_batches{.batches_tracked = 3};
  CHECK(written_again(test::image_network<double>(), "image_f64", after_three_batches));
  CHECK(written_again(test::image_network<float>(), "image_f32", after_three_batches));
  CHECK(written_again(test::container_network<float>(), "containers_f32", after_three_batches));
  CHECK(written_again(test::decoder_network<float>(), "decoder_f32"));
  CHECK(written_again(test::time_network<float>(), "time_f32"));
  CHECK(written_again(test::member_network<float>(), "members_f32", members));
  after_three_batches.precision = nn::TensorPrecision::f32;
  CHECK(written_again(test::image_network<double>(), "image_f32", after_three_batches));
}

TEST_CASE("Tensors come back with the same bits, also from a file of double in a network of float") {
  auto network = test::container_network<float>();
  network.initialize(nn::Random{3});
  network.state().setLinSpaced(0.5F, 3);
  const test::Folder folder;
  for (const nn::TensorPrecision precision : {nn::TensorPrecision::as_network, nn::TensorPrecision::f64}) {
    nn::save_tensors(network, folder / "weights.safetensors", {.precision = precision});
    auto other = test::container_network<float>();
    nn::load_tensors(other, folder / "weights.safetensors");
    CHECK(other == network);
  }
}

TEST_CASE("A small file is as the format says") {
  nn::Network network{nn::Input{2}, nn::Dense{1}};
  network.parameters() << 1, 2, -0.5F;
  const std::string header =
      R"({"__metadata__":{"format":"pt"},"0.bias":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
      R"("0.weight":{"dtype":"F32","shape":[1,2],"data_offsets":[4,12]}})";
  std::string bytes = tensor_file(header + std::string((8 - header.size() % 8) % 8, ' '), 0);
  bytes += std::string("\0\0\0\xBF\0\0\x80\x3F\0\0\0\x40", 12);
  CHECK(tensors_of_network(network) == bytes);
  // White space may stand before the header, too.
  std::string spaced = tensor_file(" \n\t" + header + "\r\n", 0) + bytes.substr(bytes.size() - 12);
  CHECK(refusal_of_tensors(network, spaced).empty());
}

TEST_CASE("A prefix is added and taken off") {
  nn::Network network{nn::Input{2}, nn::Dense{1}};
  network.parameters() << 1, 2, 3;
  const std::string bytes = tensors_of_network(network, {.prefix = "module."});
  CHECK_THAT(bytes, ContainsSubstring("\"module.0.weight\""));
  nn::Network other{nn::Input{2}, nn::Dense{1}};
  std::istringstream stream(bytes);
  nn::load_tensors(other, stream, {.prefix = "module."});
  CHECK(other == network);
  CHECK_THAT(refusal_of_tensors(network, bytes), ContainsSubstring("missing in the file: 0.weight [1,2], 0.bias [1]") &&
                                                     ContainsSubstring("left over in the file: module.0.bias F32 [1]"));
}

TEST_CASE("Names of layers and of tensors are mapped, the longest first, and must fit the network") {
  nn::Network network{nn::Input{2}, nn::Residual{nn::Dense{2}}, nn::Dense{1}};
  const std::string bytes =
      tensors_of_network(network, {.names = {{"0", "block"}, {"0.0", "block.first"}, {"1.bias", "b"}}});
  for (const char* name : {"\"block.first.weight\"", "\"block.first.bias\"", "\"1.weight\"", "\"b\""})
    CHECK_THAT(bytes, ContainsSubstring(name));
  CHECK_THROWS_WITH(tensors_of_network(network, {.names = {{"2", "fc"}}}),
                    "save_tensors: names has \"2\", which is no tensor and no layer with tensors of this network; see "
                    "network.tensors()");
  CHECK_THROWS_WITH(
      tensors_of_network(network, {.names = {{"1", "0.0"}}}),
      "save_tensors: two tensors of this network would both be called \"0.0.bias\" in the file; give them "
      "different names");
}

TEST_CASE("What does not fit is one error that lists all of it, and nothing is loaded") {
  const std::string bytes = tensors_of_network(nn::Network{nn::Input{2}, nn::Dense{1}, nn::BatchNorm{}, nn::Dense{3}});
  nn::Network network{nn::Input{2}, nn::Dense{4}, nn::Tanh{}, nn::Dense{3, nn::no_bias}, nn::Dense{2}};
  network.initialize(nn::Random{1});
  CHECK(
      refusal_of_tensors(network, bytes) ==
      "load: the stream does not fit this network: missing in the file: 3.weight [2,3], 3.bias [2]; left over in the "
      "file: 1.num_batches_tracked I64 [], 1.bias F32 [1], 1.running_mean F32 [1], 1.running_var F32 [1], 1.weight F32 "
      "[1], 2.bias F32 [3]; of another shape: 0.bias is [1] in the file and [4] in this network, 0.weight is [1,2] in "
      "the file and [4,2] in this network, 2.weight is [3,1] in the file and [3,4] in this network; load it into a "
      "network of the layers it was saved from, or give prefix or names (at byte " +
          std::to_string(bytes.size() - 4 * 13 - 8) + ")");
}

TEST_CASE("The second of PyTorch's stacked layers has a place by name, and is not left out silently") {
  nn::Network both{nn::Sequence{1, 2}, nn::LSTM{1}, nn::LSTM{1}};
  both.initialize(nn::Random{4});
  const nn::TensorFileOptions names{.names = {{"0", "lstm"},
                                              {"1.weight_ih_l0", "lstm.weight_ih_l1"},
                                              {"1.weight_hh_l0", "lstm.weight_hh_l1"},
                                              {"1.bias_ih_l0", "lstm.bias_ih_l1"},
                                              {"1.bias_hh_l0", "lstm.bias_hh_l1"}}};
  const std::string bytes = tensors_of_network(both, names);
  nn::Network other{nn::Sequence{1, 2}, nn::LSTM{1}, nn::LSTM{1}};
  std::istringstream stream(bytes);
  nn::load_tensors(other, stream, names);
  CHECK(other == both);
  const nn::Network one{nn::Sequence{1, 2}, nn::LSTM{1}};
  CHECK_THAT(refusal_of_tensors(one, bytes, {.names = {{"0", "lstm"}}}),
             ContainsSubstring("does not fit this network: left over in the file: ") &&
                 ContainsSubstring("lstm.weight_ih_l1 F32 [4,1]") && ContainsSubstring("lstm.bias_hh_l1 F32 [4]"));
}

TEST_CASE("A counter of batches may be missing, and must be one") {
  nn::Network network{nn::Input{1, 2, 1}, nn::BatchNorm{}};
  const std::string statistics =
      R"("0.bias":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"0.running_mean":{"dtype":"F32","shape":[1],)"
      R"("data_offsets":[4,8]},"0.running_var":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},)"
      R"("0.weight":{"dtype":"F32","shape":[1],"data_offsets":[12,16]})";
  const auto with_counter = [&](const std::string& type, int end) {
    return tensor_file("{" + statistics + R"(,"0.num_batches_tracked":{"dtype":")" + type +
                           R"(","shape":[],"data_offsets":[16,)" + std::to_string(end) + "]}}",
                       static_cast<std::size_t>(end));
  };
  CHECK(refusal_of_tensors(network, tensor_file("{" + statistics + "}", 16)).empty());
  CHECK(refusal_of_tensors(network, with_counter("I64", 24)).empty());
  CHECK_THAT(refusal_of_tensors(network, with_counter("F32", 20)),
             ContainsSubstring("of another type: 0.num_batches_tracked is F32, and must be I64"));
  std::string negative = with_counter("I64", 24);
  negative.back() = '\xFF';
  CHECK_THAT(refusal_of_tensors(network, negative), ContainsSubstring("and counts from 0"));
  CHECK_THROWS_AS(tensors_of_network(network, {.batches_tracked = -1}), nn::data_error);
}

TEST_CASE("Features of an image stay pixel by pixel where the file has channels last") {
  nn::Network network{nn::Input{2, 1, 3}, nn::Flatten{}, nn::Dense{1, nn::no_bias}};
  network.parameters().setLinSpaced(0, 5);
  const auto numbers = [&](bool channels_last) {
    const std::string bytes = tensors_of_network(network, {.channels_last = channels_last});
    std::vector<float> all(6);
    std::memcpy(all.data(), bytes.data() + bytes.size() - 24, 24);
    return all;
  };
  CHECK(numbers(true) == std::vector<float>{0, 1, 2, 3, 4, 5});
  CHECK(numbers(false) == std::vector<float>{0, 3, 1, 4, 2, 5});
}

TEST_CASE("Numbers that are not finite, or too large for the type, are neither written nor read") {
  nn::Network<double, nn::Input<1>, nn::Dense<1, false>> large;
  large.parameters() << 1e300;
  const test::Folder folder;
  CHECK_THAT(
      test::load_error_of([&] { nn::save_tensors(large, folder / "x", {.precision = nn::TensorPrecision::f32}); }),
      ContainsSubstring("number 0 of 0.weight is 1e+300, too large for F32"));
  CHECK(folder.count() == 0);
  nn::Network<float, nn::Input<1>, nn::Dense<1, false>> small;
  CHECK_THAT(refusal_of_tensors(small, tensors_of_network(large)), ContainsSubstring("too large for a float"));
  std::string bytes = tensors_of_network(small);
  bytes.replace(bytes.size() - 4, 4, std::string("\0\0\x80\xFF", 4));
  CHECK_THAT(refusal_of_tensors(small, bytes), ContainsSubstring("number 0 of \"0.weight\" is -inf"));
  large.parameters() << std::numeric_limits<double>::quiet_NaN();
  CHECK_THAT(test::load_error_of([&] { tensors_of_network(large); }), ContainsSubstring("finite numbers only"));
}

TEST_CASE("A model in several files is read by its index") {
  auto whole = test::container_network<float>(), parts = test::container_network<float>();
  nn::load_tensors(whole, tensor_fixture("containers_f32.safetensors"));
  nn::load_tensors(parts, tensor_fixture("containers.safetensors.index.json"));
  CHECK(parts == whole);
}

TEST_CASE("Shards that lie, lack or leave the folder are refused, and nothing is loaded") {
  const test::Folder folder;
  std::filesystem::create_directory(folder / "model");
  const auto file = [&](const std::string& name) { return folder / ("model/" + name); };
  const std::string first = "containers-00001-of-00002.safetensors", second = "containers-00002-of-00002.safetensors";
  for (const std::string& name : {first, second}) test::write_file(file(name), test::read_file(tensor_fixture(name)));
  const std::string index = test::read_file(tensor_fixture("containers.safetensors.index.json"));
  const auto network = test::container_network<float>();
  const auto refusal = [&](const std::string& text) {
    test::write_file(file("index.json"), text);
    auto copy = network;
    const std::string sentence = test::load_error_of([&] { nn::load_tensors(copy, file("index.json")); });
    CHECK((sentence.empty() || copy == network));
    return sentence;
  };
  const auto changed = [&](std::string from, const std::string& to) {
    std::string text = index;
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
      text.replace(at, from.size(), to);
    return text;
  };
  CHECK(refusal(index).empty());
  CHECK_THAT(refusal(changed("\"0.bias\": \"" + first, "\"0.bias\": \"" + second)),
             ContainsSubstring("missing in the file: 0.bias") &&
                 ContainsSubstring("in another file than the index says: 0.bias in"));
  CHECK_THAT(refusal(changed("\"0.bias\"", "\"0.bios\"")),
             ContainsSubstring("missing in the file: 0.bias [3]; left over in the file: 0.bios in"));
  CHECK_THAT(refusal(changed(second, "../" + second)), ContainsSubstring("could leave the folder"));
  CHECK_THAT(refusal(changed(second, "/etc/passwd")), ContainsSubstring("absolute"));
  CHECK_THAT(refusal(changed(second, "nothing.safetensors")), ContainsSubstring("No such file"));
  REQUIRE(::symlink(tensor_fixture(second).c_str(), file("link.safetensors").c_str()) == 0);
  CHECK_THAT(refusal(changed(second, "link.safetensors")), ContainsSubstring("symbolic link"));
  REQUIRE(::link(file(second).c_str(), file("hard.safetensors").c_str()) == 0);
  CHECK_THAT(refusal(index), ContainsSubstring("hard links"));
  std::filesystem::remove(file("hard.safetensors"));
  test::write_file(file(second), test::read_file(file(second)).substr(0, 1000));
  CHECK(!refusal(index).empty());
}

TEST_CASE("A text is no file of tensors, and a folder none either") {
  nn::Network network{nn::Input{2}, nn::Dense{1}};
  CHECK_THAT(refusal_of_tensors(network, ""), ContainsSubstring("cut off"));
  CHECK_THAT(refusal_of_tensors(network, "{\"W\": [[0, 0]]}"), ContainsSubstring("no safetensors file"));
  CHECK_THAT(test::load_error_of([&] { nn::load_tensors(network, std::string("/")); }), ContainsSubstring("folder"));
}
