// SPDX-License-Identifier: MIT
// nn::Report: a page about a training that a browser shows. Not behind nn/network.hpp, since few programs need it.
#pragma once

#include <nn/report/report.hpp>
