# The loss curve: gnuplot -c loss.gnuplot history.csv loss.png
set datafile separator ","
set terminal pngcairo size 900,500
set output ARG2
set title "Training loss"
set xlabel "samples"
set ylabel "cross entropy"
set yrange [0:*]
set grid
plot ARG1 using 2:3 skip 1 with lines linewidth 2 title "mean since the point before", \
     ARG1 using 2:4 skip 1 with lines dashtype 2 title "mean of the epoch so far"
