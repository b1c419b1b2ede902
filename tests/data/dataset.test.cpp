// SPDX-License-Identifier: MIT
#include <nn/data/dataset.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "../catch.hpp"
#include "../memory_watch.hpp"

using Catch::Matchers::Message;

namespace {

using Bytes = std::vector<std::uint8_t>;
using Labels = std::vector<int>;
enum DatasetAnimal { cat, dog, cow };
enum class DatasetFruit : std::uint8_t { apple, pear, plum };

nn::Dataset three_by_bytes() { return {nn::Shape(2), Bytes{0, 255, 51, 102, 1, 254}, Labels{2, 0, 1}, 4}; }

template <class T>
nn::Matrix<T> gathered(const nn::Dataset& data, const std::vector<nn::Index>& samples) {
  nn::Matrix<T> x(data.sample_shape().size(), static_cast<nn::Index>(samples.size()));
  data.copy_inputs(samples, nn::MatrixView<T>(x.data(), x.rows(), x.cols()));
  return x;
}

}  // namespace

TEST_CASE("A Dataset is a regular value") {
  static_assert(std::copyable<nn::Dataset> && std::equality_comparable<nn::Dataset>);
  const nn::Dataset data = three_by_bytes();
  nn::Dataset other = data;
  CHECK(other == data);
  other = data.subset(0, 2);
  CHECK(other != data);
  other = nn::Dataset(nn::Shape(2), Bytes{0, 255, 51, 102, 1, 253}, Labels{2, 0, 1}, 4);
  CHECK(other != data);
  CHECK(nn::Dataset(nn::Matrix<float>{{1, 2}}, Labels{0, 1}) != nn::Dataset(nn::Matrix<double>{{1, 2}}, Labels{0, 1}));
  CHECK(nn::Dataset(nn::Matrix<float>{{1, 2}}, Labels{0, 1}) !=
        nn::Dataset(nn::Matrix<float>{{1, 2}}, Labels{0, 1}, 3));
}

TEMPLATE_TEST_CASE("A byte is read as byte / 255, to the last bit", "", float, double) {
  Bytes bytes(256);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
  const nn::Dataset data(nn::Shape(256), bytes, {0});
  const nn::Matrix<TestType> x = data.inputs<TestType>();
  for (nn::Index i = 0; i < 256; ++i) CHECK(x(i) == static_cast<TestType>(static_cast<long double>(i) / 255));
}

TEST_CASE("Samples are gathered in the order asked for, as the number type asked for") {
  const nn::Dataset data = three_by_bytes();
  CHECK(data.size() == 3);
  CHECK(data.sample_shape() == nn::Shape(2));
  CHECK(data.target_size() == 4);
  CHECK(data.class_count() == 4);
  CHECK(data.labels() == Labels{2, 0, 1});
  CHECK(gathered<double>(data, {2, 0, 0}) == nn::Matrix<double>{{1 / 255., 0, 0}, {254 / 255., 1, 1}});
  CHECK(gathered<float>(data, {1}) == nn::Matrix<float>{{51 / 255.F}, {102 / 255.F}});
  CHECK(data.inputs(1, 1) == nn::Matrix<float>{{51 / 255.F}, {102 / 255.F}});

  const nn::Matrix<double> real{{0.1, 2}, {3, 1e-300}};
  CHECK(nn::Dataset(real, Labels{0, 1}).inputs<double>() == real);
  CHECK(nn::Dataset(real, Labels{0, 1}).inputs<float>() == real.cast<float>());
  CHECK(nn::Dataset(real.cast<float>(), Labels{0, 1}).inputs<double>() == real.cast<float>().cast<double>());
}

TEST_CASE("Labels are one-hot columns") {
  CHECK(three_by_bytes().targets() == nn::Matrix<float>{{0, 1, 0}, {0, 0, 1}, {1, 0, 0}, {0, 0, 0}});
  CHECK(three_by_bytes().targets<double>(1, 2) == nn::Matrix<double>{{1, 0}, {0, 1}, {0, 0}, {0, 0}});
}

TEST_CASE("Without a number of classes, the largest label tells it") {
  const nn::Dataset data(nn::Matrix<float>{{1, 2, 3}}, Labels{0, 6, 3});
  CHECK(data.class_count() == 7);
  CHECK(data.target_size() == 7);
}

TEST_CASE("Targets may be real numbers") {
  const nn::Dataset data(nn::Matrix<float>{{1, 2, 3}}, nn::Matrix<double>{{0.5, 1.5, 2.5}, {-1, -2, -3}});
  CHECK(!data.has_labels());
  CHECK(data.labels().empty());
  CHECK(data.class_count() == 0);
  CHECK(data.target_size() == 2);
  CHECK(data.targets<double>() == nn::Matrix<double>{{0.5, 1.5, 2.5}, {-1, -2, -3}});
  CHECK(data.targets<float>(2, 1) == nn::Matrix<float>{{2.5F}, {-3}});
}

TEST_CASE("A subset is a data set of its own, with as many classes") {
  const nn::Dataset data = three_by_bytes();
  CHECK(data.subset(0, 3) == data);
  const nn::Dataset last = data.subset(1, 2);
  CHECK(last.size() == 2);
  CHECK(last.class_count() == 4);
  CHECK(last.labels() == Labels{0, 1});
  CHECK(last.inputs() == data.inputs(1, 2));

  const nn::Dataset real(nn::Matrix<float>{{1, 2, 3}}, nn::Matrix<double>{{4, 5, 6}});
  CHECK(real.subset(2, 1) == nn::Dataset(nn::Matrix<float>{{3}}, nn::Matrix<double>{{6}}));
  const nn::Dataset large(nn::Matrix<double>{{1, 1e300}}, Labels{0, 1});
  CHECK_THROWS_AS(large.subset(1, 1).inputs<float>(), nn::data_error);
}

TEST_CASE("A data set has numbers of its own, whatever becomes of the matrices") {
  nn::Matrix<float> x = nn::Matrix<float>::Ones(3, 2);
  nn::Matrix<double> t = nn::Matrix<double>::Ones(1, 2);
  const nn::Dataset data(x, std::move(t));
  x.setZero();
  CHECK(data.sample_shape() == nn::Shape(3));
  CHECK(data.size() == 2);
  CHECK(data.target_size() == 1);
  CHECK(data.inputs() == nn::Matrix<float>::Ones(3, 2));
  CHECK(data.targets() == nn::Matrix<float>::Ones(1, 2));
}

TEST_CASE("Expressions and matrices of a fixed size serve as inputs too") {
  const nn::Matrix<float, 2, 3> x{{1, 2, 3}, {4, 5, 6}};
  CHECK(nn::Dataset(x, Labels{0, 1, 0}).inputs() == x);
  CHECK(nn::Dataset(x.rightCols(2), Labels{0, 1}).inputs() == x.rightCols(2));
  CHECK(nn::Dataset(x.transpose() * 2, Labels{0, 1}).inputs() == 2 * x.transpose());
}

TEST_CASE("Labels may be integers of any type, or enumerators") {
  const nn::Matrix<float> x{{1, 2, 3}};
  const nn::Dataset data(x, Labels{2, 0, 1});
  CHECK(nn::Dataset(x, {2, 0, 1}) == data);
  CHECK(nn::Dataset(x, std::vector<std::uint8_t>{2, 0, 1}) == data);
  CHECK(nn::Dataset(x, std::vector<std::size_t>{2, 0, 1}) == data);
  CHECK(nn::Dataset(x, std::array<std::int64_t, 3>{2, 0, 1}) == data);
  CHECK(nn::Dataset(x, Eigen::Vector3i(2, 0, 1)) == data);
  CHECK(nn::Dataset(x, std::vector<DatasetAnimal>{cow, cat, dog}) == data);
  CHECK(nn::Dataset(x, std::vector{DatasetFruit::plum, DatasetFruit::apple, DatasetFruit::pear}) == data);
  CHECK(nn::Dataset(x, std::vector<DatasetAnimal>{cow, cat, dog}, 4).class_count() == 4);
  CHECK(nn::Dataset(nn::Shape(1), Bytes{1, 2, 3}, std::vector<DatasetAnimal>{cow, cat, dog}).labels() == data.labels());
  CHECK_THROWS_MATCHES(
      nn::Dataset(x, std::vector<std::int64_t>{0, std::int64_t{1} << 32, 1}), nn::data_error,
      Message("Dataset: sample 1 has the label 4294967296; labels count from 0, and must be fewer than "
              "2147483648"));
  CHECK_THROWS_MATCHES(nn::Dataset(x, std::vector<std::uint64_t>{0, 1, std::uint64_t{1} << 63}), nn::data_error,
                       Message("Dataset: sample 2 has the label at least 9223372036854775807; labels count from 0, and "
                               "must be fewer than 2147483648"));
  CHECK_THROWS_MATCHES(nn::Dataset(x, std::vector<std::int64_t>{0, 1, -(std::int64_t{1} << 32)}), nn::data_error,
                       Message("Dataset: sample 2 has the label -4294967296; labels count from 0"));
}

TEST_CASE("Targets of one output may be a range of numbers") {
  const nn::Matrix<float> x{{1, 2, 3}};
  CHECK(nn::Dataset(x, std::vector<float>{0.5, 1, 2}) == nn::Dataset(x, nn::Matrix<float>{{0.5, 1, 2}}));
  CHECK(nn::Dataset(x, std::vector<double>{0.5, 1, 2}) == nn::Dataset(x, nn::Matrix<double>{{0.5, 1, 2}}));
  CHECK_THROWS_MATCHES(nn::Dataset(x, std::vector<float>{1, 2}), nn::data_error,
                       Message("Dataset: 3 samples but 2 targets; give one column of targets per sample"));
  CHECK_THROWS_MATCHES(nn::Dataset(x, std::vector<float>{1, 2, 3}, 4), nn::data_error,
                       Message("Dataset: 4 classes are said of targets that are real numbers; give labels"));
}

TEST_CASE("Inputs may be samples that are ranges, or an Eigen array") {
  const nn::Matrix<float> x{{1, 2}, {3, 4}, {5, 6}};
  const nn::Dataset data(x, Labels{0, 1});
  CHECK(nn::Dataset(std::vector<std::vector<float>>{{1, 3, 5}, {2, 4, 6}}, Labels{0, 1}) == data);
  CHECK(nn::Dataset(std::vector<std::array<float, 3>>{{1, 3, 5}, {2, 4, 6}}, Labels{0, 1}) == data);
  CHECK(nn::Dataset(std::vector<nn::Vector<float>>{x.col(0), x.col(1)}, Labels{0, 1}) == data);
  CHECK(nn::Dataset(x.array(), Labels{0, 1}) == data);
  CHECK(nn::Dataset(x, x.array()) == nn::Dataset(x, x));
  CHECK(nn::Dataset(data.inputs(), std::vector<std::vector<double>>{{1, 2}, {3, 4}}) ==
        nn::Dataset(data.inputs(), nn::Matrix<double>{{1, 3}, {2, 4}}));
  CHECK_THROWS_MATCHES(nn::Dataset(data.inputs(), std::vector<std::vector<double>>{{1, 2}, {3}}), nn::data_error,
                       Message("Dataset: sample 1 has 1 targets, but sample 0 has 2; give all samples as many"));
  CHECK_THROWS_MATCHES(nn::Dataset(std::vector<std::vector<float>>{{1, 3}, {2, 4, 6}}, Labels{0, 1}), nn::data_error,
                       Message("Dataset: sample 1 has 3 features, but sample 0 has 2; give all samples as many"));
  CHECK_THROWS_MATCHES(nn::Dataset(std::vector<std::vector<float>>{}, Labels{}), nn::data_error,
                       Message("Dataset: got no samples; give at least 1"));
}

TEST_CASE("A shape may be said of a matrix of numbers, too") {
  const nn::Matrix<float> x{{1, 2}, {3, 4}, {5, 6}, {7, 8}};
  const nn::Dataset data(nn::Shape(2, 2, 1), x, Labels{0, 1});
  CHECK(data.sample_shape() == nn::Shape(2, 2, 1));
  CHECK(data.inputs() == x);
  CHECK(data != nn::Dataset(x, Labels{0, 1}));
  CHECK(nn::Dataset{nn::Shape{2, 2, 1}, x, std::vector<std::uint8_t>{0, 1}} == data);
  CHECK(nn::Dataset(nn::Shape(2, 2, 1), x, Labels{0, 1}, 3).class_count() == 3);
  CHECK(nn::Dataset(nn::Shape(2, 2, 1), x, x).sample_shape() == nn::Shape(2, 2, 1));
  CHECK(nn::Dataset(nn::Shape(2, 2, 1), x, x).targets() == x);
  CHECK(nn::Dataset(nn::Shape(2, 1, 1), Bytes{0, 255, 51, 102}, std::vector<float>{1, 2}).targets() ==
        nn::Matrix<float>{{1, 2}});
  CHECK_THROWS_MATCHES(nn::Dataset(nn::Shape(2, 3, 1), x, Labels{0, 1}), nn::data_error,
                       Message("Dataset: 4 features are no sample of 2x3x1, which has 6; check the shape"));
}

TEST_CASE("Gathering a batch allocates nothing") {
  const nn::Dataset bytes = three_by_bytes();
  const nn::Dataset real(nn::Matrix<double>{{1, 2, 3}, {1, 2, 3}}, nn::Matrix<float>{{4, 5, 6}});
  const std::vector<nn::Index> samples{2, 1, 2};
  nn::Matrix<float> x(2, 3), labels(4, 3), targets(1, 3);
  const auto view = [](nn::Matrix<float>& matrix) {
    return nn::MatrixView<float>(matrix.data(), matrix.rows(), matrix.cols());
  };
  const test::MemoryWatch watch;
  bytes.copy_inputs(samples, view(x));
  bytes.copy_targets(samples, view(labels));
  real.copy_inputs(samples, view(x));
  real.copy_targets(samples, view(targets));
  const std::size_t allocations = watch.allocations();
  CHECK(allocations == 0);
}

TEST_CASE("The bytes of a Dataset stay bytes") {
  const test::MemoryWatch whole;
  Bytes bytes(1'000'000, 7);
  Labels labels(1000, 1);
  CHECK((whole.peak() >= 1'000'000 || !test::MemoryWatch::works()));
  const test::MemoryWatch watch;
  const nn::Dataset data(nn::Shape(1000), std::move(bytes), std::move(labels));
  const std::size_t peak = watch.peak();
  CHECK(data.size() == 1000);
  CHECK(peak < 1000);
}

TEST_CASE("What a Dataset cannot be made of is refused with a sentence") {
  using Float = nn::Matrix<float>;
  const auto refuses = [](auto make, const std::string& sentence) {
    CHECK_THROWS_MATCHES(make(), nn::data_error, Message(sentence));
  };
  refuses([] { nn::Dataset(nn::Shape(2), Bytes{}, {}); }, "Dataset: got no samples; give at least 1");
  refuses([] { nn::Dataset(Float(2, 0), Labels{}); }, "Dataset: got no samples; give at least 1");
  refuses([] { nn::Dataset(Float(2, 0), Float(1, 0)); }, "Dataset: got no samples; give at least 1");
  refuses([] { nn::Dataset(Float(0, 2), Labels{0, 1}); }, "Dataset: the samples have no features; give at least 1 row");
  refuses([] { nn::Dataset(Float{{1, 2}}, Float(0, 2)); }, "Dataset: the targets have no rows; give at least 1");
  refuses(
      [] {
        nn::Dataset(Float{{1, 2}}, Labels{0, 1, 0});
      },
      "Dataset: 2 samples but 3 labels; give one label per sample");
  refuses(
      [] {
        nn::Dataset(Float{{1, 2}}, Float{{1, 2, 3}});
      },
      "Dataset: 2 samples but 3 targets; give one column of targets per sample");
  refuses(
      [] {
        nn::Dataset(nn::Shape(2, 3, 1), Bytes(13), {0, 0});
      },
      "Dataset: 13 bytes are not whole samples of 2x3x1, 6 bytes each; check the shape");
  refuses(
      [] {
        nn::Dataset(nn::Shape(2, 0, 1), Bytes(13), {0, 0});
      },
      "Dataset: samples of shape 2x0x1 hold nothing; give sizes of 1 or more");
  refuses([] { nn::Dataset(Float{{1, 2}}, Labels{0, -1}); }, "Dataset: sample 1 has the label -1; labels count from 0");
  refuses(
      [] {
        nn::Dataset(Float{{1, 2}}, Labels{3, 1}, 3);
      },
      "Dataset: sample 0 has the label 3, but 3 classes have the labels 0 to 2; give the right number of classes");
  refuses(
      [] {
        nn::Dataset(Float{{1, 2}}, Labels{0, 1}, -1);
      },
      "Dataset: the number of classes must not be negative, got -1; 0 counts them from the labels");
  CHECK_THROWS_AS(nn::Dataset(nn::Shape(-2), Bytes(4), {0, 0}), nn::shape_error);
}

TEMPLATE_TEST_CASE("NaN and infinity are refused wherever they are", "", float, double) {
  const auto not_finite =
      GENERATE(std::numeric_limits<TestType>::quiet_NaN(), std::numeric_limits<TestType>::infinity(),
               -std::numeric_limits<TestType>::infinity());
  nn::Matrix<TestType> wrong = nn::Matrix<TestType>::Ones(3, 2);
  wrong(2, 1) = not_finite;
  const nn::Matrix<TestType> right = nn::Matrix<TestType>::Ones(3, 2);
  using Catch::Matchers::StartsWith;
  CHECK_THROWS_WITH(nn::Dataset(wrong, Labels{0, 1}), StartsWith("Dataset: feature 2 of sample 1 is "));
  CHECK_THROWS_WITH(nn::Dataset(wrong, right), StartsWith("Dataset: feature 2 of sample 1 is "));
  CHECK_THROWS_WITH(nn::Dataset(right, wrong), StartsWith("Dataset: target 2 of sample 1 is "));
}

TEST_CASE("A double that no float holds is refused to a float network, not made infinite") {
  const nn::Dataset inputs(nn::Matrix<double>{{1, -1e39}}, Labels{0, 1});
  CHECK(inputs.inputs<double>() == nn::Matrix<double>{{1, -1e39}});
  CHECK_THROWS_MATCHES(inputs.inputs<float>(), nn::data_error,
                       Message("copy_inputs: the data set has numbers beyond 3.40282e+38, the largest float; "
                               "scale them, or use a network of double"));
  const nn::Dataset targets(nn::Matrix<double>{{1, 2}}, nn::Matrix<double>{{1e39, 1}});
  CHECK_THROWS_AS(targets.targets<float>(), nn::data_error);
}

TEST_CASE("Samples that are not there, and views that do not fit, are refused with a sentence") {
  const nn::Dataset data = three_by_bytes();
  nn::Matrix<float> x(2, 2);
  const nn::MatrixView<float> view(x.data(), 2, 2);
  const std::vector<nn::Index> beyond{0, 3}, negative{-1, 0}, one{0};
  CHECK_THROWS_MATCHES(data.copy_inputs(beyond, view), nn::data_error,
                       Message("copy_inputs: there is no sample 3 among 3; they count from 0"));
  CHECK_THROWS_MATCHES(data.copy_inputs(negative, view), nn::data_error,
                       Message("copy_inputs: there is no sample -1 among 3; they count from 0"));
  CHECK_THROWS_MATCHES(data.copy_inputs(one, view), nn::shape_error,
                       Message("copy_inputs: a view of 2 x 2 does not fit 1 samples of 2 numbers; make it 2 x 1"));
  CHECK_THROWS_MATCHES(data.copy_targets(beyond, view), nn::shape_error,
                       Message("copy_targets: a view of 2 x 2 does not fit 2 samples of 4 numbers; make it 4 x 2"));
  for (const auto& [first, count] : {std::pair{-1, 2}, {0, 0}, {0, 4}, {2, 2}, {4, 1}, {0, -1}}) {
    CHECK_THROWS_AS(data.subset(first, count), nn::data_error);
    CHECK_THROWS_AS(data.inputs(first, count), nn::data_error);
    CHECK_THROWS_AS(data.targets(first, count), nn::data_error);
  }
  CHECK_THROWS_MATCHES(data.subset(2, 2), nn::data_error,
                       Message("subset: 2 samples from sample 2 on are not within the 3 of the data set; "
                               "ask for at least 1, and none beyond the last"));
}

TEST_CASE("Chosen samples make a data set, in their order, with the same number of classes") {
  const std::vector<nn::Index> chosen{2, 0, 2};
  const nn::Dataset part = three_by_bytes().select(chosen);
  CHECK(part.inputs<double>() == gathered<double>(three_by_bytes(), chosen));
  CHECK(part.labels() == Labels{1, 2, 1});
  CHECK(part.class_count() == 4);
  const nn::Dataset real(nn::Matrix<float>{{1, 2, 3}}, nn::Matrix<double>{{4, 5, 6}, {7, 8, 9}});
  CHECK(real.select(chosen) == nn::Dataset(nn::Matrix<float>{{3, 1, 3}}, nn::Matrix<double>{{6, 4, 6}, {9, 7, 9}}));
  CHECK(real.select(std::vector<nn::Index>{0, 1, 2}) == real);
  CHECK_THROWS_MATCHES(real.select(std::vector<nn::Index>{0, 3}), nn::data_error,
                       Message("select: there is no sample 3 among 3; they count from 0"));
  CHECK_THROWS_MATCHES(real.select({}), nn::data_error, Message("select: got no samples; choose at least 1"));
}

TEST_CASE("Inputs are replaced, labels, targets and the shape of as many features stay") {
  const nn::Dataset image(nn::Shape(1, 2, 1), Bytes{0, 255, 51, 102}, Labels{1, 0}, 3);
  const nn::Matrix<double> x{{1, 2}, {3, 4}};
  const nn::Dataset changed = image.with_inputs(x);
  CHECK(changed.inputs<double>() == x);
  CHECK(changed.sample_shape() == nn::Shape(1, 2, 1));
  CHECK(changed.labels() == Labels{1, 0});
  CHECK(changed.class_count() == 3);
  const nn::Dataset real(x, x);
  CHECK(real.with_inputs(nn::Matrix<float>{{5, 6}}) == nn::Dataset(nn::Matrix<float>{{5, 6}}, x));
  CHECK_THROWS_MATCHES(image.with_inputs(nn::Matrix<double>{{1, 2, 3}}), nn::data_error,
                       Message("Dataset: 3 samples but 2 labels; give one label per sample"));
  CHECK_THROWS_AS(real.with_inputs(nn::Matrix<double>{{1, 2, 3}}), nn::data_error);
  CHECK_THROWS_AS(real.with_inputs(nn::Matrix<double>{{1, 1 / 0.}}), nn::data_error);
}

TEST_CASE("weights of samples go wherever the samples go") {
  const nn::Dataset plain = three_by_bytes(), data = plain.with_weights({0.5, 2, 0});
  CHECK(plain.weights().empty());
  CHECK(data.weights() == std::vector<double>{0.5, 2, 0});
  CHECK(data != plain);
  CHECK(data == plain.with_weights({0.5, 2, 0}));
  CHECK(data.subset(1, 2).weights() == std::vector<double>{2, 0});
  CHECK(data.select(std::vector<nn::Index>{2, 0, 2}).weights() == std::vector<double>{0, 0.5, 0});
  CHECK(data.with_inputs(data.inputs<double>()).weights() == data.weights());
}

TEST_CASE("weights of samples are one per sample, finite and not negative") {
  const nn::Dataset data = three_by_bytes();
  CHECK_THROWS_MATCHES(data.with_weights({1, 1}), nn::data_error,
                       Message("Dataset: 2 weights do not fit 3 samples; give one per sample"));
  CHECK_THROWS_MATCHES(data.with_weights({1, -0.5, 1}), nn::data_error,
                       Message("Dataset: the weight of sample 1 must be a number that is not negative, got -0.5; 1 "
                               "counts a sample as without weights"));
  for (const double wrong : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), 1e39})
    CHECK_THROWS_AS(data.with_weights({1, 1, wrong}), nn::data_error);
  CHECK_THROWS_AS(data.with_weights({}), nn::data_error);
}

TEST_CASE("A fingerprint tells data sets apart, and is the same for equal ones") {
  const nn::Matrix<float> x{{1, 2, 3}, {4, 5, 6}};
  const nn::Dataset data(x, Labels{0, 1, 2});
  CHECK(data.fingerprint() == nn::Dataset(x, Labels{0, 1, 2}).fingerprint());
  nn::Matrix<float> other = x;
  other(1, 2) = -6;
  std::vector<std::uint64_t> all{data.fingerprint(),
                                 nn::Dataset(x, Labels{0, 1, 1}, 3).fingerprint(),
                                 nn::Dataset(x, Labels{0, 1, 2}, 4).fingerprint(),
                                 nn::Dataset(other, Labels{0, 1, 2}).fingerprint(),
                                 data.with_weights({1, 1, 2}).fingerprint(),
                                 data.select(std::vector<nn::Index>{0, 2, 1}).fingerprint(),
                                 nn::Dataset(x, x).fingerprint(),
                                 nn::Dataset(x, other).fingerprint(),
                                 nn::Dataset(nn::Matrix<double>(x.cast<double>()), Labels{0, 1, 2}).fingerprint(),
                                 three_by_bytes().fingerprint()};
  std::sort(all.begin(), all.end());
  CHECK(std::unique(all.begin(), all.end()) == all.end());
}

TEST_CASE("A fingerprint looks at the last of few samples, and at samples all over many") {
  const auto bytes_but_for = [](std::size_t size, std::size_t changed) {
    Bytes bytes(size);
    bytes[changed] = 1;
    return nn::Dataset(nn::Shape(10), std::move(bytes), Labels(size / 10)).fingerprint();
  };
  CHECK(bytes_but_for(60'000, 0) != bytes_but_for(60'000, 59'999));
  // Of 20,000 samples 6553 are looked at: about every third, so of three neighbours at least one, anywhere.
  for (const std::size_t sample : {0U, 9'999U, 19'990U}) {
    const auto changed = [&](std::size_t i) { return bytes_but_for(200'000, 10 * (sample + i)); };
    const std::uint64_t unseen = nn::Dataset(nn::Shape(10), Bytes(200'000), Labels(20'000)).fingerprint();
    CHECK((changed(0) != unseen || changed(1) != unseen || changed(2) != unseen || changed(3) != unseen));
  }
}

TEST_CASE("A data set that was moved from is empty") {
  nn::Dataset data(nn::Matrix<float>{{1, 2, 3}}, Labels{0, 1, 0});
  const nn::Dataset moved = std::move(data);
  CHECK(moved.size() == 3);
  CHECK(data.size() == 0);
  CHECK_THROWS_AS(data.inputs(), nn::data_error);
  CHECK_THROWS_AS(data.subset(0, 1), nn::data_error);
  CHECK(data.fingerprint() != moved.fingerprint());
  data = moved;
  CHECK(data == moved);
}

TEST_CASE("A Dataset takes other targets or labels, and keeps its inputs and weights") {
  const nn::Matrix<double> x{{1, 2, 3}, {4, 5, 6}}, prices{{100, 300, 200}};
  const nn::Dataset data = nn::Dataset(x, prices).with_weights({1, 2, 3});
  const nn::Dataset scaled = data.with_targets(nn::Matrix<double>(prices / 100));
  CHECK(scaled.inputs<double>() == x);
  CHECK(scaled.targets<double>() == nn::Matrix<double>{{1, 3, 2}});
  CHECK(scaled.weights() == data.weights());
  CHECK(scaled == nn::Dataset(x, nn::Matrix<double>(prices / 100)).with_weights({1, 2, 3}));
  CHECK(data.with_targets(Labels{0, 2, 1}, 4) == nn::Dataset(x, Labels{0, 2, 1}, 4).with_weights({1, 2, 3}));
  CHECK(data.with_targets(std::vector<double>{5, 6, 7}).targets<double>() == nn::Matrix<double>{{5, 6, 7}});
  CHECK_THROWS_MATCHES(data.with_targets(nn::Matrix<double>{{1, 2}}), nn::data_error,
                       Message("Dataset: 3 samples but 2 targets; give one column of targets per sample"));
  // What was too large for float is gone with the old targets.
  const nn::Dataset huge(x, nn::Matrix<double>{{1e300, 0, 0}});
  CHECK_THROWS_AS(huge.targets<float>(), nn::data_error);
  CHECK(huge.with_targets(prices).targets<float>() == prices.cast<float>());
}
