// SPDX-License-Identifier: MIT
// How people write the ten digits: a few ways each, as strokes of a pen.
#pragma once

#include <array>
#include <string_view>
#include <vector>

namespace mnist {

struct Point {
  double x, y;  // x to the right, y down; a digit fills 0 to 1 both ways
};

using Stroke = std::vector<Point>;  // the pen goes smoothly through these; a point given twice is a corner
using Glyph = std::vector<Stroke>;

// Points as x,y in hundredths; a semicolon lifts the pen.
inline const std::array<std::vector<std::string_view>, 10> ways_to_write{{
    // 0: round; narrow; with its ends apart; with its ends crossing at the top
    {
        "50,0 15,15 0,50 15,87 50,100 85,87 100,50 85,15 50,0",
        "50,0 27,17 18,50 27,85 50,100 73,85 82,50 73,17 50,0",
        "62,3 30,5 5,40 10,80 45,100 85,80 95,40 75,8 50,6",
        "75,2 40,6 8,40 12,82 48,100 86,75 90,35 68,10 40,2",
    },
    // 1: a line; with a flag; with flag and foot; a little bent
    {
        "50,0 50,50 50,100",
        "50,0 50,50 50,100",
        "30,25 42,14 52,0 52,0 51,50 50,100",
        "28,22 42,12 52,0 52,0 52,50 52,100; 25,100 52,100 80,99",
        "55,0 50,35 48,70 50,100",
    },
    // 2: with a straight foot; with a loop at the foot; with a wavy foot
    {
        "5,25 20,5 50,0 82,10 85,35 60,62 30,83 0,100 0,100 50,99 100,97",
        "8,22 30,3 65,2 85,22 72,52 42,82 15,98 2,90 18,78 45,88 72,98 100,92",
        "10,30 15,10 45,0 78,10 80,35 55,65 20,92 5,100 5,100 35,93 65,100 100,95",
    },
    // 3: round; with a flat top; flat in the middle
    {
        "10,12 35,0 70,5 82,22 68,42 38,48 38,48 75,55 90,75 70,96 35,100 5,90",
        "10,2 45,2 85,0 85,0 65,22 42,42 42,42 75,50 90,72 70,95 35,100 5,90",
        "12,18 40,0 78,10 75,36 50,47 30,50 55,49 86,62 84,88 45,100 5,88",
    },
    // 4: open; closed; open with a bent arm
    {
        "15,2 10,30 5,58 5,58 45,58 92,54; 76,2 73,50 70,100",
        "68,100 69,50 70,0 70,0 35,33 0,66 0,66 50,66 100,65",
        "20,0 8,35 15,52 45,53 80,42; 82,0 80,40 72,70 66,100",
    },
    // 5: in two strokes; in one; with a sharp corner; with a long flag
    {
        "28,3 22,22 16,43 16,43 50,37 84,52 85,80 50,100 5,93; 28,3 60,3 95,0",
        "92,2 60,3 28,5 28,5 20,25 14,46 30,42 65,45 82,70 60,95 30,100 2,90",
        "85,0 55,2 20,4 20,4 18,25 17,45 17,45 50,43 80,55 82,82 50,100 10,97",
        "32,8 25,26 20,42 45,45 62,62 55,88 30,100 0,92; 32,8 65,6 100,0",
    },
    // 6: with a bent back; with a straight back; with a small loop
    {
        "78,2 40,15 12,50 12,82 42,100 78,92 85,68 60,52 30,60 14,80",
        "55,0 32,30 15,62 18,90 48,100 78,86 72,62 42,58 18,74",
        "62,0 28,25 10,60 20,93 55,98 72,80 55,66 32,74 24,90",
    },
    // 7: plain; with a bar; with a hook at its left; bent, with a bar
    {
        "5,5 45,4 90,3 90,3 65,50 42,100",
        "5,5 45,4 90,3 90,3 65,50 42,100; 30,50 60,48 88,46",
        "8,22 10,6 10,6 50,5 90,2 90,2 72,40 58,100",
        "5,10 30,3 60,8 92,2 75,30 52,60 45,100; 35,55 60,52 82,50",
        "2,8 40,5 82,6 84,22 66,55 50,100",
    },
    // 8: begun at the top right; two rings; narrow
    {
        "78,12 50,0 20,12 25,35 55,50 82,72 72,95 45,100 15,92 14,70 42,50 72,33 82,15",
        "50,0 24,8 20,28 48,46 78,30 75,8 50,0; 48,46 16,60 14,86 50,100 85,86 82,60 48,46",
        "70,6 42,2 28,20 42,42 62,62 68,88 45,100 26,86 36,62 60,40 76,18 68,4",
    },
    // 9: with a straight stem; with a bent tail; with a stem that leans; open at the top
    {
        "80,20 60,2 25,6 12,30 30,50 62,45 80,20 80,20 78,60 75,100",
        "82,25 62,2 25,5 12,30 35,50 68,42 82,22 84,50 72,85 45,100 20,92",
        "85,10 55,0 20,15 15,40 42,48 75,28 86,6 78,40 65,70 52,100",
        "70,6 35,5 12,28 25,48 55,42 82,12 82,12 70,50 55,100",
    },
}};

inline Glyph read_glyph(std::string_view way) {
  Glyph glyph(1);
  const auto number = [&] {
    double value = 0;
    for (; !way.empty() && way[0] >= '0' && way[0] <= '9'; way.remove_prefix(1)) value = 10 * value + (way[0] - '0');
    return value / 100;
  };
  while (!way.empty()) {
    if (way[0] == ';') glyph.emplace_back();
    if (way[0] == ';' || way[0] == ' ') {
      way.remove_prefix(1);
      continue;
    }
    const double x = number();
    way.remove_prefix(1);  // the comma
    glyph.back().push_back({x, number()});
  }
  return glyph;
}

}  // namespace mnist
