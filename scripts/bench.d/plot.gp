# SPDX-License-Identifier: GPL-2.0-only
#
# The cost of executing a program in its sandbox over the size of its policy,
# for each way to get it there, from plot.dat of scripts/bench.d/report.

stats "plot.dat" using 1:2 nooutput
set logscale xy
set grid xtics ytics lt 1 lc rgb "#dddddd"
set key outside right center
set xlabel "rules"
set ylabel "instructions of vfork + exec + wait, plain exec = 1"
set xrange [0.8:12500]
set format x "%.0f"
set format y "%g"
set title "Executing a static program in its sandbox"

# As many as report knows lines: gnuplot's own colours begin again after eight.
colours = "#e41a1c #377eb8 #4daf4a #984ea3 #ff7f00 #a65628 #f781bf #00a0a0 \
#808000 #000080"
do for [i=1:words(colours)] {
	set linetype i lc rgb word(colours, i) lw 2 pt (i % 2 ? 7 : 5) ps 0.6
}
set linetype cycle words(colours)

set terminal svg size 960,600 font "sans,13" background "white"
set output "../bench.svg"
plot for [i=0:STATS_blocks-2] "plot.dat" index i using 1:2 \
	with linespoints lt i+1 title columnheader(1), \
	1 with lines lc rgb "black" dt 2 title "plain exec"

set terminal pngcairo size 1200,750 font "sans,12" background "white"
set output "../bench.png"
replot
