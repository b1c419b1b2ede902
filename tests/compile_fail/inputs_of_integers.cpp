// expect: inputs are a matrix of float or double
#include <nn/training.hpp>

nn::Dataset data(const Eigen::MatrixXi& x, const std::vector<int>& labels) { return {x, labels}; }
