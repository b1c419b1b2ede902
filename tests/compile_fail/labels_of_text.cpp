// expect: give for every sample a class label
#include <nn/training.hpp>

nn::Dataset data(const Eigen::MatrixXf& x, const std::vector<std::string>& labels) { return {x, labels}; }
